//! Who has an account here, or gets one: registered, their address confirmed by the mail that comes, with an
//! authenticator app, and a token to upload by. Everybody comes from a network of their own.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::clock::{Moved, instant};
use super::totp::code;
use crate::reply::TICK;
use crate::{Answer, Dist, Fondaco, Upload, fetch};

/// What everybody comes through says from where they come.
const FORWARDED: &str = "X-Forwarded-For";
/// The index's configuration: whoever comes may register, everybody through a proxy.
pub(super) const CONFIG: &str = "[server]\ntrusted_proxies = ['127.0.0.0/8']\nforwarded_by = 'x-forwarded-for'\n\
    [upstream]\npage_ttl = 0\n[accounts]\nregistration = 'open'\n";
/// A password that nobody guesses.
const PASSWORD: &str = "glacier-mandolin-kettle-42";
/// Hosts at which people have their mail; each has some of the honest and some of the wave.
const HOSTS: usize = 7;
/// How long a mail may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long tokens are made to count, in seconds.
const COUNTS: i64 = 360 * 86_400;

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

/// Makes accounts.
pub(super) struct Folk<'a> {
    fondaco: &'a Fondaco,
    clock: &'a Moved,
    mails: PathBuf,
    made: Cell<usize>,
}

impl<'a> Folk<'a> {
    /// In the data folder of an index.
    pub(super) fn new(fondaco: &'a Fondaco, clock: &'a Moved, data: &Path) -> Self {
        Self { fondaco, clock, mails: data.join("mail"), made: Cell::new(0) }
    }

    /// A new account, verified and with a second factor; why not, where it is refused.
    pub(super) fn newcomer(&self, name: &str) -> Result<Person, String> {
        let number = self.made.get() + 1;
        self.made.set(number);
        let address = address(number);
        let email = format!("{name}@mail{}.example.invalid", number % HOSTS);
        let order = json!({"name": name, "email": email, "password": PASSWORD});
        self.expect(202, &address, None, "POST /api/v1/register", &order)?;
        let link = self.link_for(&email);
        self.expect(200, &address, None, "POST /api/v1/verify", &json!({"link": link}))?;
        let who = json!({"name": name, "password": PASSWORD});
        let entered = self.expect(200, &address, None, "POST /api/v1/login", &who)?;
        let session = text(&entered, "session");
        let at = "POST /api/v1/account/factors/totp";
        let offer = self.expect(200, &address, Some(&session), at, &Value::Null)?;
        let shown = json!({"code": code(&text(&offer, "secret"), self.clock.now())});
        let confirm = "POST /api/v1/account/factors/totp/confirm";
        let added = self.expect(201, &address, Some(&session), confirm, &shown)?;
        let session = text(&added, "session");
        let end = instant(self.clock.now() + COUNTS);
        let order = json!({"label": "upload", "expires_at": end});
        let given = self.expect(201, &address, Some(&session), "POST /api/v1/tokens", &order)?;
        Ok(Person { token: text(&given, "token"), address })
    }

    /// A request with a JSON body, null for none, and what its answer says.
    fn expect(
        &self,
        status: u16,
        address: &str,
        session: Option<&str>,
        at: &str,
        body: &Value,
    ) -> Result<Value, String> {
        let (method, path) = at.split_once(' ').unwrap();
        let authorization = session.map(|secret| format!("Bearer {secret}"));
        let mut headers = vec![("Content-Type", "application/json"), (FORWARDED, address)];
        headers.extend(authorization.iter().map(|value| ("Authorization", value.as_str())));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = fetch(method, &self.fondaco.url(path), &headers, body.as_bytes())
            .unwrap_or_else(|error| panic!("{at}: {error}; the log:\n{}", self.fondaco.log()));
        if answer.status == status {
            Ok(answer.json())
        } else {
            Err(format!("{at}: {} {}", answer.status, answer.reason))
        }
    }

    /// The secret of the link in the mail to an address, once it is there.
    fn link_for(&self, email: &str) -> String {
        let began = Instant::now();
        loop {
            for path in newest(&self.mails) {
                // Quoted-printable may have broken the line.
                // One that is just being written has another name by now.
                let Ok(mail) = std::fs::read_to_string(&path) else { continue };
                let mail = mail.replace("=\r\n", "").replace("=3D", "=");
                if let Some((_, rest)) = mail.split_once("?link=").filter(|_| mail.contains(email)) {
                    return rest.chars().take_while(char::is_ascii_hexdigit).collect();
                }
            }
            assert!(began.elapsed() < PATIENCE, "no mail came to {email}; the log:\n{}", self.fondaco.log());
            sleep(TICK);
        }
    }
}

/// The mails of a folder, the newest first; a few are enough.
fn newest(folder: &Path) -> Vec<PathBuf> {
    const LOOKED_AT: usize = 20;
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "eml"));
    files.sort();
    files.into_iter().rev().take(LOOKED_AT).collect()
}

/// An address in a network of its own, for each number (RFC 2544's range).
fn address(number: usize) -> String {
    format!("198.{}.{}.7", 18 + number / 250 % 2, number % 250)
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}
