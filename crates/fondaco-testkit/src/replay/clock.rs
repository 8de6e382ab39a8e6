use std::cell::Cell;
use std::path::{Path, PathBuf};

/// Moves the time of the binary: it is so many seconds ahead of the machine's.
pub(super) struct Moved {
    file: PathBuf,
    ahead: Cell<i64>,
}

impl Moved {
    /// Written to this file, whose folder exists.
    pub(super) fn new(file: &Path) -> Self {
        let moved = Self { file: file.to_owned(), ahead: Cell::new(0) };
        moved.advance(0);
        moved
    }

    /// The variable that names the file to the binary.
    pub(super) fn variable(&self) -> (&'static str, &str) {
        ("FONDACO_TEST_CLOCK", self.file.to_str().unwrap())
    }

    /// Lets so many seconds pass.
    pub(super) fn advance(&self, seconds: i64) {
        self.ahead.set(self.ahead.get() + seconds);
        let beside = self.file.with_extension("new");
        std::fs::write(&beside, self.ahead.get().to_string()).unwrap();
        // Never half of it.
        std::fs::rename(&beside, &self.file).unwrap();
    }

    /// The simulated time, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        let real = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        i64::try_from(real.as_secs()).unwrap() + self.ahead.get()
    }

    /// The simulated time as RFC 3339.
    pub(super) fn rfc3339(&self) -> String {
        instant(self.now())
    }
}

/// An instant as RFC 3339, from seconds since 1970 (days by H. Hinnant's `civil_from_days`).
pub(super) fn instant(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

/// The date of a day since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// The date of HTTP and RSS: `Sat, 31 Jan 2026 12:00:00 GMT`.
pub(super) fn http_date(seconds: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        DAYS[usize::try_from(days.rem_euclid(7)).unwrap()],
        MONTHS[usize::try_from(month - 1).unwrap()],
        rest / 3_600,
        rest / 60 % 60,
        rest % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(instant(0), "1970-01-01T00:00:00Z");
        assert_eq!(instant(1_769_860_799), "2026-01-31T11:59:59Z");
        assert_eq!(instant(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(http_date(1_769_860_800), "Sat, 31 Jan 2026 12:00:00 GMT");
    }
}
