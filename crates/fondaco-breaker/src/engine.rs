mod operator;

use serde::{Deserialize, Serialize};

use crate::baseline::Baseline;
use crate::event::{Event, EventKind, Outcome};
use crate::keys::{KeyKind, LATELY, Table};
use crate::measure::{Action, Measure, Why};
use crate::rings::{BURSTS, Rings, WINDOWS};
use crate::settings::Settings;
use crate::signal::Signal;
use crate::tail::{share_tail, upper_tail};

pub use operator::Status;

/// Seconds of a year.
const YEAR: f64 = 365.25 * 86_400.0;
/// The probability below which a wave that is proven counts as going on. It is asked anew with each
/// attempt, also with those of honest people whom a measure stops by mistake.
const GOING_ON: f64 = 1e-3;
/// Seconds after a trip in which the next one holds for longer.
const STRIKES_FOR: i64 = 48 * 3600;
/// Longest time that a measure holds, in seconds.
const LONGEST: i64 = 24 * 3600;
/// Seconds between two reports of the same surge.
const SURGE_AGAIN: i64 = 6 * 3600;
/// So many times as many first projects as expected are no honest peak.
const GROSS: f64 = 20.0;
/// Seconds between two reports that a pinned measure would be set.
const WITHHELD_AGAIN: i64 = 900;
/// So many keys of one kind that are blocked at once are a wave and no few culprits.
const SCATTERED: usize = 3;
/// The probability below which the bad ones among first projects are too many, while accounts are made
/// much more often than usual.
const TOO_MANY: f64 = 5e-4;
/// Of a quiet index next to nothing is known: there no larger share of bad first projects is usual.
const MOST_BAD: f64 = 0.05;
/// Seconds before a measure in which is counted how many come anyway.
const BEFORE: i64 = 6 * 3600;
/// Shortest time over which attempts are compared with what is usual, in seconds.
const LEAST_SPAN: i64 = 300;

/// A measure that is or was in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Held {
    since: i64,
    until: i64,
    strikes: u32,
    /// New accounts with bad files since then.
    bad: u32,
    /// Attempts that met a measure since then.
    prevented: u32,
    /// Clean first projects an hour in the hours before: on an honest peak that many go on coming.
    #[serde(default)]
    before: f64,
    /// Until when an operator has it left as it is.
    pinned_until: i64,
    /// When it was last told that a pinned measure would be set.
    withheld_at: i64,
}

/// The engine's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Breaker {
    now: i64,
    rings: Vec<Rings>,
    baselines: Vec<Baseline>,
    tables: Vec<Table>,
    held: [Held; 3],
    surged: Vec<i64>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            now: 0,
            rings: vec![Rings::default(); Signal::ALL.len()],
            baselines: Signal::ALL.map(Baseline::new).into(),
            tables: vec![Table::default(); KeyKind::ALL.len()],
            held: [Held::default(); 3],
            surged: vec![0; Signal::ALL.len()],
        }
    }
}

impl Breaker {
    /// Takes in an event, and says what is to be done.
    pub fn observe(&mut self, event: &Event, settings: &Settings) -> Vec<Action> {
        self.turn(event.at);
        let mut actions = Vec::new();
        match event.kind {
            EventKind::Registration => {
                self.note_keys(event, false);
                self.count(Signal::Registrations, 1);
                self.volume(Signal::Registrations, &mut actions, settings);
                self.burst(&mut actions, settings);
            }
            EventKind::LoginFailures(count) => {
                self.count(Signal::LoginFailures, count);
                self.volume(Signal::LoginFailures, &mut actions, settings);
            }
            EventKind::Prevented => self.prevented(event, &mut actions, settings),
            EventKind::Upload { new_project, lookalike, outcome } => {
                self.count(Signal::Uploads, 1);
                self.volume(Signal::Uploads, &mut actions, settings);
                if event.fresh {
                    self.fresh_upload(
                        event,
                        (new_project, lookalike && new_project, outcome),
                        &mut actions,
                        settings,
                    );
                }
            }
        }
        actions
    }

