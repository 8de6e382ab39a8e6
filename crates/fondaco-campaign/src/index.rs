//! Who has which key. Of a key that many have only some carriers are kept: its clusters are told by
//! them, and whether it is everybody's.

use std::collections::HashMap;

use fondaco_verdict::{SKETCH, Shape};

use crate::key::{Key, Kind};
use crate::member::Member;

/// Values of a sketch in one band: two sketches with a similarity of `s` share a given band with a
/// chance of `s` to this power.
const ROWS: usize = 3;
/// Bands of a sketch.
pub(crate) const BANDS: usize = SKETCH / ROWS;
/// Shapes of one artifact that are found by their bands; the others only by equality.
pub(crate) const BANDED: usize = 2;
/// Bad carriers of one key that are kept: the first and the last half of this.
const MAX_BAD: usize = 12;
/// Other carriers of one key that are kept: the first of different projects.
const MAX_OTHERS: usize = 8;

type Map = HashMap<u64, Slot, foldhash::fast::RandomState>;

/// One carrier, or where several are kept: the upper bit tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot(u32);

const SHARED: u32 = 1 << 31;

/// The carriers of a key that several have.
#[derive(Debug, Default)]
pub(crate) struct Carriers {
    /// Found bad: the first, and the last.
    pub(crate) bad: Vec<u32>,
    /// Others, each of another project, established ones before others.
    pub(crate) others: Vec<u32>,
}

#[derive(Debug, Default)]
pub(crate) struct Index {
    slots: Map,
    shared: Vec<Carriers>,
    free: Vec<u32>,
}

/// Where a key lies in the map.
pub(crate) fn place(key: Key) -> u64 {
    mixed(key.digest ^ mixed(1 + key.kind as u64))
}

/// Where the bands of a shape lie in the map.
pub(crate) fn bands(shape: &Shape) -> impl Iterator<Item = u64> {
    shape.sketch.0.chunks_exact(ROWS).enumerate().map(|(band, rows)| {
        let rows = rows.iter().fold(band as u64 + 1, |all, row| all << 16 | u64::from(*row));
        mixed(rows ^ 0x5bd1_e995_9d1c_f7a3)
    })
}

/// Every place of a member.
pub(crate) fn places(member: &Member) -> impl Iterator<Item = u64> {
    let keys = member.keys.iter().map(|key| place(*key));
    keys.chain(member.shapes.iter().take(BANDED).flat_map(bands))
}

/// The places of what can hold a cluster together and be everybody's: weak keys hold nothing.
pub(crate) fn carrying(member: &Member) -> impl Iterator<Item = u64> {
    let carries = |key: &&Key| key.kind.is_indicator() || matches!(key.kind, Kind::Payload | Kind::Shape);
    let keys = member.keys.iter().filter(carries).map(|key| place(*key));
    keys.chain(member.shapes.iter().take(BANDED).flat_map(bands))
}

fn mixed(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl Index {
    /// Calls `each` with the carriers of what lies at a place: bad ones, then others.
    pub(crate) fn carriers(&self, place: u64, bad: &dyn Fn(u32) -> bool, mut each: impl FnMut(u32, bool)) {
        match self.slots.get(&place) {
            None => {}
            Some(Slot(slot)) if slot & SHARED == 0 => each(*slot, bad(*slot)),
            Some(Slot(slot)) => {
                let carriers = &self.shared[(slot & !SHARED) as usize];
                carriers.bad.iter().for_each(|at| each(*at, true));
                carriers.others.iter().for_each(|at| each(*at, false));
            }
        }
    }

    /// Writes a member down under all its places.
    pub(crate) fn insert(&mut self, at: u32, members: &[Option<Member>]) {
        let Some(member) = members.get(at as usize).and_then(Option::as_ref) else { return };
        for place in places(member) {
            match self.slots.get(&place).copied() {
                None => {
                    self.slots.insert(place, Slot(at));
                }
                Some(Slot(other)) if other & SHARED == 0 => {
                    let mut carriers = Carriers::default();
                    carriers.add(other, members);
                    carriers.add(at, members);
                    let slot = self.free.pop().unwrap_or(self.shared.len() as u32);
                    match self.shared.get_mut(slot as usize) {
                        Some(free) => *free = carriers,
                        None => self.shared.push(carriers),
                    }
                    self.slots.insert(place, Slot(slot | SHARED));
                }
                Some(Slot(slot)) => self.shared[(slot & !SHARED) as usize].add(at, members),
            }
        }
    }

    /// Forgets a member.
    pub(crate) fn remove(&mut self, at: u32, member: &Member) {
        for place in places(member) {
            match self.slots.get(&place).copied() {
                Some(Slot(slot)) if slot == at => {
                    self.slots.remove(&place);
                }
                Some(Slot(slot)) if slot & SHARED != 0 => {
                    let slot = slot & !SHARED;
                    let carriers = &mut self.shared[slot as usize];
                    carriers.bad.retain(|other| *other != at);
                    carriers.others.retain(|other| *other != at);
                    if carriers.bad.is_empty() && carriers.others.is_empty() {
                        *carriers = Carriers::default();
                        self.free.push(slot);
                        self.slots.remove(&place);
                    }
                }
                _ => {}
            }
        }
    }

    /// Distinct keys that it holds.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }
}

impl Carriers {
    fn add(&mut self, at: u32, members: &[Option<Member>]) {
        let of = |at: u32| members.get(at as usize).and_then(Option::as_ref);
        let Some(member) = of(at) else { return };
        if member.bad {
            if self.bad.contains(&at) {
                return;
            }
            if self.bad.len() == MAX_BAD {
                self.bad.remove(MAX_BAD / 2);
            }
            self.bad.push(at);
            return;
        }
        let same =
            self.others.iter().position(|other| of(*other).is_some_and(|o| o.project == member.project));
        let lesser = || self.others.iter().rposition(|other| of(*other).is_none_or(|o| !o.established));
        match same {
            Some(place) if member.established => self.others[place] = at,
            Some(_) => {}
            None if self.others.len() < MAX_OTHERS => self.others.push(at),
            None if member.established => {
                if let Some(place) = lesser() {
                    self.others[place] = at;
                }
            }
            None => {}
        }
    }
}

/// Whether a key of this kind is looked up to find others by: the rest only adds to a tie.
pub(crate) fn leads(kind: Kind) -> bool {
    !matches!(kind, Kind::Author | Kind::Target)
}
