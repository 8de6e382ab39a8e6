//! What is known of a name beside one target, as numbers for the model.

use crate::alignment::Edit;
use crate::reading::Reading;
use crate::targets::TargetKind;
use crate::techniques::affix::{self, Stripped};
use crate::techniques::{self, Technique};
use crate::words::{Cost, Words};

macro_rules! features {
    ($($variant:ident $id:literal;)*) => {
        /// Numbers that the model weighs, besides one for each technique.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Feature { $($variant,)* }

        /// Their names in the table of weights.
        const MORE: &[&str] = &[$($id,)*];
    };
}

features! {
    Bias "bias";
    First "first character";
    Last "last character";
    One "one edit";
    Two "two edits";
    Three "three edits";
    Four "four edits or more";
    Density "edits a character";
    WordDensity "edits a character of the densest word";
    Short "shorter than eight";
    Long "length";
    VeryShort "five or shorter";
    Rank "rank";
    Top "among the first thousand";
    Worse "less like words than the target";
    Surprise "surprise a character";
    AreWords "made of known words";
    OneAreWords "one edit, made of known words";
    TouchedKnown "the touched word is a known word";
    TargetKnown "the target's touched word is a known word";
    Joined "several words";
    StandardLibrary "of the standard library";
    ImportName "an import name";
    OtherEcosystem "of another ecosystem";
    Language "added: language";
    Tool "added: tool";
    Promise "added: promise";
    Number "added: number";
    Glued "added without separator";
    Prefix "added in front";
    AffixEdited "added, and edited besides";
    AffixRank "added, rank";
    Sound "sounds alike";
    Exact "only a word added, left out or moved";
    RankDensity "rank, edits a character";
    OneLong "one edit, length";
    Disguised "other scripts";
    Unusual "letters less usual than the target's";
    Strangest "the strangest letter";
    Separated "only separators";
    Digits "only digits differ";
    Counted "one number for another";
    MoreWords "more words, edited";
    FewerWords "fewer words, edited";
    Cost "surprise";
    LetterCost "surprise of the letters";
    TargetCost "surprise of the target";
    TargetLetters "surprise of the target's letters";
    LetterSurprise "surprise of a letter";
    PartDensity "edits a character of the densest part";
    Parts "parts touched";
    PartsLeft "parts not touched";
}

/// Numbers that are 1 in one of their cells and 0 in the others: what a sum of single numbers can't
/// say, e.g. that the second edit means more in a short name.
struct Cells {
    name: &'static str,
    sizes: [usize; 2],
}

/// Edits by length of the target.
const EDITS_LENGTH: Cells = Cells { name: "edits, length", sizes: [5, 9] };
/// Edits by the target's rank.
const EDITS_RANK: Cells = Cells { name: "edits, rank", sizes: [4, 6] };
/// Edits by how much less the name looks made of words than the target.
const EDITS_WORSE: Cells = Cells { name: "edits, less like words", sizes: [4, 8] };
/// How many edits the densest word has for its length, by whether the name is made of words.
const DENSITY_WORDS: Cells = Cells { name: "density of the densest part, made of words", sizes: [7, 2] };

/// Edits by how surprising the name is: how few names are like it by chance.
const EDITS_COST: Cells = Cells { name: "edits, surprise", sizes: [5, 9] };

const CELLS: [&Cells; 5] = [&EDITS_LENGTH, &EDITS_RANK, &EDITS_WORSE, &DENSITY_WORDS, &EDITS_COST];

impl Cells {
    const fn size(&self) -> usize {
        self.sizes[0] * self.sizes[1]
    }
}

/// How many numbers there are.
pub const FEATURES: usize = Technique::ALL.len()
    + MORE.len()
    + EDITS_LENGTH.size()
    + EDITS_RANK.size()
    + EDITS_WORSE.size()
    + DENSITY_WORDS.size()
    + EDITS_COST.size();

/// The name of a number.
pub fn feature_name(at: usize) -> String {
    if let Some(technique) = Technique::ALL.get(at) {
        return technique.id().to_owned();
    }
    let mut at = at - Technique::ALL.len();
    if let Some(name) = MORE.get(at) {
        return (*name).to_owned();
    }
    at -= MORE.len();
    for cells in CELLS {
        if at < cells.size() {
            return format!("{} {}/{}", cells.name, at / cells.sizes[1], at % cells.sizes[1]);
        }
        at -= cells.size();
    }
    String::new()
}