    /// Time goes on: closed hours become part of what is usual, except while a measure is in force.
    pub fn turn(&mut self, at: i64) {
        let at = at.max(self.now);
        let (last, hour) = (self.now.div_euclid(3600), at.div_euclid(3600));
        if self.now > 0 && hour > last {
            let calm = self.held.iter().all(|held| held.until < last * 3600);
            // Months of silence say no more than three weeks of it.
            for closed in last.max(hour - 500)..hour {
                for (signal, rings) in Signal::ALL.into_iter().zip(&mut self.rings) {
                    rings.turn((closed + 1) * 3600);
                    if calm {
                        self.baselines[signal.index()].close(signal, closed, rings.hour(closed));
                    }
                }
            }
        }
        for rings in &mut self.rings {
            rings.turn(at);
        }
        self.now = at;
    }

    fn count(&mut self, signal: Signal, events: u32) {
        self.rings[signal.index()].add(self.now, events);
    }

    /// Counts an event under each of its keys.
    fn note_keys(&mut self, event: &Event, bad: bool) {
        for (kind, key) in event.keys.iter().filter(|(kind, _)| kind.is_shared()) {
            self.tables[kind as usize].entry(key, self.now).note(bad);
        }
    }

    /// Whether many keys of this kind are blocked at once.
    fn is_scattered(&self, kind: KeyKind) -> bool {
        kind != KeyKind::Account && self.tables[kind as usize].blocked(self.now).count() >= SCATTERED
    }

    /// Whether a narrow block is all that an event needs. Where blocks of one kind have become many,
    /// what meets them is one wave, and counts for the index as a whole.
    fn is_answered(&self, event: &Event) -> bool {
        event.keys.iter().any(|(kind, key)| {
            kind.is_whole_answer()
                && self.tables[kind as usize].is_blocked(key, self.now)
                && !self.is_scattered(kind)
        })
    }

    fn has_blocked(&self, event: &Event) -> bool {
        event.keys.iter().any(|(kind, key)| self.tables[kind as usize].is_blocked(key, self.now))
    }

    fn fresh_upload(
        &mut self,
        event: &Event,
        (new_project, lookalike, outcome): (bool, bool, Outcome),
        actions: &mut Vec<Action>,
        settings: &Settings,
    ) {
        if new_project {
            self.count(Signal::FirstProjects, 1);
        }
        let severe = match outcome {
            Outcome::Malicious => Some(Signal::Malicious),
            Outcome::Suspicious => Some(Signal::Suspicious),
            Outcome::Clean => lookalike.then_some(Signal::Lookalikes),
        };
        let Some(signal) = severe else {
            self.note_keys(event, false);
            self.volume(Signal::FirstProjects, actions, settings);
            return;
        };
        if self.is_answered(event) {
            return;
        }
        let before = self.of_account(event, signal, actions, settings);
        if before.is_some_and(|before| before.weight() >= signal.weight()) {
            return;
        }
        self.count(signal, 1);
        for held in self.held.iter_mut().filter(|held| held.until > self.now) {
            held.bad = held.bad.saturating_add(1);
        }
        // A look-alike alone is weaker than what its code does, and says nothing of a network.
        let narrow = self.keys_of_bad(event, (before, signal), settings);
        let answers =
            |action: &Action| matches!(action, Action::Block { kind, .. } if !self.is_scattered(*kind));
        let is_answered = narrow.iter().any(answers);
        actions.extend(narrow);
        if !is_answered {
            self.severity(signal, actions, settings);
            self.volume(Signal::FirstProjects, actions, settings);
        }
    }

    /// What the account was counted for lately, at worst: it counts once, and anew for what is worse. An
    /// account with several bad uploads is blocked.
    fn of_account(
        &mut self,
        event: &Event,
        signal: Signal,
        actions: &mut Vec<Action>,
        settings: &Settings,
    ) -> Option<Signal> {
        let (kind, key) = event.keys.iter().find(|(kind, _)| *kind == KeyKind::Account)?;
        let now = self.now;
        let entry = self.tables[kind as usize].entry(key, now);
        let before = entry.worst;
        entry.note(true);
        if before.is_none_or(|before| signal.weight() > before.weight()) {
            entry.worst = Some(signal);
        }
        if entry.is_bad(kind) && entry.blocked_until <= now {
            entry.blocked_until = now + settings.block;
            let seen = entry.bad.round() as u64;
            actions.push(Action::Block { kind, key: key.to_owned(), until: now + settings.block, seen });
        }
        before
    }

