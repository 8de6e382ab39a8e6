use std::time::Duration;

use fondaco_pydist::ProjectName;
use jiff::Timestamp;

/// For so long after its upload something is young: a squat of what many use, or a package made to be
/// thrown away, is found out sooner.
pub const YOUNG: Duration = Duration::from_secs(90 * 86_400);

/// How old a file of an upstream has to be before it is served. Most attacks are found within
/// days of their upload; who waits has never met them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cooldown {
    /// The age that counts where no rule says otherwise; zero switches the wait off.
    pub min_age: Duration,
    /// Other ages for some projects; the first that matches and is in force counts.
    pub rules: Vec<CooldownRule>,
}

/// Another age for one project, or for all whose name begins alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CooldownRule {
    /// Whom it is about.
    pub scope: CooldownScope,
    /// The age; zero for an exception.
    pub min_age: Duration,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub who: String,
    /// Until when it counts; for good where absent.
    pub expires_at: Option<Timestamp>,
}

/// Whom a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CooldownScope {
    /// One project.
    Project(ProjectName),
    /// Every project whose normalised name begins so.
    Prefix(String),
}

impl CooldownScope {
    fn has(&self, project: &ProjectName) -> bool {
        match self {
            Self::Project(name) => name == project,
            Self::Prefix(prefix) => project.as_str().starts_with(prefix.as_str()),
        }
    }
}

impl Cooldown {
    /// The age that files of `project` need at `now`, and until when that answer is good.
    pub fn of(&self, project: &ProjectName, now: Timestamp) -> (Duration, Timestamp) {
        let counts =
            |rule: &&CooldownRule| rule.scope.has(project) && rule.expires_at.is_none_or(|end| now < end);
        match self.rules.iter().find(counts) {
            Some(rule) => (rule.min_age, rule.expires_at.unwrap_or(Timestamp::MAX)),
            None => (self.min_age, Timestamp::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_in_force_counts() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let days = |n: u64| Duration::from_secs(n * 86_400);
        let rule = |scope, age, expires_at| CooldownRule {
            scope,
            min_age: days(age),
            reason: "r".into(),
            who: "w".into(),
            expires_at,
        };
        let cooldown = Cooldown {
            min_age: days(3),
            rules: vec![
                rule(CooldownScope::Project("urllib3".parse().unwrap()), 0, Some(at(100))),
                rule(CooldownScope::Prefix("types-".into()), 1, None),
            ],
        };
        let of = |name: &str, now| cooldown.of(&name.parse().unwrap(), at(now));
        assert_eq!(of("urllib3", 99), (days(0), at(100)));
        assert_eq!(of("urllib3", 100), (days(3), Timestamp::MAX));
        assert_eq!(of("Types_Requests", 0).0, days(1));
        assert_eq!(of("flask", 0).0, days(3));
    }
}
