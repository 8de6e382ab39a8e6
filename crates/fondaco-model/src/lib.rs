//! The index's records, and what may become of them.
//!
//! Plain data and pure functions: no SQL, no HTTP, no serde. The one decision that everything
//! else turns on, whether a file may be served, is [`standing`]; it is computed each time from
//! what is known and the policy in force, and never stored.

mod advisory;
mod audit;
mod audit_chain;
mod ban;
mod block;
mod campaign;
mod clock;
mod cooldown;
mod corroboration;
mod deletion;
mod download;
mod email;
mod evidence;
mod factor;
mod file;
mod found_malicious;
mod freeze;
mod installer;
mod instant;
mod issued_token;
mod job;
mod journal;
mod mail;
mod namespace;
mod notice;
mod observation;
mod own;
mod page;
mod pepper;
mod provenance;
mod publisher;
mod quarantine;
mod reading;
mod reinspection;
mod ruling;
mod session;
mod standing;
mod switch;
mod team;
mod token;
mod upload_fact;
mod upstream;
mod user;
mod user_name;
mod watch;

mod holders;
mod invitation;
mod organisation;
mod permission;
mod role;
mod sso;

pub use advisory::{Advisory, AdvisoryId, AdvisoryKind, Affected, InvalidAdvisoryId, RangeEnd, Releases};
pub use audit::{AuditAction, AuditEvent, AuditRecord, Change};
pub use audit_chain::{AuditHead, AuditRow, ChainCheck, InvalidAuditHead, Tampering};
pub use ban::Ban;
pub use block::Block;
pub use campaign::{CampaignRecord, CampaignSummary, Fingerprint};
pub use clock::{Clock, SystemClock};
pub use cooldown::{Cooldown, CooldownRule, CooldownScope, YOUNG};
pub use corroboration::{AtStake, Conclusion, Corroboration, Grounds, Suspect, Witness};
pub use deletion::DeletionPolicy;
pub use download::Download;
pub use email::{Email, EmailAddress, InvalidEmailAddress};
pub use evidence::Evidence;
pub use factor::{ChallengePurpose, FactorRecovery, Factors, PasskeyRecord, RecoveryEnd, TotpRecord};
pub use file::{FileKey, FileRecord};
pub use found_malicious::{FoundMalicious, MaliciousSpan};
pub use freeze::{Against, Appeal, AppealDecided, AppealedUpload, Freeze, Frozen};
pub use installer::Installer;
pub use instant::rfc3339;
pub use ipnet::IpNet;
pub use issued_token::{IssuedTo, IssuedToken};
pub use jiff::Timestamp;
pub use job::{Job, JobKind};
pub use journal::{JournalEntry, JournalKind};
pub use mail::{DueMail, Mail};
pub use namespace::{InvalidNamespace, Namespace};
pub use notice::{Delivery, Notice, NoticeKind};
pub use observation::{Decided, Observation, ObservationKind, Observer, Outcome, TrackRecord, account_of};
pub use own::{OwnFile, OwnProject, OwnRelease, Upload, UploadSite};
pub use page::{MetadataFile, Page, PageFile};
pub use pepper::Pepper;
pub use provenance::FileProvenance;
pub use publisher::{Claim, ClaimMismatch, InvalidPublisher, Publisher, PublisherKind};
pub use quarantine::{Quarantine, Scope};
pub use reading::{Audience, Reading, ReadingScope};
pub use reinspection::{Brake, Reinspection, ReinspectionState, Shadow, ShadowCounts, Turn};
pub use ruling::{Ruling, RulingId};
pub use session::{LinkPurpose, OneTimeLink, Session};
pub use standing::{Cause, Facts, Refusal, Standing, standing, with_siblings};
pub use switch::{Deed, Switch, SwitchKind, switch_name};
pub use team::{InvalidTeamName, TeamName};
pub use token::{Token, TokenScope};
pub use upload_fact::{PastUploads, UploadFact, UploadFactKind, is_first_upload, upload_facts};
pub use upstream::{DEFAULT_UPSTREAM, InvalidUpstreamName, Upstream, UpstreamName};
pub use user::{InvalidUserId, StaffRole, User, UserId, UserState};
pub use user_name::{InvalidUserName, UserName};
pub use watch::{Alert, AlertKind, Queued, WatchedFeed};

pub use holders::Holders;
pub use invitation::{INVITED_FOR, Invitation, InvitationState, Invited};
pub use organisation::{
    InvalidOrganisationName, LastOwner, Members, Organisation, OrganisationName, keeps_an_owner,
};
pub use permission::{Actor, Denial, Means, OrganisationAct, Principal, ProjectAct, acts, may, may_in};
pub use role::{InvalidRole, OrganisationRole, ProjectRole};
pub use sso::{Granted, SsoLogin};
