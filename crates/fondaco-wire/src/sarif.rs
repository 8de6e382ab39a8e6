//! SARIF 2.1.0, as code-scanning services take it.

use serde_json::{Value, json};

use crate::report_v1::Report;

/// One rule as SARIF describes it.
#[derive(Debug, Clone, Copy)]
pub struct RuleText<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its documentation, Markdown.
    pub help: &'a str,
}

/// One run over these reports.
pub fn log(reports: &[Report], rules: &[RuleText<'_>], version: &str) -> Value {
    let rule = |rule: &RuleText<'_>| {
        json!({
            "id": rule.id,
            "shortDescription": {"text": rule.title},
            "help": {"text": rule.help, "markdown": rule.help},
        })
    };
    let incomplete = reports.iter().any(|report| !report.complete);
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "fondaco",
                "version": version,
                "rules": rules.iter().map(rule).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": !incomplete,
                "toolExecutionNotifications": reports.iter().flat_map(notifications).collect::<Vec<_>>(),
            }],
            "results": reports.iter().flat_map(results).collect::<Vec<_>>(),
        }],
    })
}

fn notifications(report: &Report) -> Vec<Value> {
    let notification = |u: &crate::report_v1::Unscanned| json!({"level": "error", "message": {"text": format!("{}: {}: not analysed: {}", report.path, u.member, u.why)}});
    report.unscanned.iter().map(notification).collect()
}

fn results(report: &Report) -> Vec<Value> {
    let result = |finding: &crate::report_v1::Finding| {
        let level = match finding.severity.as_str() {
            "critical" | "high" => "error",
            "medium" => "warning",
            _ => "note",
        };
        let member = if finding.member.is_empty() { String::new() } else { format!("/{}", finding.member) };
        let mut place = json!({"artifactLocation": {"uri": format!("{}{member}", report.path)}});
        if finding.line > 0 {
            place["region"] = json!({"startLine": finding.line});
        }
        let mut result = json!({
            "ruleId": finding.rule,
            "level": level,
            "message": {"text": finding.message},
            "locations": [{"physicalLocation": place}],
            "properties": {"trigger": finding.trigger, "layer": finding.layer, "verdict": report.verdict},
        });
        if let Some(reason) = &finding.suppressed {
            result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
        }
        result
    };
    report.findings.iter().map(result).collect()
}
