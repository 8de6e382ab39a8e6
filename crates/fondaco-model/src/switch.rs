use std::time::Duration;

use jiff::Timestamp;

use crate::PublisherKind;

/// What an operator can switch off for a time, to stop a wave and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SwitchKind {
    /// Accounts that are new make no project of our own.
    NoFirstProjects,
    /// Nobody registers.
    NoNewUsers,
    /// Accounts that are new upload to established projects only.
    NoFreshUploads,
    /// No project of our own is made; those that are there take uploads.
    NoNewProjects,
    /// Nothing is uploaded.
    NoUploads,
    /// Nobody logs in; who is logged in stays it.
    NoLogins,
    /// Nobody yanks, claims, sets a status or makes tokens.
    NoManagement,
    /// Nothing of our own is deleted.
    NoDeletions,
    /// Nobody gets a token by an ID token of any issuer, or of one of them.
    NoTrustedPublishing,
    /// Nobody gets one by an ID token of an issuer of GitHub's kind.
    NoGitHubPublishing,
    /// Nobody gets one by an ID token of an issuer of GitLab's kind.
    NoGitLabPublishing,
    /// Nobody gets one by an ID token of an issuer of another kind.
    NoGenericPublishing,
    /// Projects of an upstream whose first file is younger than an age are held.
    NoNewUpstreamProjects,
    /// Files of an upstream that are younger than an age are held, whatever the cooldown says.
    NoYoungUpstreamReleases,
    /// No upstream is asked; what is stored is served.
    UpstreamOff,
    /// Nothing is taken in and nothing is changed; what is stored is served.
    ReadOnly,
}

/// What somebody wants to do, as far as switches are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed<'a> {
    /// An upload to a project that is there.
    Upload,
    /// The same, by an account that is new and to a project that is not established.
    FreshUpload,
    /// An upload that makes a project.
    NewProject,
    /// The same, by an account that is new.
    FirstProject,
    /// Making an account.
    Registration,
    /// Logging in.
    Login,
    /// What the owners of projects do to them and to their tokens.
    Management,
    /// A deletion, or its undoing.
    Deletion,
    /// Getting a token by an ID token of an issuer, and uploading by it.
    TrustedPublishing {
        /// The kind of issuer.
        kind: PublisherKind,
        /// Which, to the letter.
        issuer: &'a str,
    },
    /// What keeps the index safe: quarantines, rulings, known malware, taking tokens back.
    Safety,
    /// Asking an upstream.
    PullThrough,
}

