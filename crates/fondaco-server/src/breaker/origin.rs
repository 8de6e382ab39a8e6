//! Who does something, and what that has in common with what others do.

use std::net::IpAddr;

use fondaco_breaker::{Event, EventKind, KeyKind, Keys, Outcome};
use fondaco_model::{Evidence, Timestamp, Token};
use fondaco_wire::report_v1::Report;

use super::seconds;
use crate::app::{App, names};
use crate::client_address::{counted, network};

/// Decoded bytes below which a layer says nothing of its maker.
const LEAST_LAYER: u64 = 64;

/// Who does something.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The account: `user:ID` or `token:ID`.
    pub(crate) account: String,
    /// Since when it is here.
    pub(crate) since: Timestamp,
    /// From where, as far as that is known.
    pub(crate) address: Option<IpAddr>,
    /// The domain of the account's mail.
    pub(crate) mail_domain: Option<String>,
}

impl Origin {
    /// The bearer of a token, which is an account of its own.
    pub(crate) fn of_token(token: &Token, address: Option<IpAddr>) -> Self {
        Self { account: format!("token:{}", token.id), since: token.made_at, address, mail_domain: None }
    }

    /// Whether it is new here.
    pub(crate) fn is_fresh(&self, app: &App) -> bool {
        app.parts.settings.breaker.is_fresh(self.since, app.now())
    }

    /// What it has in common with others.
    pub(crate) fn keys(&self) -> Keys {
        let keys = Keys::default()
            .with(KeyKind::Account, &self.account)
            .with(KeyKind::MailDomain, self.mail_domain.as_deref().unwrap_or_default());
        match self.address {
            Some(address) => keys
                .with(KeyKind::Address, &counted(address).to_string())
                .with(KeyKind::Network, &network(address).to_string()),
            None => keys,
        }
    }

    /// The same with the name that a new project's can be mistaken for.
    pub(crate) fn keys_for(&self, project: &str, new_project: bool) -> Keys {
        match names().spelling(project).confusable.filter(|_| new_project) {
            Some(found) => self.keys().with(KeyKind::Target, &found.target),
            None => self.keys(),
        }
    }

    /// An upload of its, as it ended.
    pub(crate) fn uploaded(
        &self,
        app: &App,
        (project, new_project): (&str, bool),
        (evidence, outcome): (&Evidence, Outcome),
    ) -> Event {
        let keys = self.keys_for(project, new_project);
        let lookalike = keys.iter().any(|(kind, _)| kind == KeyKind::Target);
        let keys = match payload(evidence).filter(|_| outcome != Outcome::Clean) {
            Some(payload) => keys.with(KeyKind::Payload, &payload),
            None => keys,
        };
        Event {
            at: seconds(app.now()),
            kind: EventKind::Upload { new_project, lookalike, outcome },
            fresh: self.is_fresh(app),
            keys,
        }
    }
}

/// What the code is, whatever the names in it: the first layer that was decoded, or the largest piece of
/// code that acts.
fn payload(evidence: &Evidence) -> Option<String> {
    let report: Report = serde_json::from_str(&evidence.report).ok()?;
    let layer = report.layers.iter().find(|layer| layer.size >= LEAST_LAYER).map(|layer| &layer.sha256);
    if let Some(layer) = layer {
        return layer.get(..32).map(str::to_owned);
    }
    let shapes = report.fingerprints?.shapes;
    shapes.into_iter().max_by_key(|shape| shape.tokens).map(|shape| shape.exact)
}
