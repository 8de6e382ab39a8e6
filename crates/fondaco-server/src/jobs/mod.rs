//! What goes on without a request. One job per file.

pub(crate) mod import_feeds;
pub(crate) mod inspect_files;
pub(crate) mod note_downloads;
pub(crate) mod reinspect_files;
pub(crate) mod watch_store;
