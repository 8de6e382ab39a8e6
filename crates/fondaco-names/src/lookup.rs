//! From a name to the targets that are near it, with their scores.

use crate::alignment::{Edit, Table};
use crate::distance::Pattern;
use crate::engine::Engine;
use crate::features::{Comparison, Numbers, Techniques};
use crate::index::{Key, Scratch, reach};
use crate::model::certain;
use crate::reading::Reading;
use crate::skeleton::{skeleton, sound};
use crate::spelling::Spelling;
use crate::targets::Target;
use crate::techniques::affix::{self, Stripped};
use crate::techniques::{Technique, word_order};

/// Most targets that one name is compared with.
const MOST: usize = 64;
/// Shortest rest of a name without an added word that is compared, in bytes.
const SHORTEST_REST: usize = 4;
/// Shortest sound that counts.
const SHORTEST_SOUND: usize = 4;
/// How much longer what sounds alike may be.
const LONGER: usize = 4;

/// A target near a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    pub(crate) target: u32,
    pub(crate) score: f32,
    pub(crate) techniques: Techniques,
}

/// What led to a target.
#[derive(Debug, Clone, Copy)]
struct Found<'n> {
    target: u32,
    stripped: Option<Stripped<'n>>,
    way: Option<Technique>,
}

/// The memory that look-ups use again; make one for many names.
#[derive(Debug, Clone)]
pub struct Lookup<'e> {
    pub(crate) engine: &'e Engine,
    table: Table,
    scratch: Scratch,
    skeleton: Vec<u8>,
    sound: Vec<u8>,
    /// By target: the comparison in which it was last met, and the number of the present one.
    met: Vec<u32>,
    now: u32,
}

