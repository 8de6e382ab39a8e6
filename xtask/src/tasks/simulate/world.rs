//! The traffic of a scenario, event by event, and an index that obeys the breaker.

use std::collections::BTreeSet;

use fondaco_breaker::{Action, Breaker, Event, EventKind, KeyKind, Keys, Measure, Outcome as Fate, Settings};

use super::CALM_DAYS;
use super::random::Random;
use super::scenario::{From, Peak, Scenario, Size, Wave};

/// A Monday.
const START: i64 = 1_767_571_200;

/// What came of a scenario.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    pub(super) events: i64,
    pub(super) trips: i64,
    pub(super) blocks: i64,
    pub(super) surges: i64,
    pub(super) honest_stopped: i64,
    /// Files of the wave until something was done; -1 where nothing was.
    pub(super) met_after: i64,
    pub(super) minutes: i64,
    pub(super) first: String,
    /// The first measure that was set, and why.
    pub(super) why: Option<String>,
    /// Files of the wave, and accounts that it had, when registrations were suspended; -1 where they
    /// never were.
    pub(super) suspended_after: i64,
    pub(super) registered: i64,
    pub(super) got_in: i64,
}

/// What somebody does.
struct Deed {
    at: i64,
    kind: EventKind,
    keys: Keys,
    fresh: bool,
    /// Whether it is of the wave.
    wave: bool,
}

