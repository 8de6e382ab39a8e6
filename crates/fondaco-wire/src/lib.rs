//! All serde forms. Records of other crates are never serialised themselves: what leaves the
//! process has a form of its own here, so that neither side changes by accident.

pub mod account_v1;
pub mod breaker_v1;
pub mod campaign_v1;
pub mod check_v1;
pub mod diff_v1;
pub mod file_v1;
pub mod fingerprints_v1;
pub mod incident;
pub mod journal_v1;
pub mod observation_v1;
pub mod osv;
pub mod problem;
pub mod project_json;
pub mod reinspection_v1;
pub mod removed_v1;
pub mod report_v1;
pub mod roles_v1;
pub mod sarif;
pub mod simple;
pub mod stats_v1;
pub mod switch_v1;
pub mod token_v1;
pub mod upload_v1;
pub mod xmlrpc;
