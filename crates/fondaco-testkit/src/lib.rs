//! What the tests stand on; a development dependency only.
//!
//! - [`Wheel`] and [`Sdist`] build packages, [`samples`] holds twelve whole ones.
//! - [`Upstream`] is a local index that can be made to misbehave.
//! - [`Authenticator`] is a passkey in software, which can be made to lie.
//! - [`Browser`] is a Chromium that has a passkey.
//! - [`Postgres`] is a private cluster of the real thing.
//! - [`MailServer`] is a real server of SMTP.
//! - [`Bucket`] is a server of S3, [`Faults`] what can go wrong on the way to it.
//! - [`OidcIssuer`] is an OpenID Connect issuer that signs what a test wants.
//! - [`Fondaco`] runs the real binary, [`Clients`] real pip, uv, twine and other tools, [`fetch`] a raw request.
//!
//! All of it panics when something is wrong, since that is how a test fails.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod authenticator;
mod browser;
mod bucket;
mod clients;
mod core_metadata;
mod dist;
mod faults;
mod fetch;
mod fondaco;
mod head;
mod honest;
mod mail_server;
mod noise;
mod oidc_issuer;
mod postgres;
pub mod replay;
mod reply;
mod request;
mod run;
pub mod samples;
mod sdist;
mod server;
mod tls_proxy;
mod upload;
mod upstream;
mod wave;
mod wheel;

pub use authenticator::{Attesting, Authenticator, Behaviour, KeyKind};
pub use browser::Browser;
pub use bucket::Bucket;
pub use clients::{Clients, Installer, Tool};
pub use dist::Dist;
pub use faults::{Fault, Faults};
pub use fetch::{Answer, fetch};
pub use fondaco::Fondaco;
pub use honest::honest_module;
pub use mail_server::MailServer;
pub use oidc_issuer::{OidcFault, OidcIssuer, Signature, unix_now};
pub use postgres::Postgres;
pub use request::Request;
pub use run::Run;
pub use samples::Sample;
pub use sdist::Sdist;
pub use tls_proxy::TlsProxy;
pub use upload::{BOUNDARY, Upload};
pub use upstream::{FileListing, FileUrls, Misbehaviour, ProjectListing, Upstream};
pub use wave::{honest_release, placeholder, wave_member};
pub use wheel::Wheel;
