//! `GET` and `POST /reset`, `GET` and `POST /password`: a password that was forgotten, or a first one.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_accounts::Password;
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{new_password, notice, password_page, private_page, told};
use crate::accounts;
use crate::app::App;
use crate::trouble::Trouble;
use crate::visitor::Visitor;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    email: String,
}

#[derive(Deserialize)]
pub(super) struct Linked {
    #[serde(default)]
    link: String,
}

#[derive(Default, Deserialize)]
pub(super) struct Typed {
    link: String,
    password: String,
}

pub(super) async fn ask_form(_: Visitor, State(app): State<App>) -> Result<Response, Trouble> {
    private_page(&app, StatusCode::OK, "", ("New password", &asking(None))).await
}

pub(super) async fn ask(
    visitor: Visitor,
    State(app): State<App>,
    typed: Result<Form<Asked>, FormRejection>,
) -> Result<Response, Trouble> {
    let email = typed.map(|Form(Asked { email })| email).unwrap_or_default();
    match accounts::ask_reset(&app, &visitor, &email).await {
        Ok(()) => {
            let body = html! {
                h1 { "Look into your mail" }
                p { "If an account has this address, a mail says how to set a new password." }
            };
            private_page(&app, StatusCode::ACCEPTED, "", ("New password", &body)).await
        }
        Err(denied) => match told(denied) {
            Ok((status, why)) => private_page(&app, status, "", ("New password", &asking(Some(&why)))).await,
            Err(response) => Ok(*response),
        },
    }
}

fn asking(why: Option<&str>) -> Markup {
    html! {
        h1 { "A new password" }
        (notice(why))
        form action="reset" method="post" {
            p { label { "E-mail: " input type="email" name="email" required maxlength="254" autocomplete="email"; } }
            p { button type="submit" { "Send me a mail" } }
        }
    }
}

pub(super) async fn set_form(
    _: Visitor,
    State(app): State<App>,
    Query(Linked { link }): Query<Linked>,
) -> Result<Response, Trouble> {
    password_page(&app, StatusCode::OK, "", ("New password", &setting(None, &link))).await
}

pub(super) async fn set(
    _: Visitor,
    State(app): State<App>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Trouble> {
    let Typed { link, password } = typed.map(|Form(typed)| typed).unwrap_or_default();
    match accounts::set_password_by_link(&app, &link, &Password::typed(&password)).await {
        Ok(user) => {
            let body = html! {
                h1 { "Your password is set" }
                p { "Log in as " b { (user.name) } " with it: " a href="login" { "log in" } "." }
            };
            private_page(&app, StatusCode::OK, "", ("New password", &body)).await
        }
        Err(denied) => match told(denied) {
            Ok((status, why)) => {
                password_page(&app, status, "", ("New password", &setting(Some(&why), &link))).await
            }
            Err(response) => Ok(*response),
        },
    }
}

fn setting(why: Option<&str>, link: &str) -> Markup {
    html! {
        h1 { "Set a password" }
        (notice(why))
        form action="password" method="post" {
            input type="hidden" name="link" value=(link);
            (new_password(""))
            p { button type="submit" { "Set it" } }
        }
    }
}
