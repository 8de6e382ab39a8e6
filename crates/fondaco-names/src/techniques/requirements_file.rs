//! A requirements file: `pip install requirements.txt`, where `-r` was forgotten, asks the index for
//! a project of that name, and so does each way to mistype it.
//!
//! The experiment `requirements.txt` of 2016 was installed by such typos; the public index has
//! refused four of these names since.

/// Files as the tools' manuals name them, and what is left of their names in a hurry, normalised.
const NAMES: [&str; 10] = [
    "requirements",
    "requirement-txt",
    "requirements-txt",
    "rrequirements-txt",
    "requirements-dev-txt",
    "requirements-test-txt",
    "requirements-tests-txt",
    "dev-requirements-txt",
    "test-requirements-txt",
    "constraints-txt",
];

/// The files' names, as names of projects.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter()
}

/// Whether a normalised name is that of a requirements file.
pub fn is_requirements_file(name: &str) -> bool {
    NAMES.contains(&name)
}
