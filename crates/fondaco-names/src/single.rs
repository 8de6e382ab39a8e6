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
    words: Option<String>,
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
        let words = word_order::sorted(&text);
        Self { text, rests, skeletons, sound: own, words }
    }

    /// Whether the name may resemble this target; never no where the index would find it.
    pub(crate) fn may_resemble(&self, target: &str) -> bool {
        if self.text == target || self.rests.iter().any(|rest| rest == target) {
            return true;
        }
        // A skeleton is no longer than its name and has the same letters, so that most are told apart
        // before it is made.
        let theirs = letters(unfolded(target.as_bytes()));
        let may_be_near = |(own, letters): &(Vec<u8>, u32), most: usize| {
            own.len() <= target.len() + most
                && (letters & !theirs).count_ones().max((theirs & !letters).count_ones()) as usize <= most
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
        is_near || self.is_alike(target)
    }

    /// Whether they sound alike, or are made of the same words.
    fn is_alike(&self, target: &str) -> bool {
        let hyphens = |text: &str| text.bytes().filter(|byte| *byte == b'-').count();
        let words = self.words.as_ref().filter(|words| hyphens(words) == hyphens(target));
        if words.is_some_and(|words| word_order::sorted(target).as_ref() == Some(words)) {
            return true;
        }
        let is_part = target.starts_with(&self.text) || target.ends_with(&self.text);
        if is_part && affix::left_out(target) == Some(&self.text) {
            return true;
        }
        // The first letter of a sound is nearly that of the name; most targets end here.
        let first = |text: &[u8]| text.first().map(|byte| crate::techniques::phonetics::spoken(&[*byte]).0);
        let is_plain = |text: &str| !text.starts_with(['p', 'k', 'c', 'q']);
        if first(target.as_bytes()) != first(self.text.as_bytes()) && is_plain(target) && is_plain(&self.text)
        {
            return false;
        }
        let mut other = Vec::with_capacity(target.len());
        sound(target.as_bytes(), &mut other);
        other == self.sound
    }
}
