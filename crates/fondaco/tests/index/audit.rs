//! The audit log: who, what, from where, before and after; whole, or it is told what is wrong; out of it by
//! file, API and syslog.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fondaco_testkit::{TlsProxy, Upload, Wheel, honest_module};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::factors::{login, person, with_app};
use crate::house::{BIN, House};
use crate::visitors::call;

/// Runs statements on the database of a server that is stopped.
fn tamper(house: &House, statements: &[&str]) {
    let path = format!("sqlite://{}", house.data.path().join("fondaco.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&path).await.unwrap();
        for statement in statements {
            sqlx::query(sqlx::AssertSqlSafe((*statement).to_owned())).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    });
}

fn verify(house: &House, more: &[&str]) -> (bool, String) {
    let run = house.fondaco.admin(&[&["audit", "verify"], more].concat());
    (run.success(), run.stdout)
}

/// Something to be accounted for.
fn act(house: &House, reason: &str) {
    house.fondaco.admin(&["claim", "requests", "--reason", reason]).ok();
}

fn exported(house: &House, more: &[&str]) -> Vec<Value> {
    let args = [&["audit", "export", "--format", "jsonl"], more].concat();
    let run = house.fondaco.admin(&args).ok();
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn who_what_from_where_before_and_after() {
    let house = House::new();
    let manager = house.fondaco.token(&["--manages"]);
    let authorization = format!("Bearer {manager}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let put = |reason: &str| {
        let body = json!({"reason": reason, "expires_at": "2099-01-01T00:00:00Z"}).to_string();
        let url = house.fondaco.url("/api/v1/switches/no-uploads");
        assert_eq!(fondaco_testkit::fetch("PUT", &url, &headers, body.as_bytes()).unwrap().status, 200);
    };
    put("one");
    house.fondaco.admin(&["switch", "off", "no-uploads", "--reason", "over"]).ok();
    let events = exported(&house, &[]);
    let set = events.iter().find(|event| event["action"] == "set-switch").unwrap();
    assert_eq!((&set["from"], &set["before"]), (&json!("127.0.0.1"), &Value::Null), "{set}");
    assert_eq!(set["after"], "no-uploads until 2099-01-01T00:00:00.000000Z");
    assert!(set["actor"].as_str().unwrap().starts_with("token:"));
    let lifted = events.iter().find(|event| event["action"] == "lift-switch").unwrap();
    assert_eq!((&lifted["from"], &lifted["after"]), (&json!("host"), &Value::Null), "{lifted}");
    assert_eq!(lifted["before"], "no-uploads until 2099-01-01T00:00:00.000000Z");
    // An upload says from where it came.
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    let last = exported(&house, &[]).pop().unwrap();
    assert_eq!((&last["action"], &last["from"]), (&json!("upload"), &json!("127.0.0.1")));
    // By the API, page by page, for those who manage only.
    let get = |query: &str| house.fondaco.get(&format!("/api/v1/audit{query}"), &headers).json();
    let all = get("");
    assert_eq!(all["events"], json!(exported(&house, &[])));
    assert_eq!(all["head"], house.fondaco.admin(&["audit", "head"]).ok().stdout.trim());
    assert_eq!(get("?after=2&limit=1")["events"], json!([exported(&house, &["--after", "2"])[0]]));
    assert_eq!(get("?since=2999-01-01T00:00:00Z")["events"], json!([]));
    assert_eq!(house.fondaco.get("/api/v1/audit?after=x", &headers).status, 400);
    for token in [&token, "fondaco-0-0"] {
        let bearer = format!("Bearer {token}");
        assert_eq!(house.fondaco.get("/api/v1/audit", &[("Authorization", &bearer)]).status, 403);
    }
    assert_eq!(house.fondaco.get("/api/v1/audit", &[]).status, 401);
}

/// In builds for development an event that sets something and doesn't say what fails where it is written:
/// see `AuditAction::sets`. So whatever the other tests do is looked at.
#[test]
fn what_is_set_says_what_was_there_before() {
    let house = House::new();
    let done = |args: &[&str]| house.fondaco.admin(args).ok();
    done(&["user", "add", "ann", "--email", "ann@example.invalid"]);
    let reason = ["--reason", "r"];
    for role in ["reviewer", "observer", "none"] {
        done(&[&["user", "role", "ann", role], &reason[..]].concat());
    }
    done(&[&["user", "freeze", "ann"], &reason[..]].concat());
    done(&[&["ban", "add", "198.51.100.0/24", "--expires", "2099-01-01"], &reason[..]].concat());
    done(&[&["ban", "add", "198.51.100.0/24"], &reason[..]].concat());
    done(&[&["ban", "lift", "198.51.100.0/24"], &reason[..]].concat());
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    done(&["yank", "our-thing==1.0", "--reason", "loses data"]);
    done(&["yank", "our-thing==1.0", "--reason", "loses more"]);
    done(&["unyank", "our-thing==1.0", "--reason", "r"]);
    done(&["status", "our-thing", "archived", "--reason", "r"]);
    done(&["token", "revoke", token.split('-').nth(1).unwrap()]);
    done(&["delete", "our-thing", "--reason", "r"]);
    done(&["undelete", "our-thing", "--reason", "r"]);
    done(&["delete", "our-thing", "--reason", "r"]);
    done(&["lift", "our-thing", "--reason", "r"]);
    done(&["claim", "our-thing", "--reason", "r"]);
    let changes: Vec<[String; 3]> = exported(&house, &[])
        .iter()
        .filter(|event| !event["before"].is_null() || !event["after"].is_null())
        .map(|event| ["action", "before", "after"].map(|name| event[name].as_str().unwrap_or("-").to_owned()))
        .collect();
    let until = "until 2099-01-01T00:00:00.000000Z";
    assert_eq!(
        changes,
        [
            ["set-staff-role", "-", "reviewer"],
            ["set-staff-role", "reviewer", "observer"],
            ["set-staff-role", "observer", "-"],
            ["freeze-user", "active", "frozen"],
            ["ban-addresses", "-", until],
            ["ban-addresses", until, "until it is lifted"],
            ["lift-ban", "until it is lifted", "-"],
            ["make-token", "-", "made"],
            ["yank", "-", "loses data"],
            ["yank", "loses data", "loses more"],
            ["unyank", "loses more", "-"],
            ["set-status", "active", "archived"],
            ["revoke-token", "made", "revoked"],
            ["delete", "there", "deleted"],
            ["restore", "deleted", "there"],
            ["delete", "there", "deleted"],
            ["lift-name", "ours", "-"],
            ["claim-name", "-", "ours"],
        ]
    );
}

/// What somebody has, before and after each change of it.
#[test]
fn tokens_and_factors_say_what_was_there_before() {
    let house = House::new();
    person(&house, "ann", &[]);
    let (session, _, codes) = with_app(&house, &login(&house, "ann").0);
    let (waiting, _) = login(&house, "ann");
    let ask = |at: &str, session: &str, body: Value, status: u16| {
        let answer = call(&house.fondaco, Some(session), at, &body);
        assert_eq!(answer.status, status, "{at}: {}", answer.text());
        answer
    };
    ask("POST /api/v1/login/second-step", &waiting, json!({"recovery_code": codes[0]}), 200);
    ask("POST /api/v1/account/factors/recovery-codes", &session, Value::Null, 200);
    let issued = ask("POST /api/v1/tokens", &session, json!({"label": "ci"}), 201).json();
    let rotate = format!("POST /api/v1/tokens/{}/rotate", issued["id"].as_str().unwrap());
    let next = ask(&rotate, &session, json!({"overlap": 60}), 201).json();
    let revoke = format!("DELETE /api/v1/tokens/{}", next["id"].as_str().unwrap());
    ask(&revoke, &session, Value::Null, 204);
    let change = |event: &Value| {
        ["action", "before", "after"].map(|name| event[name].as_str().unwrap_or("-").to_owned())
    };
    let all: Vec<[String; 3]> = exported(&house, &[]).iter().map(change).collect();
    let of = |action: &str| {
        all.iter()
            .filter(|one| one[0] == action)
            .map(|[_, a, b]| (a.as_str(), b.as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("add-factor"), [("-", "app, 8 recovery codes")]);
    assert_eq!(of("use-recovery-code"), [("app, 8 recovery codes", "app, 7 recovery codes")]);
    assert_eq!(of("make-recovery-codes"), [("app, 7 recovery codes", "app, 8 recovery codes")]);
    let [issued, rotated, revoked] =
        ["issue-token", "rotate-token", "revoke-issued-token"].map(|action| of(action)[0]);
    assert!(issued.0 == "-" && issued.1.starts_with("until 20"), "{issued:?}");
    assert!(
        rotated.0 == issued.1 && rotated.1.starts_with("until 20") && rotated.1 < rotated.0,
        "{rotated:?}"
    );
    assert!(revoked.0.starts_with("until 20") && revoked.1 == "revoked", "{revoked:?}");
}

#[test]
fn tampering_is_found_and_named() {
    let house = House::new();
    for reason in ["one", "two", "three", "four", "five", "six"] {
        act(&house, reason);
    }
    let head = house.fondaco.admin(&["audit", "head"]).ok().stdout.trim().to_owned();
    let last: u64 = head.split(':').nth(1).unwrap().parse().unwrap();
    assert_eq!(verify(&house, &["--against", &head]), (true, format!("whole: {head}\n")));
    house.fondaco.stop();
    let whole = std::fs::read(house.data.path().join("fondaco.db")).unwrap();
    let fresh = || {
        for tail in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(house.data.path().join(format!("fondaco.db{tail}")));
        }
        std::fs::write(house.data.path().join("fondaco.db"), &whole).unwrap();
    };
    let cases: [(&str, &[&str], &str); 9] = [
        ("changed", &["UPDATE audit SET reason = 'x' WHERE place = 3"], "event 3 was changed\n"),
        ("its place in time", &["UPDATE audit SET at = at + 1 WHERE place = 3"], "event 3 was changed\n"),
        ("an unknown act", &["UPDATE audit SET action = 'nothing' WHERE place = 3"], "event 3 was changed\n"),
        ("removed", &["DELETE FROM audit WHERE place IN (2, 3)"], "events 2 to 3 were removed\n"),
        ("the first", &["DELETE FROM audit WHERE place = 1"], "event 1 was removed\n"),
        (
            "put elsewhere",
            &[
                "UPDATE audit SET place = -1 WHERE place = 2",
                "UPDATE audit SET place = 2 WHERE place = 4",
                "UPDATE audit SET place = 4 WHERE place = -1",
            ],
            "event 4 was moved: it stands at 2\nevent 2 was moved: it stands at 4\n",
        ),
        (
            "put in",
            &["INSERT INTO audit (id, at, actor, action, subject, reason, detail) \
               VALUES (77, 0, 'operator:x', 'yank', 's', 'r', '')"],
            "the row with number 77 was inserted\n",
        ),
        (
            "put in behind",
            &["INSERT INTO audit (id, at, actor, action, subject, reason, detail, place, previous, digest) \
               SELECT 77, at, actor, action, subject, 'r', detail, place + 1, digest, digest FROM audit \
               ORDER BY place DESC LIMIT 1"],
            "",
        ),
        ("the head", &["UPDATE audit_head SET place = place + 5"], "were removed\n"),
    ];
    for (what, statements, expected) in cases {
        fresh();
        tamper(&house, statements);
        let (is_whole, said) = verify(&house, &[]);
        assert!(!is_whole && said.ends_with(expected), "{what}: {said}");
    }
    // The end of the log, with the database's own account of it: only what was kept elsewhere tells.
    fresh();
    tamper(
        &house,
        &[
            "DELETE FROM audit WHERE place > 4",
            "UPDATE audit_head SET place = 4, digest = (SELECT digest FROM audit WHERE place = 4)",
        ],
    );
    assert!(verify(&house, &[]).0, "whoever may write everything can shorten it");
    let (is_whole, said) = verify(&house, &["--against", &head]);
    assert_eq!(said, format!("up to event {last} this is not the log that the head was taken of\n"));
    assert!(!is_whole);
    let wrong = house.fondaco.admin(&["audit", "verify", "--against", "1:2"]);
    assert!(!wrong.success() && wrong.stderr.contains("a head is written"), "{}", wrong.stderr);
}

#[test]
fn rows_from_before_the_chain_are_chained_once() {
    let house = House::new();
    act(&house, "one");
    act(&house, "two");
    house.fondaco.stop();
    // As the version before this one left it.
    tamper(
        &house,
        &[
            "DROP INDEX audit_by_place",
            "ALTER TABLE audit DROP COLUMN origin",
            "ALTER TABLE audit DROP COLUMN value_before",
            "ALTER TABLE audit DROP COLUMN value_after",
            "ALTER TABLE audit DROP COLUMN place",
            "ALTER TABLE audit DROP COLUMN previous",
            "ALTER TABLE audit DROP COLUMN digest",
            "DROP TABLE audit_head",
            "DROP TABLE audit_sent",
            "DELETE FROM _sqlx_migrations WHERE version = 22",
        ],
    );
    assert!(verify(&house, &[]).0);
    assert!(exported(&house, &[]).iter().any(|event| event["reason"] == "two"));
    // A row that loses its digest later is not taken up.
    tamper(&house, &["UPDATE audit SET digest = NULL, previous = NULL WHERE place = 2"]);
    assert_eq!(verify(&house, &[]), (false, "event 2 was changed\n".to_owned()));
}

#[test]
fn an_export_follows_what_happens() {
    let house = House::new();
    act(&house, "before");
    let mut command = Command::new(BIN);
    command.env_clear().args(["admin", "audit", "export", "--follow", "--data"]).arg(house.data.path());
    let mut following = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(following.stdout.take().unwrap()));
    let mut next = |reason: &str| loop {
        let event: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        if event["reason"] == reason {
            return;
        }
    };
    next("before");
    act(&house, "after");
    next("after");
    following.kill().unwrap();
    following.wait().unwrap();
}

/// Messages by octet counting, until one contains `until`.
fn received(stream: &mut TcpStream, until: &str) -> Vec<String> {
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let (mut messages, mut byte) = (Vec::new(), [0]);
    loop {
        let mut length = String::new();
        loop {
            stream.read_exact(&mut byte).unwrap();
            match byte[0] {
                b' ' => break,
                digit => length.push(digit.into()),
            }
        }
        let mut message = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut message).unwrap();
        messages.push(String::from_utf8(message).unwrap());
        if messages.last().unwrap().contains(until) {
            return messages;
        }
    }
}

#[test]
fn a_collector_that_was_away_misses_nothing() {
    // A port that nobody listens on, yet.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let house = House::with_config(&format!("[audit]\nsyslog = 'tcp://127.0.0.1:{port}'\n"));
    act(&house, "while-away-1");
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    act(&house, "while-there");
    let first = received(&mut stream, "while-there");
    assert!(first.iter().any(|message| message.contains("while-away-1")), "{first:?}");
    assert!(first[0].starts_with("<109>1 20") && first[0].contains("[audit@32473 place=\"1\""), "{first:?}");
    // It goes away and comes back.
    drop((stream, listener));
    act(&house, "while-away-2");
    act(&house, "while-away-3");
    let began = Instant::now();
    let listener = loop {
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(listener) => break listener,
            Err(error) => assert!(began.elapsed() < Duration::from_secs(60), "{error}"),
        }
    };
    let (mut stream, _) = listener.accept().unwrap();
    let second = received(&mut stream, "while-away-3");
    let place = |message: &String| -> u64 {
        let rest = message.split("place=\"").nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let mut places: Vec<u64> = first.iter().chain(&second).map(place).collect();
    places.sort_unstable();
    places.dedup();
    let last = *places.last().unwrap();
    assert_eq!(places, (1..=last).collect::<Vec<_>>(), "each event, some perhaps twice");
    assert!(second.iter().any(|message| message.contains("while-away-2")), "{second:?}");
}

#[test]
fn a_collector_is_believed_by_its_certificate_alone() {
    let (proxy, listener) = (TlsProxy::new(), TcpListener::bind("127.0.0.1:0").unwrap());
    proxy.lead_to(listener.local_addr().unwrap().port());
    let place = proxy.url().replace("https://", "tls://");
    let audit = format!("[audit]\nsyslog = '{place}'\n");
    let certificate = proxy.certificate().to_str().unwrap();
    let house = House::with_env(&audit, "SSL_CERT_FILE", certificate);
    act(&house, "in-tls-1");
    let (mut stream, _) = listener.accept().unwrap();
    let first = received(&mut stream, "in-tls-1");
    assert!(first[0].starts_with("<109>1 20") && first[0].contains("[audit@32473 place=\"1\""), "{first:?}");
    // It hangs up: what was written after that comes again.
    drop(stream);
    act(&house, "in-tls-2");
    let (mut stream, _) = listener.accept().unwrap();
    received(&mut stream, "in-tls-2");
    // Another certificate than one that is believed, and the right one under another name.
    let other = TlsProxy::new();
    let by_address = audit.replace("localhost", "127.0.0.1");
    for (config, certificate) in [(&audit, other.certificate()), (&by_address, proxy.certificate())] {
        let house = House::with_env(config, "SSL_CERT_FILE", certificate.to_str().unwrap());
        act(&house, "never-told");
        let began = Instant::now();
        while !house.fondaco.log().contains("audit events wait for their collector") {
            assert!(began.elapsed() < Duration::from_secs(60), "{}", house.fondaco.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(house.fondaco.log().contains("certificate"), "{}", house.fondaco.log());
    }
    listener.set_nonblocking(true).unwrap();
    while let Ok((mut stream, _)) = listener.accept() {
        let mut heard = Vec::new();
        stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let _ = stream.read_to_end(&mut heard);
        assert!(heard.is_empty(), "{}", String::from_utf8_lossy(&heard));
    }
}
