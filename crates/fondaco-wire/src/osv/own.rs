use fondaco_model::{Timestamp, rfc3339};
use fondaco_pydist::{ProjectName, Sha256};
use serde_json::{Value, json};

/// What the ids of our own records begin with. `MAL-`, so that clients that stop at malware stop
/// here too.
const PREFIX: &str = "MAL-FONDACO-";
/// Digits of the content's digest in the id.
pub const OWN_ID_DIGITS: u8 = 16;
const DIGITS: usize = OWN_ID_DIGITS as usize;

/// The id of the record that this index makes of its own verdict on a content.
pub fn own_id(sha256: Sha256) -> String {
    format!("{PREFIX}{}", &sha256.to_string()[..DIGITS])
}

/// The first digits of the digest that an id of our own stands for; `None` for any other id.
pub fn digest_of_own_id(id: &str) -> Option<&str> {
    let digits = id.strip_prefix(PREFIX)?;
    let fits = |b: u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
    (digits.len() == DIGITS && digits.bytes().all(fits)).then_some(digits)
}

/// The record that this index makes of its own verdict.
#[derive(Debug, Clone)]
pub struct OwnRecord {
    /// The content.
    pub sha256: Sha256,
    /// When it was found malicious for the first time.
    pub found_at: Timestamp,
    /// When something of the record last changed.
    pub modified_at: Timestamp,
    /// When an operator has allowed it all the same, or a later inspection saw it otherwise.
    pub withdrawn_at: Option<Timestamp>,
    /// What was found, in our own words.
    pub titles: Vec<String>,
    /// Where the report is read.
    pub report: String,
    /// The releases that it is in.
    pub places: Vec<(ProjectName, String)>,
}

impl OwnRecord {
    /// Its id.
    pub fn id(&self) -> String {
        own_id(self.sha256)
    }

    /// As OSV's JSON.
    pub fn to_json(&self) -> Value {
        let affected = |(project, version): &(ProjectName, String)| json!({"package": {"ecosystem": "PyPI", "name": project.as_str()}, "versions": [version]});
        let mut record = json!({
            "schema_version": "1.6.0",
            "id": self.id(),
            "modified": rfc3339(self.modified_at),
            "published": rfc3339(self.found_at),
            "summary": format!("found malicious by inspection: {}", self.titles.join("; ")),
            "references": [{"type": "REPORT", "url": self.report}],
            "affected": self.places.iter().map(affected).collect::<Vec<_>>(),
            "database_specific": {"sha256": self.sha256.to_string(), "source": "fondaco"},
        });
        if let Some(at) = self.withdrawn_at {
            record["withdrawn"] = rfc3339(at).into();
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_back() {
        let digest = Sha256::of(b"x");
        let id = own_id(digest);
        assert!(digest.to_string().starts_with(digest_of_own_id(&id).unwrap()));
        for other in ["MAL-2026-1", "MAL-FONDACO-", "MAL-FONDACO-%%%%%%%%%%%%%%%%", "MAL-FONDACO-00"] {
            assert_eq!(digest_of_own_id(other), None, "{other}");
        }
    }
}
