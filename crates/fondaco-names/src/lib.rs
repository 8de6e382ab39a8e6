//! Which name a project's name can be mistaken for, and how likely that is no accident.
//!
//! An [`Engine`] knows the popular names, the operator's own, the modules of Python's standard
//! library, import names and tools of other ecosystems. A name is compared with those that are near
//! it ([`Lookup`]), edit by edit; each edit has a name ([`Technique`]), and a logistic regression
//! over what was found gives the score. [`Gate`]s rule out what only looks like a squat.
//!
//! Whether a name exists is never asked: a squat exists from the moment that it is published.

mod alignment;
mod answer;
mod distance;
mod engine;
mod features;
mod gates;
mod index;
mod invented;
mod letters;
mod lookup;
mod model;
mod popular;
mod reading;
mod skeleton;
mod spelling;
mod targets;
mod techniques;
mod words;

pub use answer::{Answer, Match};
pub use engine::{Engine, Own};
pub use features::{FEATURES, Numbers, feature_name};
pub use gates::{Facts, Gate};
pub use invented::Invented;
pub use letters::{Gram, Row, packed};
pub use lookup::Lookup;
pub use model::{THRESHOLD, Weights};
pub use popular::{InvalidList, Popular};
pub use spelling::MAX_LEN;
pub use targets::TargetKind;
pub use techniques::Technique;
pub use techniques::requirements_file::is_requirements_file;
pub use words::is_common_word;
