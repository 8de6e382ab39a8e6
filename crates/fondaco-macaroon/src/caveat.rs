use fondaco_pydist::ProjectName;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// One thing that must be so for a token to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caveat {
    /// It is for these projects alone.
    Projects(Vec<ProjectName>),
    /// From this second since 1970 on it does not count.
    Expires(i64),
    /// Before this second since 1970 it does not count.
    NotBefore(i64),
    /// It uploads and does nothing else.
    UploadsOnly,
    /// It comes from one of these ranges of addresses.
    Addresses(Vec<IpNet>),
    /// It uploads one file, however often it is copied: all with this value count as one.
    Once(String),
    /// It stands for this trusted publisher.
    Publisher(String),
}

/// A caveat that is not understood; nothing with it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token has a caveat that this index does not know")]
pub struct InvalidCaveat;

/// As it stands in a token. What it says must stay: tokens are for years.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Written {
    Projects(Vec<String>),
    Expires(i64),
    NotBefore(i64),
    UploadsOnly,
    Addresses(Vec<String>),
    Once(String),
    Publisher(String),
}

impl Caveat {
    /// The caveat that a text says.
    ///
    /// # Errors
    /// When it is unknown, or any part of it.
    pub fn from_text(text: &str) -> Result<Self, InvalidCaveat> {
        let written: Written = serde_json::from_str(text).map_err(|_| InvalidCaveat)?;
        Ok(match written {
            Written::Projects(names) => Self::Projects(all(&names)?),
            Written::Expires(at) => Self::Expires(at),
            Written::NotBefore(at) => Self::NotBefore(at),
            Written::UploadsOnly => Self::UploadsOnly,
            Written::Addresses(ranges) => Self::Addresses(all(&ranges)?),
            Written::Once(value) if !value.is_empty() && value.len() <= 64 => Self::Once(value),
            Written::Once(_) => return Err(InvalidCaveat),
            Written::Publisher(id) => Self::Publisher(id),
        })
    }

    /// As it stands in a token.
    pub fn to_text(&self) -> String {
        let written = match self {
            Self::Projects(names) => Written::Projects(names.iter().map(ToString::to_string).collect()),
            Self::Expires(at) => Written::Expires(*at),
            Self::NotBefore(at) => Written::NotBefore(*at),
            Self::UploadsOnly => Written::UploadsOnly,
            Self::Addresses(ranges) => Written::Addresses(ranges.iter().map(ToString::to_string).collect()),
            Self::Once(value) => Written::Once(value.clone()),
            Self::Publisher(id) => Written::Publisher(id.clone()),
        };
        // Texts and numbers always have a form in JSON.
        serde_json::to_string(&written).unwrap_or_default()
    }
}

/// Every one of them, or nothing.
fn all<T: std::str::FromStr>(texts: &[String]) -> Result<Vec<T>, InvalidCaveat> {
    texts.iter().map(|text| text.parse().map_err(|_| InvalidCaveat)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_in_full_is_no_caveat() {
        for known in [
            Caveat::Projects(vec!["one".parse().unwrap(), "two".parse().unwrap()]),
            Caveat::Expires(5),
            Caveat::NotBefore(-5),
            Caveat::UploadsOnly,
            Caveat::Addresses(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()]),
            Caveat::Once("0a".to_owned()),
            Caveat::Publisher("p".to_owned()),
        ] {
            assert_eq!(Caveat::from_text(&known.to_text()), Ok(known));
        }
        assert_eq!(Caveat::UploadsOnly.to_text(), "\"uploads_only\"");
        assert_eq!(Caveat::Projects(vec!["A.b".parse().unwrap()]).to_text(), r#"{"projects":["a-b"]}"#);
        for unknown in [
            "",
            "true",
            "{}",
            "[]",
            "\"reads_only\"",
            r#"{"versions":["1.0"]}"#,
            r#"{"expires":"1"}"#,
            r#"{"expires":1.5}"#,
            r#"{"expires":5,"not_before":5}"#,
            r#"{"expires":5} x"#,
            r#"{"projects":["one","!"]}"#,
            r#"{"addresses":["10.0.0.0/8","somewhere"]}"#,
            r#"{"once":""}"#,
            r#"{"uploads_only":true}"#,
        ] {
            assert_eq!(Caveat::from_text(unknown), Err(InvalidCaveat), "{unknown}");
        }
    }
}
