//! The wave is uploaded here.

use std::path::Path;
use std::time::Instant;

use tempfile::TempDir;

use crate::wave::honest_release;
use crate::{Fondaco, Upstream};

use super::clock::Moved;
use super::folk::{CONFIG, Folk, Person};
use super::outcome::Outcome;
use super::plan::{Plan, Variation, other_name};
use super::poll::Poller;
use super::wave::{note, releases};

/// A day, in seconds.
const DAY: i64 = 86_400;
/// Owners are established so long after their first release, in days.
const AGE: i64 = 200;
/// Of the wave's members, after each so many an owner releases and somebody new comes.
const BETWEEN: usize = 5;
/// Members that are asked for after each upload.
const POLLED: usize = 3;
/// What honest projects are numbered from, so that no name comes twice.
const NEWCOMERS: usize = 5_000;

/// Everything that a run needs.
struct Run<'a> {
    plan: &'a Plan,
    fondaco: &'a Fondaco,
    folk: Folk<'a>,
    clock: &'a Moved,
    outcome: Outcome,
    owners: Vec<(Person, String, usize)>,
    newcomers: usize,
    began: i64,
    poller: Poller,
}

pub(super) fn run(bin: &Path, plan: &Plan) -> Outcome {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let clock = Moved::new(&folder.path().join("clock"));
    let upstream = Upstream::new();
    std::fs::write(data.join("fondaco.toml"), CONFIG).unwrap();
    let args = ["--upstream", &upstream.index_url()];
    let fondaco = Fondaco::start_with_env(bin, &data, &args, &[clock.variable()]);
    let mut run = Run {
        plan,
        fondaco: &fondaco,
        folk: Folk::new(&fondaco, &clock, &data),
        clock: &clock,
        outcome: Outcome::default(),
        owners: Vec::new(),
        newcomers: 0,
        began: 0,
        poller: Poller::default(),
    };
    run.outcome.has_accounts = true;
    run.baseline();
    run.wave();
    run.outcome
}

impl Run<'_> {
    fn at(&self) -> i64 {
        self.clock.now() - self.began
    }

    /// Owners who have been here for long, and ordinary days.
    fn baseline(&mut self) {
        for number in 0..self.plan.owners {
            let name = other_name(number + 1_000);
            let person = self.folk.newcomer(&format!("owner{number}"));
            let person = person.unwrap_or_else(|why| panic!("an owner gets no account: {why}"));
            self.owners.push((person, name, 0));
            self.clock.advance(3_600);
            self.release(number);
        }
        self.clock.advance(AGE * DAY);
        for day in 0..self.plan.days {
            for hour in 0..3usize {
                self.clock.advance(DAY / 4);
                self.release((day * 3 + hour) % self.plan.owners.max(1));
            }
            self.clock.advance(DAY / 4);
            self.newcomer();
        }
        self.began = self.clock.now();
        let (owners, newcomers) = (self.outcome.owners.0, self.outcome.newcomers.0);
        self.outcome.say(
            0,
            format!(
                "{owners} releases by {} owners and {newcomers} new projects came before",
                self.plan.owners
            ),
        );
    }

    /// The next release of an owner's project.
    fn release(&mut self, number: usize) {
        let Some((person, name, released)) = self.owners.get_mut(number) else { return };
        *released += 1;
        let dist = honest_release(name, &format!("1.{released}"));
        let started = Instant::now();
        let answer = person.upload(self.fondaco, &dist);
        let took = started.elapsed().as_millis();
        let slowest = if self.began == 0 { &mut self.outcome.slowest.0 } else { &mut self.outcome.slowest.1 };
        *slowest = took.max(*slowest);
        self.outcome.owners.0 += 1;
        let served = self.fondaco.get(&format!("/files/own/{name}/{}", dist.file_name), &[]).status;
        if answer.status != 200 || served != 200 {
            let why = format!("{}: {} {}, then {served}", dist.file_name, answer.status, answer.reason);
            self.outcome.owners.1.insert(why);
        }
    }

    /// Somebody new with an honest project.
    fn newcomer(&mut self) {
        let (account, name) = (format!("newcomer{}", self.newcomers), other_name(NEWCOMERS + self.newcomers));
        self.newcomers += 1;
        self.outcome.honest_accounts.0 += 1;
        let person = match self.folk.newcomer(&account) {
            Ok(person) => person,
            Err(why) => {
                self.outcome.honest_accounts.1.insert(format!("{account}: {why}"));
                return;
            }
        };
        let dist = honest_release(&name, "0.1");
        let answer = person.upload(self.fondaco, &dist);
        self.outcome.newcomers.0 += 1;
        if answer.status != 200 {
            let why = format!("{}: {} {}", dist.file_name, answer.status, answer.reason);
            self.outcome.newcomers.1.insert(why);
        }
    }

    fn wave(&mut self) {
        let mut people: Vec<Person> = Vec::new();
        let mut refused = 0;
        for number in 0..self.plan.names.len() {
            if self.plan.tried_after.is_some_and(|most| refused > most) {
                break;
            }
            self.clock.advance(self.plan.variation.pause());
            let shares = self.plan.variation == Variation::OneAccount && !people.is_empty();
            let person =
                if shares { people.first().cloned() } else { self.wave_account(number, &mut people) };
            match person {
                Some(person) => self.member(number, &person),
                None => refused += 1,
            }
            if number % BETWEEN == BETWEEN - 1 {
                self.release(number / BETWEEN % self.plan.owners.max(1));
                self.newcomer();
            }
        }
        self.clock.advance(60);
        let at = self.at();
        self.poller.poll(self.fondaco, &mut self.outcome, at, usize::MAX);
        self.outcome.say(at, "the wave is over");
    }

    fn wave_account(&mut self, number: usize, people: &mut Vec<Person>) -> Option<Person> {
        match self.folk.newcomer(&format!("wave{number}")) {
            Ok(person) => {
                self.outcome.registered += 1;
                people.push(person.clone());
                Some(person)
            }
            Err(why) => {
                self.outcome.not_registered += 1;
                let at = self.at();
                if self.outcome.not_registered == 1 {
                    self.outcome.say(at, format!("an account of the wave is refused: {why}"));
                }
                note(self.fondaco, &mut self.outcome, at);
                None
            }
        }
    }

    /// A member of the wave, with all of its releases.
    fn member(&mut self, number: usize, person: &Person) {
        self.outcome.tried += 1;
        let name = self.plan.name(number);
        for (dist, attacks) in releases(self.plan, number) {
            let answer = person.upload(self.fondaco, &dist);
            *self.outcome.answers.entry(answer.status).or_default() += 1;
            let at = self.at();
            if self.outcome.tried == 1 && attacks {
                self.outcome.say(at, format!("the first is inspected: {} {}", answer.status, answer.reason));
            }
            if attacks {
                self.poller.wants("own", &name, &dist);
            } else {
                self.clock.advance(600);
            }
            self.poller.poll(self.fondaco, &mut self.outcome, at, POLLED);
            note(self.fondaco, &mut self.outcome, at);
        }
    }
}
