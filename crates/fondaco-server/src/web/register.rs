//! `GET` and `POST /register`, `GET` and `POST /verify`: an account of one's own.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_accounts::Password;
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{new_password, notice, password_page, private_page, told};
use crate::accounts::{self, Denied, Order, Registration};
use crate::app::App;
use crate::trouble::Trouble;
use crate::visitor::Visitor;

#[derive(Default, Deserialize)]
pub(super) struct Typed {
    name: String,
    email: String,
    password: String,
    #[serde(default)]
    display_name: String,
}

#[derive(Deserialize)]
pub(super) struct Linked {
    #[serde(default)]
    link: String,
}

pub(super) async fn get(_: Visitor, State(app): State<App>) -> Result<Response, Trouble> {
    password_page(&app, StatusCode::OK, "", ("Register", &form(&app, None, &Typed::default()))).await
}

pub(super) async fn post(
    visitor: Visitor,
    State(app): State<App>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Trouble> {
    let typed = typed.map(|Form(typed)| typed).unwrap_or_default();
    let order = Order {
        name: typed.name.clone(),
        email: typed.email.clone(),
        password: Password::typed(&typed.password),
        display_name: typed.display_name.clone(),
    };
    match accounts::register(&app, &visitor, order).await {
        Ok(()) => {
            let body = html! {
                h1 { "Look into your mail" }
                p { "If this address can be used, a mail says how to go on." }
            };
            private_page(&app, StatusCode::ACCEPTED, "", ("Register", &body)).await
        }
        Err(denied) => match told(denied) {
            Ok((status, why)) => {
                password_page(&app, status, "", ("Register", &form(&app, Some(&why), &typed))).await
            }
            Err(response) => Ok(*response),
        },
    }
}

fn form(app: &App, why: Option<&str>, typed: &Typed) -> Markup {
    let open = app.parts.settings.accounts.registration == Registration::Open;
    html! {
        h1 { "Register" }
        (notice(why))
        @if open {
            form action="register" method="post" {
                p { label { "Name: " input name="name" value=(typed.name) required maxlength="50" autocomplete="username"; } }
                p { label { "E-mail: " input type="email" name="email" value=(typed.email) required maxlength="254" autocomplete="email"; } }
                p { label { "What you call yourself: " input name="display_name" value=(typed.display_name) maxlength="100" autocomplete="name"; } }
                (new_password(""))
                p { button type="submit" { "Register" } }
            }
        } @else {
            p { "Nobody can register here by themselves: whoever runs this index makes accounts." }
        }
    }
}

/// The link of a mail leads here. Only the button uses it up: mail programs open links by themselves.
pub(super) async fn show_link(
    _: Visitor,
    State(app): State<App>,
    Query(Linked { link }): Query<Linked>,
) -> Result<Response, Trouble> {
    let body = html! {
        h1 { "Confirm your e-mail address" }
        form action="verify" method="post" {
            input type="hidden" name="link" value=(link);
            p { button type="submit" { "This address is mine" } }
        }
    };
    private_page(&app, StatusCode::OK, "", ("Confirm", &body)).await
}

pub(super) async fn use_link(
    _: Visitor,
    State(app): State<App>,
    typed: Result<Form<Linked>, FormRejection>,
) -> Result<Response, Trouble> {
    let link = typed.map(|Form(Linked { link })| link).unwrap_or_default();
    let (status, words) = match accounts::verify_email(&app, &link).await {
        Ok(user) => (StatusCode::OK, format!("The address is confirmed. Welcome, {}.", user.name)),
        Err(denied @ Denied::Because { .. }) => match told(denied) {
            Ok(told) => told,
            Err(response) => return Ok(*response),
        },
        Err(denied) => return Ok(axum::response::IntoResponse::into_response(denied)),
    };
    let body =
        html! { h1 { "Your e-mail address" } p role="status" { (words) } p { a href="login" { "Log in" } } };
    private_page(&app, status, "", ("Confirm", &body)).await
}
