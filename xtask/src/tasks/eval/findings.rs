//! The findings of the open part, for a look at what a weight would change.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use super::Outcome;

/// One JSON object a sample, and in it one for each finding that counts.
pub(crate) fn write(outcomes: &[Outcome], path: &Path) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).with_context(failed)?);
    for outcome in outcomes.iter().filter(|o| !o.sample.is_sealed) {
        let findings: Vec<_> = outcome
            .findings
            .iter()
            .map(|f| {
                json!({
                    "rule": f.rule.as_str(),
                    "severity": f.severity.id(),
                    "behaviour": f.behaviour.map(|b| b.id()),
                    "trigger": f.trigger.map(|t| t.id()),
                    "member": f.member,
                    "line": f.line,
                    "layer": f.layer,
                    "message": f.message,
                })
            })
            .collect();
        let row = json!({
            "group": outcome.sample.group,
            "file": outcome.sample.file_name,
            "malicious": outcome.sample.is_malicious,
            "verdict": outcome.verdict.id(),
            "score": outcome.score,
            "findings": findings,
        });
        writeln!(file, "{row}").with_context(failed)?;
    }
    file.flush().with_context(failed)
}
