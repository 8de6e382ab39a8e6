//! ## What it detects
//!
//! Network access while the package is being installed.
//!
//! ## Why it is bad
//!
//! Installers fetch what a package declares; what it fetches by itself nobody has checked.
//!
//! ## Innocent lookalikes
//!
//! Some packages with native libraries download them in `setup.py`.
//!
//! ## Bad
//!
//! ```python setup.py
//! import urllib.request
//! urllib.request.urlopen('http://x.example.invalid/a')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import urllib.request
//! def later():
//!     urllib.request.urlopen('http://x.example.invalid/a')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("install-network"),
    title: "uses the network during installation",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::InstallExecution),
    weight: 0.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let network = matches!(call.api, Some(Api::NetworkFetch | Api::NetworkSend | Api::Socket));
        if network && call.trigger == Some(Trigger::Install) {
            hits.call(unit, call, format!("{} during installation", call.callee));
        }
    }
}
