//! The audit log as a chain of digests: a row that is changed, taken out, put in or put elsewhere
//! afterwards no longer fits.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use fondaco_pydist::{Sha256, Sha256Hasher};

/// What the digests are of, and by which version of the rules.
const DOMAIN: &[u8] = b"fondaco.audit/1\0";
/// The same for heads as they are written down.
const HEAD: &str = "fondaco-audit-1";
/// Rows that fail by themselves and are kept to say what became of each; of more it is said only
/// that they were changed.
const KEPT: usize = 10_000;

/// One row of the audit log as the database has it: nothing of it is believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditRow {
    /// The row's number.
    pub id: i64,
    /// Its place in the chain, from 1.
    pub place: Option<i64>,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// From where.
    pub origin: String,
    /// What.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// What else.
    pub detail: String,
    /// What was there before, where something changed.
    pub before: Option<String>,
    /// What is there since.
    pub after: Option<String>,
    /// The digest of the row before it, hex.
    pub previous: Option<String>,
    /// Its own digest, hex.
    pub digest: Option<String>,
}

impl AuditRow {
    /// The digest that it has at a place, after a row with this digest. Every text goes in with its
    /// length, so that no two rows read the same.
    pub fn digest_at(&self, place: u64, previous: Sha256) -> Sha256 {
        let mut hasher = Sha256Hasher::default();
        hasher.update(DOMAIN);
        hasher.update(previous.as_bytes());
        hasher.update(&place.to_be_bytes());
        hasher.update(&self.at.to_be_bytes());
        for text in [&self.actor, &self.origin, &self.action, &self.subject, &self.reason, &self.detail] {
            update_text(&mut hasher, text);
        }
        for value in [&self.before, &self.after] {
            hasher.update(&[u8::from(value.is_some())]);
            update_text(&mut hasher, value.as_deref().unwrap_or_default());
        }
        hasher.finish()
    }

    fn claimed(&self) -> Option<(Sha256, Sha256)> {
        Some((self.previous.as_deref()?.parse().ok()?, self.digest.as_deref()?.parse().ok()?))
    }
}

fn update_text(hasher: &mut Sha256Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_be_bytes());
    hasher.update(text.as_bytes());
}

/// Where a chain ends: with it somebody else can tell later that the log up to there is still the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// The place of the last row; 0 where there is none.
    pub place: u64,
    /// Its digest.
    pub digest: Sha256,
}

/// The text is no head of an audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head is written {HEAD}:PLACE:SHA256, as `fondaco admin audit head` prints it")]
pub struct InvalidAuditHead;

impl AuditHead {
    /// That of an empty log.
    pub fn empty() -> Self {
        Self { place: 0, digest: Sha256::of(DOMAIN) }
    }
}

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEAD}:{}:{}", self.place, self.digest)
    }
}

impl FromStr for AuditHead {
    type Err = InvalidAuditHead;

    fn from_str(text: &str) -> Result<Self, InvalidAuditHead> {
        let mut parts = text.trim().splitn(3, ':');
        let (Some(HEAD), Some(place), Some(digest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(InvalidAuditHead);
        };
        let place = place.parse().map_err(|_| InvalidAuditHead)?;
        Ok(Self { place, digest: digest.parse().map_err(|_| InvalidAuditHead)? })
    }
}

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tampering {
    /// The row at this place is not what was written there.
    Changed(u64),
    /// The rows at these places, first to last, are missing.
    Removed(u64, u64),
    /// The row at `now` was written at `was`.
    Moved {
        /// Where it stands.
        now: u64,
        /// Where it was written.
        was: u64,
    },
    /// The row with this number was not written by the index.
    Inserted(i64),
    /// The log is not, or no longer, the one that a head was taken of.
    OtherHead(u64),
}

impl fmt::Display for Tampering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(place) => write!(f, "event {place} was changed"),
            Self::Removed(first, last) if first == last => write!(f, "event {first} was removed"),
            Self::Removed(first, last) => write!(f, "events {first} to {last} were removed"),
            Self::Moved { now, was } => write!(f, "event {was} was moved: it stands at {now}"),
            Self::Inserted(id) => write!(f, "the row with number {id} was inserted"),
            Self::OtherHead(place) => {
                write!(f, "up to event {place} this is not the log that the head was taken of")
            }
        }
    }
}

