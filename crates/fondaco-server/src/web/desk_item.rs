//! One project at the review desk: its story, evidence, files, what is new since the release before, what
//! was said and done, and the buttons.

use fondaco_pydist::Sha256;
use fondaco_wire::diff_v1::Diff;
use fondaco_wire::observation_v1::{Appeal, Observation};
use fondaco_wire::report_v1::Report;
use maud::{Markup, html};

use super::report::inspection;
use crate::api::{Item, ItemFile};
use crate::app::App;
use crate::trouble::Trouble;

/// Reports on files that are shown in full.
const SHOWN: usize = 5;
/// Lines of each list.
const LINES: usize = 200;

/// A file that waits for a person, with its report and what is new in it.
pub(super) struct Inspected {
    file_name: String,
    sha256: String,
    report: Report,
    news: Option<Diff>,
}

/// Reads the reports on the files that are not served.
pub(super) async fn inspected(app: &App, item: &Item) -> Result<Vec<Inspected>, Trouble> {
    let mut all = Vec::new();
    for file in item.files.iter().filter(|file| file.decision != "allow").take(SHOWN) {
        let Some(report) = report_on(app, file).await? else { continue };
        let before = match predecessor(item, file) {
            Some(before) => report_on(app, before).await?,
            None => None,
        };
        let news = before.map(|before| Diff::of(&before, &report));
        let sha256 = file.sha256.clone().unwrap_or_default();
        all.push(Inspected { file_name: file.file_name.clone(), sha256, report, news });
    }
    appealed(app, item, &mut all).await?;
    Ok(all)
}

/// Adds the reports on what was blocked when it was uploaded, and so is no file, where its uploader has
/// appealed and nobody has decided.
async fn appealed(app: &App, item: &Item, all: &mut Vec<Inspected>) -> Result<(), Trouble> {
    let open = item.appeals.iter().filter(|appeal| appeal.state == "open");
    for upload in open.filter_map(|appeal| appeal.upload.as_ref()).take(SHOWN) {
        if all.iter().any(|one| one.sha256 == upload.sha256) {
            continue;
        }
        let Ok(sha256) = upload.sha256.parse::<Sha256>() else { continue };
        if let Some(report) = newest_report(app, sha256).await? {
            let (file_name, sha256) = (upload.file_name.clone(), upload.sha256.clone());
            all.push(Inspected { file_name, sha256, report, news: None });
        }
    }
    Ok(())
}

async fn report_on(app: &App, file: &ItemFile) -> Result<Option<Report>, Trouble> {
    let Some(sha256) = file.sha256.as_deref().and_then(|text| text.parse::<Sha256>().ok()) else {
        return Ok(None);
    };
    newest_report(app, sha256).await
}

async fn newest_report(app: &App, sha256: Sha256) -> Result<Option<Report>, Trouble> {
    let evidence = app.parts.store.newest_evidence(sha256).await?;
    Ok(evidence.and_then(|evidence| serde_json::from_str(&evidence.report).ok()))
}

/// The file of the newest earlier release in the same form.
fn predecessor<'i>(item: &'i Item, file: &ItemFile) -> Option<&'i ItemFile> {
    let version = |file: &ItemFile| file.release.parse::<fondaco_pydist::Version>().ok();
    let (own, form) = (version(file)?, |file: &ItemFile| file.file_name.ends_with(".whl"));
    let earlier = item.files.iter().filter(|other| form(other) == form(file));
    earlier.filter(|other| version(other).is_some_and(|other| other < own)).max_by_key(|other| version(other))
}

/// The page.
pub(super) fn content(item: &Item, inspected: &[Inspected], decides: bool) -> Markup {
    html! {
        h1 { (item.project) }
        p { a href="../" { "Review desk" } }
        @if !decides { p.dim { "You may read this; reviewers decide." } }
        @for one in &item.quarantines {
            p { span class="badge hold" { "quarantined" } " "
                (one.file_name.as_deref().or(one.release.as_deref()).unwrap_or("the whole project"))
                ", by " (one.made_by) ": " (one.reason) }
        }
        (said(item, decides))
        (uploaders(item))
        @for one in inspected { (story(one)) }
        (files(item, decides))
        @if decides { h2 { "Decide" } (act_form(item, None, &["quarantine", "release", "note"])) }
        (done(item))
    }
}

fn said(item: &Item, decides: bool) -> Markup {
    html! {
        @if !item.observations.is_empty() {
            h2 { "Reports" }
            @for one in item.observations.iter().take(LINES) { (observation(one, decides)) }
        }
        @if !item.appeals.is_empty() {
            h2 { "Appeals" }
            @for one in item.appeals.iter().take(LINES) { (appeal(one, decides)) }
        }
    }
}

fn observation(one: &Observation, decides: bool) -> Markup {
    html! {
        div.finding {
            p { b { (one.kind) } " (" (one.state) ") by " (one.observer.as_deref().unwrap_or_default())
                @if one.trusted == Some(true) { ", a trusted observer" }
                @if let Some(release) = &one.release { ", of " (release) }
                @if let Some(file) = &one.file_name { ", " (file) } }
            p { (one.summary) }
            // As text: where it leads to is a stranger's choice.
            @if let Some(evidence) = &one.inspector_url { p.dim { "evidence: " code { (evidence) } } }
            @if let Some(note) = &one.note { p { "Decided: " (note) } }
            @if decides && one.state == "open" {
                form method="post" action={ "../observations/" (one.id) } {
                    label { "Outcome " select name="outcome" {
                        option value="confirmed" { "confirmed" }
                        option value="not_malware" { "not malware" }
                        option value="insufficient" { "insufficient" }
                    } } " "
                    label { "and " select name="measure" {
                        option value="nothing" { "nothing else" }
                        option value="quarantine" { "quarantine" }
                        option value="remove" { "remove" }
                        option value="release" { "free what was closed automatically" }
                    } } " "
                    label { input type="checkbox" name="freeze_accounts" value="yes"; " freeze the uploaders" } br;
                    label { "Note to the reporter " input name="note" size="60" maxlength="2000" required; } " "
                    button type="submit" { "Decide" }
                }
            }
        }
    }
}

