use std::collections::HashSet;

use fondaco_model::EmailAddress;

use crate::lines_of;

/// Hosts whose mailboxes anybody gets for ten minutes: the list of `disposable-email-domains` on the
/// Python index (MIT licence).
const EMBEDDED: &[u8] = include_bytes!("../data/disposable-domains.txt.gz");

/// Hosts at which nobody registers.
#[derive(Debug, Clone)]
pub struct Disposable(HashSet<String>);

impl Disposable {
    /// The embedded list and more hosts, one a line; what follows a `#` is a remark.
    pub fn with<'l>(more: impl Iterator<Item = &'l str>) -> Self {
        let embedded = lines_of(EMBEDDED);
        let bare = |line: &'l str| line.split('#').next().unwrap_or_default();
        let own = more.map(bare).map(|host| host.trim().trim_start_matches('.').to_ascii_lowercase());
        Self(embedded.lines().map(str::to_owned).chain(own).filter(|host| !host.is_empty()).collect())
    }

    /// Whether an address is at one of them, or below one.
    pub fn has(&self, address: &EmailAddress) -> bool {
        let domain = address.domain();
        let mut rest = domain.as_str();
        loop {
            if self.0.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, above)) => rest = above,
                None => return false,
            }
        }
    }
}

impl Default for Disposable {
    fn default() -> Self {
        Self::with(std::iter::empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_what_is_below_them() {
        let list =
            Disposable::with(["# ours", "Bad.invalid # seen in March", ".worse.invalid", ""].into_iter());
        let has = |address: &str| list.has(&address.parse().unwrap());
        assert!(has("a@mailinator.com") && has("a@x.mailinator.com") && has("a@MAILINATOR.com"));
        assert!(has("a@bad.invalid") && has("a@b.worse.invalid"));
        assert!(!has("a@example.invalid") && !has("a@notbad.invalid") && !has("a@bad.invalid.example"));
    }
}
