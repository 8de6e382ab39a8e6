use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_factors::{Demand, InvalidCode, Missing, NoRelyingParty, WebauthnError};
use fondaco_store::StoreError;

use crate::trouble::{Trouble, problem};

/// Why a factor isn't added, taken or taken away.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FactorTrouble {
    /// The code of an app doesn't count.
    #[error(transparent)]
    Code(#[from] InvalidCode),
    /// The person has no such factor.
    #[error("this account has no {0}")]
    NoFactor(&'static str),
    /// No secret was shown in this session, or too long ago.
    #[error("no app is being added in this session; ask for a new secret")]
    NoOffer,
    /// The recovery code doesn't count.
    #[error("this recovery code is not, or no longer, in force")]
    RecoveryCode,
    /// The passkey's answer is not right.
    #[error(transparent)]
    Passkey(#[from] WebauthnError),
    /// The passkey answers what was not asked, or what was answered before.
    #[error("the passkey's challenge was not given here, was answered before, or is over")]
    Challenge,
    /// The passkey is known already.
    #[error("this passkey is registered already")]
    Known,
    /// No such passkey belongs to an account that may log in.
    #[error("this passkey opens no account here")]
    Unknown,
    /// There can be no passkeys here.
    #[error(transparent)]
    NoRelyingParty(#[from] NoRelyingParty),
    /// A link that was sent does not work.
    #[error("this link does not work, or no longer")]
    Link,
    /// Nobody would know later which one it was.
    #[error("a passkey needs a name of up to 60 printable characters")]
    Label,
    /// So many passkeys are enough.
    #[error("an account has at most {0} passkeys")]
    TooMany(usize),
    /// What is demanded of everybody would no longer be fulfilled.
    #[error("{}", last(*.0))]
    Last(Demand),
    /// Too many failures.
    #[error("too many second factors were wrong; wait for {0} seconds")]
    TooManyFailures(u64),
    /// The deed needs a factor.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// Something failed here.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

fn last(demand: Demand) -> &'static str {
    match demand {
        Demand::Any => "this is the last second factor, and one is needed",
        Demand::Passkey => "this is the last passkey, and one is demanded of everybody here",
    }
}

impl From<StoreError> for FactorTrouble {
    fn from(error: StoreError) -> Self {
        Self::Trouble(error.into())
    }
}

impl FactorTrouble {
    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Code(_)
            | Self::RecoveryCode
            | Self::Passkey(_)
            | Self::Challenge
            | Self::Unknown
            | Self::Link
            | Self::Missing(_) => StatusCode::FORBIDDEN,
            Self::Label => StatusCode::BAD_REQUEST,
            Self::NoFactor(_) => StatusCode::NOT_FOUND,
            Self::NoOffer | Self::Known | Self::NoRelyingParty(_) | Self::TooMany(_) | Self::Last(_) => {
                StatusCode::CONFLICT
            }
            Self::TooManyFailures(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Trouble(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What to do.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Code(InvalidCode::Wrong) => Some("look whether the clock of the device is right"),
            Self::NoRelyingParty(none) => Some(none.hint()),
            Self::Missing(missing) => Some(missing.hint()),
            Self::Last(_) => Some("add another one first"),
            Self::Challenge => Some("begin again: a challenge counts for five minutes and once"),
            Self::Passkey(WebauthnError::CounterWentBack) => {
                Some("if you didn't restore or copy it yourself, remove it and tell an operator")
            }
            _ => None,
        }
    }
}

impl IntoResponse for FactorTrouble {
    fn into_response(self) -> Response {
        let seconds = match self {
            Self::Trouble(trouble) => return trouble.into_response(),
            Self::TooManyFailures(seconds) => Some(seconds),
            _ => None,
        };
        let mut response = problem(self.status(), self.to_string(), self.hint().map(str::to_owned));
        if let Some(seconds) = seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
