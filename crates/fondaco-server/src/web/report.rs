//! `GET /reports/SHA256`: why a file is or isn't served, for a person.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_pydist::Sha256;
use fondaco_wire::file_v1::File;
use fondaco_wire::report_v1::{Finding, Report};
use maud::{Markup, html};

use super::page::page;
use crate::api::known_file;
use crate::app::App;
use crate::reader::Reader;
use crate::trouble::Trouble;

/// Findings and layers that the page shows; the report has them all.
const SHOWN: usize = 40;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Path(raw): Path<String>,
) -> Result<Response, Trouble> {
    let known = match raw.parse::<Sha256>() {
        Ok(digest) => known_file(&app, &reader, digest).await?,
        Err(_) => None,
    };
    let Some(file) = known else {
        let body = html! { h1 { "No such report" } p { "No file with that sha256 is known here." } };
        return page(&app, StatusCode::NOT_FOUND, "../", ("No such report", &body)).await;
    };
    let title = file.places.first().map_or(file.sha256.clone(), |place| place.file_name.clone());
    page(&app, StatusCode::OK, "../", (&title, &content(&title, &file))).await
}

fn content(title: &str, file: &File) -> Markup {
    html! {
        h1 { (title) }
        @for place in &file.places {
            p {
                span class={"badge " (place.decision)} { (place.decision) } " "
                (place.project) ", " (place.file_name)
                @if let Some(reason) = &place.reason { ": " (reason) }
            }
        }
        p.dim { "sha256 " code { (file.sha256) } }
        @match &file.report {
            Some(report) => (inspection(report)),
            None => p { "It was not inspected yet." }
        }
        @if !file.rulings.is_empty() {
            h2 { "Rulings of operators" }
            table {
                tr { th { "What" } th { "Who and when" } th { "Why" } th { "Until" } }
                @for ruling in &file.rulings {
                    tr {
                        td { (ruling.decision) @if ruling.withdrawn_at.is_some() { " (withdrawn)" } }
                        td { (ruling.made_by) ", " (ruling.made_at) }
                        td { (ruling.reason) }
                        td { (ruling.expires_at.as_deref().unwrap_or("for good")) }
                    }
                }
            }
        }
        h2 { "If you know better" }
        p { "An operator can rule on this content; it is written to the audit log:" }
        pre { "fondaco admin allow " (file.sha256) " --reason REASON --expires 30d" }
        @for place in &file.places {
            p { a href={"../report/" (place.project) "?file_name=" (place.file_name)} { "Report " (place.file_name) } " as malware or spam, or "
                a href={"../appeal/" (place.project)} { "appeal" } " where it is yours." }
        }
        p { a href={"../api/v1/files/" (file.sha256)} { "The whole report as JSON" } }
    }
}

pub(super) fn inspection(report: &Report) -> Markup {
    let verdict = match report.verdict {
        fondaco_wire::report_v1::Verdict::Clean => "clean",
        fondaco_wire::report_v1::Verdict::Incomplete => "incomplete",
        fondaco_wire::report_v1::Verdict::Suspicious => "suspicious",
        fondaco_wire::report_v1::Verdict::Malicious => "malicious",
    };
    let shown: Vec<&Finding> = report.findings.iter().filter(|finding| finding.is_evidence()).collect();
    let ruled_out: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.suppressed.is_some()).collect();
    html! {
        h2 { "Inspection: " span class=(verdict) { (verdict) } ", score " (format!("{:.2}", report.score)) }
        @if !report.behaviours.is_empty() {
            p {
                "What it does: "
                @for (at, behaviour) in report.behaviours.iter().enumerate() {
                    @if at > 0 { "; " }
                    (behaviour.title) " (" (behaviour.attack.join(", ")) ")"
                }
            }
        }
        @if !report.story.is_empty() {
            h2 { "What happens" }
            ol.story { @for sentence in report.story.iter().take(SHOWN) { li { (sentence) } } }
        }
        @if !report.stages.is_empty() {
            h2 { "The attack by its stages" }
            ol.chain {
                @for stage in &report.stages {
                    li {
                        b { (stage.stage) }
                        @if let Some(trigger) = &stage.trigger { " at " (trigger) }
                        ": " (stage.findings.iter().filter_map(|at| report.findings.get(*at)).map(|f| f.rule.as_str()).collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", "))
                    }
                }
            }
        }
        @if !shown.is_empty() {
            h2 { "Evidence" }
            @for finding in shown.iter().take(SHOWN) { (evidence(finding)) }
            @if shown.len() > SHOWN { p { "and " (shown.len() - SHOWN) " more in the JSON report" } }
        }
        @if !ruled_out.is_empty() {
            h2 { "Ruled out by the operator" }
            ul { @for finding in ruled_out.iter().take(SHOWN) {
                li { b { (finding.rule) } " in " (finding.member) ": " (finding.suppressed.as_deref().unwrap_or_default()) }
            } }
        }
        @if !report.unscanned.is_empty() {
            h2 { "Not analysed" }
            ul { @for unscanned in report.unscanned.iter().take(SHOWN) {
                li { code { (if unscanned.member.is_empty() { "the artifact" } else { &unscanned.member }) } ": " (unscanned.why) }
            } }
        }
        @if !report.layers.is_empty() {
            h2 { "Unfolded code" }
            table {
                tr { th { "Where" } th { "Layer" } th { "Decoded by" } th { "Bytes" } }
                @for layer in report.layers.iter().take(SHOWN) {
                    tr {
                        td { (layer.member) ":" (layer.line) }
                        td { (layer.depth) " (" (layer.language) ")" }
                        td { (layer.encoders.join(", ")) }
                        td { (layer.size) }
                    }
                }
            }
        }
        p.dim { "Inspected by " (report.engine) ". Nothing in the file was run." }
    }
}

fn evidence(finding: &Finding) -> Markup {
    html! {
        div.finding {
            p {
                b { (finding.severity) " " (finding.rule) }
                @if let Some(trigger) = &finding.trigger { " at " (trigger) }
                br; (finding.message)
            }
            @if !finding.member.is_empty() {
                p.dim {
                    (finding.member) ":" (finding.line)
                    @if finding.layer > 0 { ", layer " (finding.layer) }
                    @if !finding.reach.is_empty() { ", reached by " (finding.reach.join(" -> ")) }
                }
            }
            @if !finding.excerpt.is_empty() { pre { (finding.excerpt) } }
        }
    }
}
