//! `GET /healthz`: whether the process is alive.

pub(super) async fn get() -> &'static str {
    "ok\n"
}
