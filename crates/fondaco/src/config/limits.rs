use anyhow::{Context, ensure};
use fondaco_server::{Limits as Read, Quota};
use serde::Deserialize;

use crate::span;

/// `[limits]`: how much one client may ask for, each as `NUMBER/SPAN`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Requests of an address.
    pub(crate) requests: Option<String>,
    /// Requests of everybody.
    pub(crate) all: Option<String>,
    /// Requests by a token.
    pub(crate) requests_by_token: Option<String>,
    /// Requests of a person, by whatever session or token.
    pub(crate) requests_by_user: Option<String>,
    /// What a person changes when logged in.
    pub(crate) changes_by_user: Option<String>,
    /// Uploads by an address.
    pub(crate) uploads: Option<String>,
    /// Uploads by a token or an account.
    pub(crate) uploads_by_account: Option<String>,
    /// Accounts that an address makes.
    pub(crate) registrations: Option<String>,
    /// Failed logins of an address.
    pub(crate) logins: Option<String>,
    /// Failed logins to an account.
    pub(crate) logins_to_account: Option<String>,
    /// Searches of an address.
    pub(crate) searches: Option<String>,
    /// Reports by an address.
    pub(crate) reports: Option<String>,
}

impl Limits {
    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<Read> {
        let defaults = Read::default();
        let of = |given: &Option<String>, default: Quota| given.as_deref().map_or(Ok(default), quota);
        Ok(Read {
            requests: of(&self.requests, defaults.requests)?,
            all: of(&self.all, defaults.all)?,
            requests_by_token: of(&self.requests_by_token, defaults.requests_by_token)?,
            requests_by_user: of(&self.requests_by_user, defaults.requests_by_user)?,
            changes_by_user: of(&self.changes_by_user, defaults.changes_by_user)?,
            uploads: of(&self.uploads, defaults.uploads)?,
            uploads_by_account: of(&self.uploads_by_account, defaults.uploads_by_account)?,
            registrations: of(&self.registrations, defaults.registrations)?,
            logins: of(&self.logins, defaults.logins)?,
            logins_to_account: of(&self.logins_to_account, defaults.logins_to_account)?,
            searches: of(&self.searches, defaults.searches)?,
            reports: of(&self.reports, defaults.reports)?,
        })
    }
}

fn quota(text: &str) -> anyhow::Result<Quota> {
    let what = || format!("{text:?} is no limit\nhint: e.g. 600/1m or 20/1h");
    let (events, span) = text.split_once('/').with_context(what)?;
    let (events, span) =
        (events.trim().parse().with_context(what)?, span::age(span.trim()).with_context(what)?);
    ensure!(
        events > 0 && (1..=7 * 86_400).contains(&span.as_secs()),
        "{text:?}: at least one, in a second to a week"
    );
    Ok(Quota { events, span })
}
