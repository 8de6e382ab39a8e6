//! Static analysis of the Python in one package. Nothing is ever run.
//!
//! One pass over each module resolves names, folds what is computable, follows taint and records
//! the calls that matter; what decoding gives is parsed again as the next layer; then calls are
//! reached from the triggers along imports and calls, across modules.
//!
//! Bytecode is turned back into source first, and goes the same way.
//!
//! Decisions: an abstract interpreter over the syntax tree, because names, constants, taint and
//! layers need the same walk; local functions are evaluated again with the arguments of a call,
//! because decoders are written as functions; budgets are steps and bytes, never time, so that
//! the same bytes give the same analysis. It knows no archives, no rules and no scores, and it is
//! the only crate that knows the parser.
//!
//! The caller runs it on a thread with a large stack; `precheck` bounds the nesting of what is
//! parsed.

mod analysis;
mod api;
mod bytecode;
mod catalog;
mod decoders;
mod dormant;
mod dotted;
mod eval;
mod fold;
mod graph;
mod literal;
mod maps;
mod marks;
mod modules;
mod order;
mod passing;
mod precheck;
mod pth;
mod python2;
mod reach;
mod run;
mod scope;
pub mod scripts;
mod services;
mod shape;
mod source;
mod symbols;
mod tokens;
mod unfold;
mod value;

pub use analysis::{
    Analysis, Budget, Call, DataFile, Form, Import, Origin, Role, SourceFile, StringFact, Syntax, Unit,
};
pub use api::Api;
pub use bytecode::{has_form as has_bytecode_form, is_known as is_bytecode};
pub use eval::data::is_named;
pub use literal::is_literal;
pub use marks::{Secret, has_unseen, secret_of};
pub use run::{EntryPoints, analyse, analyse_with, parses};
pub use services::signs_in;
pub use shape::shapes;
pub use unfold::Language;
pub use value::{Constant, Encoder, Taint, Value};
