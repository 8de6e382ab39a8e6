//! How a refused file is answered: to pip by the reason phrase, to everybody else by a problem.

use std::collections::BTreeMap;

use axum::response::Response;
use fondaco_model::{Cause, Evidence, Refusal, rfc3339};
use fondaco_verdict::Decision;
use fondaco_wire::problem;
use fondaco_wire::report_v1::Report;

use crate::app::App;
use crate::listing;
use crate::trouble::{Trouble, refused};
use crate::view::{FileView, View};

/// Findings that the body shows; the report has them all.
const FINDINGS: usize = 10;

pub(super) async fn respond(
    app: &App,
    view: &View,
    file: &FileView,
    refusal: &Refusal,
    base: &str,
) -> Result<Response, Trouble> {
    let evidence = match refusal.sha256 {
        Some(digest) => app.parts.store.newest_evidence(digest).await?,
        None => None,
    };
    // What upstream or an operator did to a name is no verdict on its content.
    let of_content = matches!(refusal.cause, Cause::Verdict { .. } | Cause::Sibling);
    let evidence = evidence.filter(|_| of_content);
    let way_out = way_out(file, refusal);
    let phrase = listing::reason(refusal, base);
    let body = problem::Refusal {
        too_new: view
            .too_new()
            .into_iter()
            .map(|(release, until)| (release.to_owned(), rfc3339(until)))
            .collect(),
        way_out: way_out.clone(),
        ..body(refusal, evidence.as_ref(), base)
    };
    let hint = match refusal.decision {
        _ if matches!(refusal.cause, Cause::TooNew(_)) => "an older version can be had now",
        _ if matches!(refusal.cause, Cause::NewProject(_)) => {
            "new projects are held for a time; the front page of this index says why"
        }
        _ if matches!(refusal.cause, Cause::Lookalike { .. }) => "check the spelling before anything else",
        Decision::Block => "don't install it; read the report first",
        Decision::Hold | Decision::Allow => "it waits for a person",
    };
    let hint = match way_out {
        Some(command) => format!("{hint}. An operator who knows better runs: {command}"),
        None => hint.to_owned(),
    };
    Ok(refused(refusal.summary(), &phrase, Some(hint), body))
}

/// A refusal with the evidence on the content, for a machine.
pub(crate) fn body(refusal: &Refusal, evidence: Option<&Evidence>, base: &str) -> problem::Refusal {
    let report = evidence.and_then(report);
    problem::Refusal {
        decision: refusal.decision.id(),
        sha256: refusal.sha256.map(|digest| digest.to_string()),
        report: refusal.sha256.map(|digest| format!("{base}/api/v1/files/{digest}")),
        page: listing::report_address(refusal, base),
        verdict: evidence.map(|evidence| evidence.verdict.id().to_owned()),
        behaviours: report.as_ref().map(|report| report.behaviours.clone()).unwrap_or_default(),
        stages: report.as_ref().map(shown_stages).unwrap_or_default(),
        story: report.as_ref().map(|report| report.story.clone()).unwrap_or_default(),
        findings: report
            .as_ref()
            .map(|report| report.findings.iter().take(FINDINGS).cloned().collect())
            .unwrap_or_default(),
        too_new: BTreeMap::new(),
        unscanned: report.map(|report| report.unscanned).unwrap_or_default(),
        upload: None,
        way_out: None,
    }
}

pub(crate) fn report(evidence: &Evidence) -> Option<Report> {
    serde_json::from_str(&evidence.report).ok()
}

/// The stages, with no index beyond the findings that are shown.
fn shown_stages(report: &Report) -> Vec<fondaco_wire::report_v1::Stage> {
    let mut stages = report.stages.clone();
    for stage in &mut stages {
        stage.findings.retain(|at| *at < FINDINGS);
    }
    stages
}

fn way_out(file: &FileView, refusal: &Refusal) -> Option<String> {
    let digest = match refusal.cause {
        // The new content is what has to be allowed.
        Cause::DigestChanged => file.record.conflict,
        Cause::Quarantined => None,
        Cause::QuarantinedHere => {
            return Some(format!("fondaco admin unquarantine {} --reason REASON", file.record.key.project));
        }
        _ => file.record.sha256,
    };
    digest.map(|digest| format!("fondaco admin allow {digest} --reason REASON"))
}
