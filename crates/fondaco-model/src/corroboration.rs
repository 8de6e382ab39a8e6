//! When reports of malware close a project without waiting for a person.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::TrackRecord;

/// The rules, `[reports]` in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corroboration {
    /// So many trusted observers, each of them another person, suffice; 0: never.
    pub observers: usize,
    /// Whether one trusted observer suffices where the engine suspects it too.
    pub observer_and_engine: bool,
    /// So many reporters of good record, each of them another person, suffice; 0: never.
    pub reporters: usize,
    /// A good record is of at least so many decided reports,
    pub record: u64,
    /// of which so many percent were right.
    pub precision: u64,
    /// Only projects that are known here for less than this.
    pub young: Duration,
    /// Not projects of which files were served here so often within 30 days.
    pub popular: u64,
}

impl Default for Corroboration {
    fn default() -> Self {
        Self {
            observers: 2,
            observer_and_engine: true,
            reporters: 3,
            record: 3,
            precision: 80,
            young: Duration::from_secs(14 * 86_400),
            popular: 1000,
        }
    }
}

/// Somebody who says that it is malware.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Which account: several reports of one count once.
    pub account: String,
    /// The person behind it: several accounts of one count once. `None` where nobody knows, and then it
    /// can be any of the others.
    pub person: Option<String>,
    /// Whether staff trust them.
    pub trusted: bool,
    /// How their earlier reports turned out.
    pub record: TrackRecord,
}

/// What is known of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspect {
    /// For how long it has been known here.
    pub age: Duration,
    /// How often files of it were served here within 30 days.
    pub served: u64,
    /// Whether it is on the list of popular projects.
    pub popular: bool,
    /// Whether an operator has named it as critical.
    pub critical: bool,
    /// Whether the engine's own inspection suspects it.
    pub engine: bool,
}

/// What comes of the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// It is put in quarantine, for this.
    Quarantine(Grounds),
    /// It would be, but a person has to decide.
    Person(AtStake),
    /// Not enough yet.
    NotYet,
}

/// Why reports suffice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds {
    /// So many trusted observers.
    Observers(usize),
    /// A trusted observer and the engine.
    ObserverAndEngine,
    /// So many reporters of good record.
    Reporters(usize),
}

impl fmt::Display for Grounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Observers(number) => write!(f, "{number} trusted observers report it as malware"),
            Self::ObserverAndEngine => {
                f.write_str("a trusted observer reports it as malware and the inspection suspects it")
            }
            Self::Reporters(number) => {
                write!(f, "{number} reporters whose earlier reports were right report it as malware")
            }
        }
    }
}

/// Why a person has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtStake {
    /// An operator has named it as critical.
    Critical,
    /// Many use it.
    Popular,
    /// It is established.
    Old,
}

impl fmt::Display for AtStake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Critical => "the project is critical, so a person decides",
            Self::Popular => "the project is popular, so a person decides",
            Self::Old => "the project is established, so a person decides",
        })
    }
}

impl Corroboration {
    /// What comes of these reports about this project.
    pub fn conclude(&self, witnesses: &[Witness], suspect: Suspect) -> Conclusion {
        let Some(grounds) = self.grounds(witnesses, suspect.engine) else { return Conclusion::NotYet };
        if suspect.critical {
            Conclusion::Person(AtStake::Critical)
        } else if suspect.popular || suspect.served >= self.popular {
            Conclusion::Person(AtStake::Popular)
        } else if suspect.age >= self.young {
            Conclusion::Person(AtStake::Old)
        } else {
            Conclusion::Quarantine(grounds)
        }
    }

    fn grounds(&self, witnesses: &[Witness], engine: bool) -> Option<Grounds> {
        let mut persons = persons(witnesses);
        // Whoever is behind accounts of which nobody has said can be one of those that are known.
        let unknown = persons.remove(&None);
        let count = |counts: &dyn Fn(&Person) -> bool| {
            let known = persons.values().filter(|person| counts(person)).count();
            known.max(usize::from(unknown.as_ref().is_some_and(counts)))
        };
        let trusted = count(&|person| person.trusted);
        let good = count(&|person| self.is_good(person));
        if self.observers > 0 && trusted >= self.observers {
            Some(Grounds::Observers(trusted))
        } else if self.observer_and_engine && engine && trusted > 0 {
            Some(Grounds::ObserverAndEngine)
        } else if self.reporters > 0 && good >= self.reporters {
            Some(Grounds::Reporters(good))
        } else {
            None
        }
    }

    /// Whether somebody counts by their record; whom staff trust counts anyway.
    fn is_good(&self, person: &Person) -> bool {
        let TrackRecord { confirmed, refuted, .. } = person.record;
        let proven = confirmed + refuted >= self.record.max(1)
            && person.record.precision().is_some_and(|percent| percent >= self.precision);
        person.trusted || proven
    }
}

/// What all accounts of one person come to.
#[derive(Debug, Default)]
struct Person {
    trusted: bool,
    record: TrackRecord,
}

/// The persons behind witnesses; behind `None` those of whom nobody has said who they are.
fn persons(witnesses: &[Witness]) -> BTreeMap<Option<&str>, Person> {
    let by_account: BTreeMap<&str, &Witness> =
        witnesses.iter().map(|witness| (witness.account.as_str(), witness)).collect();
    let mut persons: BTreeMap<Option<&str>, Person> = BTreeMap::new();
    for witness in by_account.into_values() {
        let person = persons.entry(witness.person.as_deref()).or_default();
        person.trusted |= witness.trusted;
        person.record = person.record.with(witness.record);
    }
    persons
}

#[cfg(test)]
mod tests {
    use super::*;

