//! Second factors: one-time passwords (RFC 6238), passkeys (W3C Web Authentication, level 2) and
//! recovery codes, and [`decide`], which says what deed needs which of them.
//!
//! Nothing here knows a network, a database or a clock; times, random bits and what was seen before
//! come in. What comes from a client is hostile.

mod decision;
mod recovery;
mod totp;
mod webauthn;

pub use decision::{
    Credential, Criticality, Demand, FactorPolicy, Holding, Importance, Missing, Passed, decide,
};
pub use recovery::{CODES, RecoveryCode};
pub use totp::{InvalidCode, STEP_SECONDS, Step, TotpSecret};
pub use webauthn::{
    Asserted, Assertion, Challenge, NewPasskey, NoRelyingParty, PublicKey, Registration, RelyingParty,
    Stored, TIMEOUT, UserVerification, WebauthnError,
};