impl SwitchKind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::NoFirstProjects,
        Self::NoNewUsers,
        Self::NoFreshUploads,
        Self::NoNewProjects,
        Self::NoUploads,
        Self::NoLogins,
        Self::NoManagement,
        Self::NoDeletions,
        Self::NoTrustedPublishing,
        Self::NoGitHubPublishing,
        Self::NoGitLabPublishing,
        Self::NoGenericPublishing,
        Self::NoNewUpstreamProjects,
        Self::NoYoungUpstreamReleases,
        Self::UpstreamOff,
        Self::ReadOnly,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::NoFirstProjects => "no-first-projects",
            Self::NoNewUsers => "no-new-users",
            Self::NoFreshUploads => "no-fresh-uploads",
            Self::NoNewProjects => "no-new-projects",
            Self::NoUploads => "no-uploads",
            Self::NoLogins => "no-logins",
            Self::NoManagement => "no-management",
            Self::NoDeletions => "no-deletions",
            Self::NoTrustedPublishing => "no-trusted-publishing",
            Self::NoGitHubPublishing => "no-github-publishing",
            Self::NoGitLabPublishing => "no-gitlab-publishing",
            Self::NoGenericPublishing => "no-generic-publishing",
            Self::NoNewUpstreamProjects => "no-new-upstream-projects",
            Self::NoYoungUpstreamReleases => "no-young-upstream-releases",
            Self::UpstreamOff => "upstream-off",
            Self::ReadOnly => "read-only",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// What it means, for a person.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::NoFirstProjects => "new accounts make no projects; everybody else goes on",
            Self::NoNewUsers => "nobody can register; who is here goes on",
            Self::NoFreshUploads => {
                "new accounts upload to established projects only; everybody else goes on"
            }
            Self::NoNewProjects => "no new projects are taken; projects that are here go on",
            Self::NoUploads => "no uploads are taken",
            Self::NoLogins => "nobody can log in; tokens and who is logged in go on",
            Self::NoManagement => "projects and tokens can't be managed",
            Self::NoDeletions => "nothing can be deleted",
            Self::NoTrustedPublishing => "trusted publishers can't publish; tokens of people can",
            Self::NoGitHubPublishing => "trusted publishers of GitHub can't publish; others can",
            Self::NoGitLabPublishing => "trusted publishers of GitLab can't publish; others can",
            Self::NoGenericPublishing => {
                "trusted publishers of other issuers can't publish; GitHub's and GitLab's can"
            }
            Self::NoNewUpstreamProjects => "new projects of upstreams are held; established ones go on",
            Self::NoYoungUpstreamReleases => "young files of upstreams are held; older ones go on",
            Self::UpstreamOff => "no upstream is asked; what is stored is served",
            Self::ReadOnly => "nothing is taken in or changed; what is stored is served",
        }
    }

    /// Whether it counts by an age.
    pub fn needs_age(self) -> bool {
        matches!(self, Self::NoNewUpstreamProjects | Self::NoYoungUpstreamReleases)
    }

    /// Whether it can count for one issuer only.
    pub fn takes_issuer(self) -> bool {
        self == Self::NoTrustedPublishing
    }

    /// Whether it forbids a deed, where it counts for everybody.
    pub fn forbids(self, deed: Deed<'_>) -> bool {
        let by = |asked| matches!(deed, Deed::TrustedPublishing { kind, .. } if kind == asked);
        match self {
            Self::NoFirstProjects => deed == Deed::FirstProject,
            Self::NoNewUsers => deed == Deed::Registration,
            Self::NoFreshUploads => matches!(deed, Deed::FreshUpload | Deed::FirstProject),
            Self::NoNewProjects => matches!(deed, Deed::NewProject | Deed::FirstProject),
            Self::NoUploads => {
                matches!(deed, Deed::Upload | Deed::FreshUpload | Deed::NewProject | Deed::FirstProject)
            }
            Self::NoLogins => deed == Deed::Login,
            Self::NoManagement => deed == Deed::Management,
            Self::NoDeletions => deed == Deed::Deletion,
            Self::NoTrustedPublishing => matches!(deed, Deed::TrustedPublishing { .. }),
            Self::NoGitHubPublishing => by(PublisherKind::GitHub),
            Self::NoGitLabPublishing => by(PublisherKind::GitLab),
            Self::NoGenericPublishing => by(PublisherKind::Generic),
            Self::UpstreamOff => deed == Deed::PullThrough,
            Self::ReadOnly => true,
            Self::NoNewUpstreamProjects | Self::NoYoungUpstreamReleases => false,
        }
    }
}

/// A switch that somebody has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// Which.
    pub kind: SwitchKind,
    /// The issuer that it counts for, of those that [can count for one](SwitchKind::takes_issuer); all of
    /// them where absent.
    pub issuer: Option<String>,
    /// The age that it counts by, of those that [need one](SwitchKind::needs_age).
    pub age: Option<Duration>,
    /// Why: everybody reads it.
    pub reason: String,
    /// Who: `operator:NAME`, `token:ID NAME` or `breaker`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when; until somebody lifts it where absent.
    pub expires_at: Option<Timestamp>,
}

impl Switch {
    /// Its id, and the issuer that it counts for: `no-trusted-publishing for https://ci.example`.
    pub fn name(&self) -> String {
        switch_name(self.kind, self.issuer.as_deref())
    }

    /// What it means, for a person.
    pub fn meaning(&self) -> String {
        match &self.issuer {
            Some(issuer) => format!("trusted publishers of {issuer} can't publish; others can"),
            None => self.kind.meaning().to_owned(),
        }
    }

    /// Whether it is this one: of a kind there may be one for each issuer, and one for all.
    pub fn is(&self, kind: SwitchKind, issuer: Option<&str>) -> bool {
        self.kind == kind && self.issuer.as_deref() == issuer
    }

    /// Whether it forbids a deed.
    pub fn forbids(&self, deed: Deed<'_>) -> bool {
        let of = |own: &str| matches!(deed, Deed::TrustedPublishing { issuer, .. } if issuer == own);
        self.kind.forbids(deed) && self.issuer.as_deref().is_none_or(of)
    }

