use std::collections::BTreeMap;

use fondaco_pydist::ProjectName;
use jiff::Timestamp;

use crate::UserId;

/// Longest value of a claim that a publisher is told by, in bytes.
const MAX_VALUE: usize = 300;
/// Most claims of a publisher.
const MAX_CLAIMS: usize = 20;

/// What kind of issuer vouches for a publisher, by which it is known what its claims mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublisherKind {
    /// A workflow of GitHub Actions.
    GitHub,
    /// A pipeline of GitLab CI.
    GitLab,
    /// Whatever has the claims that were named.
    Generic,
}

impl PublisherKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::GitHub, Self::GitLab, Self::Generic];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Generic => "generic",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// What must be said of a publisher, and what may be.
    fn fields(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::GitHub => {
                (&["owner", "repository", "workflow"], &["environment", "owner_id", "repository_id"])
            }
            Self::GitLab => {
                (&["namespace", "project", "workflow"], &["environment", "namespace_id", "project_id"])
            }
            Self::Generic => (&[], &[]),
        }
    }

    /// The ids that accounts and repositories have besides their names: by our field and by the claim.
    /// A name that was given up can be taken by somebody else; an id can't.
    fn ids(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::GitHub => &[("owner_id", "repository_owner_id"), ("repository_id", "repository_id")],
            Self::GitLab => &[("namespace_id", "namespace_id"), ("project_id", "project_id")],
            Self::Generic => &[],
        }
    }
}

/// Why something can't be a publisher.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPublisher {
    /// Something must be said.
    #[error("a publisher of this kind needs {0:?}")]
    Missing(&'static str),
    /// Something is said that means nothing.
    #[error("a publisher of this kind has no {0:?}")]
    Unknown(String),
    /// A value can't be one.
    #[error("{0:?} can't be that")]
    Value(String),
    /// Nothing is said, so everybody would be meant.
    #[error("a publisher needs at least the claim \"sub\" or what the index asks of this issuer")]
    Nothing,
}

