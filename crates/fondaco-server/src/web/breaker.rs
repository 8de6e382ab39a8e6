//! `/desk/breaker/`: what the breaker counts beside what it expects, what it holds, and which keys are blocked.
//! Staff see it; admins take back and pin, by the functions of the API.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_wire::breaker_v1::{self, Block, Measure, Pin, Signal};
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::private_page;
use super::observe::unreadable;
use super::page::minutes_of;
use super::switches::{MOST_HOURS, done, in_hours};
use crate::api;
use crate::app::App;
use crate::breaker::{self, Mode};
use crate::desk_staff::Desk;
use crate::person::{Admin, Observer};
use crate::trouble::Trouble;

pub(super) async fn get(at_desk: Desk<Observer>, State(app): State<App>) -> Result<Response, Trouble> {
    let breaker_v1::State { signals, measures, blocks, .. } =
        breaker::state(&app.parts.store, app.now()).await?.shown();
    let body = html! {
        h1 { "The breaker" }
        p { a href="../" { "Review desk" } ", " a href="../switches/" { "switches" } }
        p { (mode(app.parts.settings.breaker.mode)) }
        @if !at_desk.manages { p.dim { "You may read this; admins take back and pin." } }
        h2 { "What is counted" }
        table {
            tr { th { "Signal" } th { "Last hour" } th { "Expected" } th { "Last day" } th { "Expected" } th { "Baseline" } }
            @for one in &signals { (signal(one)) }
        }
        h2 { "What it can set" }
        table {
            tr { th { "Switch" } th { "Held until" } th { "Pinned until" } th {} }
            @for one in &measures { (measure(one, at_desk.manages)) }
        }
        h2 { "What it has blocked" }
        @if blocks.is_empty() {
            p { "Nothing." }
        } @else {
            table {
                tr { th { "Key" } th { "Why" } th { "Since" } th { "Until" } th {} }
                @for one in &blocks { (block(one, at_desk.manages)) }
            }
        }
    };
    private_page(&app, StatusCode::OK, "../../", ("The breaker", &body)).await
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Trip => "It sets switches and blocks keys by itself.",
        Mode::Tell => "It only tells what it would do.",
        Mode::Off => "It is off: nothing is counted.",
    }
}

fn signal(one: &Signal) -> Markup {
    let more = one.last_hour as f64 > one.expected_last_hour || one.last_day as f64 > one.expected_last_day;
    html! {
        tr {
            td { @if more { b { (one.signal) } } @else { (one.signal) } }
            td { (one.last_hour) }
            td { (format!("{:.1}", one.expected_last_hour)) }
            td { (one.last_day) }
            td { (format!("{:.1}", one.expected_last_day)) }
            td { @if one.warm { "two weeks seen" } @else { "still learning" } }
        }
    }
}

fn measure(one: &Measure, manages: bool) -> Markup {
    let until = |instant: &Option<String>| instant.as_deref().map(minutes_of).unwrap_or_default();
    html! {
        tr {
            td { code { (one.switch) } }
            td { @if one.held_until.is_some() { (until(&one.held_until)) } @else { "not held" } }
            td { @if one.pinned_until.is_some() { (until(&one.pinned_until)) } @else { "not pinned" } }
            td { @if manages {
                form method="post" action="reset" {
                    input type="hidden" name="switch" value=(one.switch);
                    label { "Reason " input name="reason" size="20" maxlength="300" required; } " "
                    button type="submit" { "Reset" }
                }
                form method="post" action="pin" {
                    input type="hidden" name="switch" value=(one.switch);
                    label { "Reason " input name="reason" size="20" maxlength="300" required; } " "
                    label { "for hours " input type="number" name="hours" min="1" max=(MOST_HOURS); } " "
                    button type="submit" { "Pin, or unpin where empty" }
                }
            } }
        }
    }
}

fn block(one: &Block, manages: bool) -> Markup {
    html! {
        tr {
            td { (one.kind) " " code { (one.key) } }
            td { (one.reason) }
            td { (minutes_of(&one.made_at)) }
            td { (minutes_of(&one.expires_at)) }
            td { @if manages {
                form method="post" action="unblock" {
                    input type="hidden" name="kind" value=(one.kind);
                    input type="hidden" name="key" value=(one.key);
                    label { "Reason " input name="reason" size="20" maxlength="300" required; } " "
                    button type="submit" { "Unblock" }
                }
            } }
        }
    }
}

/// Whether a measure is left as it is, as the form says: without hours the pin is taken out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PinForm {
    switch: String,
    reason: String,
    #[serde(default)]
    hours: String,
}

pub(super) async fn pin(
    admin: Desk<Admin>,
    State(app): State<App>,
    form: Result<Form<PinForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let Ok(pinned_until) = in_hours(&app, form.hours) else { return Ok(unreadable()) };
    let order = Pin { reason: form.reason, pinned_until };
    let answer = api::pin_by(&app, &form.switch, order, admin.actor).await?;
    done(&app, answer).await
}

/// A measure that is taken back, as the button says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetForm {
    switch: String,
    reason: String,
}

pub(super) async fn reset(
    admin: Desk<Admin>,
    State(app): State<App>,
    form: Result<Form<ResetForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let answer = api::reset_by(&app, &form.switch, form.reason, admin.actor).await?;
    done(&app, answer).await
}

/// A key whose block is taken back, as the button says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnblockForm {
    kind: String,
    key: String,
    reason: String,
}

pub(super) async fn unblock(
    admin: Desk<Admin>,
    State(app): State<App>,
    form: Result<Form<UnblockForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let answer = api::unblock_by(&app, (&form.kind, &form.key), form.reason, admin.actor).await?;
    done(&app, answer).await
}
