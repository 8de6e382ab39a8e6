//! The index over HTTP: pull-through of an upstream in which nothing is served before it is
//! inspected.
//!
//! `pages` knows what upstream says of a project, `view` joins that with what is known here into
//! one standing a file, `listing` renders it, and `gate` turns an undecided file into a decided
//! one. The handlers in `api` and `web` are thin. No SQL and no rule logic.

mod api;
mod app;
mod flights;
mod gate;
mod jobs;
mod listing;
mod pages;
mod predecessor;
mod representation;
pub mod rulings;
mod run;
mod sending;
mod suppressions;
mod trouble;
mod view;
mod web;

pub use app::{App, Parts, Settings};
pub use run::{Running, announce, run};
pub use suppressions::Expiring;
