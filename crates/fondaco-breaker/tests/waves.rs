//! What trips the breaker, what does not, and that its state stays small.

use fondaco_breaker::{Action, Breaker, Event, EventKind, KeyKind, Keys, Measure, Outcome, Settings, Signal};
use proptest::prelude::*;

const HOUR: i64 = 3600;

fn upload(at: i64, account: &str, outcome: Outcome) -> Event {
    let kind = EventKind::Upload { new_project: true, lookalike: false, outcome };
    Event { at, kind, fresh: true, keys: Keys::default().with(KeyKind::Account, account) }
}

fn sets(actions: &[Action]) -> Vec<Measure> {
    let set = |action: &Action| match action {
        Action::Set { measure, .. } => Some(*measure),
        _ => None,
    };
    actions.iter().filter_map(set).collect()
}

/// A breaker that has seen three weeks of honest uploads by new accounts.
fn calm() -> (Breaker, i64) {
    let (mut breaker, settings) = (Breaker::default(), Settings::default());
    let start = 1_800_000_000;
    for hour in 0..21 * 24 {
        for minute in [10, 40] {
            let at = start + hour * HOUR + minute * 60;
            let event = upload(at, &format!("honest-{hour}-{minute}"), Outcome::Clean);
            assert_eq!(breaker.observe(&event, &settings), []);
        }
    }
    (breaker, start + 21 * 24 * HOUR)
}

#[test]
fn a_wave_of_new_accounts_is_met_within_five_and_escalates() {
    let (mut breaker, start) = calm();
    let settings = Settings::default();
    let mut set = Vec::new();
    for number in 0..8 {
        let at = start + number * 40;
        // The server stops what a measure forbids.
        let kind = if breaker.held_until(Measure::NoFirstProjects).is_some() {
            EventKind::Prevented
        } else {
            EventKind::Upload { new_project: true, lookalike: true, outcome: Outcome::Malicious }
        };
        let keys = Keys::default().with(KeyKind::Account, &format!("a{number}"));
        let actions = breaker.observe(&Event { at, kind, fresh: true, keys }, &settings);
        set.extend(sets(&actions).into_iter().map(|measure| (number + 1, measure)));
    }
    assert_eq!(set[0].1, Measure::NoFirstProjects);
    assert_eq!(set[1].1, Measure::NoRegistrations);
    assert!(set[0].0 <= 5 && set[1].0 <= 10, "{set:?}");
    assert_eq!(set.len(), 2, "nothing came through, so uploads go on: {set:?}");
    // It ends by time.
    breaker.turn(start + 3 * HOUR);
    assert_eq!(breaker.held_until(Measure::NoFirstProjects), None);
}

#[test]
fn one_account_is_blocked_and_nobody_else() {
    let (mut breaker, start) = calm();
    let mut blocked = Vec::new();
    for number in 0..40 {
        let actions =
            breaker.observe(&upload(start + number * 60, "one", Outcome::Malicious), &Settings::default());
        assert_eq!(sets(&actions), []);
        blocked.extend(actions.into_iter().filter(|action| !matches!(action, Action::Surge(_))));
    }
    assert!(matches!(&blocked[..], [Action::Block { kind: KeyKind::Account, key, .. }] if key == "one"));
}

#[test]
fn one_network_is_blocked_before_everybody() {
    let (mut breaker, start) = calm();
    let mut all = Vec::new();
    for number in 0..6 {
        let event = upload(start + number * 1200, &format!("a{number}"), Outcome::Malicious);
        let keys =
            event.keys.clone().with(KeyKind::Address, "192.0.2.7").with(KeyKind::Network, "192.0.2.0/24");
        all.extend(breaker.observe(&Event { keys, ..event }, &Settings::default()));
    }
    assert!(
        matches!(&all[..], [Action::Block { kind: KeyKind::Address, key, .. }] if key == "192.0.2.7"),
        "{all:?}"
    );
    assert_eq!(breaker.blocked().len(), 1);
    assert!(breaker.unblock(KeyKind::Address, "192.0.2.7") && breaker.blocked().is_empty());
}

#[test]
fn an_honest_peak_is_told_and_stops_nobody() {
    let (mut breaker, start) = calm();
    let mut all = Vec::new();
    // Eight times as many first projects as ever, for a day.
    for number in 0..24 * 16 {
        let event = upload(start + number * 225, &format!("p{number}"), Outcome::Clean);
        all.extend(breaker.observe(&event, &Settings::default()));
    }
    assert!(!all.is_empty() && all.iter().all(|action| matches!(action, Action::Surge(_))), "{all:?}");
}

