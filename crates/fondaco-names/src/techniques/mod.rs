//! The techniques by which one name is made to pass for another; one a file.
//!
//! The categories are those of SpellBound (arXiv 2003.03471), Neupane et al. (USENIX Security
//! 2023) and the labelled squats of `andrew/typosquatting`.

pub(crate) mod affix;
pub(crate) mod bitflip;
pub(crate) mod digits;
pub(crate) mod doubling;
pub(crate) mod homoglyph;
pub(crate) mod import_name;
pub(crate) mod insertion;
pub(crate) mod keyboard;
pub(crate) mod omission;
pub(crate) mod other_ecosystem;
pub(crate) mod phonetics;
pub(crate) mod plural;
pub(crate) mod requirements_file;
pub(crate) mod reserved_prefix;
pub(crate) mod separators;
pub(crate) mod standard_library;
pub(crate) mod substitution;
pub(crate) mod transposition;
pub(crate) mod vowels;
pub(crate) mod word_order;

use crate::alignment::Edit;

macro_rules! techniques {
    ($($variant:ident, $id:literal, $title:literal;)*) => {
        /// How a name differs from the one that it can be taken for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Technique {
            $(#[doc = $title] $variant,)*
        }

        impl Technique {
            /// Every technique.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Stable id, e.g. `transposition`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// For a person, e.g. "two letters change places".
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

techniques! {
    Keyboard, "keyboard", "the key beside the right one";
    FatFinger, "fat-finger", "a key beside a right one as well";
    Doubling, "doubling", "a letter twice";
    Undoubling, "undoubling", "a double letter once";
    Omission, "omission", "a letter left out";
    Insertion, "insertion", "a letter too many";
    Transposition, "transposition", "two letters change places";
    Substitution, "substitution", "another letter";
    Homoglyph, "homoglyph", "a character that looks alike";
    Vowel, "vowel", "another vowel";
    Phonetic, "phonetic", "spelt as it sounds";
    Bitflip, "bitflip", "one bit of a letter is another";
    Digit, "digit", "another number";
    Plural, "plural", "singular for plural or the other way";
    Separator, "separator", "words joined or taken apart";
    WordOrder, "word-order", "the same words in another order";
    Affix, "affix", "a word added in front or behind";
    DroppedAffix, "dropped-affix", "a word of the name left out";
    StandardLibrary, "standard-library", "a module that comes with Python";
    ImportName, "import-name", "what is imported, not what is installed";
    OtherEcosystem, "other-ecosystem", "a tool or package of another ecosystem";
    RequirementsFile, "requirements-file", "a requirements file, where `-r` was forgotten";
    ReservedPrefix, "reserved-prefix", "begins like the operator's own projects";
}

/// Whether a technique explains an edit.
type Explains = fn(&Edit<'_>) -> bool;

/// The techniques that can explain one edit, the most telling first.
const ORDER: [(Technique, Explains); 15] = [
    (Technique::Transposition, transposition::explains),
    (Technique::Separator, separators::explains),
    (Technique::Digit, digits::explains),
    (Technique::Homoglyph, homoglyph::explains),
    (Technique::Phonetic, phonetics::explains),
    (Technique::Plural, plural::explains),
    (Technique::Doubling, doubling::doubled),
    (Technique::Undoubling, doubling::undoubled),
    (Technique::Vowel, vowels::explains),
    (Technique::Keyboard, keyboard::slipped),
    (Technique::FatFinger, keyboard::pressed_too),
    (Technique::Bitflip, bitflip::explains),
    (Technique::Omission, omission::explains),
    (Technique::Insertion, insertion::explains),
    (Technique::Substitution, substitution::explains),
];

/// What one edit is called.
pub(crate) fn name(edit: &Edit<'_>) -> Technique {
    ORDER.iter().find(|(_, explains)| explains(edit)).map_or(Technique::Substitution, |(name, _)| *name)
}
