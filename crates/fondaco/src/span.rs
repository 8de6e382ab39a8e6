//! Spans of time and their ends, as people write them.

use std::time::Duration;

use anyhow::Context;
use fondaco_model::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo};

/// An age: `3d`, `12h`, `0d`.
pub(crate) fn age(text: &str) -> anyhow::Result<Duration> {
    Duration::try_from(duration(text)?).ok().with_context(|| format!("{text:?} lies in the past"))
}

fn duration(text: &str) -> anyhow::Result<SignedDuration> {
    let span: Span =
        text.parse().with_context(|| format!("{text:?} is no span of time\nhint: e.g. 3d or 12h"))?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).context("use days or hours")
}

/// The end that `text` says, counted from `now`.
pub(crate) fn end(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    if let Ok(date) = text.parse::<Date>() {
        return TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).context("that date is out of range");
    }
    let duration = duration(text)
        .with_context(|| format!("{text:?} is no end\nhint: 30d, 12h, 2026-12-31 or an RFC 3339 instant"))?;
    now.checked_add(duration).context("that is too far away")
}

#[cfg(test)]
mod tests {
    use fondaco_model::rfc3339;

    use super::*;

    #[test]
    fn ends() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("30d", "2026-01-31T00:00:00.000000Z"),
            ("12h", "2026-01-01T12:00:00.000000Z"),
            ("2026-12-31", "2026-12-31T00:00:00.000000Z"),
            ("2026-12-31T10:00:00Z", "2026-12-31T10:00:00.000000Z"),
        ] {
            assert_eq!(rfc3339(end(text, now).unwrap()), expected, "{text}");
        }
        assert!(end("soon", now).is_err());
        assert_eq!(age("3d").unwrap().as_secs(), 3 * 86_400);
        assert!(age("-3d").is_err() && age("3").is_err());
    }
}
