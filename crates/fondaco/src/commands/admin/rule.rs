//! `fondaco admin allow` and `fondaco admin hold`: an operator stands above the verdict.

use anyhow::{Context, bail};
use fondaco_model::{Clock, Ruling, SystemClock, Timestamp, rfc3339};
use fondaco_pydist::Sha256;
use fondaco_server::rulings::{self, RulingError};
use fondaco_store::Store;
use fondaco_verdict::Decision;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The content, as the report names it
    sha256: String,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
    /// Until when: 30d, 12h, 2026-12-31 or an RFC 3339 instant [default: for good]
    #[arg(long)]
    expires: Option<String>,
}

pub(super) async fn run(store: &Store, args: &Args, decision: Decision) -> anyhow::Result<()> {
    let sha256: Sha256 = args.sha256.parse().context("hint: the report and the refusal name the sha256")?;
    let now = SystemClock.now();
    let expires_at = args.expires.as_deref().map(|text| instant(text, now)).transpose()?;
    let ruling = Ruling {
        id: 0,
        sha256,
        decision,
        reason: args.reason.clone(),
        made_by: super::actor(),
        made_at: now,
        expires_at,
        withdrawn_at: None,
    };
    let id = match rulings::make(store, &ruling).await {
        Ok(id) => id,
        Err(error @ RulingError::UnknownContent(_)) => {
            bail!("{error}\nhint: ask for the file once, then rule on the sha256 that the refusal names")
        }
        Err(error) => return Err(error.into()),
    };
    let until = expires_at.map_or_else(|| "for good".to_owned(), |end| format!("until {}", rfc3339(end)));
    println!("ruling {id}: {} {sha256} {until}", decision.id());
    Ok(())
}

/// The end that `text` says, counted from `now`.
fn instant(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    if let Ok(date) = text.parse::<Date>() {
        return TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).context("that date is out of range");
    }
    let span: Span = text
        .parse()
        .with_context(|| format!("{text:?} is no end\nhint: 30d, 12h, 2026-12-31 or an RFC 3339 instant"))?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).context("use days or hours")?;
    now.checked_add(duration).context("that is too far away")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for (text, end) in [
            ("30d", "2026-01-31T00:00:00.000000Z"),
            ("12h", "2026-01-01T12:00:00.000000Z"),
            ("2026-12-31", "2026-12-31T00:00:00.000000Z"),
            ("2026-12-31T10:00:00Z", "2026-12-31T10:00:00.000000Z"),
        ] {
            assert_eq!(rfc3339(instant(text, now).unwrap()), end, "{text}");
        }
        assert!(instant("soon", now).is_err());
    }
}
