//! What goes on without a request. One job per file.

pub(crate) mod finish_recoveries;
pub(crate) mod import_feeds;
pub(crate) mod inspect_files;
pub(crate) mod load_campaigns;
pub(crate) mod note_downloads;
pub(crate) mod note_failed_logins;
pub(crate) mod reinspect_files;
pub(crate) mod roll_up_downloads;
pub(crate) mod send_audit;
pub(crate) mod send_mails;
pub(crate) mod send_notices;
pub(crate) mod watch_store;
