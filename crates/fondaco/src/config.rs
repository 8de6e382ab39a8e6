//! `fondaco.toml`. A key that is unknown is an error: a misspelt policy must not be ignored.

mod accounts;
mod audit;
mod breaker;
mod downloads;
mod factors;
mod limits;
mod lookalikes;
mod notify;
mod reading;
mod reinspection;
mod reports;
mod scanners;
mod secrets;
mod server;
mod sso;
mod trusted;
mod uploads;

use std::path::{Path, PathBuf};

use anyhow::Context;
use fondaco_model::{Clock, CooldownScope, SystemClock};
use serde::Deserialize;

use crate::{operator, span};

pub(crate) use accounts::{Accounts, Mail};
pub(crate) use audit::Audit;
pub(crate) use breaker::Breaker;
pub(crate) use downloads::Downloads;
pub(crate) use factors::Factors;
pub(crate) use limits::Limits;
pub(crate) use lookalikes::Lookalikes;
pub(crate) use notify::Notify;
pub(crate) use reading::Reading;
pub(crate) use reinspection::Reinspection;
pub(crate) use reports::Reports;
pub(crate) use scanners::Scanner;
pub(crate) use secrets::Secrets;
pub(crate) use server::Server;
pub(crate) use sso::Sso;
pub(crate) use trusted::{Publishing, Tokens, Trusted};
pub(crate) use uploads::Uploads;

/// The file's content; every key may be absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The database, where it is not SQLite in the data folder.
    pub(crate) database: Option<String>,
    /// The bucket that the files are in, where that is not the data folder.
    pub(crate) blobs: Option<String>,
    /// `[server]`
    pub(crate) server: Server,
    /// `[upstream]`
    pub(crate) upstream: Upstream,
    /// `[policy]`
    pub(crate) policy: Policy,
    /// `[inspect]`
    pub(crate) inspect: Inspect,
    /// `[[suppress]]`
    pub(crate) suppress: Vec<Suppress>,
    /// `[cooldown]`
    pub(crate) cooldown: Cooldown,
    /// `[index]`
    pub(crate) index: Index,
    /// `[[upstreams]]`
    pub(crate) upstreams: Vec<Routed>,
    /// `[uploads]`
    pub(crate) uploads: Uploads,
    /// `[downloads]`
    pub(crate) downloads: Downloads,
    /// `[[feeds]]`
    pub(crate) feeds: Vec<Feed>,
    /// `[reading]`
    pub(crate) reading: Reading,
    /// `[reports]`
    pub(crate) reports: Reports,
    /// `[audit]`
    pub(crate) audit: Audit,
    /// `[provenance]`
    pub(crate) provenance: Provenance,
    /// `[sso]`
    pub(crate) sso: Option<Sso>,
    /// `[[trusted_issuers]]`
    pub(crate) trusted_issuers: Vec<Trusted>,
    /// `[publishing]`
    pub(crate) publishing: Publishing,
    /// `[tokens]`
    pub(crate) tokens: Tokens,
    /// `[breaker]`
    pub(crate) breaker: Breaker,
    /// `[limits]`
    pub(crate) limits: Limits,
    /// `[notify]`
    pub(crate) notify: Notify,
    /// `[factors]`
    pub(crate) factors: Factors,
    /// `[accounts]`
    pub(crate) accounts: Accounts,
    /// `[mail]`
    pub(crate) mail: Mail,
    /// `[reinspection]`
    pub(crate) reinspection: Reinspection,
    /// `[secrets]`
    pub(crate) secrets: Secrets,
}

/// `[[feeds]]`: known malware and vulnerabilities, imported at intervals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feed {
    /// Its name, under which it is told of.
    pub(crate) name: String,
    /// An address, or a path from where the configuration lies, of OSV records.
    pub(crate) source: String,
    /// The time between two imports, e.g. `6h`.
    pub(crate) every: String,
}

/// `[provenance]`: by whom attestations are believed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Provenance {
    /// A `trusted_root.json`, from where the configuration lies.
    pub(crate) trusted_root: Option<PathBuf>,
}