#[test]
fn a_pinned_measure_is_left_as_it_is() {
    let (mut breaker, start) = calm();
    breaker.pin(start, Measure::NoFirstProjects, start + HOUR);
    let all: Vec<Action> = (0..6)
        .flat_map(|number| {
            breaker.observe(
                &upload(start + 5 + number, &format!("a{number}"), Outcome::Malicious),
                &Settings::default(),
            )
        })
        .collect();
    assert_eq!(sets(&all), []);
    let withheld = all.iter().filter(|action| matches!(action, Action::Withheld { .. })).count();
    assert_eq!(withheld, 1, "{all:?}");
    breaker.pin(start + 60, Measure::NoFirstProjects, 0);
    let actions = breaker.observe(&upload(start + 61, "a9", Outcome::Malicious), &Settings::default());
    assert_eq!(sets(&actions), [Measure::NoFirstProjects]);
    breaker.reset(start + 62, Measure::NoFirstProjects);
    assert_eq!(breaker.held_until(Measure::NoFirstProjects), None);
    assert_eq!(breaker.status(start + 62)[0].last, [0, 0]);
    let again = breaker.observe(&upload(start + 63, "a10", Outcome::Malicious), &Settings::default());
    assert_eq!(again, [], "what led to it no longer counts");
}

/// A deed of somebody new, as the server tells it: under a measure it becomes an attempt.
fn deed(breaker: &mut Breaker, at: i64, kind: EventKind, keys: Keys) -> Vec<Measure> {
    let makes_project = matches!(kind, EventKind::Upload { new_project: true, .. });
    let held = |breaker: &Breaker, measure| breaker.held_until(measure).is_some();
    let blocked = breaker.blocked();
    let meets = keys.iter().any(|(kind, key)| blocked.iter().any(|one| one.0 == kind && one.1 == key));
    let stopped = meets || makes_project && held(breaker, Measure::NoFirstProjects);
    let kind = if stopped { EventKind::Prevented } else { kind };
    sets(&breaker.observe(&Event { at, kind, fresh: true, keys }, &Settings::default()))
}

fn file(new_project: bool, lookalike: bool, outcome: Outcome) -> EventKind {
    EventKind::Upload { new_project, lookalike, outcome }
}

#[test]
fn an_account_whose_placeholder_was_counted_counts_anew_when_it_is_armed() {
    let (mut breaker, start) = calm();
    let mut set = Vec::new();
    // Placeholders, each armed ten minutes after: one at a time.
    for number in 0..4 {
        let at = start + number * 630;
        let keys = Keys::default().with(KeyKind::Account, &format!("a{number}"));
        let named = keys.clone().with(KeyKind::Target, &format!("target-{number}"));
        set.extend(deed(&mut breaker, at, file(true, true, Outcome::Clean), named));
        set.extend(deed(&mut breaker, at + 600, file(false, false, Outcome::Malicious), keys.clone()));
        // The same once more is no news.
        set.extend(deed(&mut breaker, at + 610, file(false, false, Outcome::Clean), keys));
    }
    assert_eq!(set, [Measure::NoFirstProjects]);
    let status = breaker.status(start + 2600);
    let of = |signal| status.iter().find(|one| one.signal == signal).unwrap().last[0];
    assert_eq!((of(Signal::Lookalikes), of(Signal::Malicious)), (4, 4));
}

#[test]
fn a_wave_that_is_blocked_key_by_key_meets_everybody() {
    let (mut breaker, start) = calm();
    let mut set = Vec::new();
    // Four from each network, a network every three hours: each is blocked by itself.
    for number in 0..5 * 4 {
        let at = start + number / 4 * 3 * HOUR + number % 4 * 60;
        let keys = Keys::default()
            .with(KeyKind::Account, &format!("a{number}"))
            .with(KeyKind::Network, &format!("net-{}", number / 4));
        let kind = file(true, false, Outcome::Malicious);
        let measures = deed(&mut breaker, at, kind, keys);
        set.extend(measures.into_iter().map(|measure| (number / 4, measure)));
    }
    let first = set.first().copied();
    assert!(
        first.is_some_and(|(network, measure)| network <= 2 && measure == Measure::NoFirstProjects),
        "{set:?}"
    );
}

#[test]
fn accounts_that_are_made_for_a_wave_are_seen_with_its_second_file() {
    let (mut breaker, start) = calm();
    let mut set = Vec::new();
    let account = |number: i64| Keys::default().with(KeyKind::Account, &format!("a{number}"));
    for number in 0..9 {
        set.extend(deed(&mut breaker, start + number * 30, EventKind::Registration, account(number)));
    }
    assert_eq!(set, []);
    let kind = file(true, false, Outcome::Malicious);
    set.extend(deed(&mut breaker, start + 280, kind, account(0)));
    assert_eq!(set, [], "one is no wave");
    set.extend(deed(&mut breaker, start + 310, kind, account(1)));
    assert_eq!(set, [Measure::NoFirstProjects, Measure::NoRegistrations]);
}