/// Why a token's claims are not those of a publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimMismatch {
    /// A claim is another.
    #[error("the claim {0} is not the publisher's")]
    Other(&'static str),
    /// A claim of this issuer's kind is missing.
    #[error("the claim {0} is missing")]
    Missing(&'static str),
    /// The workflow runs what strangers propose, with the rights of the repository.
    #[error("a workflow that pull_request_target starts may not publish")]
    PullRequestTarget,
    /// The job is one of a reusable workflow.
    #[error("the job is one of a reusable workflow, and not of the publisher's own")]
    Reusable,
    /// The account or repository was deleted and made anew by somebody.
    #[error("the claim {0} is another than at the publisher's first use: the name is now somebody else's")]
    Resurrected(&'static str),
}

/// Who may publish a project by showing an ID token of an issuer that the operator trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: ProjectName,
    /// Who vouches for it, to the letter as in `iss`.
    pub issuer: String,
    /// What kind of issuer that is.
    pub kind: PublisherKind,
    /// What it is told by.
    pub claims: BTreeMap<String, String>,
    /// Ids that were seen at its first use and must stay.
    pub pinned: BTreeMap<String, String>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Whether the project is still to be made by its first upload.
    pub pending: bool,
    /// Who becomes owner then.
    pub owner: Option<UserId>,
    /// Until when that may be.
    pub expires_at: Option<Timestamp>,
    /// When it last got a token.
    pub last_used_at: Option<Timestamp>,
}

/// A claim of a token, as text: numbers and truth values are as they are written.
pub type Claim<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Publisher {
    /// Whether what it is told by is complete and means something. `required` are the claims that the
    /// operator asks of a generic issuer's publishers.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(
        kind: PublisherKind,
        claims: &BTreeMap<String, String>,
        required: &[String],
    ) -> Result<(), InvalidPublisher> {
        let (needed, possible) = kind.fields();
        if let Some(missing) = needed.iter().find(|name| !claims.contains_key(**name)) {
            return Err(InvalidPublisher::Missing(missing));
        }
        if claims.len() > MAX_CLAIMS {
            return Err(InvalidPublisher::Unknown("so much".to_owned()));
        }
        for (name, value) in claims {
            let known = needed.contains(&name.as_str()) || possible.contains(&name.as_str());
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:/".contains(c);
            if kind == PublisherKind::Generic && !name.chars().all(plain)
                || kind != PublisherKind::Generic && !known
            {
                return Err(InvalidPublisher::Unknown(name.clone()));
            }
            let fits = match (kind, name.as_str()) {
                _ if value.is_empty() || value.len() > MAX_VALUE || value.chars().any(char::is_control) => {
                    false
                }
                (_, name) if name.ends_with("_id") && kind != PublisherKind::Generic => {
                    value.bytes().all(|b| b.is_ascii_digit())
                }
                (PublisherKind::GitHub, "owner" | "repository") | (PublisherKind::GitLab, "project") => {
                    value.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
                }
                (PublisherKind::GitLab, "namespace") => {
                    value.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c))
                }
                (PublisherKind::GitHub, "workflow") => is_workflow(value) && !value.contains('/'),
                (PublisherKind::GitLab, "workflow") => is_workflow(value) && !value.starts_with('/'),
                _ => true,
            };
            if !fits {
                return Err(InvalidPublisher::Value(name.clone()));
            }
        }
        let named = |name: &String| claims.contains_key(name);
        if kind == PublisherKind::Generic && (claims.is_empty() || !required.iter().all(named)) {
            return Err(InvalidPublisher::Nothing);
        }
        Ok(())
    }

    /// Whether a verified token of its issuer is this publisher's; the ids to pin where it is.
    ///
    /// # Errors
    /// The first claim that is not as it must be.
    pub fn meets(&self, claim: Claim<'_>) -> Result<BTreeMap<String, String>, ClaimMismatch> {
        match self.kind {
            PublisherKind::GitHub => self.meets_github(claim)?,
            PublisherKind::GitLab => self.meets_gitlab(claim)?,
            PublisherKind::Generic => {
                let same = |(name, value): (&String, &String)| claim(name).as_ref() == Some(value);
                if !self.claims.iter().all(same) {
                    return Err(ClaimMismatch::Other("that it is told by"));
                }
            }
        }
        if let Some(environment) =
            self.claims.get("environment").filter(|_| self.kind != PublisherKind::Generic)
            && !claim("environment").is_some_and(|given| given.eq_ignore_ascii_case(environment))
        {
            return Err(ClaimMismatch::Other("environment"));
        }
        self.pins(claim)
    }

    fn pins(&self, claim: Claim<'_>) -> Result<BTreeMap<String, String>, ClaimMismatch> {
        let mut pinned = BTreeMap::new();
        for (field, name) in self.kind.ids() {
            let id = claim(name).ok_or(ClaimMismatch::Missing(name))?;
            let known = self.claims.get(*field).or_else(|| self.pinned.get(*field));
            if known.is_some_and(|known| *known != id) {
                return Err(ClaimMismatch::Resurrected(name));
            }
            pinned.insert((*field).to_owned(), id);
        }
        Ok(pinned)
    }

    fn field(&self, name: &str) -> &str {
        self.claims.get(name).map(String::as_str).unwrap_or_default()
    }

    fn meets_github(&self, claim: Claim<'_>) -> Result<(), ClaimMismatch> {
        let text = |name: &'static str| claim(name).ok_or(ClaimMismatch::Missing(name));
        let ours = format!("{}/{}", self.field("owner"), self.field("repository"));
        let repository = text("repository")?;
        if !repository.eq_ignore_ascii_case(&ours) {
            return Err(ClaimMismatch::Other("repository"));
        }
        if !text("repository_owner")?.eq_ignore_ascii_case(self.field("owner")) {
            return Err(ClaimMismatch::Other("repository_owner"));
        }
        if text("event_name")? == "pull_request_target" {
            return Err(ClaimMismatch::PullRequestTarget);
        }
        // The workflow that was started, and the one that the job stands in: they differ where one
        // workflow uses another, whatever repository that lies in.
        let (started, job) = (text("workflow_ref")?, text("job_workflow_ref")?);
        let path = format!("{repository}/.github/workflows/{}@", self.field("workflow"));
        let Some(at) = started.strip_prefix(&path) else { return Err(ClaimMismatch::Other("workflow_ref")) };
        if job != started && job.strip_prefix(&path).is_none_or(|at| claim("sha").as_deref() != Some(at)) {
            return Err(ClaimMismatch::Reusable);
        }
        let current = [claim("ref"), claim("sha")];
        if at.is_empty() || !current.iter().flatten().any(|one| one == at) {
            return Err(ClaimMismatch::Other("workflow_ref"));
        }
        Ok(())
    }

    fn meets_gitlab(&self, claim: Claim<'_>) -> Result<(), ClaimMismatch> {
        let text = |name: &'static str| claim(name).ok_or(ClaimMismatch::Missing(name));
        let ours = format!("{}/{}", self.field("namespace"), self.field("project"));
        let project = text("project_path")?;
        if !project.eq_ignore_ascii_case(&ours) {
            return Err(ClaimMismatch::Other("project_path"));
        }
        if !text("namespace_path")?.eq_ignore_ascii_case(self.field("namespace")) {
            return Err(ClaimMismatch::Other("namespace_path"));
        }
        // HOST/PROJECT//FILE@REF: a file that another project lends is another address.
        let config = text("ci_config_ref_uri")?;
        let host = self.issuer.split_once("://").map_or("", |(_, host)| host).trim_end_matches('/');
        let path = format!("{host}/{project}//{}@", self.field("workflow"));
        let Some(at) = config.strip_prefix(&path) else {
            return Err(ClaimMismatch::Other("ci_config_ref_uri"));
        };
        let current = [claim("ref_path"), claim("sha")];
        if at.is_empty() || !current.iter().flatten().any(|one| one == at) {
            return Err(ClaimMismatch::Other("ci_config_ref_uri"));
        }
        Ok(())
    }

    /// Whether it may publish at `now`, as far as time goes.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Who publishes by it, for a person.
    pub fn shown(&self) -> String {
        match self.kind {
            PublisherKind::GitHub => {
                let (owner, repository) = (self.field("owner"), self.field("repository"));
                format!("github {owner}/{repository} {}", self.field("workflow"))
            }
            PublisherKind::GitLab => {
                let (namespace, project) = (self.field("namespace"), self.field("project"));
                format!("gitlab {namespace}/{project} {}", self.field("workflow"))
            }
            PublisherKind::Generic => {
                let claims = self.claims.iter().map(|(name, value)| format!("{name}={value}"));
                format!("{} {}", self.issuer, claims.collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// Who acts by it, for the audit log.
    pub fn actor(&self) -> String {
        format!("publisher:{} {}", self.id, self.shown())
    }
}

fn is_workflow(file: &str) -> bool {
    let plain = file.chars().all(|c| c.is_ascii_alphanumeric() || "_-./ ".contains(c));
    plain && !file.contains("..") && (file.ends_with(".yml") || file.ends_with(".yaml"))
}

#[cfg(test)]
mod tests;
