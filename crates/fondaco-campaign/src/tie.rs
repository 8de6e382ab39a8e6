//! How strongly two artifacts are tied.

use fondaco_verdict::Shape;

use crate::engine::Engine;
use crate::index::{BANDED, BANDS, bands, place};
use crate::key::{Key, Kind};
use crate::member::Member;

/// What a tie needs.
pub(crate) const ENOUGH: f32 = 1.0;
/// All that weak keys can add up to.
const WEAK_MOST: f32 = 0.5;
/// What it takes away that both talk to somebody, and nobody to the same.
const CONFLICT: f32 = 0.2;
/// Points at which a key is everybody's: an established project has three, others that have stood
/// for [`STANDS`] one.
const EVERYBODYS: f32 = 3.0;
/// After this a project that nothing was found in vouches for what it has, in seconds.
pub(crate) const STANDS: i64 = 30 * DAY;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Who names more hosts than this names some for what they are: sites whose cookies are stolen.
const FEW_HOSTS: f32 = 4.0;
/// Below this two shapes are no more alike than any two.
const UNLIKE: f32 = 0.45;
/// How much more a shape says that comes again soon: within an hour as much as one of about twice as
/// many tokens.
const NEARER: f32 = 3.0;
/// From here on they are the same but for a detail.
const SAME: f32 = 0.9;

/// Why two artifacts are tied.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tie {
    /// At least 1: they belong together.
    pub strength: f32,
    /// Whether a key alone would do: a payload, a secret, a host.
    pub strong: bool,
    /// Whether it is a burst of lookalike names from one template.
    pub burst: bool,
    /// What they share that counts, strongest first.
    pub kinds: Vec<Kind>,
}

/// What sharing a key is worth where nobody else has it and both are bad.
fn weight(kind: Kind) -> f32 {
    match kind {
        Kind::Artifact => 1.2,
        Kind::Payload | Kind::Webhook | Kind::Token | Kind::Wallet => 1.1,
        Kind::Host => 1.0,
        Kind::Place => 0.8,
        Kind::Author | Kind::Text => 0.2,
        Kind::Layout | Kind::Target => 0.1,
        // By their own rules.
        Kind::Shape | Kind::Account => 0.0,
    }
}

/// What nearness in time is worth.
fn nearness(a: &Member, b: &Member) -> f32 {
    match a.at.abs_diff(b.at) {
        apart if apart <= HOUR.unsigned_abs() => 0.3,
        apart if apart <= DAY.unsigned_abs() => 0.2,
        apart if apart <= 7 * DAY.unsigned_abs() => 0.1,
        _ => 0.0,
    }
}

/// How much a shape of so many tokens says.
fn telling(tokens: f32) -> f32 {
    let steps: [(f32, f32); 4] = [(16.0, 0.2), (40.0, 0.7), (100.0, 1.0), (f32::MAX, 1.0)];
    let mut below = (0.0, 0.0);
    for step in steps {
        if tokens <= step.0 {
            return below.1 + (step.1 - below.1) * (tokens - below.0) / (step.0 - below.0);
        }
        below = step;
    }
    1.0
}

/// Keys that both have, in order.
fn common<'m>(a: &'m Member, b: &'m Member) -> impl Iterator<Item = Key> {
    let mut others = b.keys.iter().peekable();
    a.keys.iter().copied().filter(move |key| {
        while others.next_if(|other| **other < *key).is_some() {}
        others.peek().is_some_and(|other| **other == *key)
    })
}

/// Whose having a key says that it is everybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vouching {
    /// Established projects, three of them.
    Established,
    /// Established projects, and three others that have stood for long.
    Standing,
    /// As before, and others however new.
    Anybody,
}

fn hosts_of(member: &Member) -> f32 {
    member.keys.iter().filter(|key| key.kind == Kind::Host).count() as f32
}

impl Engine {
    /// How many points what lies at a place has, at an instant: 3 and it is everybody's.
    fn points(&self, at_place: u64, now: i64, vouching: Vouching) -> f32 {
        let (mut points, bad) = (0.0, |at: u32| self.is_bad(at));
        self.index.carriers(at_place, &bad, |at, is_bad| {
            let Some(member) = self.member(at).filter(|_| !is_bad) else { return };
            points += match member.established {
                true if vouching == Vouching::Established => 1.0,
                true => EVERYBODYS,
                false if vouching == Vouching::Anybody => 1.0,
                false if vouching == Vouching::Standing && member.at.saturating_add(STANDS) <= now => 1.0,
                false => 0.0,
            };
        });
        points
    }

