//! OSV (schema 1.x): records of feeds, read leniently; the query API that clients such as uv and
//! pip-audit speak; and the records that this index makes of its own verdicts.

mod confirmed;
mod own;
mod query;
mod ranges;
mod record;

pub use confirmed::{confirmed, withdrawn};
pub use own::{OWN_ID_DIGITS, OwnRecord, digest_of_own_id, own_id};
pub use query::{BatchResult, BatchVuln, InvalidQuery, Package, Query, QueryBatch, Subject, Wanted};
pub use record::{OsvError, advisory, names_version, vulnerability};

/// Whether an ecosystem is Python's. The part behind a colon names an index, as in `PyPI:NAME`.
fn is_python(ecosystem: &str) -> bool {
    ecosystem == "PyPI" || ecosystem.starts_with("PyPI:")
}
