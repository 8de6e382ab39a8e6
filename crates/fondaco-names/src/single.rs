//! Whether one name may resemble a target at all, found out without an index.

use crate::distance::{Pattern, letters};
use crate::index::reach;
use crate::lookup::SHORTEST_REST;
use crate::skeleton::{skeleton, sound, unfolded};
use crate::spelling::Spelling;
use crate::techniques::{affix, word_order};

/// A name and what is left of it without added words.
#[derive(Debug)]
pub(crate) struct Single {
    text: String,
    rests: Vec<String>,
    /// The skeletons of all of them, with their letters.
    skeletons: Vec<(Vec<u8>, u32)>,
    sound: Vec<u8>,
    words: Option<Words>,
    glance: Glance,
}

/// Its words in order, and the letters of its name.
#[derive(Debug)]
struct Words {
    sorted: String,
    letters: u32,
}

/// What tells most targets from a name at a glance, without their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glance {
    /// Those that its skeleton is made of.
    letters: u32,
    hyphens: u16,
    /// How it begins, as it is spoken.
    spoken: u8,
    /// What may be silent or spoken in more than one way is like anything.
    is_plain: bool,
}

impl Glance {
    pub(crate) fn of(text: &str) -> Self {
        let first = text.bytes().next().unwrap_or_default();
        Self {
            letters: letters(unfolded(text.as_bytes())),
            hyphens: text.bytes().filter(|byte| *byte == b'-').count() as u16,
            spoken: crate::techniques::phonetics::spoken(&[first]).0,
            is_plain: !matches!(first, b'p' | b'k' | b'c' | b'q'),
        }
    }
}

impl Single {
    pub(crate) fn of(name: &Spelling) -> Self {
        let text = name.as_str().to_owned();
        let rests: Vec<String> = affix::strip(&text)
            .filter(|stripped| stripped.rest.len() >= SHORTEST_REST)
            .map(|stripped| stripped.rest.to_owned())
            .collect();
        let bones = |text: &String| {
            let mut out = Vec::new();
            skeleton(text.as_bytes(), &mut out);
            let letters = letters(out.iter().copied());
            (out, letters)
        };
        let skeletons = std::iter::once(&text).chain(&rests).map(bones).collect();
        let mut own = Vec::new();
        sound(text.as_bytes(), &mut own);
        let glance = Glance::of(&text);
        let words =
            word_order::sorted(&text).map(|sorted| Words { sorted, letters: glance.letters | of_python() });
        Self { text, rests, skeletons, sound: own, words, glance }
    }

    /// Whether the name may resemble this target; never no where the index would find it.
    pub(crate) fn may_resemble(&self, target: &str) -> bool {
        self.may_resemble_of(target, Glance::of(target))
    }

    /// The same for a target that was glanced at before.
    pub(crate) fn may_resemble_of(&self, target: &str, theirs: Glance) -> bool {
        if self.text == target || self.rests.iter().any(|rest| rest == target) {
            return true;
        }
        // A skeleton is no longer than its name and has the same letters, so that most are told apart
        // before it is made.
        let may_be_near = |(own, letters): &(Vec<u8>, u32), most: usize| {
            own.len() <= target.len() + most
                && (letters & !theirs.letters).count_ones().max((theirs.letters & !letters).count_ones())
                    as usize
                    <= most
        };
        let widest = reach(target.len());
        let is_near = self.skeletons.iter().any(|one| may_be_near(one, widest)) && {
            let mut bones = Vec::with_capacity(target.len());
            skeleton(target.as_bytes(), &mut bones);
            let most = reach(bones.len());
            self.skeletons.iter().any(|one| {
                may_be_near(one, most)
                    && one.0.len().abs_diff(bones.len()) <= most
                    && Pattern::of(&one.0).distance(&bones, most).is_some()
            })
        };
        is_near || self.is_alike(target, theirs)
    }

    /// Whether they sound alike, or are made of the same words.
    fn is_alike(&self, target: &str, theirs: Glance) -> bool {
        // The same words have the same letters, but for those of the word that counts by two names.
        let has_words = |words: &&Words| {
            self.glance.hyphens == theirs.hyphens && words.letters == theirs.letters | of_python()
        };
        let words = self.words.as_ref().filter(has_words);
        if words.is_some_and(|words| word_order::sorted(target).as_ref() == Some(&words.sorted)) {
            return true;
        }
        let is_part = target.starts_with(&self.text) || target.ends_with(&self.text);
        if is_part && affix::left_out(target) == Some(&self.text) {
            return true;
        }
        // The first letter of a sound is nearly that of the name; most targets end here.
        if theirs.spoken != self.glance.spoken && theirs.is_plain && self.glance.is_plain {
            return false;
        }
        let mut other = Vec::with_capacity(target.len());
        sound(target.as_bytes(), &mut other);
        other == self.sound
    }
}

/// The letters of `python3`.
fn of_python() -> u32 {
    letters(unfolded(b"python3"))
}
