use jiff::Timestamp;

use crate::EmailAddress;

/// A mail that is to be sent.
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
}

/// That a mail waits; what it says is read when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueMail {
    /// Its number.
    pub id: i64,
    /// When it was written.
    pub made_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before this.
    pub run_at: Timestamp,
}
