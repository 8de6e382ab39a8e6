//! The index over HTTP: own projects, and pull-through of upstreams; nothing is served before it is
//! inspected.
//!
//! `pages` knows what upstream says of a project, `view` joins that with what is known here into
//! one standing a file, `listing` renders it, and `gate` turns an undecided file into a decided
//! one. `endpoints` says who may use which handler, `reader` what somebody may read, `switches` what
//! is switched off. The handlers in `api` and `web` are thin. No SQL and no rule logic.

pub mod accounts;
mod api;
mod app;
pub mod appeals;
pub mod bans;
mod bearer;
pub mod breaker;
pub mod campaigns;
mod catalog;
mod changelog;
mod client_address;
mod credentials;
mod desk;
mod desk_staff;
mod disclosure;
mod endpoints;
mod established;
pub mod factors;
pub mod feeds;
mod flights;
mod freezes;
mod gate;
mod issued;
mod jobs;
mod layers;
mod leases;
pub mod lifecycle;
mod limits;
mod listing;
mod lookalikes;
mod manager;
mod measures;
pub mod names;
pub mod notices;
pub mod observations;
mod own_advisories;
mod own_names;
mod own_page;
mod pages;
mod person;
mod predecessor;
mod provenance;
pub mod publishing;
mod reader;
pub mod reinspection;
mod removals;
mod reporter;
mod representation;
pub mod roles;
pub mod rulings;
mod run;
pub mod secrets;
mod sending;
mod session_cookie;
mod sessions;
mod suppressions;
pub mod switches;
mod syslog;
pub mod teams;
pub mod tokens;
mod trouble;
mod uploads;
mod view;
mod visitor;
mod web;
mod whole_root;

pub use app::{App, Parts, Settings};
pub use client_address::{ForwardedBy, Proxies};
pub use disclosure::DisclosureKeys;
pub use endpoints::{Access, Endpoint, Verb};
pub use fondaco_upload::{Options as UploadOptions, ProhibitedNames, Sizes as UploadSizes};
pub use issued::Lives;
pub use layers::{Layers, Route, Source};
pub use limits::{Class, Limits, Quota};
pub use lookalikes::Lookalikes;
pub use run::{Running, announce, endpoints, run};
pub use suppressions::Expiring;
pub use syslog::{InvalidSyslog, Syslog};
