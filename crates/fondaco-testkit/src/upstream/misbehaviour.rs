use std::sync::Arc;
use std::time::Duration;

use crate::reply::{Delivery, Reply};

/// What an upstream does instead of answering properly, or to its proper answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Answers with an error's status and a line of text.
    Status(u16),
    /// Answers with this content, status 200.
    Says {
        /// The `Content-Type`.
        content_type: String,
        /// The body.
        body: Arc<Vec<u8>>,
    },
    /// Answers with exactly this; `Content-Length` is added.
    Answers {
        /// The status code.
        status: u16,
        /// The headers.
        headers: Vec<(String, String)>,
        /// The body.
        body: Arc<Vec<u8>>,
    },
    /// Redirects (302) to another address.
    RedirectsTo(String),
    /// Redirects (302) to itself, for ever.
    RedirectsToItself,
    /// Answers properly after a pause.
    Late(Duration),
    /// Answers properly with so many bytes of the body a second.
    Throttled(u64),
    /// Takes the connection and never answers.
    NeverAnswers,
    /// Sends so many bytes of the body, then nothing, with the connection open.
    StallsAfter(usize),
    /// Sends so many bytes of the body, then closes the connection.
    ClosesAfter(usize),
}

impl Misbehaviour {
    /// Answers with JSON (PEP 691's content type) that says `text`, valid or not.
    pub fn says_json(text: impl Into<Vec<u8>>) -> Self {
        let content_type = "application/vnd.pypi.simple.v1+json".to_owned();
        Self::Says { content_type, body: Arc::new(text.into()) }
    }

    /// Applied to a request of `path`; `proper` is what the index would have answered.
    pub(super) fn apply(&self, path: &str, proper: impl FnOnce() -> Reply) -> Reply {
        let delivered = |delivery| {
            let mut reply = proper();
            reply.delivery = delivery;
            reply
        };
        match self {
            Self::Status(status) => Reply::text(*status, "not today\n"),
            Self::Says { content_type, body } => Reply::new(200, content_type, body.clone()),
            Self::Answers { status, headers, body } => {
                let mut reply = Reply::new(*status, "", body.clone());
                reply.headers.clone_from(headers);
                reply
            }
            Self::RedirectsTo(address) => Reply::text(302, "elsewhere\n").header("Location", address),
            Self::RedirectsToItself => Reply::text(302, "here\n").header("Location", path),
            Self::Late(pause) => delivered(Delivery::Late(*pause)),
            Self::Throttled(rate) => delivered(Delivery::Throttled(*rate)),
            Self::NeverAnswers => delivered(Delivery::Never),
            Self::StallsAfter(bytes) => delivered(Delivery::StallsAfter(*bytes)),
            Self::ClosesAfter(bytes) => delivered(Delivery::ClosesAfter(*bytes)),
        }
    }
}