/// `[index]`: names of our own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Index {
    /// Namespaces whose names are asked of no upstream.
    pub(crate) reserved: Vec<String>,
}

/// `[[upstreams]]`: another upstream, for some names only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Routed {
    /// Its name, to which pages and files belong.
    pub(crate) name: String,
    /// The address of its Simple API.
    pub(crate) url: String,
    /// These projects are pulled from it.
    #[serde(default)]
    pub(crate) projects: Vec<String>,
    /// And those in these namespaces.
    #[serde(default)]
    pub(crate) prefixes: Vec<String>,
}

/// `[cooldown]`: how old a file of an upstream has to be.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Cooldown {
    /// The age, e.g. `3d` or `12h`.
    pub(crate) min_age: Option<String>,
    /// Other ages for some projects; the first that matches and is in force counts.
    pub(crate) rules: Vec<CooldownRule>,
}

/// `[[cooldown.rules]]`: another age for a project or a prefix.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CooldownRule {
    /// One project; or give `prefix`.
    pub(crate) project: Option<String>,
    /// All projects whose name begins so.
    pub(crate) prefix: Option<String>,
    /// The age; `0d` for an exception.
    pub(crate) min_age: String,
    /// Why.
    pub(crate) reason: String,
    /// Who decided it.
    pub(crate) who: String,
    /// Until when it counts: a date or an RFC 3339 instant.
    pub(crate) expires: Option<String>,
}

impl Cooldown {
    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<fondaco_model::Cooldown> {
        Ok(fondaco_model::Cooldown {
            min_age: self.min_age.as_deref().map(span::age).transpose()?.unwrap_or_default(),
            rules: self.rules.iter().map(CooldownRule::read).collect::<anyhow::Result<_>>()?,
        })
    }
}

impl CooldownRule {
    fn read(&self) -> anyhow::Result<fondaco_model::CooldownRule> {
        let scope = match (&self.project, &self.prefix) {
            (Some(name), None) => CooldownScope::Project(name.parse().with_context(|| format!("{name:?}"))?),
            (None, Some(prefix)) => CooldownScope::Prefix(prefix.to_lowercase().replace(['_', '.'], "-")),
            _ => anyhow::bail!("a rule of [cooldown] names either a project or a prefix"),
        };
        anyhow::ensure!(!self.reason.trim().is_empty(), "a rule of [cooldown] needs a reason");
        Ok(fondaco_model::CooldownRule {
            scope,
            min_age: span::age(&self.min_age)?,
            reason: self.reason.clone(),
            who: self.who.clone(),
            expires_at: self.expires.as_deref().map(|text| span::end(text, SystemClock.now())).transpose()?,
        })
    }
}

/// `[[suppress]]`: a finding that was looked at and ruled out, for one project and for a time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suppress {
    /// The project.
    pub(crate) project: String,
    /// The rule's id.
    pub(crate) rule: String,
    /// Why it doesn't count.
    pub(crate) reason: String,
    /// From then on it counts again.
    pub(crate) expires: toml::value::Datetime,
}

/// `[upstream]`: what is pulled through.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Upstream {
    /// The address of its Simple API.
    pub(crate) url: Option<String>,
    /// Hosts that addresses found in pages may reach although they are not public.
    pub(crate) allow_hosts: Vec<String>,
    /// Seconds for which a page counts as current.
    pub(crate) page_ttl: Option<u64>,
    /// Largest file that is pulled through, in bytes.
    pub(crate) max_file: Option<u64>,
}

/// `[policy]`: what becomes of verdicts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Policy {
    /// What happens to suspicious files.
    pub(crate) suspicious: Suspicious,
    /// What happens to new projects whose names can be mistaken for others.
    pub(crate) lookalikes: Lookalikes,
}

/// What happens to suspicious files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Suspicious {
    /// Held for a person.
    #[default]
    Hold,
    /// Served, with the report.
    Allow,
}

