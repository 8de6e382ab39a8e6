use std::path::{Path, PathBuf};

use anyhow::Context;
use fondaco_accounts::{Breached, Disposable, Prohibited};
use fondaco_server::accounts::{Options, Registration};
use serde::Deserialize;

/// Largest file of passwords, in bytes: they are held in memory, as digests.
const MOST: u64 = 256 << 20;

/// `[accounts]`: who may have an account, and how.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Accounts {
    /// Whether people log in with a password of this index.
    pub(crate) local: Option<bool>,
    /// Who may make an account.
    pub(crate) registration: Registering,
    /// Files of passwords that nobody may have, besides those that are known everywhere.
    pub(crate) breached_passwords: Vec<PathBuf>,
    /// Files of hosts at which nobody may have their mail, besides those that are known.
    pub(crate) disposable_domains: Vec<PathBuf>,
    /// Files of names that nobody may have.
    pub(crate) prohibited_names: Vec<PathBuf>,
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Registering {
    /// Whoever comes.
    Open,
    /// Whom an admin makes one for.
    Invited,
    /// Nobody, but on the host.
    #[default]
    Closed,
}

/// `[mail]`: how mails are sent.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mail {
    /// The server: `smtp://HOST:PORT`, `smtps://USER:PASSWORD@HOST`.
    pub(crate) smtp: Option<String>,
    /// Who writes.
    pub(crate) from: Option<String>,
}

impl Accounts {
    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<Options> {
        let (passwords, hosts, names) = (
            texts(&self.breached_passwords)?,
            texts(&self.disposable_domains)?,
            texts(&self.prohibited_names)?,
        );
        Ok(Options {
            local: self.local.unwrap_or(true),
            registration: match self.registration {
                Registering::Open => Registration::Open,
                Registering::Invited => Registration::Invited,
                Registering::Closed => Registration::Closed,
            },
            breached: Breached::with(passwords.lines()),
            disposable: Disposable::with(hosts.lines()),
            prohibited: Prohibited::with(names.lines()),
        })
    }

    /// The files lie where the configuration lies.
    pub(super) fn beside(&mut self, config: &Path) {
        for files in [&mut self.breached_passwords, &mut self.disposable_domains, &mut self.prohibited_names]
        {
            *files = crate::operator::beside(Some(config), files);
        }
    }
}

fn texts(files: &[PathBuf]) -> anyhow::Result<String> {
    let mut all = String::new();
    for file in files {
        let what = || format!("the list {} of [accounts] can't be read", file.display());
        let size = std::fs::metadata(file).with_context(what)?.len();
        anyhow::ensure!(size <= MOST, "{}: it has more than {} MiB", what(), MOST >> 20);
        let bytes = std::fs::read(file).with_context(what)?;
        all += &String::from_utf8_lossy(&bytes);
        all.push('\n');
    }
    Ok(all)
}

impl Mail {
    /// Where mails go: to the server, else into `mail` in the data folder.
    pub(crate) fn read(&self, data: &Path) -> anyhow::Result<fondaco_mail::Post> {
        let post = match (&self.smtp, &self.from) {
            (Some(url), Some(from)) => fondaco_mail::Post::by_smtp(url, from),
            (Some(_), None) => {
                anyhow::bail!("[mail] smtp needs a sender\nhint: from = \"Fondaco <index@corp.example>\"")
            }
            (None, from) => {
                let from = from.as_deref().unwrap_or("Fondaco <fondaco@localhost.invalid>");
                fondaco_mail::Post::into_folder(data.join("mail"), from)
            }
        };
        post.context("the configuration's [mail] is not right")
    }
}

impl std::fmt::Debug for Mail {
    /// Without the server's address, which may have a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("from", &self.from).finish_non_exhaustive()
    }
}