fn appeal(one: &Appeal, decides: bool) -> Markup {
    html! {
        div.finding {
            p { b { (one.state) } " by " (one.made_by) " against "
                @if let Some(act) = &one.act { "act " code { (act) } }
                @if let Some(upload) = &one.upload { "the upload of " a href={ "../../reports/" (upload.sha256) } { (upload.file_name) } } }
            p { (one.text) }
            @if let Some(note) = &one.note { p { "Decided: " (note) } }
            @if decides && one.state == "open" {
                form method="post" action={ "../appeals/" (one.id) } {
                    label { "Note to whoever appealed " input name="note" size="60" maxlength="2000" required; } " "
                    button type="submit" name="decision" value="grant" { "Grant" } " "
                    button type="submit" name="decision" value="refuse" { "Refuse" }
                }
            }
        }
    }
}

/// What is other about who uploaded than before: facts beside the evidence of the files.
fn uploaders(item: &Item) -> Markup {
    let told: Vec<_> = item.uploads.iter().filter(|upload| !upload.facts.is_empty()).collect();
    html! {
        @if !told.is_empty() {
            h2 { "Who uploaded" }
            table {
                tr { th { "File" } th { "Who and when" } th { "Other than before" } }
                @for upload in told.iter().take(LINES) {
                    tr {
                        td { (upload.file_name) @if !upload.taken { " (blocked)" } }
                        td { (upload.uploaded_by) ", " (upload.uploaded_at.get(..16).unwrap_or_default().replace('T', " ")) }
                        td { @for fact in &upload.facts { p { b { (fact.fact) } ": " (fact.detail) } } }
                    }
                }
            }
        }
    }
}

fn story(one: &Inspected) -> Markup {
    html! {
        h2 { a href={ "../../reports/" (one.sha256) } { (one.file_name) } }
        (inspection(&one.report))
        @if let Some(news) = &one.news {
            h2 { "New since " (news.old.version.as_deref().unwrap_or("the release before")) }
            ul {
                @for trigger in news.triggers.iter().take(LINES) { li { "runs at " (trigger) } }
                @for behaviour in news.behaviours.iter().take(LINES) { li { (behaviour.title) } }
                @for host in news.hosts.iter().take(LINES) { li { "names " (host.host) } }
                @for script in news.entry_points.iter().take(LINES) { li { "installs the script " (script) } }
                @for needed in news.requires.iter().take(LINES) { li { "requires " (needed) } }
            }
            @if !news.complete { p.dim { "One of the two was not looked at in full." } }
        }
    }
}

fn files(item: &Item, decides: bool) -> Markup {
    html! {
        h2 { "Files" }
        table {
            tr { th { "File" } th { "Decision" } th { "Size" } th { "" } }
            @for file in item.files.iter().take(LINES) {
                tr {
                    td { @if let Some(digest) = &file.sha256 { a href={ "../../reports/" (digest) } { (file.file_name) } }
                        @else { (file.file_name) } }
                    td { span class=(file.decision) { (file.decision) } @if let Some(reason) = &file.reason { ": " (reason) } }
                    td { @if let Some(size) = file.size { (size) } }
                    td { @if decides && file.sha256.is_some() { (act_form(item, Some(file), &["allow", "hold", "quarantine", "release", "note"])) } }
                }
            }
        }
    }
}

fn act_form(item: &Item, file: Option<&ItemFile>, acts: &[&str]) -> Markup {
    html! {
        form method="post" action=(item.project) {
            @if let Some(file) = file {
                input type="hidden" name="file_name" value=(file.file_name);
                input type="hidden" name="sha256" value=(file.sha256.as_deref().unwrap_or_default());
            }
            label { "Reason " input name="reason" size="30" maxlength="2000" required; } " "
            @for act in acts { button type="submit" name="act" value=(act) { (act) } " " }
        }
    }
}

fn done(item: &Item) -> Markup {
    html! {
        @if !item.fetched_by.is_empty() {
            h2 { "Who fetched it" }
            table {
                tr { th { "Client" } th { "File" } th { "Times" } th { "Last" } }
                @for one in item.fetched_by.iter().take(LINES) {
                    tr { td { (one.client) " " span.dim { (one.user_agent) } } td { (one.file_name) } td { (one.times) } td { (one.last) } }
                }
            }
        }
        @if let Some(since) = &item.fetched_known_since {
            p.dim { "Who was served what is known since " (since.get(..10).unwrap_or_default()) "; before that there are counts alone." }
        }
        @if !item.events.is_empty() {
            h2 { "What was done" }
            table {
                tr { th { "When" } th { "Who" } th { "What" } th { "Why" } }
                @for event in item.events.iter().rev().take(LINES) {
                    tr { td { (event.at.get(..16).unwrap_or_default().replace('T', " ")) } td { (event.actor) }
                        td { (event.action) " " (event.subject) } td { (event.reason) } }
                }
            }
        }
    }
}