#[test]
fn a_bad_upload_on_a_busy_day_stops_nobody() {
    let (mut breaker, start) = calm();
    let mut set = Vec::new();
    // A hundred register within the hour, most of them publish, and two are up to no good.
    for number in 0..100 {
        let keys = Keys::default().with(KeyKind::Account, &format!("p{number}"));
        let at = start + number * 36;
        set.extend(deed(&mut breaker, at, EventKind::Registration, keys.clone()));
        let outcome = if number == 40 || number == 80 { Outcome::Malicious } else { Outcome::Clean };
        set.extend(deed(&mut breaker, at + 20, file(true, false, outcome), keys));
    }
    assert_eq!(set, []);
}

#[test]
fn a_slow_wave_meets_the_long_windows() {
    let (mut breaker, start) = calm();
    let mut set = Vec::new();
    // One every two hours, from everywhere.
    for number in 0..10 {
        let keys = Keys::default().with(KeyKind::Account, &format!("a{number}"));
        let kind = file(true, false, Outcome::Malicious);
        let measures = deed(&mut breaker, start + number * 2 * HOUR, kind, keys);
        set.extend(measures.into_iter().map(|measure| (number + 1, measure)));
    }
    assert!(set.first().is_some_and(|(number, _)| *number <= 8), "{set:?}");
}

#[test]
fn who_tries_a_blocked_name_again_and_again_counts_once() {
    let (mut breaker, start) = calm();
    for number in 0..4 {
        let keys =
            Keys::default().with(KeyKind::Account, &format!("a{number}")).with(KeyKind::Target, "requests");
        deed(&mut breaker, start + number * 60, file(true, true, Outcome::Clean), keys);
    }
    assert_eq!(breaker.blocked().len(), 1);
    let keys = Keys::default().with(KeyKind::Account, "unlucky").with(KeyKind::Target, "requests");
    let tries = (0..9).flat_map(|again| {
        deed(&mut breaker, start + 600 + again * 60, file(true, true, Outcome::Clean), keys.clone())
    });
    assert_eq!(tries.collect::<Vec<_>>(), []);
    assert_eq!(breaker.blocked().len(), 1, "nor is the account blocked");
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![Just(Outcome::Clean), Just(Outcome::Suspicious), Just(Outcome::Malicious)]
}

fn event() -> impl Strategy<Value = (i64, EventKind, bool, u32)> {
    let kind = prop_oneof![
        Just(EventKind::Registration),
        Just(EventKind::Prevented),
        any::<u32>().prop_map(EventKind::LoginFailures),
        (any::<bool>(), any::<bool>(), outcome()).prop_map(|(new_project, lookalike, outcome)| {
            EventKind::Upload { new_project, lookalike, outcome }
        }),
    ];
    (-7200i64..50_000, kind, any::<bool>(), any::<u32>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever comes, in whatever order: no panic, a bounded state that survives being written down,
    /// and no measure by what established accounts do.
    #[test]
    fn holds_under_anything(events in proptest::collection::vec(event(), 1..200), start in 0i64..4_000_000_000) {
        let (mut breaker, mut at) = (Breaker::default(), start);
        for (step, kind, fresh, key) in events {
            at += step;
            let account = format!("{key}{}", "x".repeat(200));
            let keys = Keys::default().with(KeyKind::Account, &account).with(KeyKind::Address, &account[..3]);
            let actions = breaker.observe(&Event { at, kind, fresh, keys }, &Settings::default());
            if !fresh && matches!(kind, EventKind::Upload { .. }) {
                prop_assert!(sets(&actions).is_empty());
            }
        }
        let text = serde_json::to_string(&breaker).unwrap();
        prop_assert!(text.len() < 150_000, "{}", text.len());
        let mut read: Breaker = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.status(at).len(), Signal::ALL.len());
    }
}

/// The number of different keys has no influence on memory.
#[test]
fn the_state_stays_small_under_a_flood_of_keys() {
    let (mut breaker, start) = calm();
    for number in 0..5_000i64 {
        let event = upload(start + number / 10, &format!("flood-{number}"), Outcome::Malicious);
        let keys = KeyKind::ALL
            .into_iter()
            .fold(event.keys.clone(), |keys, kind| keys.with(kind, &number.to_string()));
        breaker.observe(&Event { keys, ..event }, &Settings::default());
    }
    let bytes = serde_json::to_string(&breaker).unwrap().len();
    assert!(bytes < 150_000, "{bytes}");
}
