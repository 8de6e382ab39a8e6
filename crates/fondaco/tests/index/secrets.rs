//! Nobody's secrets are in what the index writes down: neither in its log at the finest level, nor in its
//! database, nor in its audit log.

use std::path::Path;

use fondaco_testkit::{Fondaco, Upload, Upstream, Wheel, fetch, honest_module};
use serde_json::json;

use crate::house::{BIN, wheel};

/// What nobody may find again. Each is sent in another way.
fn canary(place: &str) -> String {
    format!("fondaco-canary-{place}-0123456789abcdef")
}

const PLACES: [&str; 10] =
    ["basic", "user", "bearer", "query", "form", "json", "cookie", "path", "upstream", "odd"];

/// HTTP Basic of these.
fn basic(user: &str, password: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = format!("{user}:{password}");
    let mut encoded = String::from("Basic ");
    for piece in text.as_bytes().chunks(3) {
        let bits =
            piece.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - piece.len()));
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            encoded.push(if at <= piece.len() { digit.into() } else { '=' });
        }
    }
    encoded
}

/// Sends secrets in every place where a client may.
fn send_everywhere(fondaco: &Fondaco, dist: &fondaco_testkit::Dist) {
    let get = |path: &str, headers: &[(&str, &str)]| drop(fetch("GET", &fondaco.url(path), headers, b""));
    for path in ["/simple/", "/simple/flask/", "/api/v1/audit", "/api/v1/observations", "/desk/", "/"] {
        get(path, &[("Authorization", &basic("__token__", &canary("basic")))]);
        get(path, &[("Authorization", &basic(&canary("user"), ""))]);
        get(path, &[("Authorization", &format!("Bearer {}", canary("bearer")))]);
        get(path, &[("Authorization", &format!("Digest {}", canary("odd")))]);
        get(path, &[("Cookie", &format!("fondaco-session={}; x={0}", canary("cookie")))]);
        get(&format!("{path}?token={0}&password={0}&q={0}", canary("query")), &[]);
    }
    let post = |path: &str, kind: &str, body: &str| {
        let headers = [("Content-Type", kind), ("Authorization", &*basic("__token__", &canary("basic")))];
        drop(fetch("POST", &fondaco.url(path), &headers, body.as_bytes()));
    };
    let form = format!("username=me&password={0}&token={0}&act=note&reason=x", canary("form"));
    for path in ["/report/flask", "/appeal/flask", "/desk/projects/flask", "/login", "/register"] {
        post(path, "application/x-www-form-urlencoded", &form);
    }
    // What a meter asks for, as it does.
    let rated = json!({"password": canary("json"), "about": [canary("json")]}).to_string();
    post("/api/v1/password/strength", "application/json", &rated);
    let json = json!({"password": canary("json"), "token": canary("json"), "username": "me"}).to_string();
    for path in [
        "/api/v1/login",
        "/api/v1/password/strength",
        "/api/v1/projects/flask/observations",
        "/api/v1/projects/flask/appeals",
    ] {
        post(path, "application/json", &json);
    }
    Upload::of(dist)
        .set("password", &canary("form"))
        .set("token", &canary("form"))
        .send(fondaco, &canary("basic"));
    get(&format!("/simple/{}/", canary("path")), &[]);
    get(&format!("/api/v1/uploads/{}", canary("path")), &[]);
}

/// Everything in a folder, as bytes.
fn everything(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(everything(&path));
        } else {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all
}

fn has(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn nobodys_secrets_are_written_down() {
    let (upstream, data) = (Upstream::new(), tempfile::tempdir().unwrap());
    upstream.publish(&wheel("flask", "1.0"));
    // An upstream with a user and a password in its address.
    let secret = canary("upstream");
    let index = upstream.index_url().replace("http://", &format!("http://{secret}:{secret}@"));
    let fondaco =
        Fondaco::start_with_env(BIN, data.path(), &["--upstream", &index], &[("FONDACO_LOG", "trace")]);
    let real: Vec<String> = [&["--all-projects"][..], &["--manages"], &["--read-only", "--team", "x"]]
        .map(|args| fondaco.token(args))
        .to_vec();
    let dist = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    send_everywhere(&fondaco, &dist);
    // Real ones, where they are taken.
    assert_eq!(Upload::of(&dist).send(&fondaco, &real[0]).status, 200);
    for token in &real {
        for path in ["/simple/", "/api/v1/audit", "/api/v1/observations"] {
            for value in [basic("__token__", token), basic(token, ""), format!("Bearer {token}")] {
                drop(fondaco.get(path, &[("Authorization", &value)]));
            }
            drop(fondaco.get(&format!("{path}?token={token}"), &[]));
        }
    }
    let audit = fondaco.admin(&["audit", "export"]).ok().stdout;
    fondaco.stop();
    let log = fondaco.log();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the log is at its finest: {log}");
    let mut written = everything(data.path());
    written.push(("the log".to_owned(), log.into_bytes()));
    written.push(("the audit log".to_owned(), audit.into_bytes()));
    let canaries = PLACES.map(canary);
    let encoded: Vec<String> = [basic("__token__", &canary("basic")), basic(&canary("user"), "")]
        .into_iter()
        .chain(real.iter().flat_map(|token| [basic("__token__", token), basic(token, "")]))
        .map(|value| value.trim_start_matches("Basic ").to_owned())
        .collect();
    for (place, bytes) in &written {
        for secret in canaries.iter().chain(&encoded).chain(&real) {
            // What stands in a path is a name, not a secret, and an upstream's address has to be kept to be
            // used: but for the log and the audit log.
            let is_kept =
                place.contains("fondaco.db") && (secret.contains("upstream") || secret.contains("path"));
            let is_name = secret.contains("-path-");
            assert!(is_kept || is_name || !has(bytes, secret), "{secret} is in {place}");
        }
    }
    // That this finds something: the digest of a token is in the database.
    let digest = fondaco_pydist::Sha256::of(real[0].as_bytes()).to_string();
    assert!(written.iter().any(|(_, bytes)| has(bytes, &digest)));
}
