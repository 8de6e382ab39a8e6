//! Members that are no Python source: what they are and what they say, as plain facts for rules.
//!
//! One format a file. Readers take bytes or a stream, hold a bounded part of it, run nothing and
//! never panic on what is broken. They know no archives, no rules and no scores.

mod build_description;
mod danger;
mod kind;
mod media;
mod native;
mod notebook;
mod pickle;
mod record;
mod script;
mod setting;
mod texts;

pub use build_description::builds_run;
pub use kind::{Kind, is_harmless_name};
pub use media::{Appended, Payload, appended};
pub use native::{Native, read as read_native, search as search_native};
pub use notebook::{Notebook, read as read_notebook};
pub use pickle::{Pickle, PickleCall, begins_as_text, has_pickle_name, read as read_pickle};
pub use record::{RecordProblem, RecordProblemKind, Seen, check as check_record};
pub use script::{Script, ScriptAct, ScriptLanguage, acts};
pub use setting::{Setting, SettingKind, SettingUse, settings};
pub use texts::{Texts, Topic};

/// A member whose name promises a document, a picture or sound, and that is a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disguised {
    /// The member.
    pub member: String,
    /// What it is.
    pub kind: Kind,
}

/// A member that is neither source nor metadata: what code of the package may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataMember {
    /// The member.
    pub member: String,
    /// What it is.
    pub kind: Kind,
    /// Its size in bytes, as far as it was read.
    pub size: u64,
    /// Whether it begins with a long run of base64 or hexadecimal digits.
    pub is_encoded: bool,
}

/// All facts about the members of one artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Programs, libraries, bytecode and scripts.
    pub natives: Vec<Native>,
    /// Serialised Python objects that call something when they are loaded.
    pub pickles: Vec<Pickle>,
    /// Scripts in other languages.
    pub scripts: Vec<Script>,
    /// Pictures and sounds with something behind their end.
    pub appended: Vec<Appended>,
    /// Programs that are called otherwise.
    pub disguised: Vec<Disguised>,
    /// Data that code of the package may read.
    pub data: Vec<DataMember>,
    /// Settings that run or fetch something.
    pub settings: Vec<Setting>,
    /// What a wheel's `RECORD` says otherwise.
    pub record: Vec<RecordProblem>,
    /// Commands that installation puts where a user's commands are.
    pub commands: Vec<String>,
    /// Members that nothing is known to install or to import: tests, documentation, examples.
    pub apart: Vec<String>,
}

impl Facts {
    /// Whether a member lies with tests, documentation or examples.
    pub fn is_apart(&self, member: &str) -> bool {
        self.apart.iter().any(|apart| apart == member)
    }
}