pub(super) struct World {
    random: Random,
    breaker: Breaker,
    outcome: Outcome,
    people: u64,
    began: i64,
    /// What the wave has so far: accounts, and files that it came with.
    accounts: i64,
    files: i64,
    /// Projects of the wave that are there.
    projects: BTreeSet<String>,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let outcome =
            Outcome { met_after: -1, minutes: -1, suspended_after: -1, registered: -1, ..Outcome::default() };
        Self {
            random: Random::new(seed),
            breaker: Breaker::default(),
            outcome,
            people: 0,
            began: 0,
            accounts: 0,
            files: 0,
            projects: BTreeSet::new(),
        }
    }

    pub(super) fn run(mut self, scenario: &Scenario) -> Outcome {
        let wave = scenario.wave.map(|wave| self.wave(wave)).unwrap_or_default();
        self.began = wave.first().map_or(i64::MAX, |deed| deed.at);
        let mut wave = wave.into_iter().peekable();
        let mut mood = 1.0;
        for hour in 0..scenario.days * 24 {
            if hour % 24 == 0 {
                // Some days are busier than others.
                mood = (self.random.normal() * 0.25).exp();
            }
            let mut deeds = self.honest(hour, mood, scenario);
            while let Some(deed) = wave.next_if(|deed| deed.at < START + (hour + 1) * 3600) {
                deeds.push(deed);
            }
            deeds.sort_by_key(|deed| deed.at);
            for deed in deeds {
                self.happens(&deed);
            }
        }
        if self.outcome.first.is_empty() {
            "nothing".clone_into(&mut self.outcome.first);
        }
        self.outcome
    }

    /// Somebody's keys: an address among many, a mail domain among some.
    fn somebody(&mut self) -> Keys {
        self.people += 1;
        let (block, domain) = (self.random.below(60_000), self.random.below(400));
        // Half of all people have their mail at three providers.
        let domain = if domain < 200 { domain % 3 } else { domain };
        Keys::default()
            .with(KeyKind::Account, &format!("user:{}", self.people))
            .with(KeyKind::Address, &format!("addr-{block}-{}", self.random.below(200)))
            .with(KeyKind::Network, &format!("net-{block}"))
            .with(KeyKind::MailDomain, &format!("mail-{domain}.example"))
    }

    fn honest(&mut self, hour: i64, mood: f64, scenario: &Scenario) -> Vec<Deed> {
        let (of_day, day) = (hour % 24, hour / 24);
        let awake = 1.0 + 0.8 * ((of_day as f64 - 14.0) / 24.0 * std::f64::consts::TAU).cos();
        let week = if day % 7 >= 5 { 0.5 } else { 1.15 };
        let mut factor = awake * week * mood;
        if let Peak::LaunchDay(times) = scenario.peak
            && day % 30 == 27
        {
            factor *= times;
        }
        let Size { registrations, first_projects, uploads, malice } = scenario.size;
        let at = |world: &mut Self| START + hour * 3600 + world.random.below(3600) as i64;
        let mut deeds = Vec::new();
        for _ in 0..self.random.poisson(registrations * factor) {
            let (at, keys) = (at(self), self.somebody());
            deeds.push(Deed { at, kind: EventKind::Registration, keys, fresh: true, wave: false });
        }
        for _ in 0..self.random.poisson(first_projects * factor) {
            let (at, keys) = (at(self), self.somebody());
            deeds.push(self.first_project(at, keys));
        }
        for _ in 0..self.random.poisson(uploads * factor) {
            let kind = EventKind::Upload { new_project: false, lookalike: false, outcome: Fate::Clean };
            let (at, keys, fresh) = (at(self), self.somebody(), self.random.chance(0.2));
            deeds.push(Deed { at, kind, keys, fresh, wave: false });
        }
        for _ in 0..self.random.poisson(malice / 24.0) {
            let kind = EventKind::Upload { new_project: true, lookalike: false, outcome: Fate::Malicious };
            let (at, keys) = (at(self), self.somebody());
            deeds.push(Deed { at, kind, keys, fresh: true, wave: false });
        }
        self.sprint(hour, scenario.peak, &mut deeds);
        deeds
    }

    /// An honest first project: one in a hundred is held by mistake, one in 300 has an unlucky name.
    fn first_project(&mut self, at: i64, keys: Keys) -> Deed {
        let outcome = if self.random.chance(0.01) { Fate::Suspicious } else { Fate::Clean };
        let lookalike = self.random.chance(0.003);
        let kind = EventKind::Upload { new_project: true, lookalike, outcome };
        Deed { at, kind, keys, fresh: true, wave: false }
    }

    /// A hall full of people who register and publish from one network.
    fn sprint(&mut self, hour: i64, peak: Peak, deeds: &mut Vec<Deed>) {
        let Peak::Sprint(people) = peak else { return };
        let (day, of_day) = (hour / 24 % 60, hour % 24);
        if !(42..45).contains(&day) || !(9..18).contains(&of_day) {
            return;
        }
        for _ in 0..self.random.poisson(people) {
            self.people += 1;
            let keys = Keys::default()
                .with(KeyKind::Account, &format!("user:{}", self.people))
                .with(KeyKind::Address, "hall")
                .with(KeyKind::Network, "hall-net")
                .with(KeyKind::MailDomain, &format!("mail-{}.example", self.random.below(3)));
            let at = START + hour * 3600 + self.random.below(3000) as i64;
            deeds.push(Deed {
                at,
                kind: EventKind::Registration,
                keys: keys.clone(),
                fresh: true,
                wave: false,
            });
            if self.random.chance(0.3) {
                deeds.push(self.first_project(at + 400, keys));
            }
        }
    }

    /// Each file of a wave: an account some minutes before, then the file.
    fn wave(&mut self, wave: Wave) -> Vec<Deed> {
        let mut at = START + CALM_DAYS * 86_400 + 7 * 3600;
        let mut deeds = Vec::new();
        let mut shared = self.somebody();
        for number in 1..=wave.files {
            at += (-self.random.share().max(1e-9).ln() * wave.every) as i64;
            if wave.from == From::FourANetwork && number % 4 == 1 {
                shared = self.somebody();
            }
            let own = self.somebody();
            let mut keys = match wave.from {
                From::Everywhere => own,
                From::OneNetwork | From::FourANetwork => of_both(&shared, KeyKind::Network, &own),
                From::OneMailDomain => {
                    let domain = Keys::default().with(KeyKind::MailDomain, "throwaway.example");
                    of_both(&domain, KeyKind::MailDomain, &own)
                }
                From::OneAccount => shared.clone(),
            };
            let mut come = |at: i64, kind: EventKind, keys: &Keys| {
                deeds.push(Deed { at, kind, keys: keys.clone(), fresh: true, wave: true });
            };
            if wave.from != From::OneAccount || number == 1 {
                come(at - 240, EventKind::Registration, &keys);
            }
            let lookalike = self.random.chance(wave.lookalike);
            let outcome = if self.random.chance(wave.found) { Fate::Malicious } else { Fate::Clean };
            let of_account = keys.clone();
            if lookalike {
                keys = keys.with(KeyKind::Target, &format!("popular-{}", self.random.below(80)));
            }
            if wave.one_payload && outcome == Fate::Malicious {
                keys = keys.with(KeyKind::Payload, "one-payload");
            }
            come(at, EventKind::Upload { new_project: true, lookalike, outcome }, &keys);
            if let Some(later) = wave.armed_after {
                let outcome = if self.random.chance(0.95) { Fate::Malicious } else { Fate::Clean };
                let kind = EventKind::Upload { new_project: false, lookalike: false, outcome };
                come(at + later, kind, &of_account);
            }
        }
        deeds.sort_by_key(|deed| deed.at);
        deeds
    }

    fn happens(&mut self, deed: &Deed) {
        let account = deed.keys.iter().find(|(kind, _)| *kind == KeyKind::Account);
        let account = account.map(|(_, account)| account.to_owned()).unwrap_or_default();
        let arms = deed.wave && matches!(deed.kind, EventKind::Upload { new_project: false, .. });
        if arms && !self.projects.contains(&account) {
            return;
        }
        self.outcome.events += 1;
        self.breaker.turn(deed.at);
        let stopped = deed.fresh && self.is_stopped(deed);
        let kind = match deed.kind {
            _ if !stopped => deed.kind,
            _ => EventKind::Prevented,
        };
        if stopped && !deed.wave {
            self.outcome.honest_stopped += 1;
        }
        if deed.wave {
            self.accounts += i64::from(kind == EventKind::Registration);
            self.files += i64::from(matches!(deed.kind, EventKind::Upload { .. }));
            if let EventKind::Upload { outcome: Fate::Clean, .. } = kind {
                self.outcome.got_in += 1;
                self.projects.insert(account);
            }
        }
        let event = Event { at: deed.at, kind, fresh: deed.fresh, keys: deed.keys.clone() };
        for action in self.breaker.observe(&event, &Settings::default()) {
            self.acted(&action, deed.at);
        }
    }

    /// As the server decides it.
    fn is_stopped(&self, deed: &Deed) -> bool {
        let held = |measure| self.breaker.held_until(measure).is_some();
        let blocked = self.breaker.blocked();
        let has_blocked =
            || deed.keys.iter().any(|(kind, key)| blocked.iter().any(|one| one.0 == kind && one.1 == key));
        match deed.kind {
            EventKind::Registration => held(Measure::NoRegistrations) || has_blocked(),
            EventKind::Upload { new_project: true, .. } => {
                held(Measure::NoFirstProjects) || held(Measure::NoFreshUploads) || has_blocked()
            }
            // Projects of the wave are young.
            EventKind::Upload { .. } if deed.wave => held(Measure::NoFreshUploads) || has_blocked(),
            // Who uploads to an established project goes on.
            _ => false,
        }
    }

    fn acted(&mut self, action: &Action, at: i64) {
        let is_on = at >= self.began;
        let name = match action {
            Action::Set { measure, why, .. } => {
                self.outcome.trips += 1;
                let day = (at - START) / 86_400;
                self.outcome.why.get_or_insert_with(|| format!("day {day}, {measure:?}: {why}"));
                if *measure == Measure::NoRegistrations && self.outcome.suspended_after < 0 && is_on {
                    self.outcome.suspended_after = self.files;
                    self.outcome.registered = self.accounts;
                }
                format!("{measure:?}")
            }
            Action::Block { kind, .. } => {
                self.outcome.blocks += 1;
                format!("block of one {}", kind.id())
            }
            Action::Surge(_) => {
                self.outcome.surges += 1;
                return;
            }
            Action::Withheld { .. } => return,
        };
        if is_on && self.outcome.met_after < 0 {
            self.outcome.met_after = self.files;
            self.outcome.minutes = (at - self.began) / 60;
            self.outcome.first = name;
        }
    }
}

/// Somebody's own keys, but for one kind, which is shared.
fn of_both(shared: &Keys, wanted: KeyKind, own: &Keys) -> Keys {
    let ours = shared.iter().filter(|(kind, _)| *kind == wanted);
    let theirs = own.iter().filter(|(kind, _)| *kind != wanted);
    ours.chain(theirs).fold(Keys::default(), |keys, (kind, key)| keys.with(kind, key))
}
