use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::plan::{Plan, Variation, Via};

/// The campaign is to be opened by its third member.
const OPENED_BY: usize = 3;
/// Registrations are to be suspended after the tenth of the wave.
const SUSPENDED_AFTER: usize = 10;

/// Something that happened, in seconds since the wave began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: i64,
    /// What.
    pub what: String,
}

/// What came of a replay.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What happened, in order.
    pub timeline: Vec<Moment>,
    /// Members of the wave that were tried.
    pub tried: usize,
    /// Accounts of the wave that were made.
    pub registered: usize,
    /// Accounts of the wave that were refused.
    pub not_registered: usize,
    /// After how many accounts of the wave registrations were suspended.
    pub suspended_after: Option<usize>,
    /// The first switch or limit that tripped by itself, and after how many members.
    pub tripped: Option<(usize, String)>,
    /// Every switch that was set by itself.
    pub switches: BTreeSet<String>,
    /// With which member a campaign was opened, from 1.
    pub opened_by: Option<usize>,
    /// How the index answered to members of the wave, by status.
    pub answers: BTreeMap<u16, usize>,
    /// Files of the wave that attack and that somebody could have installed, with the seconds for which.
    pub installable: BTreeMap<String, i64>,
    /// How often files of the wave were asked for.
    pub polls: usize,
    /// Releases of established owners, and those that were not served, each with why.
    pub owners: (usize, BTreeSet<String>),
    /// Releases of new honest projects, and those that were not served.
    pub newcomers: (usize, BTreeSet<String>),
    /// Honest accounts that were asked for, and those that were refused.
    pub honest_accounts: (usize, BTreeSet<String>),
    /// The slowest answer to an established owner, in milliseconds, before the wave and in it.
    pub slowest: (u128, u128),
    /// How registrations are limited: whether accounts are part of it at all.
    pub has_accounts: bool,
}

impl Outcome {
    /// The musts that were missed, in words.
    pub fn missed(&self, plan: &Plan) -> Vec<String> {
        let mut missed = Vec::new();
        if !self.installable.is_empty() {
            missed.push(format!("{} attacks were installable: must be 0", self.installable.len()));
        }
        if self.opened_by.is_none_or(|member| member > OPENED_BY) {
            let opened =
                self.opened_by.map_or_else(|| "never".to_owned(), |member| format!("by member {member}"));
            missed.push(format!("the campaign was opened {opened}: must be by member {OPENED_BY}"));
        }
        if !self.owners.1.is_empty() {
            missed.push(format!(
                "{} releases of established owners were refused: must be 0",
                self.owners.1.len()
            ));
        }
        let comes_in_accounts = plan.via == Via::Uploads
            && matches!(plan.variation, Variation::AsItWas | Variation::OtherNames | Variation::Armed);
        let enough = plan.names.len() > SUSPENDED_AFTER;
        if comes_in_accounts && enough && self.suspended_after.is_none_or(|after| after > SUSPENDED_AFTER) {
            let after = self.suspended_after.map_or_else(|| "never".to_owned(), |n| format!("after {n}"));
            missed.push(format!("registrations were suspended {after}: must be after {SUSPENDED_AFTER}"));
        }
        missed
    }

    pub(super) fn say(&mut self, at: i64, what: impl Into<String>) {
        self.timeline.push(Moment { at, what: what.into() });
    }
}

fn clock(at: i64) -> String {
    format!("{:3}:{:02}:{:02}", at / 3_600, at / 60 % 60, at % 60)
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Moment { at, what } in &self.timeline {
            writeln!(f, "  {}  {what}", clock(*at))?;
        }
        let opened =
            self.opened_by.map_or_else(|| "never".to_owned(), |member| format!("by member {member}"));
        let suspended = match self.suspended_after {
            Some(after) => format!("after {after}"),
            None if self.has_accounts => "never".to_owned(),
            None => "does not apply".to_owned(),
        };
        let tripped = self
            .tripped
            .as_ref()
            .map_or_else(|| "nothing".to_owned(), |(member, what)| format!("{what}, at member {member}"));
        let answers: Vec<String> =
            self.answers.iter().map(|(status, many)| format!("{many} x {status}")).collect();
        let longest = self.installable.values().max().copied().unwrap_or(0);
        for (what, value) in [
            ("members of the wave tried", self.tried.to_string()),
            ("accounts made, refused", format!("{}, {}", self.registered, self.not_registered)),
            ("answers to members", answers.join(", ")),
            (
                "attacks ever installable",
                format!("{} (asked {} times; longest {longest} s)", self.installable.len(), self.polls),
            ),
            ("campaign opened", opened),
            ("tripped by itself", tripped),
            ("registrations suspended", suspended),
            ("established owners: releases, refused", format!("{}, {}", self.owners.0, self.owners.1.len())),
            (
                "new honest projects: releases, refused",
                format!("{}, {}", self.newcomers.0, self.newcomers.1.len()),
            ),
            (
                "honest accounts: asked, refused",
                format!("{}, {}", self.honest_accounts.0, self.honest_accounts.1.len()),
            ),
            (
                "slowest answer to an established owner",
                format!("{} ms before, {} ms in the wave", self.slowest.0, self.slowest.1),
            ),
        ] {
            writeln!(f, "  {what:42} {value}")?;
        }
        for why in self.owners.1.iter().chain(self.newcomers.1.iter()).chain(&self.honest_accounts.1).take(12)
        {
            writeln!(f, "    refused: {why}")?;
        }
        Ok(())
    }
}
