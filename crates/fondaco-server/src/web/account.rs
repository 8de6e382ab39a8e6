//! `GET /account` and the forms on it: one's own account.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_accounts::Password;
use fondaco_model::{Email, Session};
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{go, go_with, new_password, next, notice, password, password_page, told};
use super::page::minutes;
use crate::accounts::{self, Denied};
use crate::app::App;
use crate::person::{FreshPerson, Person};
use crate::session_cookie;
use crate::trouble::Trouble;

/// What any of the forms may send; each uses what it needs.
#[derive(Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    password: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    session: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    next: String,
}

type Sent = Result<Form<Typed>, FormRejection>;

fn typed(sent: Sent) -> Typed {
    sent.map(|Form(typed)| typed).unwrap_or_default()
}

pub(super) async fn get(person: Person, State(app): State<App>) -> Result<Response, Trouble> {
    show(&app, &person, StatusCode::OK, "", None).await
}

async fn show(
    app: &App,
    person: &Person,
    status: StatusCode,
    root: &str,
    why: Option<&str>,
) -> Result<Response, Trouble> {
    let emails = app.parts.store.emails(&person.user.id).await?;
    let sessions = match accounts::in_force(app, person).await {
        Ok(sessions) => sessions,
        Err(denied) => return Ok(denied.into_response()),
    };
    let at = match root {
        "" => "account/",
        "../" => "",
        _ => "../",
    };
    let body = html! {
        h1 { (person.user.name) }
        (notice(why))
        @if !person.is_verified() {
            p.banner role="status" { "Until a second factor is shown, this session only reads. "
                a href={ (at) "factors" } { "Second factors" } }
        }
        @if let Some(role) = person.user.staff { p { "You are " b { (role.id()) } " of this index." } }
        p { a href={ (at) "tokens" } { "Tokens and trusted publishers" } }
        form action={ (root) "logout" } method="post" { button type="submit" { "Log out" } }
        (emails_part(at, &emails))
        (sessions_part(at, &sessions, &person.session.id))
        h2 { "Second factors" }
        p { a href={ (at) "factors" } { "Authenticator app, passkeys and recovery codes" } }
        h2 { "Projects and organisations" }
        p { a href={ (at) "roles" } { "What you have a role in, and invitations" } }
        h2 { "Password" }
        form action={ (at) "password" } method="post" {
            (new_password(root))
            button type="submit" { "Set it, and end all other sessions" }
        }
        h2 { "Leave" }
        form action={ (at) "leave" } method="post" {
            p { label { "Your name, to be sure: " input name="name" required autocomplete="off"; } }
            button type="submit" { "Delete my account" }
        }
    };
    password_page(app, status, root, ("Your account", &body)).await
}

fn emails_part(at: &str, emails: &[Email]) -> Markup {
    let button = |action: &str, email: &Email, label: &str| {
        html! {
            form action={ (at) (action) } method="post" {
                input type="hidden" name="email" value=(email.address.as_str());
                button type="submit" { (label) }
            }
        }
    };
    html! {
        h2 { "E-mail addresses" }
        table {
            tr { th { "Address" } th { "State" } th {} }
            @for email in emails {
                tr {
                    td { (email.address.as_str()) }
                    td {
                        @if email.primary { "primary, " }
                        @if email.verified_at.is_some() { "confirmed" } @else { "not confirmed yet" }
                    }
                    td { @if !email.primary {
                        (button("emails/primary", email, "Make it primary"))
                        (button("emails/remove", email, "Remove"))
                    } }
                }
            }
        }
        form action={ (at) "emails" } method="post" {
            p { label { "Another address: " input type="email" name="email" required maxlength="254"; } " "
                button type="submit" { "Add" } }
        }
    }
}