    /// Whether an attempt is the first that its account is counted for as malicious.
    fn is_first_attempt(&mut self, event: &Event) -> bool {
        let Some((kind, key)) = event.keys.iter().find(|(kind, _)| *kind == KeyKind::Account) else {
            return true;
        };
        let entry = self.tables[kind as usize].entry(key, self.now);
        // An attempt alone blocks nobody's account.
        entry.bad = entry.bad.max(2.0 * LATELY);
        entry.worst.replace(Signal::Malicious) != Some(Signal::Malicious)
    }

    /// Blocks the keys that this event was one too many of; the accounts that had them no longer
    /// count for the index as a whole.
    fn keys_of_bad(
        &mut self,
        event: &Event,
        (before, signal): (Option<Signal>, Signal),
        settings: &Settings,
    ) -> Vec<Action> {
        let (now, until) = (self.now, self.now + settings.block);
        let mut actions = Vec::new();
        for kind in KeyKind::ALL.into_iter().filter(|kind| *kind != KeyKind::Account) {
            let tells = |signal: Signal| signal != Signal::Lookalikes || kind == KeyKind::Target;
            // Each account counts once under a key.
            let is_news = tells(signal) && !before.is_some_and(tells);
            let Some((_, key)) = event.keys.iter().find(|(own, _)| *own == kind && is_news) else { continue };
            let entry = self.tables[kind as usize].entry(key, now);
            entry.note(true);
            // One is enough: the narrowest. The others go on being counted.
            if actions.is_empty() && entry.is_bad(kind) && entry.blocked_until <= now {
                entry.blocked_until = until;
                let seen = entry.bad.round() as u64;
                actions.push(Action::Block { kind, key: key.to_owned(), until, seen });
                if kind.is_whole_answer() && !self.is_scattered(kind) {
                    self.rings[signal.index()].take_back(u32::try_from(seen).unwrap_or(u32::MAX));
                }
            }
        }
        actions
    }

    fn prevented(&mut self, event: &Event, actions: &mut Vec<Action>, settings: &Settings) {
        // Who meets the block of one key is stopped by that.
        if self.is_answered(event) {
            return;
        }
        self.count(Signal::Prevented, 1);
        // Who has the payload or the target of others is one of them, and goes on registering.
        if !self.is_held(Measure::NoFirstProjects) && self.has_blocked(event) {
            if self.is_first_attempt(event) {
                self.count(Signal::Malicious, 1);
                self.severity(Signal::Malicious, actions, settings);
            }
            return;
        }
        for held in self.held.iter_mut().filter(|held| held.until > self.now) {
            held.prevented = held.prevented.saturating_add(1);
        }
        self.escalate(actions, settings);
    }

    /// The shortest window in which there were improbably many.
    fn improbable(&self, signal: Signal, settings: &Settings) -> Option<Why> {
        let (rings, baseline) = (&self.rings[signal.index()], &self.baselines[signal.index()]);
        WINDOWS.into_iter().find_map(|seconds| {
            let seen = rings.within(seconds);
            let expected = baseline.expected(signal, self.now, seconds) * self.peak(signal, seconds);
            if seen < 3 || (seen as f64) < 1.5 * expected {
                return None;
            }
            let rare = seconds as f64 / (settings.years * YEAR);
            let improbable = upper_tail(seen, expected, baseline.cv2(signal)) < rare;
            improbable.then_some(Why { signal, seen, expected, seconds })
        })
    }

    /// How many times as many clean first projects there are as usual: honest mistakes grow with
    /// them. Malice does not, and what is bad is not counted as a peak.
    fn peak(&self, signal: Signal, seconds: i64) -> f64 {
        if !matches!(signal, Signal::Suspicious | Signal::Lookalikes) {
            return 1.0;
        }
        let within = |signal: Signal| self.rings[signal.index()].within(seconds);
        let bad: u64 = Signal::ALL.into_iter().filter(|one| one.is_severe()).map(within).sum();
        let clean = within(Signal::FirstProjects).saturating_sub(bad) as f64;
        let volume = &self.baselines[Signal::FirstProjects.index()];
        (clean / volume.expected(Signal::FirstProjects, self.now, seconds)).clamp(1.0, GROSS)
    }