/// `[inspect]`: how workers run.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Inspect {
    /// Whether to inspect where there is no sandbox.
    pub(crate) sandbox: Sandbox,
    /// Seconds after which an inspection is given up.
    pub(crate) timeout: Option<u64>,
    /// Folders of the operator's own YARA rules, from where the configuration lies.
    pub(crate) yara: Vec<PathBuf>,
    /// Other scanners that are asked about each file.
    pub(crate) scanners: Vec<Scanner>,
}

/// Whether to inspect where there is no sandbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sandbox {
    /// No sandbox, no server.
    Require,
    /// As much as the kernel gives.
    #[default]
    Prefer,
}

/// Reads the file: the one given, else `fondaco.toml` in the data folder where there is one.
pub(crate) fn read(given: Option<&Path>, data: &Path) -> anyhow::Result<Config> {
    let path: PathBuf = given.map_or_else(|| data.join("fondaco.toml"), Path::to_owned);
    if given.is_none() && !path.exists() {
        return Ok(Config::default());
    }
    let mut config = read_file(&path)?;
    config.inspect.yara = operator::beside(Some(&path), &config.inspect.yara);
    for feed in config.feeds.iter_mut().filter(|feed| !feed.source.contains("://")) {
        let beside = operator::beside(Some(&path), &[PathBuf::from(&feed.source)]);
        feed.source = beside.iter().map(|path| path.display().to_string()).collect();
    }
    config.accounts.beside(&path);
    config.secrets.beside(&path);
    if let Some(sso) = &mut config.sso {
        sso.client_secret_file = path.parent().unwrap_or(Path::new("")).join(&sso.client_secret_file);
    }
    let root = config.provenance.trusted_root.take();
    config.provenance.trusted_root = root.map(|root| path.parent().unwrap_or(Path::new("")).join(root));
    if let Some(keys) = config.tokens.disclosure_keys.take() {
        let is_address = keys.to_string_lossy().contains("://");
        let beside = path.parent().unwrap_or(Path::new("")).join(&keys);
        config.tokens.disclosure_keys = Some(if is_address { keys } else { beside });
    }
    Ok(config)
}

/// Reads the file that the command line names.
pub(crate) fn read_given(path: &Path) -> anyhow::Result<Config> {
    read(Some(path), Path::new(""))
}

