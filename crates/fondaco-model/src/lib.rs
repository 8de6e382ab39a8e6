//! The index's records, and what may become of them.
//!
//! Plain data and pure functions: no SQL, no HTTP, no serde. The one decision that everything
//! else turns on, whether a file may be served, is [`standing`]; it is computed each time from
//! what is known and the policy in force, and never stored.

mod advisory;
mod audit;
mod campaign;
mod clock;
mod cooldown;
mod download;
mod evidence;
mod file;
mod instant;
mod job;
mod journal;
mod namespace;
mod own;
mod page;
mod provenance;
mod quarantine;
mod reading;
mod ruling;
mod standing;
mod switch;
mod team;
mod token;
mod upstream;
mod watch;

pub use advisory::{Advisory, AdvisoryId, AdvisoryKind, Affected, InvalidAdvisoryId, RangeEnd, Releases};
pub use audit::{AuditAction, AuditEvent};
pub use campaign::{CampaignRecord, CampaignSummary, Fingerprint};
pub use clock::{Clock, SystemClock};
pub use cooldown::{Cooldown, CooldownRule, CooldownScope};
pub use download::Download;
pub use evidence::Evidence;
pub use file::{FileKey, FileRecord};
pub use instant::rfc3339;
pub use jiff::Timestamp;
pub use job::{Job, JobKind};
pub use journal::{JournalEntry, JournalKind};
pub use namespace::{InvalidNamespace, Namespace};
pub use own::{OwnFile, OwnProject, OwnRelease, Upload, UploadSite};
pub use page::{MetadataFile, Page, PageFile};
pub use provenance::FileProvenance;
pub use quarantine::{Quarantine, Scope};
pub use reading::{Audience, Reading, ReadingScope};
pub use ruling::{Ruling, RulingId};
pub use standing::{Cause, Facts, Refusal, Standing, standing, with_siblings};
pub use switch::{Deed, Switch, SwitchKind};
pub use team::{InvalidTeamName, TeamName};
pub use token::{Token, TokenScope};
pub use upstream::{DEFAULT_UPSTREAM, InvalidUpstreamName, Upstream, UpstreamName};
pub use watch::{Alert, AlertKind, Queued, WatchedFeed};
