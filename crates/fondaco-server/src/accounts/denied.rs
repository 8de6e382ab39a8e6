use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_accounts::{HashingError, PasswordError};
use fondaco_store::StoreError;

use crate::limits::Spent;
use crate::trouble::{Trouble, problem};

/// Why somebody can't do what they want with an account.
#[derive(Debug)]
pub(crate) enum Denied {
    /// What they gave is not right, or not now; nothing has changed.
    Because {
        /// By which status a script sees it.
        status: StatusCode,
        /// Why, for a person.
        detail: String,
        /// What may help.
        hint: Option<&'static str>,
    },
    /// They try too often.
    TooOften(Spent),
    /// So many log in at a time that this one can't be looked at now.
    Crowded,
    /// Something else is wrong.
    Trouble(Trouble),
}

impl Denied {
    fn because(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::Because { status, detail: detail.into(), hint: None }
    }

    /// What was given can't be taken.
    pub(crate) fn wrong(detail: impl Into<String>) -> Self {
        Self::because(StatusCode::BAD_REQUEST, detail)
    }

    /// It is not allowed.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::because(StatusCode::FORBIDDEN, detail)
    }

    /// It would not fit with what is there.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::because(StatusCode::CONFLICT, detail)
    }

    /// There is no such thing of theirs.
    pub(crate) fn absent(detail: impl Into<String>) -> Self {
        Self::because(StatusCode::NOT_FOUND, detail)
    }

    /// Whoever this is has not shown that they are who they say: always the same words.
    pub(crate) fn unknown() -> Self {
        Self::because(StatusCode::UNAUTHORIZED, "the name or the password is wrong").hint(
            "an address has to be verified by the link in its mail first; a forgotten password is set anew by mail",
        )
    }

    /// With what may help.
    pub(crate) fn hint(self, hint: &'static str) -> Self {
        match self {
            Self::Because { status, detail, .. } => Self::Because { status, detail, hint: Some(hint) },
            other => other,
        }
    }

    /// Status and words for a page; `None` where the answer is the same for everybody.
    pub(crate) fn for_page(&self) -> Option<(StatusCode, String)> {
        match self {
            Self::Because { status, detail, hint } => {
                let hint = hint.map(|hint| format!(": {hint}")).unwrap_or_default();
                Some((*status, format!("{detail}{hint}")))
            }
            Self::TooOften(_) => {
                Some((StatusCode::TOO_MANY_REQUESTS, "too many tries; come back in some minutes".to_owned()))
            }
            Self::Crowded | Self::Trouble(_) => None,
        }
    }
}

impl From<Trouble> for Denied {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<HashingError> for Denied {
    fn from(error: HashingError) -> Self {
        Self::Trouble(Trouble::Inside(error.to_string()))
    }
}

impl From<PasswordError> for Denied {
    fn from(error: PasswordError) -> Self {
        Self::wrong(error.to_string())
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        match self {
            Self::Because { status, detail, hint } => problem(status, detail, hint.map(str::to_owned)),
            Self::TooOften(spent) => spent.refusal(),
            Self::Crowded => {
                let mut response = problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too many log in at this moment".to_owned(),
                    Some("nothing was changed. Try again in a while".to_owned()),
                );
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
                response
            }
            Self::Trouble(trouble) => trouble.into_response(),
        }
    }
}
