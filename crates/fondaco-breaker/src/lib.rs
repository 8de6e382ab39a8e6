//! When a wave is on, and what the narrowest measure against it is.
//!
//! Pure: no clock, no database, no async. Events go in with their instants, actions come out; the same
//! events give the same actions.
//!
//! **Signals.** What happens is counted by kind ([`Signal`]). Two families are told apart, because a
//! launch day makes as many honest uploads as an attack makes bad ones:
//! - *severity*: malicious, suspicious and look-alike uploads by accounts that are new. Each account
//!   counts once in twelve hours or so, and anew for what is worse, which makes the counts close to independent events.
//! - *volume*: registrations, first projects, uploads, failed logins. They trip nothing by themselves
//!   below twenty times what was expected and fifty in number, and are told as a surge.
//!
//! **Baseline.** Each signal has its own rate per hour: an exponentially weighted mean of closed hours
//! over two weeks, for volume multiplied by a factor for the hour of the week. An hour that lies above
//! four standard deviations counts as one that lies there, and hours in which a measure is in force
//! count not at all: so a wave does not become the baseline. A floor (the prior of the signal) keeps a
//! quiet index from tripping on one event.
//!
//! **Test.** Counts in five windows (15 minutes, 1 and 6 hours, 1 and 7 days) are compared with a
//! negative binomial of the expected mean and of the learned dispersion: a Poisson count whose rate
//! varies from day to day. The long windows are what meets the slow attacker: a CUSUM would meet him
//! as soon, but its threshold says nothing to an operator, where "9 in a day, 0.5 expected" does.
//!
//! **False trips.** A window of length `w` trips where the tail probability is below `w / H`, with `H`
//! of 300 years ([`Settings::years`]). One signal has `H / w` separate windows in that time, so each
//! window length of each signal errs once in 300 years; with three severity signals and five lengths
//! that is once in 20 years. Windows slide, and are looked at after each event, which multiplies that
//! by three or four at the small counts that matter here: once in five years, if the baseline is right.
//! Where it is wrong by a factor of two the trip point moves by one or two events.
//!
//! **Bursts.** Registrations that are improbably many, and first projects of which improbably many are
//! bad, are two tests that are independent of each other: their product is compared with the same `w / H`.
//! The share has its own bound, because an honest peak passes the first test for a whole day.
//!
//! **Warm-up.** For two weeks volume trips nothing; severity works from the first hour, by its priors.
//!
//! **Measures.** First what one key stands for: an account, an address, a network, a mail domain, a
//! payload, a target that is imitated. Events of a blocked account, address, network or domain no longer
//! count for the index as a whole; a payload or a target that is blocked does not keep anybody from
//! registering, so those count on. Three keys of one kind that are blocked at once are one wave: what meets
//! them counts on too. Where no key is common: no first projects of new accounts; where they go on trying,
//! no registrations; where bad files still come, no uploads by new accounts. Established projects go on in
//! each case.
//! Each holds for some hours, longer when it trips again within two days, and is prolonged as long as
//! attempts go on: it ends by time, and does not flap. What an operator has pinned is left as it is.
//!
//! **Memory.** Keys are in tables of a fixed size, by space-saving (Metwally 2005) over weights that
//! halve in twelve hours: millions of different keys push each other out, and those with bad events
//! stay. What is counted as bad is never an overestimate. The state is below 150 KB.

mod baseline;
mod engine;
mod event;
mod keys;
mod measure;
mod rings;
mod settings;
mod signal;
mod tail;

pub use engine::{Breaker, Status};
pub use event::{Event, EventKind, Keys, Outcome};
pub use keys::KeyKind;
pub use measure::{Action, Measure, Why};
pub use settings::Settings;
pub use signal::Signal;