    const YOUNG: Suspect =
        Suspect { age: Duration::from_secs(3600), served: 0, popular: false, critical: false, engine: false };

    fn observer(account: &str) -> Witness {
        Witness {
            account: account.into(),
            person: Some(account.into()),
            trusted: true,
            record: TrackRecord::default(),
        }
    }

    fn reporter(account: &str, confirmed: u64, refuted: u64) -> Witness {
        let record = TrackRecord { confirmed, refuted, ..TrackRecord::default() };
        Witness { account: account.into(), person: Some(account.into()), trusted: false, record }
    }

    fn of(person: Option<&str>, witness: Witness) -> Witness {
        Witness { person: person.map(str::to_owned), ..witness }
    }

    #[test]
    fn accounts_of_one_person_count_once() {
        use Conclusion::{NotYet, Quarantine};
        let rules = Corroboration::default();
        let concluded = |witnesses: &[Witness]| rules.conclude(witnesses, YOUNG);
        let (jane, joe) = (Some("user:jane"), Some("joe"));
        let both = |a, b| concluded(&[of(a, observer("token:1")), of(b, observer("token:2"))]);
        assert_eq!(both(jane, jane), NotYet, "two tokens of one person");
        assert_eq!(both(jane, joe), Quarantine(Grounds::Observers(2)));
        // Whose they are nobody has said: they can be one person's, also that of the one who is known.
        assert_eq!(both(None, None), NotYet);
        assert_eq!(both(jane, None), NotYet);
        let engine = Suspect { engine: true, ..YOUNG };
        let unknown = [of(None, observer("token:1")), of(joe, reporter("token:2", 0, 0))];
        assert_eq!(rules.conclude(&unknown, engine), Quarantine(Grounds::ObserverAndEngine), "one is there");
        // A record is that of all accounts of a person: none outgrows a bad one by a second token.
        let good = |account, person| of(person, reporter(account, 4, 0));
        let bad = of(jane, reporter("token:4", 0, 2));
        let three = [good("token:1", jane), good("token:2", joe), good("token:3", Some("max"))];
        assert_eq!(concluded(&three), Quarantine(Grounds::Reporters(3)));
        assert_eq!(concluded(&[&three[..], &[bad]].concat()), NotYet);
        assert_eq!(concluded(&[good("token:1", joe), good("token:2", joe), good("token:3", jane)]), NotYet);
    }

    #[test]
    fn the_table() {
        use Conclusion::{NotYet, Quarantine};
        let engine = Suspect { engine: true, ..YOUNG };
        let good = |account| reporter(account, 4, 1);
        let cases = [
            ("nobody", vec![], YOUNG, NotYet),
            ("the engine alone", vec![], engine, NotYet),
            ("one observer", vec![observer("a")], YOUNG, NotYet),
            ("one observer twice", vec![observer("a"), observer("a")], YOUNG, NotYet),
            ("two observers", vec![observer("a"), observer("b")], YOUNG, Quarantine(Grounds::Observers(2))),
            (
                "one observer and the engine",
                vec![observer("a")],
                engine,
                Quarantine(Grounds::ObserverAndEngine),
            ),
            ("a stranger and the engine", vec![reporter("a", 0, 0)], engine, NotYet),
            ("two of good record", vec![good("a"), good("b")], YOUNG, NotYet),
            (
                "three of good record",
                vec![good("a"), good("b"), good("c")],
                YOUNG,
                Quarantine(Grounds::Reporters(3)),
            ),
            (
                "an observer counts among them",
                vec![good("a"), good("b"), observer("c")],
                YOUNG,
                Quarantine(Grounds::Reporters(3)),
            ),
            ("one of good record thrice", vec![good("a"), good("a"), good("a")], YOUNG, NotYet),
            ("a record too short", vec![good("a"), good("b"), reporter("c", 2, 0)], YOUNG, NotYet),
            ("a record too bad", vec![good("a"), good("b"), reporter("c", 7, 2)], YOUNG, NotYet),
            ("many strangers", (0..50).map(|n| reporter(&n.to_string(), 0, 0)).collect(), engine, NotYet),
        ];
        for (what, witnesses, suspect, expected) in cases {
            assert_eq!(Corroboration::default().conclude(&witnesses, suspect), expected, "{what}");
        }
    }

    #[test]
    fn what_many_use_is_closed_by_persons_only() {
        let rules = Corroboration::default();
        let both = [observer("a"), observer("b")];
        let cases = [
            (Suspect { critical: true, popular: true, ..YOUNG }, AtStake::Critical),
            (Suspect { popular: true, ..YOUNG }, AtStake::Popular),
            (Suspect { served: 1000, ..YOUNG }, AtStake::Popular),
            (Suspect { age: rules.young, ..YOUNG }, AtStake::Old),
        ];
        for (suspect, brake) in cases {
            assert_eq!(rules.conclude(&both, suspect), Conclusion::Person(brake));
            assert_eq!(rules.conclude(&both[..1], suspect), Conclusion::NotYet, "no alarm for nothing");
        }
        let just = Suspect { served: 999, age: rules.young - Duration::from_secs(1), ..YOUNG };
        assert!(matches!(rules.conclude(&both, just), Conclusion::Quarantine(_)));
    }

    #[test]
    fn each_way_can_be_switched_off() {
        let never = Corroboration {
            observers: 0,
            observer_and_engine: false,
            reporters: 0,
            ..Corroboration::default()
        };
        let many: Vec<Witness> = (0..9).map(|n| observer(&n.to_string())).collect();
        assert_eq!(never.conclude(&many, Suspect { engine: true, ..YOUNG }), Conclusion::NotYet);
    }
}
