//! `GET` and `POST /login`, `POST /logout`.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_accounts::Password;
use maud::html;
use serde::Deserialize;

use super::forms::{go, go_with, next, notice, password, password_page, told};
use crate::accounts::{self, Registration};
use crate::app::App;
use crate::person::Person;
use crate::session_cookie;
use crate::trouble::Trouble;
use crate::visitor::Visitor;

#[derive(Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn get(
    _: Visitor,
    State(app): State<App>,
    Query(Asked { next: asked }): Query<Asked>,
) -> Result<Response, Trouble> {
    form(&app, StatusCode::OK, None, next(asked.as_deref())).await
}

pub(super) async fn post(
    visitor: Visitor,
    State(app): State<App>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(Typed { name, password, next: asked })) = typed else {
        return form(&app, StatusCode::BAD_REQUEST, Some("name and password are needed"), "account").await;
    };
    let next = next(Some(&asked));
    match accounts::log_in(&app, &visitor, &name, &Password::typed(&password)).await {
        Ok(entered) if entered.session.pending => Ok(go_with(&app, &entered, "", "login/second-step")),
        Ok(entered) => Ok(go_with(&app, &entered, "", next)),
        Err(denied) => match told(denied) {
            Ok((status, why)) => form(&app, status, Some(&why), next).await,
            Err(response) => Ok(*response),
        },
    }
}

async fn form(app: &App, status: StatusCode, why: Option<&str>, next: &str) -> Result<Response, Trouble> {
    let open = app.parts.settings.accounts.registration == Registration::Open;
    let local = app.parts.settings.accounts.local;
    let body = html! {
        h1 { "Log in" }
        (notice(why))
        @if app.parts.sso.is_some() { p { a href={ "login/sso?next=/" (next) } { "Use the single sign-on" } } }
        @if local { form action="login" method="post" {
            p { label { "Name: " input name="name" required maxlength="50" autocomplete="username" autofocus; } }
            (password())
            input type="hidden" name="next" value={ "/" (next) };
            p { button type="submit" { "Log in" } }
        } }
        p { a href="login/passkey" { "Use a passkey, and nothing else" } }
        @if local { p { a href="reset" { "I have forgotten my password" } } }
        @if open { p { a href="register" { "I have no account" } } }
    };
    password_page(app, status, "", ("Log in", &body)).await
}

pub(super) async fn log_out(person: Person, State(app): State<App>) -> Response {
    if let Err(denied) = accounts::log_out(&app, &person).await {
        return denied.into_response();
    }
    let mut response = go("", "login");
    if let Some(cookie) = session_cookie::take_away(&app) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