    /// How rare a key is, 0 to 1: 0 where it is everybody's.
    pub(crate) fn rarity(&self, key: Key, now: i64) -> f32 {
        let vouching = if key.kind.is_secret() { Vouching::Established } else { Vouching::Standing };
        let points = self.points(place(key), now, vouching);
        // One that was broken into has a secret too; no few of them make it everybody's.
        if key.kind.is_secret() && points < EVERYBODYS {
            return 1.0;
        }
        (1.0 - points / EVERYBODYS).max(0.0)
    }

    /// How rare a shape is: by those who have the very same, and by half of its bands.
    fn rarity_of_shape(&self, shape: &Shape, is_banded: bool, now: i64) -> f32 {
        let rarity = self.rarity(Key { kind: Kind::Shape, digest: shape.exact }, now);
        if rarity <= 0.0 || !is_banded {
            return rarity;
        }
        let mut points: Vec<f32> =
            bands(shape).map(|band| self.points(band, now, Vouching::Standing)).collect();
        points.sort_by(f32::total_cmp);
        rarity.min((1.0 - points[BANDS / 2] / EVERYBODYS).max(0.0))
    }

    /// What their shapes are worth: the best pair, and a part of the second.
    /// `own` says how rare those of the first are.
    fn shapes(&self, (a, own): (&Member, &[f32]), b: &Member, now: i64) -> f32 {
        // That two have a little in common by chance is the less likely the nearer they are in time.
        let nearer = if a.bad && b.bad { 1.0 + NEARER * nearness(a, b) } else { 1.0 };
        let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
        for ((one, shape), rarity) in a.shapes.iter().enumerate().zip(own) {
            if *rarity <= 0.0 {
                continue;
            }
            for (other, theirs) in b.shapes.iter().enumerate() {
                let alike =
                    if shape.exact == theirs.exact { 1.0 } else { shape.sketch.similarity(&theirs.sketch) };
                if alike < UNLIKE {
                    continue;
                }
                let alike = ((alike - UNLIKE) / (SAME - UNLIKE)).min(1.0);
                let rarity = rarity.min(self.rarity_of_shape(theirs, other < BANDED, now));
                let tokens = shape.tokens.min(theirs.tokens) as f32 * nearer;
                let worth = 1.05 * alike * telling(tokens) * rarity;
                pairs.push((worth, one, other));
            }
        }
        pairs.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        let Some(best) = pairs.first().copied() else { return 0.0 };
        let second = pairs.iter().find(|pair| pair.1 != best.1 && pair.2 != best.2);
        (best.0 + second.map_or(0.0, |pair| 0.4 * pair.0)).min(1.2)
    }

    /// How rare each of its shapes is.
    pub(crate) fn rarities(&self, member: &Member, now: i64) -> Vec<f32> {
        let shapes = member.shapes.iter().enumerate();
        shapes.map(|(at, shape)| self.rarity_of_shape(shape, at < BANDED, now)).collect()
    }

    /// Whether what lies at a place is everybody's, also without this member.
    pub(crate) fn is_everybodys(&self, at_place: u64, without: u32, now: i64) -> bool {
        let (mut points, bad) = (0.0, |at: u32| self.is_bad(at));
        self.index.carriers(at_place, &bad, |at, is_bad| {
            let Some(member) = self.member(at).filter(|_| !is_bad && at != without) else { return };
            let stands = member.at.saturating_add(STANDS) <= now;
            points += if member.established { EVERYBODYS } else { f32::from(u8::from(stands)) };
        });
        points >= EVERYBODYS
    }

