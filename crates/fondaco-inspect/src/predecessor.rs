//! The release before, as far as the one at hand is compared with it.
//!
//! Only membership is asked, so that it is a set of digests: small enough for a worker's arguments,
//! and its own digest stands for it in what evidence rests on.

use std::collections::BTreeSet;
use std::str::FromStr;

use fondaco_pydist::Sha256;
use fondaco_rules::News;
use fondaco_verdict::{Facts, without_version};

/// What kind of thing a release has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Had {
    /// Something that runs before anything is imported: `install: setup.py`.
    Trigger,
    /// What code that runs unasked does: `shell at import`.
    Sink,
    /// A host that its code names.
    Host,
    /// A member that can run and is no Python source.
    Binary,
}

/// What the release before had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Predecessor {
    had: BTreeSet<u64>,
}

fn digest(kind: Had, text: &str) -> u64 {
    let digest = Sha256::of(format!("{kind:?}\0{text}").as_bytes());
    digest.as_bytes().iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte))
}

impl Predecessor {
    /// A release that had these. Members are named without the version, as [`without_version`] does.
    pub fn new<'a>(had: impl IntoIterator<Item = (Had, &'a str)>) -> Self {
        // The empty text stands for any of a kind.
        let had = had.into_iter().flat_map(|(kind, text)| [digest(kind, text), digest(kind, "")]).collect();
        Self { had }
    }

    /// What evidence rests on that was made in comparison with it, for the engine's fingerprint.
    pub fn digest(&self) -> String {
        Sha256::of(self.to_string().as_bytes()).to_string()[..12].to_owned()
    }

    fn has(&self, kind: Had, text: &str) -> bool {
        self.had.contains(&digest(kind, text))
    }

    fn has_any(&self, kind: Had) -> bool {
        self.has(kind, "")
    }

    /// What is new in a release with these facts. Hosts and binaries are only where there was none:
    /// projects change theirs often.
    pub(crate) fn news(&self, facts: &Facts, version: Option<&str>) -> News {
        let new = |kind, all: &[String]| all.iter().filter(|text| !self.has(kind, text)).cloned().collect();
        let triggers: Vec<String> =
            facts.triggers.iter().map(|text| trigger_without_version(text, version)).collect();
        let hosts = if self.has_any(Had::Host) { Vec::new() } else { facts.hosts.clone() };
        let binaries = if self.has_any(Had::Binary) { Vec::new() } else { facts.binaries.clone() };
        News { triggers: new(Had::Trigger, &triggers), sinks: new(Had::Sink, &facts.sinks), hosts, binaries }
    }
}

/// A trigger is `install: MEMBER`.
pub fn trigger_without_version(text: &str, version: Option<&str>) -> String {
    match text.split_once(": ") {
        Some((when, member)) => format!("{when}: {}", without_version(member, version)),
        None => text.to_owned(),
    }
}

impl std::fmt::Display for Predecessor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.had.iter().try_for_each(|one| write!(f, "{one:016x}"))
    }
}

impl FromStr for Predecessor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "a predecessor is written as digests of 16 hexadecimal digits".to_owned();
        if !text.len().is_multiple_of(16) || !text.is_ascii() {
            return Err(wrong());
        }
        let one = |at: usize| u64::from_str_radix(&text[at..at + 16], 16).map_err(|_| wrong());
        Ok(Self { had: (0..text.len()).step_by(16).map(one).collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_not_there_is_new() {
        let before = Predecessor::new([(Had::Trigger, "install: setup.py"), (Had::Host, "a[.]example")]);
        let before: Predecessor = before.to_string().parse().unwrap();
        let facts = Facts {
            triggers: vec!["install: x-1.1/setup.py".into(), "startup: x-1.1/x.pth".into()],
            sinks: vec!["shell at import".into()],
            hosts: vec![fondaco_verdict::Host { host: "b".into(), member: "m".into(), layer: 0, line: 1 }],
            ..Facts::default()
        };
        let news = before.news(&facts, Some("1.1"));
        assert_eq!(news.triggers, ["startup: x.pth"]);
        assert_eq!(news.sinks, ["shell at import"]);
        assert_eq!(news.hosts, [], "it had hosts");
        assert_ne!(before.digest(), Predecessor::default().digest());
        assert!("xyz".parse::<Predecessor>().is_err());
    }
}
