//! A module that comes with Python: nobody needs to install `asyncio`, and some try.

/// The top-level modules of CPython 2.7 to 3.14 (`sys.stdlib_module_names` and the old lists).
const LIST: &str = include_str!("../../data/stdlib.txt");

/// The modules' names.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    LIST.lines()
}
