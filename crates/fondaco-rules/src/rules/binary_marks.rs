//! ## What it detects
//!
//! A library, program, script or bytecode file that holds a messenger webhook, a `/dev/tcp` shell, browser secrets or a mining pool.
//!
//! ## Why it is bad
//!
//! The payload lies where readers of Python do not look.
//!
//! ## Innocent lookalikes
//!
//! Browsers and security tools hold such texts; packages with native code hardly do.
//!
//! ## Bad
//!
//! ```native
//! /dev/tcp/
//! ```
//!
//! ## Good
//!
//! ```native
//!
//! ```

use fondaco_members::Topic;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("binary-marks"),
    title: "a binary or script that names what attackers use",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.2,
    check,
};

/// Texts on other topics that have no innocent use where something runs.
const ALSO: [&str; 2] = ["\\User Data\\Default\\Login Data", "powershell -enc"];

fn check(package: &Package<'_>, hits: &mut Hits) {
    for native in &package.members.natives {
        // Scripts that wait for a port open it so (`wait-for-it.sh`); what they do is seen by its own rule.
        let is_probe = |topic: Topic| topic == Topic::ReverseShell && native.format == Some("script");
        let is_mark = |(topic, text): &&(Topic, &str)| {
            topic.is_telling() && !is_probe(*topic) || native.format != Some("script") && ALSO.contains(text)
        };
        let marks: Vec<&str> = native.texts.iter().filter(is_mark).map(|(_, text)| *text).collect();
        if !marks.is_empty() {
            hits.member(&native.member, format!("{} with {}", native.format.unwrap_or("file"), marks.join(", ")));
        }
    }
}
