//! ## What it detects
//!
//! A package of one small file that fetches something and runs commands or code.
//!
//! ## Why it is bad
//!
//! A dropper needs ten lines: an address, a file, a call. Whether a chain between them can be followed or not, there is
//! little else that the package could be for.
//!
//! ## Innocent lookalikes
//!
//! Small wrappers of a tool that also download it. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! --- x/__init__.py
//! import os, urllib.request
//! def go(a):
//!     urllib.request.urlopen('http://x.example.invalid/')
//!     os.system(a)
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! --- x/__init__.py
//! import urllib.request
//! def go(a):
//!     urllib.request.urlopen('http://x.example.invalid/')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("tiny-loader"),
    title: "little else than a fetch and a start",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 0.7,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let does = |apis: &[Api]| package.acts().find(|(_, call)| call.api.is_some_and(|api| apis.contains(&api)));
    let fetches = does(&[Api::NetworkFetch, Api::NetworkSend, Api::Socket]);
    let starts = does(&[Api::Shell, Api::CodeExec]);
    if let (Some(_), Some((unit, call))) = (fetches, starts)
        && package.is_tiny()
    {
        hits.call(unit, call, format!("{} in a small package that uses the network", call.callee));
    }
}
