use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use jiff::Timestamp;

/// Longest local part and longest address (RFC 5321 §4.5.3.1).
const LONGEST: (usize, usize) = (64, 254);

/// An e-mail address that can stand in a header as it is: a dot-atom, `@` and a host name of at least
/// two labels, all ASCII. Quoted local parts, comments and address literals are refused; an
/// internationalised host is written with its A-labels. Two that differ only in case are the same.
#[derive(Debug, Clone)]
pub struct EmailAddress(String);

/// The text is no e-mail address, or not one that is taken here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address: NAME@HOST in plain ASCII, at most {} characters", LONGEST.1)]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// The address as its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address by which it is compared. No mailbox that people use is told from another by case.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The host, in lower case.
    pub fn domain(&self) -> String {
        self.0.rsplit('@').next().unwrap_or_default().to_ascii_lowercase()
    }
}

fn is_local(text: &str) -> bool {
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    text.len() <= LONGEST.0 && text.split('.').all(|part| !part.is_empty() && part.bytes().all(atom))
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(fits)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let all_digits = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    text.contains('.') && text.split('.').all(label) && !text.rsplit('.').next().is_none_or(all_digits)
}

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;

    fn from_str(text: &str) -> Result<Self, InvalidEmailAddress> {
        let (local, host) = text.split_once('@').ok_or(InvalidEmailAddress)?;
        let fits = text.len() <= LONGEST.1 && is_local(local) && is_host(host);
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidEmailAddress) }
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for EmailAddress {}

impl Hash for EmailAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of somebody's addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The address.
    pub address: EmailAddress,
    /// Whether it is the one that is written to.
    pub primary: bool,
    /// When they added it.
    pub added_at: Timestamp,
    /// When they showed that it is theirs. Only then it counts, and is nobody else's.
    pub verified_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@example.invalid", "Jane.Doe+x@Mail.Example.invalid", "o'neil@xn--bcher-kva.invalid"] {
            assert_eq!(good.parse::<EmailAddress>().unwrap().as_str(), good);
        }
        assert_eq!("A@Example.Invalid".parse::<EmailAddress>(), "a@example.invalid".parse());
        assert_eq!("a@B.invalid".parse::<EmailAddress>().unwrap().domain(), "b.invalid");
        let long = format!("{}@example.invalid", "x".repeat(65));
        for bad in [
            "",
            "a",
            "@example.invalid",
            "a@",
            "a@localhost",
            "a@@example.invalid",
            "a@b@example.invalid",
            ".a@example.invalid",
            "a..b@example.invalid",
            "a b@example.invalid",
            "\"a\"@example.invalid",
            "a@example.invalid\r\nBcc: b@example.invalid",
            "a@example.invalid, b@example.invalid",
            "a@-example.invalid",
            "a@example..invalid",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "a@exämple.invalid",
            "<a@example.invalid>",
            "a\0@example.invalid",
            &long,
        ] {
            assert_eq!(bad.parse::<EmailAddress>(), Err(InvalidEmailAddress), "{bad:?}");
        }
    }
}
