//! One command per file.

pub(crate) mod doctor;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod worker;