/// The numbers of one name beside one target.
pub type Numbers = [f32; FEATURES];

fn at(feature: Feature) -> usize {
    Technique::ALL.len() + feature as usize
}

/// Where a cell of the group of this number is.
fn cell(group: usize, row: usize, column: usize) -> usize {
    let before: usize = CELLS.iter().take(group).map(|cells| cells.size()).sum();
    let [rows, columns] = CELLS[group].sizes;
    Technique::ALL.len() + MORE.len() + before + row.min(rows - 1) * columns + column.min(columns - 1)
}

/// Which of the steps a value reaches.
fn step<T: PartialOrd>(steps: &[T], value: T) -> usize {
    steps.iter().take_while(|step| **step <= value).count()
}

/// Techniques as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Techniques(u32);

impl Techniques {
    pub(crate) fn add(&mut self, technique: Technique) {
        self.0 |= 1 << technique as u32;
    }

    pub(crate) fn has(self, technique: Technique) -> bool {
        self.0 >> (technique as u32) & 1 == 1
    }

    pub(crate) fn list(self) -> Vec<Technique> {
        Technique::ALL.iter().copied().filter(|technique| self.has(*technique)).collect()
    }
}

/// One comparison.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison<'c> {
    /// The target's name.
    pub(crate) target: &'c [u8],
    /// What was compared with it: the name, or what is left without an added word.
    pub(crate) name: &'c [u8],
    /// How the target reads, and how the name does.
    pub(crate) readings: [&'c Reading; 2],
    /// Whether the name holds characters of other scripts.
    pub(crate) is_disguised: bool,
    /// What the target is.
    pub(crate) kind: TargetKind,
    /// Its rank.
    pub(crate) rank: u32,
    /// The edits.
    pub(crate) edits: &'c [Edit<'c>],
    /// The added word that was taken off before.
    pub(crate) stripped: Option<Stripped<'c>>,
    /// The way that needs no edits: word order, a word left out.
    pub(crate) way: Option<Technique>,
    /// Whether both sound alike.
    pub(crate) sounds: bool,
}

fn word_at(text: &[u8], at: usize) -> &[u8] {
    let at = at.min(text.len());
    let start = text
        .get(..at)
        .and_then(|head| head.iter().rposition(|byte| *byte == b'-'))
        .map_or(0, |dash| dash + 1);
    let tail = text.get(start..).unwrap_or_default();
    tail.split(|byte| *byte == b'-').next().unwrap_or_default()
}

