//! What is measured of requests while they are answered.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of the times that are told apart, in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Method and status; of methods those that routes have, so that no client can make up labels.
type Labels = [(&'static str, String); 2];

/// Counts and times of this process's answers.
#[derive(Debug)]
pub(crate) struct Measures {
    answers: Family<Labels, Counter>,
    seconds: Histogram,
}

impl Default for Measures {
    fn default() -> Self {
        Self { answers: Family::default(), seconds: Histogram::new(BOUNDS) }
    }
}

impl Measures {
    /// Notes an answer and the time until its body began.
    pub(crate) fn answered(&self, method: &Method, status: StatusCode, time: Duration) {
        let method = match method.as_str() {
            known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE") => known,
            _ => "other",
        };
        let labels = [("method", method.to_owned()), ("status", status.as_u16().to_string())];
        self.answers.get_or_create(&labels).inc();
        self.seconds.observe(time.as_secs_f64());
    }

    /// Adds itself to what is told.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("http_requests", "Requests that were answered", self.answers.clone());
        registry.register(
            "http_request_seconds",
            "Time until the body of an answer began",
            self.seconds.clone(),
        );
    }
}

/// The memory of this process that is in use, in bytes; 0 where the system does not say.
pub(crate) fn resident_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kilobytes = line.trim().trim_end_matches("kB").trim().parse::<u64>();
    kilobytes.map_or(0, |number| number * 1024)
}
