//! One command per file.

pub(crate) mod admin;
pub(crate) mod campaign;
pub(crate) mod check;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod names;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod wait_release;
pub(crate) mod watch;
pub(crate) mod worker;
