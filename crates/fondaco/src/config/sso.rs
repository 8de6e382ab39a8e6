use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use fondaco_model::{Granted, StaffRole};
use fondaco_oidc::{Issuer, IssuerConfig};
use serde::Deserialize;

/// `[sso]`: single sign-on by OpenID Connect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sso {
    /// Its name, to the letter as tokens have it in `iss`.
    pub(crate) issuer: String,
    /// What it knows this index by.
    pub(crate) client_id: String,
    /// A file with what this index shows it, from where the configuration lies.
    pub(crate) client_secret_file: PathBuf,
    /// The claim that names somebody's groups.
    #[serde(default = "groups")]
    pub(crate) groups_claim: String,
    /// What each group gives: `team:NAME` or `staff:ROLE`.
    #[serde(default)]
    pub(crate) groups: BTreeMap<String, String>,
    /// Whether it lets nobody in without a second factor.
    #[serde(default)]
    pub(crate) enforces_second_factor: bool,
    /// Values of `acr` by which it says that there was one.
    #[serde(default)]
    pub(crate) second_factor_acr: Vec<String>,
    /// Whether it may be spoken to in the clear.
    #[serde(default)]
    pub(crate) allow_http: bool,
}

fn groups() -> String {
    "groups".to_owned()
}

/// What a group gives.
fn granted(text: &str) -> anyhow::Result<Granted> {
    match text.split_once(':') {
        Some(("team", name)) => Ok(Granted::Team(name.parse().with_context(|| format!("{text:?}"))?)),
        Some(("staff", role)) => {
            let role = StaffRole::from_id(role);
            Ok(Granted::Staff(role.with_context(|| format!("{text:?}\nhint: observer, reviewer or admin"))?))
        }
        _ => bail!("{text:?}\nhint: \"team:NAME\" or \"staff:ROLE\""),
    }
}

impl Sso {
    /// What the groups give.
    pub(crate) fn granted(&self) -> anyhow::Result<Vec<(String, Granted)>> {
        let one = |(group, text): (&String, &String)| {
            Ok((group.clone(), granted(text).with_context(|| format!("[sso.groups] {group:?}"))?))
        };
        self.groups.iter().map(one).collect()
    }

    /// As the index understands it.
    pub(crate) fn read(
        &self,
        instance: &str,
        allow_hosts: &[String],
    ) -> anyhow::Result<fondaco_server::accounts::Sso> {
        let secret = std::fs::read_to_string(&self.client_secret_file)
            .with_context(|| format!("[sso] client_secret_file: {}", self.client_secret_file.display()))?;
        let secret = secret.trim().to_owned();
        ensure!(!secret.is_empty() && !self.client_id.is_empty(), "[sso]: client_id and secret are needed");
        let config = IssuerConfig {
            issuer: self.issuer.clone(),
            allow_http: self.allow_http,
            allow_hosts: allow_hosts.to_vec(),
            instance: instance.to_owned(),
        };
        Ok(fondaco_server::accounts::Sso {
            issuer: Issuer::new(config).context("[sso] issuer")?,
            client_id: self.client_id.clone(),
            client_secret: secret,
            groups_claim: self.groups_claim.clone(),
            groups: self.granted()?,
            enforces_second_factor: self.enforces_second_factor,
            second_factor_acr: self.second_factor_acr.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_group_gives_is_a_team_or_a_staff_role() {
        assert_eq!(granted("team:acme/crew").unwrap(), Granted::Team("acme/crew".parse().unwrap()));
        assert_eq!(granted("staff:admin").unwrap(), Granted::Staff(StaffRole::Admin));
        for wrong in ["admin", "staff:root", "team:Big Team", "role:admin", ""] {
            assert!(granted(wrong).is_err(), "{wrong}");
        }
    }
}