fn read_file(path: &Path) -> anyhow::Result<Config> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration {} can't be read", path.display()))?;
    toml::from_str(&text).with_context(|| {
        format!("the configuration {} is not right\nhint: docs/fondaco.toml has every key", path.display())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "one line for each section")]
    fn the_documented_file_has_every_key_and_the_defaults() {
        let text = include_str!("../../../docs/fondaco.toml");
        let Config {
            database,
            blobs,
            server,
            upstream,
            policy,
            inspect,
            suppress,
            cooldown,
            index,
            upstreams,
            uploads,
            downloads,
            feeds,
            reading,
            accounts,
            mail,
            reports,
            audit,
            provenance,
            trusted_issuers,
            sso,
            publishing,
            tokens,
            breaker,
            limits,
            notify,
            factors,
            reinspection,
            secrets,
        } = toml::from_str(text).unwrap();
        assert_eq!(breaker.read().unwrap(), fondaco_server::breaker::Options::default());
        assert_eq!(limits.read().unwrap(), fondaco_server::Limits::default());
        assert_eq!(notify.operators().unwrap().len(), 1);
        assert!(notify.read().unwrap().len() == 1 && !notify.webhooks[0].kinds.is_empty());
        assert_eq!(server.proxies().unwrap().networks.len(), 1);
        database.unwrap().parse::<fondaco_store::Database>().unwrap();
        blobs.unwrap().parse::<fondaco_blobs::BucketAddress>().unwrap();
        assert_eq!(sso.unwrap().granted().unwrap().len(), 2);
        assert!(provenance.trusted_root.is_some());
        for trusted in &trusted_issuers {
            trusted.read("i", &[]).unwrap();
        }
        assert_eq!((trusted_issuers.len(), publishing.audience.is_some()), (3, true));
        assert_eq!(tokens.lives().unwrap(), fondaco_server::Lives::default());
        assert!(tokens.disclosure_keys.is_some());
        let demanded = factors.read().unwrap();
        assert_eq!((demanded.require, demanded.critical.len()), (fondaco_factors::Demand::Any, 1));
        assert!(demanded.critical_downloads.is_some() && demanded.critical_dependents.is_some());
        assert_eq!(factors.recovery_wait().unwrap(), fondaco_server::factors::RECOVERY_WAIT);
        assert!(audit.read().unwrap().is_some());
        let read = reports.read().unwrap();
        let critical = vec!["acme-payroll".parse().unwrap()];
        assert_eq!(read, fondaco_server::observations::Reports { critical, ..Default::default() });
        let names = ["own", "default", "accelerated"].map(str::to_owned);
        let read = reading.read(&names).unwrap();
        assert_eq!((read.layers.len(), read.rules.len()), (2, 3));
        assert!(!inspect.yara.is_empty() && inspect.scanners().unwrap().len() == 1);
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(operator::suppressions(&suppress, (None, &[]), now).unwrap().len(), 1);
        let read = cooldown.read().unwrap();
        assert_eq!((read.min_age.as_secs(), read.rules.len()), (3 * 86_400, 2));
        assert_eq!((index.reserved.len(), upstreams.len()), (1, 1));
        assert!(!upstreams[0].projects.is_empty() && !upstreams[0].prefixes.is_empty());
        assert!(
            uploads.max_file.is_some() && uploads.max_project.is_some() && uploads.release_open.is_some()
        );
        assert!(downloads.keep.is_some());
        assert_eq!(downloads.kept().unwrap(), super::Downloads::default().kept().unwrap());
        assert!(uploads.deletable_for.is_some());
        assert_eq!(uploads.deletion().unwrap(), fondaco_model::DeletionPolicy::default());
        let read = uploads.read().unwrap();
        assert!(read.prohibited.reason(&"acme-login".parse().unwrap()).is_some());
        assert_eq!(read.max_file_of(&"acme-models".parse().unwrap()), 4 << 30);
        let defaults = fondaco_server::UploadOptions::default();
        let rest = fondaco_server::UploadOptions {
            prohibited: defaults.prohibited.clone(),
            sizes: defaults.sizes.clone(),
            ..read
        };
        assert_eq!(rest, defaults);
        assert!(feeds.len() == 2 && feeds.iter().all(|feed| span::age(&feed.every).is_ok()));
        assert_eq!(
            (accounts.local, accounts.registration),
            (Some(true), super::accounts::Registering::Closed)
        );
        assert!(accounts.breached_passwords.len() == 1 && accounts.disposable_domains.len() == 1);
        assert!(accounts.prohibited_names.len() == 1 && mail.smtp.is_some() && mail.from.is_some());
        assert!(server.listen.is_some() && server.public_url.is_some());
        assert_eq!(server.lease, Some(fondaco_server::Settings::default().lease.as_secs()));
        assert!(reinspection.worse_files.is_some() && reinspection.worse_share.is_some());
        assert!(secrets.key.is_some());
        assert_eq!(reinspection.read().unwrap(), fondaco_model::Brake::default());
        assert!(upstream.url.is_some() && !upstream.allow_hosts.is_empty());
        let defaults = fondaco_server::Settings::default();
        assert_eq!(upstream.page_ttl, Some(defaults.page_ttl.as_secs()));
        assert_eq!(upstream.max_file, Some(defaults.max_file));
        assert_eq!((policy.suspicious, inspect.sandbox), (Suspicious::Hold, Sandbox::Prefer));
        assert_eq!(inspect.timeout, Some(300));
    }

    #[test]
    fn knows_its_keys_and_no_others() {
        let config: Config =
            toml::from_str("[policy]\nsuspicious = 'allow'\n[upstream]\nallow_hosts = ['files.corp']\n")
                .unwrap();
        assert_eq!(config.policy.suspicious, Suspicious::Allow);
        assert_eq!(config.inspect.sandbox, Sandbox::Prefer);
        assert!(toml::from_str::<Config>("[policy]\nsuspicous = 'allow'\n").is_err());
        assert!(toml::from_str::<Config>("[policy]\nsuspicious = 'perhaps'\n").is_err());
    }
}
