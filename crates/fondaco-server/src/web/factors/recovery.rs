//! `GET /factor-recovery/cancel` and `/reset`: what the links in mails lead to; a button does it, since
//! programs that look into mails follow links too.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use serde::Deserialize;

use super::{page, refused};
use crate::app::App;
use crate::factors::{object, reset as reset_by};
use crate::trouble::Trouble;
use crate::visitor::Visitor;

#[derive(Deserialize)]
pub(in crate::web) struct Given {
    #[serde(default)]
    link: String,
}

async fn asked(
    app: &App,
    link: &str,
    (title, action, button): (&str, &str, &str),
) -> Result<Response, Trouble> {
    let body = html! {
        h1 { (title) }
        form method="post" action=(action) {
            input type="hidden" name="link" value=(link);
            button { (button) }
        }
    };
    page(app, StatusCode::OK, "../", (title, &body)).await
}

async fn done(app: &App, said: &str) -> Result<Response, Trouble> {
    let body = html! {
        h1 { (said) }
        p { a href="../login" { "Log in" } }
    };
    page(app, StatusCode::OK, "../", (said, &body)).await
}

pub(in crate::web) async fn ask_cancel(
    _: Visitor,
    State(app): State<App>,
    Query(Given { link }): Query<Given>,
) -> Result<Response, Trouble> {
    asked(&app, &link, ("Keep your second factors", "cancel", "Call the reset off")).await
}

pub(in crate::web) async fn cancel(
    _: Visitor,
    State(app): State<App>,
    Form(Given { link }): Form<Given>,
) -> Result<Response, Trouble> {
    match object(&app, &link).await {
        Ok(()) => done(&app, "The reset is called off").await,
        Err(trouble) => refused(&app, "../", trouble).await,
    }
}

pub(in crate::web) async fn ask_reset(
    _: Visitor,
    State(app): State<App>,
    Query(Given { link }): Query<Given>,
) -> Result<Response, Trouble> {
    asked(&app, &link, ("Reset your second factors", "reset", "Reset them and end every session")).await
}

pub(in crate::web) async fn reset(
    _: Visitor,
    State(app): State<App>,
    Form(Given { link }): Form<Given>,
) -> Result<Response, Trouble> {
    match reset_by(&app, &link).await {
        Ok(()) => done(&app, "Your second factors are reset").await,
        Err(trouble) => refused(&app, "../", trouble).await,
    }
}
