//! What a campaign was, for others: OSV records, indicators as CSV, STIX 2.1, and a report for people.
//! One format per file.

pub mod csv;
pub mod markdown;
pub mod osv;
pub mod stix;

use std::collections::BTreeSet;

use fondaco_model::{CampaignRecord, Fingerprint, Timestamp};
use fondaco_pydist::Sha256;
use fondaco_verdict::Verdict;

use crate::report_v1::Report;

/// A campaign and what is known of its members, first to last; or one bad file that is of none.
#[derive(Debug, Clone)]
pub struct Incident {
    /// The campaign.
    pub campaign: Option<CampaignRecord>,
    /// Its members.
    pub members: Vec<Member>,
}

/// A member, and the report on it.
#[derive(Debug, Clone)]
pub struct Member {
    /// The artifact.
    pub file: Fingerprint,
    /// What the newest inspection found; absent where it is not kept.
    pub report: Option<Report>,
}

/// Something to look for elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observable {
    /// What it is.
    pub kind: ObservableKind,
    /// As it is, not defanged: for machines.
    pub value: String,
    /// The project in which it stands.
    pub project: String,
}

/// What can be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObservableKind {
    /// The digest of a file.
    Sha256,
    /// The name of a project.
    Project,
    /// A host that bad members name and hardly anybody else.
    Domain,
    /// An IPv4 address.
    Address,
}

impl ObservableKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Project => "project",
            Self::Domain => "domain",
            Self::Address => "ipv4-addr",
        }
    }
}

/// Members that name more hosts than this name some for what they are.
const FEW_HOSTS: usize = 12;
/// A host counts when so many projects of the campaign name it.
const NAMED_BY: usize = 2;

impl Incident {
    /// What it is called: the campaign's id, or that of the record on the file.
    pub fn name(&self) -> String {
        let file = || self.members.first().map(|member| crate::osv::own_id(member.file.sha256));
        self.campaign.as_ref().map(|one| one.id.to_string()).or_else(file).unwrap_or_default()
    }

    /// When it began.
    pub fn opened_at(&self) -> Timestamp {
        let first = || self.members.iter().map(|member| member.file.uploaded_at).min();
        self.campaign.as_ref().map(|one| one.opened_at).or_else(first).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// When it last changed.
    pub fn changed_at(&self) -> Timestamp {
        let last = || self.members.iter().map(|member| member.file.uploaded_at).max();
        let changed = self.campaign.as_ref().map(|one| one.changed_at).or_else(last);
        changed.unwrap_or(Timestamp::UNIX_EPOCH).max(self.opened_at())
    }

    /// Distinct projects.
    pub fn projects(&self) -> BTreeSet<&str> {
        self.members.iter().map(|member| member.file.project.as_str()).collect()
    }

    /// What can be looked for elsewhere: files and names of all members, and the hosts that several of
    /// the bad ones name.
    pub fn observables(&self) -> BTreeSet<Observable> {
        let mut found = BTreeSet::new();
        for Member { file, .. } in &self.members {
            let project = file.project.to_string();
            let of = |kind, value: String| Observable { kind, value, project: project.clone() };
            found.insert(of(ObservableKind::Sha256, file.sha256.to_string()));
            found.insert(of(ObservableKind::Project, project.clone()));
        }
        let named = |host: &String| {
            let by = self.members.iter().filter(|member| member.hosts().contains(host));
            by.map(|member| member.file.project.as_str()).collect::<BTreeSet<_>>().len()
        };
        let hosts: BTreeSet<String> = self.members.iter().flat_map(Member::hosts).collect();
        for host in hosts.iter().filter(|host| named(host) >= NAMED_BY.min(self.projects().len())) {
            let kind = match host.parse::<std::net::Ipv4Addr>() {
                Ok(_) => ObservableKind::Address,
                Err(_) => ObservableKind::Domain,
            };
            let by = self.members.iter().filter(|member| member.hosts().contains(host));
            found.extend(by.map(|member| Observable {
                kind,
                value: host.clone(),
                project: member.file.project.to_string(),
            }));
        }
        found
    }
}

impl Member {
    /// The hosts of somebody's own that it names, as they are; none where it names too many, or nothing
    /// was found in it. What very many use is left to them: nobody should block it.
    fn hosts(&self) -> BTreeSet<String> {
        let Some(report) = self.report.as_ref().filter(|_| self.file.verdict >= Verdict::Suspicious) else {
            return BTreeSet::new();
        };
        let facts = report.facts.as_ref();
        let hosts: BTreeSet<String> = facts
            .into_iter()
            .flat_map(|facts| &facts.hosts)
            .map(|host| host.host.replace("[.]", "."))
            .filter(|host| is_own(host, report))
            .collect();
        if hosts.len() <= FEW_HOSTS { hosts } else { BTreeSet::new() }
    }
}

/// Whether the worker took a host, or a name above it, for somebody's own.
fn is_own(host: &str, report: &Report) -> bool {
    let Some(prints) = &report.fingerprints else { return false };
    let starts = std::iter::once(0).chain(host.match_indices('.').map(|(at, _)| at + 1));
    starts.filter_map(|at| host.get(at..)).any(|name| {
        let digest = Sha256::of(name.as_bytes()).to_string();
        digest.get(..16).is_some_and(|hex| prints.indicators.contains(&format!("host:{hex}")))
    })
}
