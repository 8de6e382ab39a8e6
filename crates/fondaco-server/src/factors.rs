//! Second factors of people: added, shown, taken away, asked for. The checks themselves are
//! `fondaco-factors`'.
//!
//! Whoever shows a factor does so in one transaction with what it uses up (a step, a code, a
//! challenge), and what fails is counted there, so that many at a time guess no faster than one.

mod attempts;
mod demand;
mod log_in;
mod lost;
mod notice;
mod passkeys;
mod recovery_codes;
mod removal;
mod renewal;
mod second_step;
mod totp;
mod trouble;

pub(crate) use demand::{behind, demand, demand_of};
pub(crate) use log_in::{log_in, login_options};
pub use lost::{LostError, RECOVERY_WAIT, cancel as cancel_recovery, recover};
pub(crate) use lost::{finish_due, object, reset};
pub(crate) use passkeys::{creation_options, register};
pub(crate) use recovery_codes::renew as renew_recovery_codes;
pub(crate) use removal::{Removed, remove};
pub(crate) use second_step::{Shown, second_step, second_step_options};
pub(crate) use totp::{confirm as confirm_totp, offer as offer_totp};
pub(crate) use trouble::FactorTrouble;

use crate::app::App;
use crate::trouble::Trouble;
use fondaco_factors::{NoRelyingParty, RelyingParty};

/// This index as passkeys know it.
pub(crate) fn relying_party(app: &App) -> Result<RelyingParty, NoRelyingParty> {
    RelyingParty::at(app.parts.settings.public_url.as_deref())
}

/// A factor that was added.
pub(crate) struct Added {
    /// Recovery codes as they are shown once, where they come with it.
    pub(crate) codes: Option<Vec<String>>,
    /// The secret of the session that goes on from here.
    pub(crate) secret: String,
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], Trouble> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Trouble::Inside(format!("no randomness: {error}")))?;
    Ok(bytes)
}
