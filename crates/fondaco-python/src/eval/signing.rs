//! Keys that code signs with: a signature is for others, the key never is.

use memchr::memmem::{find, find_iter};
use ruff_python_ast::{Expr, ExprAttribute};

use super::Eval;
use crate::Taint;
use crate::maps::Set;

/// What signs with a key (RFC 2104).
const SIGNERS: [&str; 3] = ["hmac.new(", "hmac.HMAC(", "hmac.digest("];
/// What stands around a key that is given as text.
const FORMS: [&str; 6] =
    ["base64.b64decode(", "b64decode(", "bytes.fromhex(", "bytearray(", "bytes(", "str("];
/// What such keys are called; a mere `key` is a key of anything, and with a password one can sign in as well.
const SECRETS: [&str; 4] = ["secret", "private", "apikey", "api_key"];

impl Eval<'_, '_> {
    /// What a parameter or an attribute of this name holds, in a module that signs with what is called so.
    pub(super) fn signing(&self, name: &str) -> Taint {
        let keys = self.classes.signing.get_or_init(|| signing_keys(self.task.text));
        if keys.is_empty() || !keys.contains(name.trim_start_matches('_')) {
            return Taint::NONE;
        }
        // What is written in capitals stands in the code.
        if name.bytes().any(|b| b.is_ascii_lowercase()) { Taint::SIGNS } else { Taint::NONE }
    }

    /// What an account of a wallet has for whoever signs with it: `account.key`.
    pub(super) fn key_of_account(&self, attribute: &ExprAttribute) -> Taint {
        let name = attribute.attr.trim_start_matches('_');
        if !matches!(name, "key" | "private_key" | "privateKey" | "secret_key") {
            return Taint::NONE;
        }
        let owner = match &*attribute.value {
            Expr::Name(owner) => owner.id.as_str(),
            Expr::Attribute(owner) => owner.attr.as_str(),
            _ => return Taint::NONE,
        };
        let owner = owner.trim_start_matches('_');
        let is_account =
            ["account", "acct", "wallet", "keypair", "signer"].iter().any(|end| owner.ends_with(end));
        if is_account && self.is_of_wallets() { Taint::BROWSER } else { Taint::NONE }
    }
}

/// The names of the keys that a module signs with.
fn signing_keys(text: &str) -> Set<String> {
    // Hardly any module signs.
    if find(text.as_bytes(), b"hmac.").is_none() {
        return Set::default();
    }
    let signers = SIGNERS
        .iter()
        .flat_map(|signer| find_iter(text.as_bytes(), signer.as_bytes()).map(|at| at + signer.len()));
    signers.filter_map(|at| key_of(&text[at..])).collect()
}

/// The name of the key at the beginning of the arguments of a signer, `self.secret.encode(), ...`.
fn key_of(arguments: &str) -> Option<String> {
    let mut rest = arguments.trim_start();
    while let Some(form) = FORMS.iter().find(|form| rest.starts_with(**form)) {
        rest = rest[form.len()..].trim_start();
    }
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let (path, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
    let path = if after.starts_with('(') { path.rsplit_once('.')?.0 } else { path };
    let name = path.rsplit('.').next().unwrap_or_default().trim_start_matches('_');
    let lower = name.to_ascii_lowercase();
    SECRETS.iter().any(|secret| lower.contains(secret)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_what_is_signed_with() {
        let keys = |text: &str| {
            let mut keys: Vec<String> = signing_keys(text).into_iter().collect();
            keys.sort();
            keys
        };
        assert_eq!(keys("hmac.new(self._secret.encode(), m, sha256)"), ["secret"]);
        assert_eq!(keys("hmac.new(base64.b64decode(shared_secret), m)"), ["shared_secret"]);
        assert_eq!(keys("hmac.new(bytes(api_secret, 'utf8'), m)"), ["api_secret"]);
        assert_eq!(keys("hmac.new(\n    key, m); hmac.new(self.byte_secret(), m)"), [] as [&str; 0]);
    }
}