/// Checks a chain, row by row in the order of place and number; rows without a place come first.
#[derive(Debug)]
pub struct ChainCheck {
    against: Option<AuditHead>,
    met_against: bool,
    last: AuditHead,
    /// Whether the last row fails by itself, so that the next one's link says nothing new.
    last_failed: bool,
    /// The place at which each digest stands.
    places: HashMap<Sha256, u64>,
    /// The number of the row at each place.
    numbers: HashMap<u64, i64>,
    /// Rows whose own digest is wrong.
    failed: Vec<(u64, AuditRow)>,
    /// Places at which nothing stands, first to last.
    gaps: Vec<(u64, u64)>,
    found: Vec<Tampering>,
}

impl ChainCheck {
    /// Begins; `against` is a head that was taken earlier.
    pub fn new(against: Option<AuditHead>) -> Self {
        Self {
            met_against: against.is_none_or(|head| head == AuditHead::empty()),
            against,
            last: AuditHead::empty(),
            last_failed: false,
            places: HashMap::new(),
            numbers: HashMap::new(),
            failed: Vec::new(),
            gaps: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Takes the next row.
    pub fn take(&mut self, row: &AuditRow) {
        let place = row.place.and_then(|place| u64::try_from(place).ok());
        let Some(place) = place.filter(|place| *place > self.last.place) else {
            self.found.push(Tampering::Inserted(row.id));
            return;
        };
        let gap = place > self.last.place + 1;
        if gap {
            self.gaps.push((self.last.place + 1, place - 1));
        }
        let claimed = row.claimed();
        let sound = claimed.filter(|(previous, digest)| row.digest_at(place, *previous) == *digest);
        match sound {
            None if self.failed.len() < KEPT => self.failed.push((place, row.clone())),
            None => self.found.push(Tampering::Changed(place)),
            // What it follows was written anew, with a digest that fits.
            Some((previous, _)) if !gap && !self.last_failed && previous != self.last.digest => {
                self.found.push(Tampering::Changed(self.last.place.max(1)));
            }
            Some(_) => {}
        }
        self.numbers.insert(place, row.id);
        if let Some((_, digest)) = claimed {
            self.places.insert(digest, place);
            self.met_against |= self.against == Some(AuditHead { place, digest });
        }
        self.last_failed = sound.is_none();
        self.last = AuditHead { place, digest: claimed.map_or(self.last.digest, |(_, digest)| digest) };
    }

    /// What was found; `head` is where the chain ends by the database's own account.
    pub fn finish(mut self, head: AuditHead) -> Vec<Tampering> {
        let moved = self.sort_failed();
        if head.place > self.last.place {
            self.gaps.push((self.last.place + 1, head.place));
        } else if head.place == self.last.place && head != self.last && !self.last_failed {
            self.found.push(Tampering::Changed(self.last.place.max(1)));
        }
        let (now, was): (BTreeSet<u64>, BTreeSet<u64>) = moved.into_iter().unzip();
        // Somebody else stands where a row was written.
        let taken = was.difference(&now).filter_map(|place| self.numbers.get(place).map(|id| (place, id)));
        for (place, id) in taken {
            self.found.retain(|one| *one != Tampering::Changed(*place));
            self.found.push(Tampering::Inserted(*id));
        }
        // What stood where a moved row stands now, and is nowhere.
        let gone = now.difference(&was).filter(|place| was.last().is_some_and(|last| last > *place));
        self.gaps.extend(gone.map(|place| (*place, *place)));
        for (first, last) in std::mem::take(&mut self.gaps) {
            self.removed(first, last, &was);
        }
        let beyond = self.numbers.iter().filter(|(place, _)| **place > head.place && !now.contains(place));
        self.found.extend(beyond.map(|(_, id)| Tampering::Inserted(*id)));
        if !self.met_against {
            self.found.push(Tampering::OtherHead(self.against.map_or(0, |head| head.place)));
        }
        self.found.sort();
        self.found.dedup();
        self.found
    }

    /// Says of each row that fails by itself whether it was changed or moved; of the moved ones where
    /// they stand and where they were written.
    fn sort_failed(&mut self) -> Vec<(u64, u64)> {
        let (mut moved, mut shift) = (Vec::new(), 0);
        for (place, row) in std::mem::take(&mut self.failed) {
            match self.written_at(place, &row, shift) {
                Some(was) => {
                    shift = was.cast_signed().wrapping_sub(place.cast_signed());
                    self.found.push(Tampering::Moved { now: place, was });
                    moved.push((place, was));
                }
                None => self.found.push(Tampering::Changed(place)),
            }
        }
        moved
    }

    /// Notes that the rows of these places are missing, but for those that stand elsewhere.
    fn removed(&mut self, first: u64, last: u64, elsewhere: &BTreeSet<u64>) {
        let mut from = first;
        for place in elsewhere.range(first..=last) {
            if from < *place {
                self.found.push(Tampering::Removed(from, place - 1));
            }
            from = place + 1;
        }
        if from <= last {
            self.found.push(Tampering::Removed(from, last));
        }
    }

    /// The place at which a row that fails here is right: after the row that it names, or shifted as
    /// the one before it.
    fn written_at(&self, place: u64, row: &AuditRow, shift: i64) -> Option<u64> {
        let (previous, digest) = row.claimed()?;
        let named = match previous == AuditHead::empty().digest {
            true => Some(1),
            false => self.places.get(&previous).map(|at| at + 1),
        };
        let near = (1..=64).flat_map(|by| [place.checked_add(by), place.checked_sub(by)]);
        let candidates = [named, place.checked_add_signed(shift)].into_iter().chain(near).flatten();
        candidates.into_iter().find(|was| *was != place && row.digest_at(*was, previous) == digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sound chain of so many rows.
    fn chain(rows: u64) -> (Vec<AuditRow>, AuditHead) {
        let mut head = AuditHead::empty();
        let rows = (1..=rows).map(|place| {
            let mut row = AuditRow {
                id: place.cast_signed() * 10,
                place: Some(place.cast_signed()),
                at: 1_000_000,
                actor: "operator:o".into(),
                action: "upload".into(),
                subject: format!("subject {place}"),
                ..AuditRow::default()
            };
            seal(&mut row, &mut head);
            row
        });
        (rows.collect(), head)
    }

    /// Writes a row's digest, as one who knows the rules can.
    fn seal(row: &mut AuditRow, head: &mut AuditHead) {
        let place = row.place.unwrap().cast_unsigned();
        let digest = row.digest_at(place, head.digest);
        row.previous = Some(head.digest.to_string());
        row.digest = Some(digest.to_string());
        *head = AuditHead { place, digest };
    }

    fn found(rows: &[AuditRow], head: AuditHead, against: Option<AuditHead>) -> Vec<String> {
        let mut check = ChainCheck::new(against);
        rows.iter().for_each(|row| check.take(row));
        check.finish(head).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sound_chain_and_its_heads() {
        let (rows, head) = chain(5);
        assert!(found(&rows, head, Some(head)).is_empty());
        assert!(found(&[], AuditHead::empty(), Some(AuditHead::empty())).is_empty());
        let (more, later) = chain(7);
        assert!(found(&more, later, Some(head)).is_empty(), "it has only grown");
        assert_eq!(head.to_string().parse(), Ok(head));
        for wrong in ["", "1:2", "fondaco-audit-2:1:00", &head.to_string()[..70]] {
            assert_eq!(wrong.parse::<AuditHead>(), Err(InvalidAuditHead), "{wrong}");
        }
    }

    #[test]
    fn each_field_counts() {
        let (rows, head) = chain(3);
        let changes: [fn(&mut AuditRow); 11] = [
            |row| row.at += 1,
            |row| row.actor.push('x'),
            |row| row.origin = "192.0.2.1".into(),
            |row| row.action = "delete".into(),
            |row| row.subject.clear(),
            |row| row.reason = "because".into(),
            |row| row.detail = "x".into(),
            |row| row.before = Some(String::new()),
            |row| row.after = Some(String::new()),
            |row| row.previous = None,
            |row| row.digest = Some("0".repeat(64)),
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut rows = rows.clone();
            change(&mut rows[1]);
            assert_eq!(found(&rows, head, None), ["event 2 was changed"], "change {at}");
        }
        // A text can't flow into the next field.
        let mut rows = rows;
        (rows[1].subject, rows[1].reason) = ("subject".into(), " 2".into());
        assert_eq!(found(&rows, head, None), ["event 2 was changed"]);
    }

    #[test]
    fn removed_rows() {
        let (rows, head) = chain(6);
        let without = |gone: &[usize]| {
            let kept = rows.iter().enumerate().filter(|(at, _)| !gone.contains(&(at + 1)));
            kept.map(|(_, row)| row.clone()).collect::<Vec<_>>()
        };
        assert_eq!(found(&without(&[3]), head, None), ["event 3 was removed"]);
        assert_eq!(found(&without(&[1]), head, None), ["event 1 was removed"]);
        assert_eq!(found(&without(&[2, 3]), head, None), ["events 2 to 3 were removed"]);
        assert_eq!(found(&without(&[5, 6]), head, None), ["events 5 to 6 were removed"]);
        // With the places closed up.
        let mut closed = without(&[3]);
        for (at, row) in closed.iter_mut().enumerate() {
            row.place = Some(i64::try_from(at).unwrap() + 1);
        }
        let told = found(&closed, head, None);
        assert!(told.contains(&"event 3 was removed".to_owned()), "{told:?}");
        assert!(told.contains(&"event 5 was moved: it stands at 4".to_owned()), "{told:?}");
        assert!(!told.contains(&"event 6 was removed".to_owned()), "{told:?}");
    }

    #[test]
    fn moved_rows() {
        let (mut rows, head) = chain(6);
        (rows[1].place, rows[3].place) = (Some(4), Some(2));
        rows.swap(1, 3);
        let told = ["event 4 was moved: it stands at 2", "event 2 was moved: it stands at 4"];
        assert_eq!(found(&rows, head, None), told);
    }

    #[test]
    fn inserted_rows() {
        let (rows, head) = chain(4);
        let forged = |place: i64| {
            let mut row = AuditRow { id: 99, place: Some(place), ..rows[0].clone() };
            let before = rows[usize::try_from(place).unwrap() - 2].digest.as_deref().unwrap();
            let before = AuditHead { place: 0, digest: before.parse().unwrap() };
            seal(&mut row, &mut before.clone());
            row
        };
        // Without a place, or at one that is taken.
        let mut more = rows.clone();
        more.insert(0, AuditRow { id: 99, ..AuditRow::default() });
        assert_eq!(found(&more, head, None), ["the row with number 99 was inserted"]);
        let mut more = rows.clone();
        more.insert(3, forged(3));
        assert_eq!(found(&more, head, None), ["the row with number 99 was inserted"]);
        // At the end, behind the database's own account of it.
        let mut more = rows.clone();
        more.push(forged(5));
        assert_eq!(found(&more, head, None), ["the row with number 99 was inserted"]);
        // Between others, which make room.
        let mut more = rows.clone();
        more.insert(2, forged(3));
        for row in &mut more[3..] {
            row.place = row.place.map(|place| place + 1);
        }
        let told = found(&more, head, None);
        assert!(told.contains(&"the row with number 99 was inserted".to_owned()), "{told:?}");
        assert!(told.contains(&"event 4 was moved: it stands at 5".to_owned()), "{told:?}");
        assert!(!told.iter().any(|one| one.contains("removed")), "{told:?}");
    }

    #[test]
    fn a_row_written_anew_and_a_chain_written_anew() {
        let (mut rows, head) = chain(4);
        let mut before = AuditHead { place: 1, digest: rows[0].digest.as_deref().unwrap().parse().unwrap() };
        rows[1].subject = "somebody else".into();
        seal(&mut rows[1], &mut before);
        assert_eq!(found(&rows, head, None), ["event 2 was changed"], "the next row names another");
        for row in &mut rows[2..] {
            seal(row, &mut before);
        }
        assert!(found(&rows, before, None).is_empty(), "whoever may write everything can do this");
        let told = found(&rows, before, Some(head));
        assert_eq!(told, ["up to event 4 this is not the log that the head was taken of"]);
        let told = found(&chain(3).0, chain(3).1, Some(head));
        assert_eq!(told, ["up to event 4 this is not the log that the head was taken of"], "shorter");
    }
}
