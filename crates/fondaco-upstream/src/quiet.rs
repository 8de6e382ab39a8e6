//! When an upstream says that it is asked too often.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};

/// No upstream is left alone for longer: a header is no switch.
const LONGEST: Duration = Duration::from_secs(6 * 3600);

/// Until when an upstream wants to be left alone; shared by the clones of a client.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quiet(Arc<Mutex<Option<Instant>>>);

impl Quiet {
    /// Notes what an answer says of it.
    pub(crate) fn note(&self, response: &Response) {
        if !matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            return;
        }
        let value = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        if let Some(wait) = value.and_then(|text| wait(text, SystemTime::now())) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(wait);
        }
    }

    /// For how long from now.
    pub(crate) fn left(&self) -> Option<Duration> {
        let until = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}

/// A `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
fn wait(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let at = httpdate::parse_http_date(text).ok()?;
    Some(at.duration_since(now).unwrap_or_default().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood_and_bounded() {
        let now = httpdate::parse_http_date("Sat, 28 Nov 2026 12:00:00 GMT").unwrap();
        assert_eq!(wait("7", now), Some(Duration::from_secs(7)));
        assert_eq!(wait("Sat, 28 Nov 2026 12:01:00 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(wait("Sat, 28 Nov 2026 11:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(wait("99999999999", now), Some(LONGEST));
        for wrong in ["", "soon", "-1", "1.5"] {
            assert_eq!(wait(wrong, now), None, "{wrong}");
        }
    }
}
