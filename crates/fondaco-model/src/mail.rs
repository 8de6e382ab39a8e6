use jiff::Timestamp;

use crate::EmailAddress;

/// A mail that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its number.
    pub id: i64,
    /// To whom.
    pub to: EmailAddress,
    /// Its subject, in one line.
    pub subject: String,
    /// What it says; it may hold a link that nobody else may see.
    pub body: String,
    /// When it was written.
    pub made_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before this.
    pub run_at: Timestamp,
}