fn sessions_part(at: &str, sessions: &[Session], current: &str) -> Markup {
    html! {
        h2 { "Sessions" }
        table {
            tr { th { "Since" } th { "Last used" } th { "From" } th { "By" } th {} }
            @for session in sessions {
                tr {
                    td { (minutes(session.made_at)) }
                    td { (minutes(session.last_seen_at)) }
                    td { (session.address) }
                    td { (session.user_agent) }
                    td { @if session.id == current { "this one" } @else {
                        form action={ (at) "sessions/end" } method="post" {
                            input type="hidden" name="session" value=(session.id);
                            button type="submit" { "End" }
                        }
                    } }
                }
            }
        }
        form action={ (at) "sessions/end-others" } method="post" {
            button type="submit" { "End all others" }
        }
    }
}

/// What came of a form: the account anew, or with why not.
async fn after(
    app: &App,
    person: &Person,
    root: &str,
    outcome: Result<(), Denied>,
) -> Result<Response, Trouble> {
    match outcome.map_err(told) {
        Ok(()) => Ok(go(root, "account")),
        Err(Ok((status, why))) => show(app, person, status, root, Some(&why)).await,
        Err(Err(response)) => Ok(*response),
    }
}

pub(super) async fn add_email(
    person: FreshPerson,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let outcome = accounts::add_email(&app, &person, &typed(sent).email).await;
    after(&app, &person.0, "../", outcome).await
}

pub(super) async fn remove_email(
    person: FreshPerson,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let outcome = accounts::remove_email(&app, &person, &typed(sent).email).await;
    after(&app, &person.0, "../../", outcome).await
}

pub(super) async fn make_primary(
    person: FreshPerson,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let outcome = accounts::make_primary(&app, &person, &typed(sent).email).await;
    after(&app, &person.0, "../../", outcome).await
}

pub(super) async fn end_session(
    person: Person,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let outcome = accounts::end_session(&app, &person, &typed(sent).session).await;
    after(&app, &person, "../../", outcome).await
}

pub(super) async fn end_others(person: Person, State(app): State<App>) -> Result<Response, Trouble> {
    let outcome = accounts::end_others(&app, &person).await.map(|_| ());
    after(&app, &person, "../../", outcome).await
}

pub(super) async fn set_password(
    person: FreshPerson,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    match accounts::change_password(&app, &person, &Password::typed(&typed(sent).password)).await {
        Ok(entered) => Ok(go_with(&app, &entered, "../", "account")),
        Err(denied) => after(&app, &person.0, "../", Err(denied)).await,
    }
}

pub(super) async fn leave(
    person: FreshPerson,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let outcome = match typed(sent).name.eq_ignore_ascii_case(person.0.user.name.as_str()) {
        true => accounts::leave(&app, &person).await,
        false => Err(Denied::wrong("that is not your name; nothing was deleted")),
    };
    if outcome.is_err() {
        return after(&app, &person.0, "../", outcome).await;
    }
    let mut response = go("../", "login");
    if let Some(cookie) = session_cookie::take_away(&app) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

pub(super) async fn confirm_form(
    person: Person,
    State(app): State<App>,
    axum::extract::Query(asked): axum::extract::Query<Typed>,
) -> Result<Response, Trouble> {
    confirming(&app, &person, StatusCode::OK, None, next(Some(&asked.next))).await
}

pub(super) async fn confirm(person: Person, State(app): State<App>, sent: Sent) -> Result<Response, Trouble> {
    let typed = typed(sent);
    let next = next(Some(&typed.next));
    match accounts::confirm(&app, &person, &Password::typed(&typed.password)).await.map_err(told) {
        Ok(entered) => Ok(go_with(&app, &entered, "../", next)),
        Err(Ok((status, why))) => confirming(&app, &person, status, Some(&why), next).await,
        Err(Err(response)) => Ok(*response),
    }
}

async fn confirming(
    app: &App,
    person: &Person,
    status: StatusCode,
    why: Option<&str>,
    next: &str,
) -> Result<Response, Trouble> {
    let body = html! {
        h1 { "Your password once more" }
        (notice(why))
        p { "What you want to do needs it, " (person.user.name) ". Then do it again within ten minutes." }
        form action="confirm" method="post" {
            (password())
            input type="hidden" name="next" value={ "/" (next) };
            button type="submit" { "Go on" }
        }
    };
    password_page(app, status, "../", ("Confirm", &body)).await
}