impl<'e> Lookup<'e> {
    pub(crate) fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            table: Table::default(),
            scratch: Scratch::default(),
            skeleton: Vec::with_capacity(64),
            sound: Vec::with_capacity(64),
            met: vec![0; engine.targets.all().len()],
            now: 0,
        }
    }

    /// The target that a name can be mistaken for most, with the score from 0 to 1 and by its
    /// spelling alone; `None` where nothing is near. What [`Engine::judge`] begins with.
    pub fn nearest(&mut self, raw: &str) -> Option<(&'e str, f32)> {
        let name = Spelling::of(raw)?;
        let mut best: Option<Near> = None;
        self.each(&name, |near, _| {
            if best.is_none_or(|best| near.score > best.score) {
                best = Some(near);
            }
        });
        let best = best?;
        let targets = &self.engine.targets;
        targets.get(best.target).map(|target| (targets.name(target), best.score))
    }

    /// Calls `each` with every target that a name is compared with, and the numbers that the model
    /// weighs: what weights are fitted from.
    pub fn numbers(&mut self, raw: &str, mut each: impl FnMut(&str, &Numbers)) {
        let Some(name) = Spelling::of(raw) else { return };
        let targets = &self.engine.targets;
        self.each(&name, |near, numbers| {
            if let Some(target) = targets.get(near.target) {
                each(targets.name(target), numbers);
            }
        });
    }

    pub(crate) fn each(&mut self, name: &Spelling, mut each: impl FnMut(Near, &Numbers)) {
        let engine = self.engine;
        let mut found = Vec::new();
        self.find(name, &mut found);
        if found.is_empty() {
            return;
        }
        let whole = Reading::of(name.bytes());
        let mut edits: Vec<Edit<'_>> = Vec::new();
        for one in found {
            let Some(target) = engine.targets.get(one.target) else { continue };
            let text = engine.targets.name(target);
            let rest = one.stripped.map_or(name.as_str(), |stripped| stripped.rest);
            let own = if one.stripped.is_some() { Reading::of(rest.as_bytes()) } else { whole };
            if one.way.is_none() {
                self.table.align(text.as_bytes(), rest.as_bytes(), &mut edits);
            } else {
                edits.clear();
            }
            let comparison = Comparison {
                target: text.as_bytes(),
                name: rest.as_bytes(),
                readings: [engine.targets.reading(one.target, text), &own],
                is_disguised: name.is_disguised,
                kind: target.kind,
                rank: target.rank,
                edits: &edits,
                stripped: one.stripped,
                way: one.way,
                sounds: one.way.is_none() && self.sounds_like(text, rest),
            };
            let (numbers, techniques) = comparison.numbers();
            let score = engine.weights.score(&numbers);
            let is_sibling = comparison.is_counted() || comparison.has_word_added();
            let score = if is_sibling { score.min(certain::SIBLING) } else { score };
            each(Near { target: one.target, score, techniques }, &numbers);
        }
    }

    fn sounds_like(&mut self, a: &str, b: &str) -> bool {
        sound(a.as_bytes(), &mut self.skeleton);
        sound(b.as_bytes(), &mut self.sound);
        self.sound == self.skeleton && self.sound.len() >= SHORTEST_SOUND
    }

    /// The targets that the name is compared with; never one that is called exactly so.
    fn find<'n>(&mut self, name: &'n Spelling, found: &mut Vec<Found<'n>>) {
        let engine = self.engine;
        let targets = &engine.targets;
        let text = name.as_str();
        let other = |target: &u32| targets.get(*target).is_some_and(|t| targets.name(t) != text);
        self.by_edits(text, None, found);
        sound(text.as_bytes(), &mut self.sound);
        if self.sound.len() >= SHORTEST_SOUND {
            let near = |target: &u32| {
                targets.get(*target).is_some_and(|t| targets.name(t).len().abs_diff(text.len()) <= LONGER)
            };
            for target in targets.index.get(&self.sound, Key::Sound).filter(other).filter(near) {
                push(found, Found { target, stripped: None, way: None });
            }
        }
        if let Some(words) = word_order::sorted(text) {
            for target in targets.index.get(words.as_bytes(), Key::Words).filter(other) {
                push(found, Found { target, stripped: None, way: Some(Technique::WordOrder) });
            }
        }
        for target in targets.index.get(text.as_bytes(), Key::LeftOut).filter(other) {
            push(found, Found { target, stripped: None, way: Some(Technique::DroppedAffix) });
        }
        for stripped in affix::strip(text).filter(|stripped| stripped.rest.len() >= SHORTEST_REST) {
            if stripped.is_glued || stripped.kind != affix::Kind::Language {
                let exact = targets.index.get(stripped.rest.as_bytes(), Key::Exact);
                for target in exact.filter(|id| targets.get(*id).is_some_and(Target::is_project)) {
                    push(found, Found { target, stripped: Some(stripped), way: None });
                }
            } else {
                self.by_edits(stripped.rest, Some(stripped), found);
            }
        }
    }

    fn by_edits<'n>(&mut self, text: &str, stripped: Option<Stripped<'n>>, found: &mut Vec<Found<'n>>) {
        let targets = &self.engine.targets;
        skeleton(text.as_bytes(), &mut self.skeleton);
        let mut pattern = None;
        if self.now == u32::MAX {
            self.met.fill(0);
            self.now = 0;
        }
        self.now += 1;
        let Self { skeleton, scratch, met, now, .. } = self;
        targets.index.near(skeleton, scratch, |id| {
            let (Some(target), Some(met)) = (targets.get(id), met.get_mut(id as usize)) else { return };
            // Words are added to projects; a module or a tool with another word is another thing.
            let is_met = std::mem::replace(met, *now) == *now;
            if is_met || stripped.is_some() && !target.is_project() {
                return;
            }
            let bones = targets.skeleton(target);
            let most = reach(bones.len());
            let pattern = pattern.get_or_insert_with(|| Pattern::of(skeleton));
            let is_itself = || stripped.is_none() && targets.name(target) == text;
            if pattern.distance(bones, most).is_some() && !is_itself() {
                push(found, Found { target: id, stripped, way: None });
            }
        });
    }
}

fn push<'n>(found: &mut Vec<Found<'n>>, one: Found<'n>) {
    let same = |other: &Found<'_>| other.target == one.target && other.stripped == one.stripped;
    if found.len() < MOST && !found.iter().any(same) {
        found.push(one);
    }
}