    /// Whether it counts at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// The name of a switch that counts for an issuer, or for all of them.
pub fn switch_name(kind: SwitchKind, issuer: Option<&str>) -> String {
    issuer.map_or_else(|| kind.id().to_owned(), |issuer| format!("{} for {issuer}", kind.id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://ci.example";

    fn publishing(kind: PublisherKind) -> Deed<'static> {
        Deed::TrustedPublishing { kind, issuer: ISSUER }
    }

    #[test]
    fn each_forbids_what_it_says_and_no_more() {
        let forbidden = |kind: SwitchKind| {
            let all = [
                Deed::Upload,
                Deed::FreshUpload,
                Deed::NewProject,
                Deed::FirstProject,
                Deed::Registration,
                Deed::Login,
                Deed::Management,
                Deed::Deletion,
                Deed::Safety,
                Deed::PullThrough,
                publishing(PublisherKind::GitHub),
                publishing(PublisherKind::GitLab),
                publishing(PublisherKind::Generic),
            ];
            all.into_iter().filter(|deed| kind.forbids(*deed)).collect::<Vec<_>>()
        };
        assert_eq!(forbidden(SwitchKind::NoFirstProjects), [Deed::FirstProject]);
        assert_eq!(forbidden(SwitchKind::NoNewUsers), [Deed::Registration]);
        assert_eq!(forbidden(SwitchKind::NoFreshUploads), [Deed::FreshUpload, Deed::FirstProject]);
        assert_eq!(forbidden(SwitchKind::NoNewProjects), [Deed::NewProject, Deed::FirstProject]);
        assert_eq!(
            forbidden(SwitchKind::NoUploads),
            [Deed::Upload, Deed::FreshUpload, Deed::NewProject, Deed::FirstProject]
        );
        assert_eq!(forbidden(SwitchKind::NoLogins), [Deed::Login]);
        assert_eq!(forbidden(SwitchKind::NoManagement), [Deed::Management]);
        assert_eq!(forbidden(SwitchKind::NoDeletions), [Deed::Deletion]);
        assert_eq!(forbidden(SwitchKind::UpstreamOff), [Deed::PullThrough]);
        assert_eq!(forbidden(SwitchKind::NoTrustedPublishing).len(), 3);
        for (switch, kind) in [
            (SwitchKind::NoGitHubPublishing, PublisherKind::GitHub),
            (SwitchKind::NoGitLabPublishing, PublisherKind::GitLab),
            (SwitchKind::NoGenericPublishing, PublisherKind::Generic),
        ] {
            assert_eq!(forbidden(switch), [publishing(kind)]);
        }
        assert_eq!(forbidden(SwitchKind::ReadOnly).len(), 13);
        for kind in SwitchKind::ALL {
            assert_eq!(SwitchKind::from_id(kind.id()), Some(kind));
            assert_eq!(kind.needs_age(), forbidden(kind).is_empty(), "{}", kind.id());
        }
    }
    #[test]
    fn one_for_an_issuer_forbids_that_one_alone() {
        let switch = |kind, issuer: Option<&str>| Switch {
            kind,
            issuer: issuer.map(str::to_owned),
            age: None,
            reason: "r".into(),
            made_by: "operator:o".into(),
            made_at: Timestamp::UNIX_EPOCH,
            expires_at: None,
        };
        let one = switch(SwitchKind::NoTrustedPublishing, Some(ISSUER));
        let all = switch(SwitchKind::NoTrustedPublishing, None);
        let other = Deed::TrustedPublishing { kind: PublisherKind::Generic, issuer: "https://ci.example/" };
        assert!(one.forbids(publishing(PublisherKind::Generic)) && all.forbids(other));
        assert!(!one.forbids(other) && !one.forbids(Deed::Upload));
        assert_eq!(one.name(), "no-trusted-publishing for https://ci.example");
        assert_eq!(all.name(), "no-trusted-publishing");
        assert!(one.is(SwitchKind::NoTrustedPublishing, Some(ISSUER)));
        assert!(!one.is(SwitchKind::NoTrustedPublishing, None));
        assert!(one.meaning().contains(ISSUER) && !all.meaning().contains(ISSUER));
        let kinds = SwitchKind::ALL.into_iter().filter(|kind| kind.takes_issuer());
        assert_eq!(kinds.collect::<Vec<_>>(), [SwitchKind::NoTrustedPublishing]);
    }
}
