//! `[policy] lookalikes`: what becomes of new names that can be mistaken for others.

use anyhow::ensure;
use serde::Deserialize;

/// One word for all of them, or bands by how likely the confusion is.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Lookalikes {
    /// The same for all.
    All(Act),
    /// From which score on what happens.
    Bands(Bands),
}

impl Default for Lookalikes {
    fn default() -> Self {
        Self::All(Act::Tell)
    }
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Act {
    /// Told of in the journal.
    Tell,
    /// Put in quarantine for a person.
    Hold,
    /// Not taken.
    Refuse,
}

/// Scores, from 0 to 1; what is left out never happens.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bands {
    /// Held from this score on.
    hold: Option<f32>,
    /// Refused from this score on.
    refuse: Option<f32>,
}

impl Lookalikes {
    /// As the index understands it.
    ///
    /// # Errors
    /// When a score is none, or names would be refused that are not even held.
    pub(crate) fn read(self) -> anyhow::Result<fondaco_server::Lookalikes> {
        use fondaco_server::Lookalikes as Read;
        let bands = match self {
            Self::All(Act::Tell) => return Ok(Read::TELL),
            Self::All(Act::Hold) => return Ok(Read::HOLD),
            Self::All(Act::Refuse) => return Ok(Read::REFUSE),
            Self::Bands(bands) => bands,
        };
        for score in [bands.hold, bands.refuse].into_iter().flatten() {
            ensure!((0.0..=1.0).contains(&score), "{score} is no score: they go from 0 to 1");
        }
        if let (Some(hold), Some(refuse)) = (bands.hold, bands.refuse) {
            ensure!(hold <= refuse, "what is refused from {refuse} on can't be held from {hold} on");
        }
        Ok(Read { hold: bands.hold.unwrap_or(f32::INFINITY), refuse: bands.refuse.unwrap_or(f32::INFINITY) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<fondaco_server::Lookalikes> {
        #[derive(Deserialize)]
        struct Policy {
            lookalikes: Lookalikes,
        }
        toml::from_str::<Policy>(text)?.lookalikes.read()
    }

    #[test]
    fn a_word_or_bands() {
        use fondaco_server::Lookalikes as Read;
        assert_eq!(read("lookalikes = 'hold'").unwrap(), Read::HOLD);
        assert_eq!(read("lookalikes = { refuse = 0.9 }").unwrap(), Read { hold: f32::INFINITY, refuse: 0.9 });
        for wrong in ["'block'", "{ hold = 2.0 }", "{ hold = 0.9, refuse = 0.5 }", "{ held = 0.5 }", "0.5"] {
            assert!(read(&format!("lookalikes = {wrong}")).is_err(), "{wrong}");
        }
    }
}
