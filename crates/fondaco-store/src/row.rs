//! Values as the database holds them.

use fondaco_model::Timestamp;

use crate::StoreError;

/// A value that was stored as text.
pub(crate) fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| {
        StoreError::Inconsistent(format!("{text:?} where a {} should be", std::any::type_name::<T>()))
    })
}

/// An optional value that was stored as text.
pub(crate) fn maybe<T: std::str::FromStr>(text: Option<&str>) -> Result<Option<T>, StoreError> {
    text.map(parsed).transpose()
}

/// The value with this stable id.
pub(crate) fn known<T>(id: &str, from_id: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    from_id(id).ok_or_else(|| StoreError::Inconsistent(format!("unknown id {id:?}")))
}

/// An instant, from microseconds since 1970.
pub(crate) fn instant(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Inconsistent(format!("instant {micros}")))
}

/// What is true or false, from the number that stands for it.
pub(crate) fn flag(number: i64) -> bool {
    number != 0
}

/// A count, from the signed number that databases have.
pub(crate) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A count as the signed number that databases have.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
