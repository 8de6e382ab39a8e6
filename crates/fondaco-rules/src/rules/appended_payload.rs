//! ## What it detects
//!
//! A picture or sound with a program, an archive or code behind its end; also dense bytes there, where code of the package names the file.
//!
//! ## Why it is bad
//!
//! Viewers stop at the end; a loader reads on. It is how payloads travel in files that nobody reads.
//!
//! ## Innocent lookalikes
//!
//! Cameras append pictures and videos, editors pad with zeros: neither counts.
//!
//! ## Bad
//!
//! ```member pkg/logo.gif hex
//! 47494638396101000100000000 3b 504b0304
//! ```
//!
//! ## Good
//!
//! ```member pkg/logo.gif hex
//! 47494638396101000100000000 3b 00000000
//! ```

use fondaco_members::Payload;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("appended-payload"),
    title: "something runs behind a picture's end",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 1.3,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for appended in &package.members.appended {
        let named = package.named_by(&appended.member);
        let what = match appended.payload {
            Payload::Runnable(kind) => kind.name(),
            Payload::Code => "code",
            Payload::Dense if named.is_some() => "compressed or encrypted data",
            Payload::Dense | Payload::Unknown => continue,
        };
        if named.is_some() || !package.members.is_apart(&appended.member) {
            let message = format!("{} bytes of {what} behind the end of a {}", appended.size, appended.kind.name());
            hits.reached_member(&appended.member, named, message, "");
        }
    }
}
