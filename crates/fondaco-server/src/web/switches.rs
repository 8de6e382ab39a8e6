//! `/desk/switches/`: what is switched off for a time. Staff see it; admins set and lift, by the functions of
//! the API.

use std::time::Duration;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_model::{Switch, SwitchKind, Timestamp, rfc3339};
use fondaco_wire::switch_v1::Order;
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{go, private_page};
use super::observe::{as_page, given, unreadable};
use super::page::minutes;
use crate::api::{self, Lifting};
use crate::app::App;
use crate::desk_staff::Desk;
use crate::person::{Admin, Observer};
use crate::trouble::Trouble;

/// The way from these pages to the index's own address.
const ROOT: &str = "../../";
const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
/// Longest time that a form sets: a year.
pub(super) const MOST_HOURS: u64 = 365 * 24;
/// Oldest age that a form sets: ten years.
const MOST_DAYS: u64 = 3650;

pub(super) async fn get(at_desk: Desk<Observer>, State(app): State<App>) -> Result<Response, Trouble> {
    let (switches, now) = (app.switches().await?, app.now());
    let set: Vec<&Switch> = switches.in_force(now).collect();
    let body = html! {
        h1 { "Switches" }
        p { a href="../" { "Review desk" } ", " a href="../breaker/" { "the breaker" } }
        @if !at_desk.manages { p.dim { "You may read this; admins set and lift." } }
        @if set.is_empty() {
            p { "Nothing is switched off." }
        } @else {
            table {
                tr { th { "Switch" } th { "Counts for" } th { "Why" } th { "By" } th { "Since" } th { "Until" } th {} }
                @for switch in &set { (row(switch, now, at_desk.manages)) }
            }
        }
        @if at_desk.manages { h2 { "Switch something off" } (form(&app)) }
        h2 { "What there is" }
        table { @for kind in SwitchKind::ALL { tr { td { code { (kind.id()) } } td { (kind.meaning()) } } } }
    };
    private_page(&app, StatusCode::OK, ROOT, ("Switches", &body)).await
}

fn row(switch: &Switch, now: Timestamp, manages: bool) -> Markup {
    let issuer = switch.issuer.as_deref();
    let counts_for = match (switch.age, issuer) {
        (Some(age), _) => format!("what is younger than {}", span(age)),
        (None, Some(issuer)) => issuer.to_owned(),
        (None, None) => "all".to_owned(),
    };
    let left = |end: Timestamp| Duration::try_from(end.duration_since(now)).unwrap_or_default();
    html! {
        tr {
            td { code { (switch.kind.id()) } br; (switch.meaning()) }
            td { (counts_for) }
            td { (switch.reason) }
            td { (switch.made_by) }
            td { (minutes(switch.made_at)) }
            td { @match switch.expires_at {
                Some(end) => { (minutes(end)) br; span.dim { "in " (span(left(end))) } }
                None => "it is lifted"
            } }
            td { @if manages {
                form method="post" action="lift" {
                    input type="hidden" name="switch" value=(switch.kind.id());
                    input type="hidden" name="issuer" value=(issuer.unwrap_or_default());
                    label { "Reason " input name="reason" size="20" maxlength="300" required; } " "
                    button type="submit" { "Lift" }
                }
            } }
        }
    }
}

/// A span in the largest unit that it is a whole number of, or nearly.
pub(super) fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds >= 2 * DAY => format!("{} days", seconds / DAY),
        seconds if seconds >= 2 * HOUR => format!("{} hours", seconds / HOUR),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}

fn form(app: &App) -> Markup {
    let issuers = app.trusted_issuers();
    html! {
        form method="post" action="./" {
            p { label { "Switch " select name="switch" required {
                @for kind in SwitchKind::ALL { option value=(kind.id()) { (kind.id()) } }
            } } }
            p { label { "Why: it is shown on every page and to everybody who meets it " br;
                input name="reason" size="70" maxlength="300" required; } }
            p { label { "For how many hours; until it is lifted where empty "
                input type="number" name="hours" min="1" max=(MOST_HOURS); } }
            p { label { "Younger than how many days; of the two switches that count by an age "
                input type="number" name="days" min="1" max=(MOST_DAYS); } }
            @if !issuers.is_empty() {
                p { label { "For which issuer; of no-trusted-publishing " select name="issuer" {
                    option value="" { "all" }
                    @for issuer in &issuers { option value=(issuer) { (issuer) } }
                } } }
            }
            button type="submit" { "Set" }
        }
    }
}

/// A switch as the form sets it: an empty field is none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetForm {
    switch: String,
    reason: String,
    #[serde(default)]
    hours: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    issuer: String,
}

/// A whole number up to this of a field that may be empty.
fn number(text: String, most: u64) -> Result<Option<u64>, NoNumber> {
    let read = |text: String| text.parse().ok().filter(|number| *number <= most).ok_or(NoNumber);
    given(text).map(read).transpose()
}

/// What is no whole number, or too large a one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoNumber;

/// The instant that is so many hours away, as orders tell it, of a field that may be empty.
pub(super) fn in_hours(app: &App, hours: String) -> Result<Option<String>, NoNumber> {
    let hours = number(hours, MOST_HOURS)?;
    Ok(hours.map(|hours| rfc3339(app.now() + Duration::from_secs(HOUR * hours))))
}

pub(super) async fn set(
    admin: Desk<Admin>,
    State(app): State<App>,
    form: Result<Form<SetForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let (end, days) = (in_hours(&app, form.hours), number(form.days, MOST_DAYS));
    let (Ok(expires_at), Ok(days)) = (end, days) else { return Ok(unreadable()) };
    let order = Order {
        reason: form.reason,
        age: days.map(|days| DAY * days),
        expires_at,
        issuer: given(form.issuer),
    };
    let answer = api::set_by(&app, &form.switch, order, admin.actor).await?;
    done(&app, answer).await
}

/// Which switch is lifted, as the button says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LiftForm {
    switch: String,
    reason: String,
    #[serde(default)]
    issuer: String,
}

pub(super) async fn lift(
    admin: Desk<Admin>,
    State(app): State<App>,
    form: Result<Form<LiftForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let lifting = Lifting { reason: form.reason, issuer: given(form.issuer) };
    let answer = api::lift_by(&app, &form.switch, lifting, admin.actor).await?;
    done(&app, answer).await
}

/// Back to the list, or why not.
pub(super) async fn done(app: &App, answer: Response) -> Result<Response, Trouble> {
    if answer.status().is_success() {
        return Ok(go("", ""));
    }
    as_page(app, ROOT, answer, &html! {}).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_as_a_person_reads_them() {
        let of = |seconds| span(Duration::from_secs(seconds));
        assert_eq!([of(61), of(HOUR), of(3 * HOUR)], ["2 minutes", "60 minutes", "3 hours"]);
        assert_eq!([of(DAY), of(7 * DAY), of(0)], ["24 hours", "7 days", "0 minutes"]);
    }

    #[test]
    fn a_field_is_a_number_or_empty() {
        let of = |text: &str| number(text.to_owned(), 24);
        assert_eq!([of(" "), of("12"), of("24")], [Ok(None), Ok(Some(12)), Ok(Some(24))]);
        for wrong in ["-1", "1.5", "x", "25", "99999999999999999999999"] {
            assert_eq!(of(wrong), Err(NoNumber), "{wrong}");
        }
    }
}
