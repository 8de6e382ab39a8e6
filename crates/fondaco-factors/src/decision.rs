//! Which deed needs which factor: one function, which uploads and managing acts ask.

use fondaco_pydist::ProjectName;

/// Which factor is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Demand {
    /// Any: a one-time password or a passkey.
    #[default]
    Any,
    /// A passkey, which can't be phished.
    Passkey,
}

/// What the operator demands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactorPolicy {
    /// Of everybody.
    pub require: Demand,
    /// Projects that are critical because the operator says so.
    pub critical: Vec<ProjectName>,
    /// Projects are critical from so many downloads on, in the last 30 days.
    pub critical_downloads: Option<u64>,
    /// Projects are critical from so many own projects on that require them.
    pub critical_dependents: Option<u64>,
}

/// How much others rest on a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Importance {
    /// Its downloads in the last 30 days.
    pub downloads: u64,
    /// Own projects that require it.
    pub dependents: u64,
}

/// Why a project is critical.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Criticality {
    /// The operator names it.
    #[error("{0} is critical: the operator names it")]
    Named(ProjectName),
    /// It is downloaded often.
    #[error("{0} is critical: it was downloaded {1} times in 30 days")]
    Downloads(ProjectName, u64),
    /// Others require it.
    #[error("{0} is critical: {1} projects require it")]
    Dependents(ProjectName, u64),
}

impl FactorPolicy {
    /// Whether a project is critical, and why.
    pub fn criticality(&self, project: &ProjectName, importance: Importance) -> Option<Criticality> {
        let reaches = |value: u64, limit: Option<u64>| limit.is_some_and(|limit| value >= limit);
        if self.critical.contains(project) {
            Some(Criticality::Named(project.clone()))
        } else if reaches(importance.downloads, self.critical_downloads) {
            Some(Criticality::Downloads(project.clone(), importance.downloads))
        } else if reaches(importance.dependents, self.critical_dependents) {
            Some(Criticality::Dependents(project.clone(), importance.dependents))
        } else {
            None
        }
    }

    /// Whether a project's importance has to be looked up to know whether it is critical.
    pub fn counts(&self) -> bool {
        self.critical_downloads.is_some() || self.critical_dependents.is_some()
    }
}

/// The factors that a person has proved to have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holding {
    /// An app for one-time passwords.
    pub totp: bool,
    /// How many passkeys.
    pub passkeys: u32,
}

impl Holding {
    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        !self.totp && self.passkeys == 0
    }

    /// Whether what is left after a removal still fulfils what is demanded of everybody.
    pub fn fulfils(self, demand: Demand) -> bool {
        match demand {
            Demand::Any => !self.is_empty(),
            Demand::Passkey => self.passkeys > 0,
        }
    }
}

/// What a session's second step was passed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// A one-time password.
    Totp,
    /// A passkey.
    Passkey,
    /// A recovery code.
    Recovery,
    /// A trusted identity provider, which asks for factors itself.
    SingleSignOn,
}

impl Passed {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::Recovery => "recovery-code",
            Self::SingleSignOn => "single-sign-on",
        }
    }

    /// The one with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        let all = [Self::Totp, Self::Passkey, Self::Recovery, Self::SingleSignOn];
        all.into_iter().find(|passed| passed.id() == id)
    }
}

/// What somebody acts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// A token that an operator made on the host: no person stands behind it, and each of its acts
    /// is in the audit log.
    Host,
    /// A token that a trusted publisher got for some minutes; no secret that could be phished.
    Publisher,
    /// A person's token, and what that person holds now.
    PersonsToken(Holding),
    /// A person's session, what that person holds now, and what the session was opened by.
    Session(Holding, Option<Passed>),
}

/// Which factor is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The person has none.
    #[error("uploads and managing need a second factor, and this account has none")]
    Factor,
    /// The session was opened without it.
    #[error("this session was opened without the second factor")]
    SecondStep,
    /// The operator demands a passkey of everybody.
    #[error("this index demands a passkey of everybody, and this account has none")]
    Passkey,
    /// The project demands a passkey.
    #[error("{0}, so a passkey or trusted publishing is needed, and this account has no passkey")]
    PasskeyFor(Criticality),
    /// There is a passkey, and the session was opened by something else.
    #[error("this session was opened without a passkey, and this needs one")]
    OpenedByPasskey,
}

impl Missing {
    /// Stable id, for machines.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Factor => "factor-missing",
            Self::SecondStep => "second-step-missing",
            Self::Passkey | Self::PasskeyFor(_) => "passkey-missing",
            Self::OpenedByPasskey => "passkey-step-missing",
        }
    }

    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Factor => "log in and add an authenticator app or a passkey at /account/factors",
            Self::SecondStep => "log in again, with your second factor",
            Self::Passkey => "log in and add a passkey at /account/factors",
            Self::PasskeyFor(_) => {
                "log in and add a passkey at /account/factors, or publish from a trusted publisher"
            }
            Self::OpenedByPasskey => "log in with your passkey, then try again",
        }
    }
}