impl Comparison<'_> {
    /// The numbers, and the techniques that were found.
    pub(crate) fn numbers(&self) -> (Numbers, Techniques) {
        let mut numbers = [0.0; FEATURES];
        let mut found = Techniques::default();
        numbers[at(Feature::Bias)] = 1.0;
        let [of_target, own] = self.readings;
        self.of_edits(&mut numbers, &mut found, &of_target.words);
        self.of_target(&mut numbers);
        self.of_affix(&mut numbers, &mut found);
        let (cost, target_cost) = (own.words.nats, of_target.words.nats);
        let spread = if self.way.is_some() && self.stripped.is_none() { 0.0 } else { cost - target_cost };
        let is_words = f32::from(u8::from(own.words.is_words));
        numbers[at(Feature::Worse)] = (spread / 10.0).clamp(-1.5, 2.5);
        numbers[at(Feature::Surprise)] = cost / self.name.len().max(1) as f32;
        numbers[at(Feature::AreWords)] = is_words;
        numbers[at(Feature::OneAreWords)] = is_words * numbers[at(Feature::One)];
        let [usual, letters] = self.readings.map(|reading| reading.letters);
        numbers[at(Feature::Unusual)] = (letters.nats - usual.nats) / 10.0;
        numbers[at(Feature::Strangest)] = letters.strangest / 5.0;
        numbers[at(Feature::LetterCost)] = letters.nats / 20.0;
        numbers[at(Feature::TargetLetters)] = usual.nats / 20.0;
        numbers[at(Feature::LetterSurprise)] = letters.nats / self.name.len().max(1) as f32;
        numbers[at(Feature::Cost)] = cost.min(60.0) / 20.0;
        numbers[at(Feature::TargetCost)] = target_cost.min(60.0) / 20.0;
        self.cells(&mut numbers, spread, &own.words);
        numbers[at(Feature::Disguised)] = f32::from(u8::from(self.is_disguised));
        numbers[at(Feature::Sound)] = f32::from(u8::from(self.sounds));
        if self.sounds && self.edits.len() > 1 {
            found.add(Technique::Phonetic);
        }
        (numbers, found)
    }

    /// Whether it only has another number in the place of one.
    pub(crate) fn is_counted(&self) -> bool {
        !self.edits.is_empty() && self.edits.iter().all(Edit::is_within_number)
    }

    /// Whether a whole word was put in, and nothing else changed: `types-aiobotocore-es`. Families
    /// of projects grow so; nobody's finger slips so.
    pub(crate) fn has_word_added(&self) -> bool {
        let (target, name) = (self.target, self.name);
        let Some(longer) = name.len().checked_sub(target.len()).filter(|longer| *longer >= 2) else {
            return false;
        };
        let before = target.iter().zip(name).take_while(|(a, b)| a == b).count();
        let behind = target.iter().rev().zip(name.iter().rev()).take_while(|(a, b)| a == b).count();
        (target.len() - behind..=before).any(|at| {
            let added = name.get(at..at + longer).unwrap_or_default();
            let ends_word = target.get(at).is_none_or(|next| *next == b'-');
            let begins_word = at == 0 || target.get(at - 1) == Some(&b'-');
            added.starts_with(b"-") && ends_word || added.ends_with(b"-") && begins_word
        })
    }

    fn of_edits(&self, numbers: &mut Numbers, found: &mut Techniques, of_target: &Cost) {
        let words = Words::carried();
        let (mut dense, mut dense_part, mut parts) = (0f32, 0f32, 0u64);
        let (mut known, mut target_known) = (false, false);
        for edit in self.edits {
            let technique = techniques::name(edit);
            found.add(technique);
            numbers[technique as usize] += 1.0;
            numbers[at(Feature::First)] += f32::from(u8::from(edit.is_first()));
            numbers[at(Feature::Last)] += f32::from(u8::from(edit.is_last()));
            if technique == Technique::Separator {
                continue;
            }
            let (own, other) = (word_at(self.name, edit.in_name), word_at(self.target, edit.in_target));
            known |= words.has(own);
            target_known |= words.has(other);
            let inside =
                self.edits.iter().filter(|edit| word_at(self.target, edit.in_target) == other).count();
            dense = dense.max(inside as f32 / other.len().max(1) as f32);
            let part = of_target.part(edit.in_target, self.target.len());
            let here = |edit: &&Edit<'_>| of_target.part(edit.in_target, self.target.len()) == part;
            let inside = self.edits.iter().filter(here).count();
            dense_part = dense_part.max(inside as f32 / (part.1 - part.0).max(1) as f32);
            parts |= 1 << part.0.min(63);
        }
        let count = self.edits.len() - numbers[Technique::Separator as usize] as usize;
        let size = match count {
            0 => None,
            1 => Some(Feature::One),
            2 => Some(Feature::Two),
            3 => Some(Feature::Three),
            _ => Some(Feature::Four),
        };
        if let Some(size) = size {
            numbers[at(size)] = 1.0;
        }
        numbers[at(Feature::Density)] = count as f32 / self.target.len().max(1) as f32;
        numbers[at(Feature::WordDensity)] = dense;
        numbers[at(Feature::PartDensity)] = dense_part.min(1.0);
        numbers[at(Feature::Parts)] = parts.count_ones() as f32;
        let untouched = (of_target.parts & !parts).count_ones().min(3) as f32;
        numbers[at(Feature::PartsLeft)] = if count > 0 { untouched } else { 0.0 };
        numbers[at(Feature::TouchedKnown)] = f32::from(u8::from(known));
        numbers[at(Feature::TargetKnown)] = f32::from(u8::from(target_known));
        if let Some(way) = self.way {
            found.add(way);
            numbers[way as usize] = 1.0;
        }
    }

    fn cells(&self, numbers: &mut Numbers, spread: f32, own: &Cost) {
        let separators = numbers[Technique::Separator as usize] as usize;
        let count = self.edits.len() - separators.min(self.edits.len());
        numbers[at(Feature::Separated)] = f32::from(u8::from(count == 0 && separators > 0));
        let length = step(&[5, 6, 7, 8, 9, 10, 12, 15], self.target.len());
        numbers[cell(0, count, length)] = 1.0;
        numbers[cell(1, count, step(&[101, 301, 1_001, 3_001, 7_001], self.rank))] = 1.0;
        numbers[cell(2, count, step(&[-2.0, 0.5, 3.0, 5.5, 8.0, 11.0, 15.0], spread))] = 1.0;
        let dense = step(&[0.01, 0.101, 0.145, 0.21, 0.34, 0.51], numbers[at(Feature::PartDensity)]);
        numbers[cell(3, dense, usize::from(own.is_words))] = 1.0;
        let cost = step(&[9.0, 12.0, 15.0, 18.0, 21.0, 25.0, 30.0, 38.0], own.nats);
        numbers[cell(4, count, cost)] = 1.0;
        let digits = numbers[Technique::Digit as usize] as usize;
        numbers[at(Feature::Digits)] = f32::from(u8::from(digits > 0 && digits == count));
        numbers[at(Feature::Counted)] = f32::from(u8::from(self.is_counted()));
        let words = |text: &[u8]| text.iter().filter(|byte| **byte == b'-').count();
        let (own, other) = (words(self.name), words(self.target));
        numbers[at(Feature::MoreWords)] = f32::from(u8::from(count > 0 && own > other));
        numbers[at(Feature::FewerWords)] = f32::from(u8::from(count > 0 && own < other));
    }

    fn of_target(&self, numbers: &mut Numbers) {
        let length = self.target.len() as f32;
        numbers[at(Feature::Short)] = (8.0 - length).max(0.0) / 4.0;
        numbers[at(Feature::VeryShort)] = f32::from(u8::from(self.target.len() <= 5));
        numbers[at(Feature::Long)] = length.min(20.0) / 10.0;
        let rank = ((self.rank + 20) as f32).ln() / 5.0 - 1.0;
        numbers[at(Feature::Rank)] = rank;
        numbers[at(Feature::Top)] = f32::from(u8::from(self.rank <= 1_000));
        numbers[at(Feature::RankDensity)] = rank * numbers[at(Feature::Density)] * 5.0;
        numbers[at(Feature::OneLong)] = numbers[at(Feature::One)] * length.min(20.0) / 10.0;
        numbers[at(Feature::Joined)] = f32::from(u8::from(self.target.contains(&b'-')));
        let kind = match self.kind {
            TargetKind::StandardLibrary => Some(Feature::StandardLibrary),
            TargetKind::ImportName => Some(Feature::ImportName),
            TargetKind::OtherEcosystem => Some(Feature::OtherEcosystem),
            TargetKind::Own | TargetKind::Popular | TargetKind::RequirementsFile => None,
        };
        if let Some(kind) = kind {
            numbers[at(kind)] = 1.0;
        }
    }

    fn of_affix(&self, numbers: &mut Numbers, found: &mut Techniques) {
        let is_exact = self.edits.is_empty() && (self.stripped.is_some() || self.way.is_some());
        numbers[at(Feature::Exact)] = f32::from(u8::from(is_exact));
        let Some(stripped) = self.stripped else { return };
        found.add(Technique::Affix);
        numbers[Technique::Affix as usize] = 1.0;
        let kind = match stripped.kind {
            affix::Kind::Language => Feature::Language,
            affix::Kind::Tool => Feature::Tool,
            affix::Kind::Promise => Feature::Promise,
            affix::Kind::Number => Feature::Number,
        };
        numbers[at(kind)] = 1.0;
        numbers[at(Feature::Glued)] = f32::from(u8::from(stripped.is_glued));
        numbers[at(Feature::Prefix)] = f32::from(u8::from(stripped.is_prefix));
        numbers[at(Feature::AffixEdited)] = f32::from(u8::from(!self.edits.is_empty()));
        numbers[at(Feature::AffixRank)] = numbers[at(Feature::Rank)];
    }
}