    /// How two artifacts are tied at an instant; `None` where they can't be. `own` says how rare the
    /// shapes of the first are.
    pub(crate) fn tie(&self, (a, own): (&Member, &[f32]), b: &Member, now: i64) -> Option<Tie> {
        if !a.bad && !b.bad {
            return self.burst(a, b, now);
        }
        let both = a.bad && b.bad;
        if a.project == b.project {
            // What was found in one release says nothing of those in which nothing was found.
            let kinds = vec![Kind::Author];
            return both.then_some(Tie { strength: ENOUGH, strong: false, burst: false, kinds });
        }
        let hosts = hosts_of(a).min(hosts_of(b));
        let doubtful = !a.malicious && !b.malicious;
        let only_secrets = [a, b].iter().any(|member| member.established && !member.bad);
        let (mut strong, mut weak) = (0.0f32, 0.0f32);
        let mut tie = Tie::default();
        let (mut shares_indicator, mut shares_account, mut shares_author) = (false, false, false);
        for key in common(a, b) {
            if only_secrets && !key.kind.is_secret() {
                continue;
            }
            let mut worth = weight(key.kind) * self.rarity(key, now);
            if key.kind == Kind::Host {
                worth *= (FEW_HOSTS / hosts.max(1.0)).min(1.0);
            }
            if doubtful && matches!(key.kind, Kind::Host | Kind::Place) {
                // The host of a house, whose packages give rise to suspicion now and then.
                let points = self.points(place(key), now, Vouching::Anybody);
                worth *= (1.0 - points / EVERYBODYS).max(0.0);
            }
            shares_account |= key.kind == Kind::Account;
            shares_author |= key.kind == Kind::Author;
            if worth <= 0.0 {
                continue;
            }
            if key.kind.is_secret() || key.kind.is_indicator() {
                // A host in code that nothing was found in may be there for other reasons.
                let worth = if both || key.kind.is_secret() { worth } else { worth * 0.6 };
                // More of them add a little, each by its own worth.
                strong = strong.max(worth) + 0.1 * strong.min(worth);
                tie.strong |= worth >= 0.7;
                shares_indicator = true;
            } else if !(key.kind == Kind::Author && shares_account) {
                weak += worth;
            }
            if tie.kinds.last() != Some(&key.kind) {
                tie.kinds.push(key.kind);
            }
        }
        if only_secrets {
            tie.strength = strong;
            return Some(tie);
        }
        let shapes = self.shapes((a, own), b, now) * if both { 1.0 } else { 0.5 };
        if shapes > 0.0 && !tie.kinds.contains(&Kind::Shape) {
            tie.kinds.push(Kind::Shape);
        }
        // An account that was caught with malware: two false alarms of an honest one are none.
        let account = shares_account && both && (a.malicious || b.malicious);
        if account {
            tie.kinds.push(Kind::Account);
        }
        weak += nearness(a, b);
        if a.has(Kind::Target) && b.has(Kind::Target) {
            weak += 0.1;
        }
        if account && shares_author {
            weak = weak.max(0.1);
        }
        // Within an hour the same hand may well use a host for each.
        let apart = nearness(a, b) < 0.3;
        let conflict = apart && !shares_indicator && self.talks(a, now) && self.talks(b, now);
        tie.strength = strong + shapes + if account { 0.7 } else { 0.0 } + weak.min(WEAK_MOST)
            - if conflict { CONFLICT } else { 0.0 };
        // Weak keys never do it alone, and add nothing where only one of the two is bad.
        if !both {
            tie.strength = strong + shapes;
        } else if strong + shapes <= 0.0 && !account {
            tie.strength = 0.0;
        }
        tie.kinds.sort_unstable();
        Some(tie)
    }

    /// Whether it talks to somebody who is not everybody's.
    fn talks(&self, member: &Member, now: i64) -> bool {
        member.keys.iter().any(|key| key.kind.is_indicator() && self.rarity(*key, now) > 0.0)
    }

    /// Lookalike names that came within an hour from one template: empty placeholders of a wave.
    fn burst(&self, a: &Member, b: &Member, now: i64) -> Option<Tie> {
        let near = a.at.abs_diff(b.at) <= HOUR.unsigned_abs() && a.project != b.project;
        if !near || a.established || b.established || !a.has(Kind::Target) || !b.has(Kind::Target) {
            return None;
        }
        let rare = |key: &Key| self.rarity(*key, now) >= 1.0;
        let shared: Vec<Key> =
            common(a, b).filter(|key| matches!(key.kind, Kind::Text | Kind::Layout)).filter(rare).collect();
        let hollow = !a.has(Kind::Shape) && !b.has(Kind::Shape);
        let told = shared.iter().any(|key| key.kind == Kind::Text);
        let laid = shared.iter().any(|key| key.kind == Kind::Layout);
        (laid && (told || hollow)).then(|| Tie {
            strength: ENOUGH,
            strong: false,
            burst: true,
            kinds: shared.iter().map(|key| key.kind).chain([Kind::Target]).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_shapes_say_little() {
        let said: Vec<f32> = [8.0, 16.0, 40.0, 70.0, 100.0, 5000.0].into_iter().map(telling).collect();
        assert!(said.is_sorted() && said[0] <= 0.1 && said[5] == 1.0, "{said:?}");
    }
}
