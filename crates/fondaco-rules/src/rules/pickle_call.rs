//! ## What it detects
//!
//! A pickle or model file that calls a function which runs commands or code, opens a connection or imports a module by name when it is loaded.
//!
//! ## Why it is bad
//!
//! Unpickling runs what the file says. A model needs classes of its library, never a shell.
//!
//! ## Innocent lookalikes
//!
//! Test data of security tools: what lies with tests and documentation counts only where code of the package names it.
//!
//! ## Bad
//!
//! ```member model.pkl
//! cposix
//! system
//! (S'id'
//! tR.
//! ```
//!
//! ## Good
//!
//! ```member model.pkl
//! ccollections
//! OrderedDict
//! (tR.
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("pickle-call"),
    title: "a pickle that runs commands or code",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CommandExecution),
    weight: 2.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for pickle in &package.members.pickles {
        let Some(call) = pickle.dangerous().next() else { continue };
        let named = package.named_by(&pickle.member);
        if named.is_some() || !package.members.is_apart(&pickle.member) {
            let message = format!("loading it calls {}", call.callee);
            hits.reached_member(&pickle.member, named, message, &call.argument);
        }
    }
}
