//! All outbound HTTP.
//!
//! What is configured is trusted by its origin. What is *found* (addresses in pages, redirects)
//! may reach that origin, hosts that the operator has named, or public addresses only: checked
//! after the name is looked up, on each redirect, and the connection goes to the address that was
//! checked. Credentials never cross an origin and are never printed. Where a proxy is configured
//! the names are looked up by it, and only addresses written as numbers can be checked here.

mod address;
mod client;
pub mod discovery;
mod document;
mod error;
mod feed;
mod poll;
mod quiet;
mod redact;
mod root;
mod webhook;

pub use client::{Body, PageAnswer, UpstreamClient, UpstreamConfig};
pub use error::UpstreamError;
pub use feed::FeedAnswer;
pub use poll::{Call, Polled};
pub use redact::redacted;
pub use url::Url;
pub use webhook::WebhookClient;

/// The response header in which an instance gives its id.
pub const INSTANCE_HEADER: &str = "fondaco-instance";
/// The request header in which an instance gives its id: who gets its own id back is asking itself.
pub const VIA_HEADER: &str = "fondaco-via";
