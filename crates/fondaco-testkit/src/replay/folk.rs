//! Who has an account here, or gets one.

use std::path::Path;

use crate::Fondaco;

/// Somebody who may upload.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// What uploads are made by.
    pub(super) token: String,
}

/// Makes accounts.
pub(super) struct Folk<'a> {
    fondaco: &'a Fondaco,
    #[expect(dead_code, reason = "the folder that mails are written to")]
    mails: &'a Path,
}

impl<'a> Folk<'a> {
    pub(super) fn new(fondaco: &'a Fondaco, mails: &'a Path) -> Self {
        Self { fondaco, mails }
    }

    /// Whether people register by themselves here.
    pub(super) fn register(&self) -> bool {
        false
    }

    /// A new account, verified and with a second factor; why not, where it is refused.
    pub(super) fn newcomer(&self, name: &str) -> Result<Person, String> {
        let run = self.fondaco.admin(&["token", "create", name, "--all-projects"]);
        if run.success() { Ok(Person { token: run.stdout.trim().to_owned() }) } else { Err(run.text()) }
    }
}
