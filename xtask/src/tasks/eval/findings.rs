//! The findings of the open part, for a look at what a weight would change.

use std::io::{BufRead, Write};
use std::path::Path;

use anyhow::Context as _;
use fondaco_verdict::{
    Behaviour, Confidence, Finding, MALICIOUS, SUSPICIOUS, Severity, Trigger, Verdict, score,
};
use serde_json::{Value, json};

use super::Outcome;
use super::corpus::Sample;

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
                    "reach": f.reach,
                    "weight": f.weight,
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
            "signs": outcome.signs,
        });
        writeln!(file, "{row}").with_context(failed)?;
    }
    file.flush().with_context(failed)
}

/// What `write` wrote, judged by the weights of this build.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Outcome>> {
    let failed = || format!("cannot read {}", path.display());
    let file = std::io::BufReader::new(std::fs::File::open(path).with_context(failed)?);
    let mut outcomes = Vec::new();
    for line in file.lines() {
        let row: Value = serde_json::from_str(&line.with_context(failed)?).with_context(failed)?;
        let list = row["findings"].as_array().with_context(failed)?;
        // A rule that no longer is has no findings.
        let findings: Vec<Finding> = list.iter().filter_map(finding).collect();
        let score = score(&findings).total;
        let verdict = match score {
            score if score >= MALICIOUS => Verdict::Malicious,
            score if score >= SUSPICIOUS => Verdict::Suspicious,
            _ => Verdict::Clean,
        };
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        let is_malicious = row["malicious"].as_bool().unwrap_or_default();
        let mut rules: Vec<_> = findings.iter().filter(|f| f.weight > 0.0).map(|f| f.rule.as_str()).collect();
        rules.dedup();
        outcomes.push(Outcome {
            sample: Sample::noted(text("group"), text("file"), is_malicious),
            verdict,
            complete: true,
            score,
            rules,
            findings,
            signs: row["signs"].as_array().map(|signs| {
                let shows = |id: &&str| signs.iter().any(|sign| sign.as_str() == Some(id));
                fondaco_rules::SIGNS.iter().map(|sign| sign.id).filter(shows).collect()
            }),
            layers: 0,
            why: None,
            seconds: 0.0,
        });
    }
    Ok(outcomes)
}

fn finding(value: &Value) -> Option<Finding> {
    let text = |key: &str| value[key].as_str().unwrap_or_default();
    let number = |key: &str| value[key].as_u64().unwrap_or_default() as u32;
    let rule = fondaco_rules::all().find(|rule| rule.id.as_str() == text("rule"))?;
    let triggers = [Trigger::Startup, Trigger::Install, Trigger::Import, Trigger::EntryPoint, Trigger::Call];
    Some(Finding {
        rule: rule.id,
        severity: rule.severity,
        confidence: Confidence::Medium,
        behaviour: Behaviour::ALL.into_iter().find(|b| b.id() == text("behaviour")),
        trigger: triggers.into_iter().find(|t| t.id() == text("trigger")),
        member: text("member").to_owned(),
        line: number("line"),
        layer: u16::try_from(number("layer")).unwrap_or(u16::MAX),
        message: text("message").to_owned(),
        excerpt: String::new(),
        reach: value["reach"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        // A rule without a weight has findings that say their own.
        weight: match rule.severity {
            Severity::Info => 0.0,
            _ if rule.weight > 0.0 => rule.weight,
            _ => value["weight"].as_f64().unwrap_or_default() as f32,
        },
    })
}