/// Whether somebody may upload or manage, as far as factors are concerned. `critical` says whether
/// and why what is touched is critical, see [`FactorPolicy::criticality`].
///
/// # Errors
/// What is missing.
pub fn decide(
    policy: &FactorPolicy,
    critical: Option<&Criticality>,
    credential: Credential,
) -> Result<(), Missing> {
    let (holding, passed) = match credential {
        Credential::Host | Credential::Publisher => return Ok(()),
        Credential::PersonsToken(holding) => (holding, None),
        // The provider asks for factors; that it asked for a passkey nobody knows here.
        Credential::Session(_, Some(Passed::SingleSignOn))
            if policy.require == Demand::Any && critical.is_none() =>
        {
            return Ok(());
        }
        Credential::Session(holding, passed) => (holding, passed),
    };
    if holding.is_empty() {
        return Err(Missing::Factor);
    }
    let is_session = matches!(credential, Credential::Session(..));
    if is_session && passed.is_none() {
        return Err(Missing::SecondStep);
    }
    if policy.require == Demand::Any && critical.is_none() {
        return Ok(());
    }
    if holding.passkeys == 0 {
        return Err(critical.cloned().map_or(Missing::Passkey, Missing::PasskeyFor));
    }
    if is_session && passed != Some(Passed::Passkey) {
        return Err(Missing::OpenedByPasskey);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Holding = Holding { totp: false, passkeys: 0 };
    const TOTP: Holding = Holding { totp: true, passkeys: 0 };
    const PASSKEY: Holding = Holding { totp: false, passkeys: 1 };
    const BOTH: Holding = Holding { totp: true, passkeys: 2 };

    fn policy(require: Demand) -> FactorPolicy {
        FactorPolicy { require, ..FactorPolicy::default() }
    }

    #[test]
    fn every_person_needs_a_factor_and_no_machine_does() {
        let any = policy(Demand::Any);
        let of = |credential| decide(&any, None, credential);
        assert_eq!(of(Credential::Host), Ok(()));
        assert_eq!(of(Credential::Publisher), Ok(()));
        assert_eq!(of(Credential::PersonsToken(NONE)), Err(Missing::Factor));
        for holding in [TOTP, PASSKEY, BOTH] {
            assert_eq!(of(Credential::PersonsToken(holding)), Ok(()));
            assert_eq!(of(Credential::Session(holding, None)), Err(Missing::SecondStep));
            for passed in [Passed::Totp, Passed::Passkey, Passed::Recovery] {
                assert_eq!(of(Credential::Session(holding, Some(passed))), Ok(()));
                // A session outlives the factor that it was opened by.
                assert_eq!(of(Credential::Session(NONE, Some(passed))), Err(Missing::Factor));
            }
        }
        assert_eq!(of(Credential::Session(NONE, None)), Err(Missing::Factor));
        assert_eq!(of(Credential::Session(NONE, Some(Passed::SingleSignOn))), Ok(()));
    }

    #[test]
    fn where_a_passkey_is_demanded_nothing_else_will_do() {
        let name: ProjectName = "big".parse().unwrap();
        let critical = Criticality::Named(name);
        let any = policy(Demand::Any);
        let passkey = policy(Demand::Passkey);
        for (policy, critical, missing) in [
            (&any, Some(&critical), Missing::PasskeyFor(critical.clone())),
            (&passkey, None, Missing::Passkey),
            (&passkey, Some(&critical), Missing::PasskeyFor(critical.clone())),
        ] {
            let of = |credential| decide(policy, critical, credential);
            assert_eq!(of(Credential::Host), Ok(()));
            assert_eq!(of(Credential::Publisher), Ok(()));
            assert_eq!(of(Credential::PersonsToken(NONE)), Err(Missing::Factor));
            assert_eq!(of(Credential::PersonsToken(TOTP)), Err(missing.clone()));
            assert_eq!(of(Credential::PersonsToken(PASSKEY)), Ok(()));
            assert_eq!(of(Credential::Session(TOTP, Some(Passed::Totp))), Err(missing));
            assert_eq!(of(Credential::Session(BOTH, None)), Err(Missing::SecondStep));
            for passed in [Passed::Totp, Passed::Recovery, Passed::SingleSignOn] {
                assert_eq!(of(Credential::Session(BOTH, Some(passed))), Err(Missing::OpenedByPasskey));
            }
            assert_eq!(of(Credential::Session(NONE, Some(Passed::SingleSignOn))), Err(Missing::Factor));
            assert_eq!(of(Credential::Session(BOTH, Some(Passed::Passkey))), Ok(()));
        }
    }

    #[test]
    fn what_is_critical() {
        let policy = FactorPolicy {
            critical: vec!["named".parse().unwrap()],
            critical_downloads: Some(100),
            critical_dependents: Some(3),
            ..FactorPolicy::default()
        };
        let name = |text: &str| text.parse::<ProjectName>().unwrap();
        let of = |text: &str, downloads, dependents| {
            policy.criticality(&name(text), Importance { downloads, dependents })
        };
        assert_eq!(of("Named", 0, 0), Some(Criticality::Named(name("named"))));
        assert_eq!(of("other", 99, 2), None);
        assert_eq!(of("other", 100, 0), Some(Criticality::Downloads(name("other"), 100)));
        assert_eq!(of("other", 0, 3), Some(Criticality::Dependents(name("other"), 3)));
        let silent = FactorPolicy::default();
        assert_eq!(
            silent.criticality(&name("other"), Importance { downloads: u64::MAX, dependents: 9 }),
            None
        );
        assert!(policy.counts() && !silent.counts());
        for passed in [Passed::Totp, Passed::Passkey, Passed::Recovery, Passed::SingleSignOn] {
            assert_eq!(Passed::from_id(passed.id()), Some(passed));
        }
    }

    #[test]
    fn what_may_be_removed() {
        assert!(!NONE.fulfils(Demand::Any) && TOTP.fulfils(Demand::Any) && PASSKEY.fulfils(Demand::Any));
        assert!(!TOTP.fulfils(Demand::Passkey) && PASSKEY.fulfils(Demand::Passkey));
    }
}
