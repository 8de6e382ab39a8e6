//! What is told, in one sentence and with what is known of it.

use fondaco_model::{Alert, AlertKind, Timestamp};
use serde_json::{Value, json};

/// Names in one alert.
pub(crate) const NAMED: usize = 50;

/// An alert that is not written yet.
pub(crate) fn alert(at: Timestamp, kind: AlertKind, subject: &str, message: String, detail: Value) -> Alert {
    let (subject, detail) = (subject.to_owned(), detail.to_string());
    Alert { serial: 0, at, kind, subject, message, detail }
}

/// An alert about a feed.
pub(crate) fn of_feed(at: Timestamp, kind: AlertKind, feed: &str, message: String) -> Alert {
    alert(at, kind, feed, message, json!({"feed": feed}))
}

/// Whether the growth of a campaign to so many members is worth an alert: each at first, then fewer.
pub(crate) fn is_worth_telling(members: u64) -> bool {
    members <= 8 || members.is_power_of_two() || members.is_multiple_of(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_of_hundreds_makes_no_hundreds_of_alerts() {
        assert_eq!((1..=500).filter(|members| is_worth_telling(*members)).count(), 8 + 5 + 5);
    }
}
