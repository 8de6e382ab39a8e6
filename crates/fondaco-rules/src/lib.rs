//! The detection rules: one rule a file, and the registry that lists them.
//!
//! A rule's file is the only text about it: the `//!` lines at its top are its documentation
//! (`fondaco rules explain`), and their fenced examples are its fixtures, which the tests inspect
//! for real. A rule keeps no state and knows no network, database or clock.

mod artifact;
mod commands;
mod contents;
mod copied;
mod credibility;
mod news;
mod package;
mod publication;
mod registry;
mod rules;
mod sending;
mod style;

pub use artifact::{Artifact, is_licence, is_paperwork};
pub use copied::{Copied, Module, copied, fingerprint};
pub use credibility::{SIGNS, SMALL, Sign, credibility, evidence, sign_weight};
pub use news::{News, sink_of};
pub use package::{Hits, Package, names};
pub use publication::Publication;
pub use registry::{Rule, all, explain, run};
pub use rules::get_ready;
pub use style::Style;
