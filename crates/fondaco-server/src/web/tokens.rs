//! `GET /account/tokens` and the forms on it: one's own tokens, and trusted publishers.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_model::{IssuedToken, Publisher, Timestamp, rfc3339};
use fondaco_wire::token_v1::{Order, PublisherOrder};
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{go, notice, private_page};
use super::page::minutes;
use crate::api::{NotIssued, add_for, issue_to, remove_for, revoke_for, rotate_for, theirs};
use crate::app::App;
use crate::person::{FreshPerson, Person, Verified};
use crate::trouble::Trouble;

/// How long a token that is replaced counts on: a working day, for whatever still holds it.
const OVERLAP: Duration = Duration::from_secs(24 * 3600);

/// What any of the forms may send; each uses what it needs.
#[derive(Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    id: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    projects: String,
    #[serde(default)]
    addresses: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    project: String,
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    claims: String,
}

type Sent = Result<Form<Typed>, FormRejection>;

fn typed(sent: Sent) -> Typed {
    sent.map(|Form(typed)| typed).unwrap_or_default()
}

/// Words of a field; none where it was left empty.
fn words(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> =
        text.split([' ', ',', '\n', '\r']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

/// What is said above the page.
enum Above<'a> {
    Nothing,
    Why(&'a str),
    /// A token, this once.
    Given(&'a str),
}

pub(super) async fn get(person: Person, State(app): State<App>) -> Result<Response, Trouble> {
    show(&app, &person, (StatusCode::OK, "../"), Above::Nothing).await
}

async fn show(
    app: &App,
    person: &Person,
    (status, root): (StatusCode, &str),
    above: Above<'_>,
) -> Result<Response, Trouble> {
    let tokens = app.parts.store.issued_tokens_of(&person.user.id).await?;
    let publishers = theirs(app, person).await?;
    let at = format!("{root}account/");
    let why = if let Above::Why(why) = above { Some(why) } else { None };
    let body = html! {
        h1 { "Tokens and trusted publishers" }
        p { a href={ (root) "account" } { "Your account" } }
        (notice(why))
        @if let Above::Given(text) = above {
            p.banner role="status" { "Your new token, shown this once: " code { (text) } }
        }
        (tokens_part(&at, &tokens, app.now()))
        (publishers_part(app, &at, &publishers))
    };
    private_page(app, status, root, ("Tokens", &body)).await
}

fn button(action: &str, id: &str, label: &str) -> Markup {
    html! {
        form action=(action) method="post" {
            input type="hidden" name="id" value=(id);
            button type="submit" { (label) }
        }
    }
}

fn tokens_part(at: &str, tokens: &[IssuedToken], now: Timestamp) -> Markup {
    let state = |token: &IssuedToken| match (&token.revoked_why, token.is_in_force(now)) {
        (Some(why), _) => format!("revoked: {why}"),
        (None, true) => format!("until {}", minutes(token.expires_at)),
        (None, false) => "over".to_owned(),
    };
    let used = |token: &IssuedToken| match (token.last_used_at, &token.last_used_from) {
        (Some(at), Some(from)) => format!("{} from {from}", minutes(at)),
        _ => "never".to_owned(),
    };
    html! {
        h2 { "Tokens" }
        table {
            tr { th { "Label" } th { "Narrowed by" } th { "Last used" } th { "State" } th {} }
            @for token in tokens {
                tr {
                    td { (token.label) }
                    td { @for caveat in &token.caveats { code { (caveat) } " " } }
                    td { (used(token)) }
                    td { (state(token)) }
                    td { @if token.is_in_force(now) {
                        (button(&format!("{at}tokens/rotate"), &token.id, "Replace; this one counts a day more"))
                        (button(&format!("{at}tokens/revoke"), &token.id, "Revoke at once"))
                    } }
                }
            }
        }
        h3 { "A new one, for uploads" }
        form action={ (at) "tokens" } method="post" {
            p { label { "What it is for: " input name="label" required maxlength="100"; } }
            p { label { "Only these projects: " input name="projects"; } }
            p { label { "Only from these addresses: " input name="addresses" placeholder="10.0.0.0/8"; } }
            p { label { "Days for which it counts: " input type="number" name="days" min="1"; } }
            button type="submit" { "Make it" }
        }
    }
}

fn publishers_part(app: &App, at: &str, publishers: &[Publisher]) -> Markup {
    html! {
        h2 { "Trusted publishers" }
        @if app.parts.issuers.is_empty() {
            p { "This index trusts no issuer of ID tokens." }
        } @else {
            table {
                tr { th { "Project" } th { "Publisher" } th { "Last used" } th {} }
                @for publisher in publishers {
                    tr {
                        td { (publisher.project) @if publisher.pending { " (its first upload makes it)" } }
                        td { (publisher.shown()) }
                        td { (publisher.last_used_at.map_or_else(|| "never".to_owned(), minutes)) }
                        td { (button(&format!("{at}publishers/remove"), &publisher.id, "Remove")) }
                    }
                }
            }
            form action={ (at) "publishers" } method="post" {
                p { label { "Project: " input name="project" required; } }
                p { label { "Issuer: " select name="issuer" {
                    @for trusted in &app.parts.issuers {
                        option value=(trusted.issuer.name()) { (trusted.issuer.name()) " (" (trusted.kind.id()) ")" }
                    }
                } } }
                p { label { "Told by, name=value, one a line (GitHub: owner, repository, workflow, environment): "
                    textarea name="claims" required rows="4" {} } }
                button type="submit" { "Add" }
            }
        }
    }
}

async fn given(
    app: &App,
    person: &Person,
    root: &str,
    outcome: Result<(IssuedToken, String), NotIssued>,
) -> Result<Response, Trouble> {
    match outcome {
        Ok((_, text)) => show(app, person, (StatusCode::CREATED, root), Above::Given(&text)).await,
        Err(NotIssued::Said(status, why)) => show(app, person, (status, root), Above::Why(&why)).await,
        Err(NotIssued::Answer(response)) => Ok(response),
    }
}

pub(super) async fn issue(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let typed = typed(sent);
    let expires_at = match typed.days.trim() {
        "" => None,
        days => {
            let seconds = days.parse::<u32>().ok().map(|days| Duration::from_secs(u64::from(days) * 86_400));
            let end = seconds.and_then(|life| app.now().checked_add(life).ok());
            let Some(end) = end else {
                let why = Above::Why("so many days can't be");
                return show(&app, &person, (StatusCode::BAD_REQUEST, "../"), why).await;
            };
            Some(rfc3339(end))
        }
    };
    let order = Order {
        label: typed.label,
        projects: words(&typed.projects),
        addresses: words(&typed.addresses),
        not_before: None,
        expires_at,
        uploads_only: true,
        once: false,
    };
    given(&app, &person, "../", issue_to(&app, &person, order).await).await
}

pub(super) async fn rotate(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let outcome = rotate_for(&app, &person, &typed(sent).id, OVERLAP).await;
    given(&app, &person, "../../", outcome).await
}

pub(super) async fn revoke(
    Verified(person): Verified,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    match revoke_for(&app, &person, &typed(sent).id).await {
        Ok(()) => Ok(go("../../", "account/tokens")),
        Err(NotIssued::Said(status, why)) => show(&app, &person, (status, "../../"), Above::Why(&why)).await,
        Err(NotIssued::Answer(response)) => Ok(response),
    }
}

pub(super) async fn add_publisher(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let typed = typed(sent);
    let pair = |line: &str| {
        let (name, value) = line.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    let lines = typed.claims.lines().filter(|line| !line.trim().is_empty());
    let Some(claims) = lines.map(pair).collect::<Option<BTreeMap<_, _>>>() else {
        let why = Above::Why("each line is a name, = and a value");
        return show(&app, &person, (StatusCode::BAD_REQUEST, "../"), why).await;
    };
    let order = PublisherOrder { project: typed.project.trim().to_owned(), issuer: typed.issuer, claims };
    Ok(match add_for(&app, &person, order).await? {
        Ok(_) => go("../", "account/tokens"),
        Err(refusal) => refusal,
    })
}

pub(super) async fn remove_publisher(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    Ok(match remove_for(&app, &person, &typed(sent).id).await? {
        Ok(()) => go("../../", "account/tokens"),
        Err(refusal) => refusal,
    })
}
