use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use fondaco_model::{EmailAddress, NoticeKind};
use fondaco_server::notices::Webhook;
use fondaco_upstream::{Url, WebhookClient};
use serde::Deserialize;

/// `[notify]`: whom to tell what happens.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Notify {
    /// Addresses that get a mail about everything that happens.
    pub(crate) operators: Vec<String>,
    /// `[[notify.webhooks]]`
    pub(crate) webhooks: Vec<Hook>,
}

/// `[[notify.webhooks]]`: one endpoint.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hook {
    /// Its name, which deliveries are kept under.
    pub(crate) name: String,
    /// Its address.
    pub(crate) url: String,
    /// What it shares with the index: `whsec_` and base64.
    pub(crate) secret: String,
    /// The kinds that it gets; all where empty.
    #[serde(default)]
    pub(crate) kinds: Vec<String>,
    /// Whether it may lie inside: at an address that is not public.
    #[serde(default)]
    pub(crate) private: bool,
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Notify {
    /// The operators, as the index understands them.
    pub(crate) fn operators(&self) -> anyhow::Result<Vec<EmailAddress>> {
        let one = |text: &String| text.parse().with_context(|| format!("[notify] operators: {text:?}"));
        self.operators.iter().map(one).collect()
    }

    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<Vec<Webhook>> {
        let mut names = BTreeSet::new();
        self.webhooks
            .iter()
            .map(|hook| {
                let what = || format!("[[notify.webhooks]] {:?}", hook.name);
                ensure!(
                    !hook.name.is_empty() && names.insert(&hook.name),
                    "{}: each has a name of its own",
                    what()
                );
                hook.read().with_context(what)
            })
            .collect()
    }
}

impl Hook {
    fn read(&self) -> anyhow::Result<Webhook> {
        let url: Url = self.url.parse().context("url is no address")?;
        ensure!(matches!(url.scheme(), "https" | "http"), "url begins with https:// or http://");
        let known = || NoticeKind::ALL.map(NoticeKind::id).join(", ");
        let kind = |id: &String| {
            NoticeKind::from_id(id)
                .with_context(|| format!("no notice is a {id:?}\nhint: there are {}", known()))
        };
        Ok(Webhook {
            name: self.name.clone(),
            url,
            client: WebhookClient::new(self.private)?,
            secret: self.secret.parse()?,
            kinds: self.kinds.iter().map(kind).collect::<anyhow::Result<_>>()?,
        })
    }
}