    /// A burst of registrations in which too many first projects are bad, though both may be too few
    /// alone: neither does somebody new make projects, nor does anybody register.
    fn burst(&mut self, actions: &mut Vec<Action>, settings: &Settings) {
        if self.is_held(Measure::NoRegistrations) {
            return;
        }
        let Some(whys) = self.tainted_burst(settings) else { return };
        for (measure, why) in [Measure::NoFirstProjects, Measure::NoRegistrations].into_iter().zip(whys) {
            if !self.is_held(measure) {
                self.set(measure, why, actions, settings);
            }
        }
    }

    /// What was bad in a burst of registrations, and the burst. Honest mistakes come in honest peaks
    /// too, so what is merely suspicious does not count here.
    fn tainted_burst(&self, settings: &Settings) -> Option<[Why; 2]> {
        let all = [Signal::Malicious, Signal::Lookalikes].into_iter();
        let mut windows = all.flat_map(|signal| BURSTS.map(|seconds| (signal, seconds)));
        windows.find_map(|(signal, seconds)| {
            let of = |signal: Signal| {
                let baseline = &self.baselines[signal.index()];
                let expected = baseline.expected(signal, self.now, seconds);
                (
                    Why { signal, seen: self.rings[signal.index()].within(seconds), expected, seconds },
                    baseline,
                )
            };
            let ((bad, usual), (volume, usual_volume)) = (of(signal), of(Signal::FirstProjects));
            let (burst, usual_burst) = of(Signal::Registrations);
            if bad.seen < 2 || (burst.seen as f64) < 3.0 * burst.expected {
                return None;
            }
            let share = usual.level(signal) / usual_volume.level(Signal::FirstProjects);
            let taint = share_tail(bad.seen, volume.seen.max(bad.seen), share);
            let chance = upper_tail(burst.seen, burst.expected, usual_burst.cv2(Signal::Registrations));
            let rare = seconds as f64 / (settings.years * YEAR);
            (taint < TOO_MANY && taint * chance < rare).then_some([bad, burst])
        })
    }

    fn severity(&mut self, signal: Signal, actions: &mut Vec<Action>, settings: &Settings) {
        self.burst(actions, settings);
        if self.is_held(Measure::NoFirstProjects) {
            return self.escalate(actions, settings);
        }
        if let Some(why) = self.improbable(signal, settings).filter(|why| why.seen >= signal.least()) {
            self.set(Measure::NoFirstProjects, why, actions, settings);
        }
    }

    fn volume(&mut self, signal: Signal, actions: &mut Vec<Action>, settings: &Settings) {
        if !self.baselines[signal.index()].is_warm() {
            return;
        }
        let Some(why) = self.improbable(signal, settings).filter(|why| why.seen as f64 >= 3.0 * why.expected)
        else {
            return;
        };
        let severe = Signal::ALL.into_iter().filter(|one| one.is_severe());
        let bad: u64 = severe.map(|one| self.rings[one.index()].within(why.seconds)).sum();
        let tainted = bad >= 3 && 10 * bad >= why.seen;
        // Of many first projects some are held by mistake: the share tells, not the number.
        let is_rotten = tainted && share_tail(bad, why.seen, self.bad_share()) < TOO_MANY;
        let gross = why.seen >= signal.least() && why.seen as f64 >= GROSS * why.expected;
        if signal == Signal::FirstProjects && (gross || is_rotten && why.seen >= 10) {
            if !self.is_held(Measure::NoFirstProjects) {
                self.set(Measure::NoFirstProjects, why, actions, settings);
            }
        } else if signal == Signal::Registrations && tainted && self.is_held(Measure::NoFirstProjects) {
            if !self.is_held(Measure::NoRegistrations) {
                self.set(Measure::NoRegistrations, why, actions, settings);
            }
        } else if why.seen >= 20 && self.now - self.surged[signal.index()] >= SURGE_AGAIN {
            self.surged[signal.index()] = self.now;
            actions.push(Action::Surge(why));
        }
    }

