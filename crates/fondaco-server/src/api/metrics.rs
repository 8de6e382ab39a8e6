//! `GET /metrics`: figures for Prometheus, in its OpenMetrics text. No name of a project is in it.

use std::sync::atomic::AtomicU64;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::ReinspectionState;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::breaker;
use crate::measures;
use crate::trouble::Trouble;

pub(super) async fn get(State(app): State<App>) -> Result<Response, Trouble> {
    let figures = app.parts.store.figures().await?;
    let mut registry = Registry::with_prefix("fondaco");
    let mut gauge = |name: &str, help: &str, value: u64| {
        let gauge: Gauge = Gauge::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    };
    gauge("journal_serial", "Last serial of the journal", app.parts.store.last_serial().await?);
    gauge("waiting_inspections", "Files that wait for an inspection", app.parts.store.waiting_jobs().await?);
    gauge("own_projects", "Projects of our own", figures.own_projects);
    gauge("own_files", "Files of our own that are not deleted", figures.own_files);
    gauge("pulled_projects", "Projects that were pulled through", figures.pulled_projects);
    gauge("uploads_taken", "Uploads that were taken", figures.uploads_taken);
    gauge("uploads_blocked", "Uploads that were blocked", figures.uploads_blocked);
    gauge("files_inspected", "Contents that were inspected", figures.files_inspected);
    gauge("files_malicious", "Contents that an inspection found malicious", figures.files_malicious);
    gauge("downloads", "Files that were served", figures.downloads);
    gauge("resident_memory_bytes", "Memory of this process that is in use", measures::resident_memory());
    gauge("quarantines", "Quarantines in force", figures.quarantines);
    let state = breaker::state(&app.parts.store, app.now()).await?;
    gauge("blocked_keys", "Keys that the breaker has blocked", state.blocks.len() as u64);
    let held = state.measures.iter().filter(|(_, held, _)| held.is_some()).count();
    gauge("breaker_measures", "Measures that the breaker holds", held as u64);
    if let Some(run) = app.parts.store.reinspection(&app.engine).await? {
        let counts = app.parts.store.shadow_counts(&run.engine).await?;
        gauge("reinspection_files", "Stored files when this engine began to inspect them again", run.total);
        gauge("reinspection_looked_at", "How many of them it has looked at", run.looked_at);
        gauge("reinspection_worse", "How many of them it finds worse", counts.worse);
        gauge("reinspection_better", "How many of them it finds better", counts.better);
        let waits = run.state == ReinspectionState::Braked;
        gauge("reinspection_braked", "1 where a person has to decide whether that counts", u64::from(waits));
    }
    app.measures.register(&mut registry);
    let signals: Family<[(&'static str, &'static str); 1], Gauge> = Family::default();
    let expected: Family<[(&'static str, &'static str); 1], Gauge<f64, AtomicU64>> = Family::default();
    for one in &state.signals {
        let label = [("signal", one.signal.id())];
        signals.get_or_create(&label).set(i64::try_from(one.last[0]).unwrap_or(i64::MAX));
        expected.get_or_create(&label).set(one.expected[0]);
    }
    registry.register("breaker_last_hour", "Events that the breaker counted in the last hour", signals);
    registry.register("breaker_expected", "Events that the breaker expects in an hour", expected);
    let feeds: Family<[(&'static str, String); 1], Gauge> = Family::default();
    for (name, state) in app.feed_states() {
        // A feed that was never had since the start counts from 1970: older than any limit.
        let at = state.current_at.map_or(0, |at| at.as_second());
        feeds.get_or_create(&[("feed", name)]).set(at);
    }
    registry.register(
        "feed_current",
        "When a feed's newest state was here last, in seconds since 1970",
        feeds,
    );
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| Trouble::Inside(error.to_string()))?;
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
