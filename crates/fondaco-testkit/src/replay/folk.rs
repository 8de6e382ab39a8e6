//! Who has an account here, or gets one.

use std::cell::Cell;
use std::path::Path;

use crate::{Answer, Dist, Fondaco, Upload, fetch};

/// Somebody who may upload.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// What uploads are made by.
    token: String,
    /// From where.
    address: String,
}

impl Person {
    /// Uploads a distribution.
    #[track_caller]
    pub(super) fn upload(&self, fondaco: &Fondaco, dist: &Dist) -> Answer {
        let (headers, body) = Upload::of(dist).request(&self.token);
        let mut all: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        all.push((FORWARDED, &self.address));
        fetch("POST", &fondaco.url("/legacy/"), &all, &body)
            .unwrap_or_else(|error| panic!("{}: {error}; the log:\n{}", dist.file_name, fondaco.log()))
    }
}

/// What everybody comes through says from where they come.
const FORWARDED: &str = "X-Forwarded-For";
/// The index's configuration: everybody comes through a proxy, from an address of their own.
pub(super) const CONFIG: &str =
    "[server]\ntrusted_proxies = ['127.0.0.0/8']\nforwarded_by = 'x-forwarded-for'\n[upstream]\npage_ttl = 0\n";

/// An address in a network of its own, for each number (RFC 2544's range).
fn address(number: usize) -> String {
    format!("198.{}.{}.7", 18 + number / 250 % 2, number % 250)
}

/// Makes accounts.
pub(super) struct Folk<'a> {
    fondaco: &'a Fondaco,
    #[expect(dead_code, reason = "the folder that mails are written to")]
    mails: &'a Path,
    made: Cell<usize>,
}

impl<'a> Folk<'a> {
    pub(super) fn new(fondaco: &'a Fondaco, mails: &'a Path) -> Self {
        Self { fondaco, mails, made: Cell::new(0) }
    }

    /// Whether people register by themselves here.
    pub(super) fn register(&self) -> bool {
        false
    }

    /// A new account, verified and with a second factor; why not, where it is refused.
    pub(super) fn newcomer(&self, name: &str) -> Result<Person, String> {
        let run = self.fondaco.admin(&["token", "create", name, "--all-projects"]);
        self.made.set(self.made.get() + 1);
        let address = address(self.made.get());
        if run.success() { Ok(Person { token: run.stdout.trim().to_owned(), address }) } else { Err(run.text()) }
    }
}
