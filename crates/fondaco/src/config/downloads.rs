use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::span;

/// Without a word of the operator's.
const KEPT: Duration = Duration::from_secs(400 * 86_400);
/// Less would make counts of what is still being served.
const LEAST: Duration = Duration::from_secs(86_400);

/// `[downloads]`: what is written down of those who are served files.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Downloads {
    /// How long single downloads are kept, e.g. `400d`; `always` for ever.
    pub(crate) keep: Option<String>,
}

impl Downloads {
    /// How long single downloads are kept; `None` for ever.
    pub(crate) fn kept(&self) -> anyhow::Result<Option<Duration>> {
        match self.keep.as_deref() {
            None => Ok(Some(KEPT)),
            Some("always") => Ok(None),
            Some(text) => {
                let kept =
                    span::age(text).context("[downloads] keep is a time such as 400d, or \"always\"")?;
                ensure!(kept >= LEAST, "[downloads] keep is a day at least");
                Ok(Some(kept))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_at_least() {
        let kept = |text: &str| Downloads { keep: Some(text.to_owned()) }.kept();
        assert_eq!(kept("90d").unwrap(), Some(90 * LEAST));
        assert_eq!(kept("always").unwrap(), None);
        assert_eq!(Downloads::default().kept().unwrap(), Some(KEPT));
        for bad in ["23h", "0d", "-3d", "long"] {
            assert!(kept(bad).is_err(), "{bad}");
        }
    }
}