    /// The usual share of bad ones among first projects.
    fn bad_share(&self) -> f64 {
        let level = |signal: Signal| self.baselines[signal.index()].level(signal);
        let bad: f64 = Signal::ALL.into_iter().filter(|one| one.is_severe()).map(level).sum();
        (bad / level(Signal::FirstProjects)).min(MOST_BAD)
    }

    fn is_held(&self, measure: Measure) -> bool {
        self.held[measure.index()].until > self.now
    }

    /// A wave that goes on under a measure meets the next one, and prolongs those that there are.
    fn escalate(&mut self, actions: &mut Vec<Action>, settings: &Settings) {
        let first = self.held[Measure::NoFirstProjects.index()];
        if first.until <= self.now {
            return;
        }
        let seconds = (self.now - first.since).max(LEAST_SPAN);
        let expected = self.expected_attempts(seconds);
        let seen = u64::from(first.prevented) + u64::from(first.bad);
        let why = Why { signal: Signal::Prevented, seen, expected, seconds };
        let goes_on = |why: &Why| why.seen >= 2 && upper_tail(why.seen, why.expected, 0.05) < GOING_ON;
        if !self.is_held(Measure::NoRegistrations) && goes_on(&why) {
            self.set(Measure::NoRegistrations, why, actions, settings);
        }
        if first.bad >= 2 && !self.is_held(Measure::NoFreshUploads) {
            let expected =
                self.baselines[Signal::Malicious.index()].expected(Signal::Malicious, self.now, seconds);
            let why = Why { signal: Signal::Malicious, seen: u64::from(first.bad), expected, seconds };
            self.set(Measure::NoFreshUploads, why, actions, settings);
        }
        self.prolong(actions, settings);
    }

    /// How many honest people meet a measure in so many seconds: as many as usual, or as came before it.
    fn expected_attempts(&self, seconds: i64) -> f64 {
        let usual =
            self.baselines[Signal::FirstProjects.index()].expected(Signal::FirstProjects, self.now, seconds);
        let before = self.held[Measure::NoFirstProjects.index()].before * seconds as f64 / 3600.0;
        // No peak is larger, and none that somebody makes on purpose helps more.
        usual.max(before.min(GROSS * usual))
    }

    /// Clean first projects an hour, lately.
    fn clean_lately(&self) -> f64 {
        let within = |signal: Signal| self.rings[signal.index()].within(BEFORE);
        let bad: u64 = Signal::ALL.into_iter().filter(|one| one.is_severe()).map(within).sum();
        within(Signal::FirstProjects).saturating_sub(bad) as f64 * 3600.0 / BEFORE as f64
    }

    /// Measures that are about to end while attempts go on last longer.
    fn prolong(&mut self, actions: &mut Vec<Action>, settings: &Settings) {
        let seconds = 1800;
        let expected = self.expected_attempts(seconds);
        let seen = self.rings[Signal::Prevented.index()].within(seconds);
        if seen < 2 || upper_tail(seen, expected, 0.05) >= GOING_ON {
            return;
        }
        for measure in Measure::ALL {
            let held = &mut self.held[measure.index()];
            let ends_soon = held.until > self.now && held.until - self.now < seconds;
            if ends_soon && held.pinned_until <= self.now {
                held.until = self.now + settings.hold;
                let why = Why { signal: Signal::Prevented, seen, expected, seconds };
                actions.push(Action::Set { measure, until: held.until, why });
            }
        }
    }

    fn set(&mut self, measure: Measure, why: Why, actions: &mut Vec<Action>, settings: &Settings) {
        let (now, before) = (self.now, self.clean_lately());
        let held = &mut self.held[measure.index()];
        if held.pinned_until > now {
            if now - held.withheld_at >= WITHHELD_AGAIN {
                held.withheld_at = now;
                actions.push(Action::Withheld { measure, why });
            }
            return;
        }
        let again = held.until > 0 && now - held.until < STRIKES_FOR;
        held.strikes = if again { (held.strikes + 1).min(8) } else { 0 };
        // Where it has just held, few could come.
        held.before = if again { held.before.max(before) } else { before };
        held.since = now;
        held.until = now + (settings.hold << held.strikes).min(LONGEST.max(settings.hold));
        (held.bad, held.prevented) = (0, 0);
        actions.push(Action::Set { measure, until: held.until, why });
    }
}
