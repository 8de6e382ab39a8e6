use std::path::PathBuf;

use anyhow::{Context, ensure};
use fondaco_model::PublisherKind;
use fondaco_oidc::{Issuer, IssuerConfig};
use fondaco_server::Lives;
use fondaco_server::publishing::TrustedIssuer;
use serde::Deserialize;

use crate::span;

/// `[[trusted_issuers]]`: whose ID tokens let publishers publish.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trusted {
    /// Its name, to the letter as tokens have it in `iss`.
    pub(crate) issuer: String,
    /// What its claims mean: `github`, `gitlab` or `generic`.
    pub(crate) kind: String,
    /// Claims that each publisher must be told by, of a generic one.
    #[serde(default)]
    pub(crate) claims: Vec<String>,
    /// Whether it may be spoken to in the clear.
    #[serde(default)]
    pub(crate) allow_http: bool,
}

impl Trusted {
    /// What its claims mean.
    pub(crate) fn kind(&self) -> anyhow::Result<PublisherKind> {
        let hint = || format!("[[trusted_issuers]] kind = {:?}\nhint: github, gitlab or generic", self.kind);
        PublisherKind::from_id(&self.kind).with_context(hint)
    }

    /// As the index understands it.
    pub(crate) fn read(&self, instance: &str, allow_hosts: &[String]) -> anyhow::Result<TrustedIssuer> {
        let kind = self.kind()?;
        let generic = kind == PublisherKind::Generic;
        ensure!(
            generic != self.claims.is_empty(),
            "[[trusted_issuers]] {:?}: a generic issuer needs claims that its publishers are told by, e.g. \
             claims = [\"sub\"], and no other takes any",
            self.issuer
        );
        let config = IssuerConfig {
            issuer: self.issuer.clone(),
            allow_http: self.allow_http,
            allow_hosts: allow_hosts.to_vec(),
            instance: instance.to_owned(),
        };
        let issuer = Issuer::new(config).context("[[trusted_issuers]]")?;
        Ok(TrustedIssuer { issuer, kind, required: self.claims.clone() })
    }
}

/// `[publishing]`: trusted publishing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Publishing {
    /// Whom ID tokens have to be for.
    pub(crate) audience: Option<String>,
}

/// `[tokens]`: tokens of people.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tokens {
    /// How long they count where nothing is said.
    pub(crate) default_expiry: Option<String>,
    /// How long they count at most.
    pub(crate) max_expiry: Option<String>,
    /// The public keys of who reports leaked ones: a path from where the configuration lies, or an
    /// address.
    pub(crate) disclosure_keys: Option<PathBuf>,
}

impl Tokens {
    /// As the index understands it.
    pub(crate) fn lives(&self) -> anyhow::Result<Lives> {
        let defaults = Lives::default();
        let read = |text: &Option<String>, otherwise| match text {
            Some(text) => span::age(text).with_context(|| format!("[tokens] {text:?}")),
            None => Ok(otherwise),
        };
        let most = read(&self.max_expiry, defaults.most)?;
        let default = read(&self.default_expiry, defaults.default.min(most))?;
        ensure!(
            !most.is_zero() && !default.is_zero() && default <= most,
            "[tokens]: default_expiry is at most max_expiry"
        );
        Ok(Lives { default, most })
    }
}
