//! The life of an account, by the API and by the pages.

use fondaco_testkit::{Answer, MailServer, fetch};
use serde_json::{Value, json};

use crate::house::House;
use crate::visitors::{
    OPEN, OTHER, PASSWORD, audit, call, cookie_of, join, link_in, log_in, mails, send, try_log_in, verified,
    wait_for_mail, wait_for_mails,
};

#[test]
fn the_whole_life_of_an_account_by_the_api() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    join(&house, "jane");
    let session = log_in(fondaco, "Jane", PASSWORD);
    let by = |at: &str, body: Value| call(fondaco, Some(&session), at, &body);
    let account = by("GET /api/v1/account", Value::Null).json();
    assert_eq!(account["account"]["name"], "jane", "{account}");
    assert_eq!(account["emails"][0]["email"], "jane@example.invalid");
    assert!(account["emails"][0]["verified_at"].is_string());
    // Without a second factor nothing is changed, and it is said what to do.
    for at in ["PUT /api/v1/account", "PUT /api/v1/account/password", "DELETE /api/v1/account"] {
        let refused = by(at, json!({"display_name": "Jane Doe", "password": OTHER}));
        assert_eq!(refused.status, 403, "{at}");
        assert!(refused.text().contains("POST /api/v1/account/factors/totp"), "{}", refused.text());
    }
    let session = verified(&house, "jane");
    let by = |at: &str, body: Value| call(fondaco, Some(&session), at, &body);
    assert_eq!(
        by("PUT /api/v1/account", json!({"display_name": "Jane Doe"})).json()["display_name"],
        "Jane Doe"
    );
    // Another address, which becomes the primary one.
    assert_eq!(by("POST /api/v1/account/emails", json!({"email": "j@example.invalid"})).status, 202);
    let link = link_in(&wait_for_mail(house.data.path(), &["To: j@example.invalid", "Subject: Confirm"]));
    let primary = "PUT /api/v1/account/emails/j@example.invalid/primary";
    assert_eq!(by(primary, Value::Null).status, 409, "not verified yet");
    assert_eq!(call(fondaco, None, "POST /api/v1/verify", &json!({"link": link})).status, 200);
    assert_eq!(by("DELETE /api/v1/account/emails/jane@example.invalid", Value::Null).status, 409, "primary");
    assert_eq!(by(primary, Value::Null).status, 204);
    assert_eq!(by("DELETE /api/v1/account/emails/jane@example.invalid", Value::Null).status, 204);
    // Another password ends all other sessions, and gives this one another secret.
    let elsewhere = verified(&house, "jane");
    let answer = by("PUT /api/v1/account/password", json!({"password": OTHER}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let renewed = answer.json()["session"].as_str().unwrap().to_owned();
    for (secret, status) in [(&session, 401), (&elsewhere, 401), (&renewed, 200)] {
        assert_eq!(call(fondaco, Some(secret), "GET /api/v1/account", &Value::Null).status, status);
    }
    assert_eq!(try_log_in(fondaco, "jane", PASSWORD).status, 401);
    // Sessions are listed and ended.
    assert_eq!(try_log_in(fondaco, "jane", OTHER).json()["pending"], true);
    let elsewhere = verified(&house, "jane");
    let by = |at: &str, body: Value| call(fondaco, Some(&renewed), at, &body);
    let listed = by("GET /api/v1/account/sessions", Value::Null).json();
    let other = listed["sessions"].as_array().unwrap().iter().find(|one| one["current"] == false).unwrap();
    let end = format!("DELETE /api/v1/account/sessions/{}", other["id"].as_str().unwrap());
    assert_eq!([by(&end, Value::Null).status, by(&end, Value::Null).status], [204, 404]);
    assert_eq!(call(fondaco, Some(&elsewhere), "GET /api/v1/account", &Value::Null).status, 401);
    // A forgotten password.
    assert_eq!(call(fondaco, None, "POST /api/v1/reset", &json!({"email": "J@example.invalid"})).status, 202);
    let link = link_in(&wait_for_mail(house.data.path(), &["Subject: Set a new password"]));
    let set = |password: &str| {
        call(fondaco, None, "POST /api/v1/password", &json!({"link": link, "password": password}))
    };
    assert_eq!(set("too short").status, 400, "the link is not used up by it");
    assert_eq!([set(PASSWORD).status, set(PASSWORD).status], [200, 400], "once");
    assert_eq!(by("GET /api/v1/account", Value::Null).status, 401, "every session was ended");
    log_in(fondaco, "jane", PASSWORD);
    let session = verified(&house, "jane");
    let by = |at: &str, body: Value| call(fondaco, Some(&session), at, &body);
    assert_eq!(by("DELETE /api/v1/account", Value::Null).status, 204);
    assert_eq!(by("GET /api/v1/account", Value::Null).status, 401);
    assert_eq!(try_log_in(fondaco, "jane", PASSWORD).status, 401);
    let again = json!({"name": "JANE", "email": "new@example.invalid", "password": PASSWORD});
    assert_eq!(call(fondaco, None, "POST /api/v1/register", &again).status, 409, "nobody becomes her");
    let log = audit(fondaco);
    for action in [
        "register",
        "verify-email",
        "login",
        "fail-login",
        "logout",
        "set-password",
        "ask-reset",
        "add-email",
        "remove-email",
        "set-primary-email",
        "set-display-name",
        "delete-user",
    ] {
        assert!(log.contains(&format!("\"{action}\"")), "{action} is not in {log}");
    }
    for secret in [PASSWORD, OTHER, &session, &renewed, &link] {
        assert!(!log.contains(secret), "the audit log has a secret");
    }
}

#[test]
fn by_the_pages_without_scripts() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    let form = [("name", "jane"), ("email", "jane@example.invalid"), ("password", PASSWORD)];
    assert!(fondaco.get("/register", &[]).text().contains("name=\"email\""));
    assert_eq!(send(fondaco, "/register", None, &form).status, 202);
    let link = link_in(&wait_for_mails(house.data.path(), 1)[0]);
    // Mail programs open links: only the button counts.
    for _ in 0..2 {
        let page = fondaco.get(&format!("/verify?link={link}"), &[]);
        assert!(page.status == 200 && page.text().contains("This address is mine"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    assert_eq!(send(fondaco, "/verify", None, &[("link", &link)]).status, 200);
    assert_eq!(send(fondaco, "/verify", None, &[("link", &link)]).status, 400);
    // Who is not logged in is led there and back.
    let answer = fondaco.get("/account", &[]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("./login?next=/account")));
    let entered =
        send(fondaco, "/login", None, &[("name", "jane"), ("password", PASSWORD), ("next", "/account")]);
    assert_eq!((entered.status, entered.header("location")), (303, Some("./account")));
    let set = entered.header("set-cookie").unwrap();
    assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{set}");
    let cookie = cookie_of(&entered);
    let page = fondaco.get("/account", &[("Cookie", &cookie)]);
    assert!(
        page.text().contains("jane@example.invalid") && page.text().contains("this one"),
        "{}",
        page.text()
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    let confirmed = send(fondaco, "/account/confirm", Some(&cookie), &[("password", PASSWORD)]);
    assert_eq!(confirmed.header("location"), Some("../account"));
    let renewed = cookie_of(&confirmed);
    assert_ne!(cookie, renewed, "another secret after each step");
    assert_eq!(fondaco.get("/account", &[("Cookie", &cookie)]).status, 303, "the one before is void");
    let refused = send(fondaco, "/account/password", Some(&renewed), &[("password", OTHER)]);
    assert!(refused.status == 403 && refused.text().contains("../account/factors"), "{}", refused.text());
    let renewed = format!("fondaco-session={}", verified(&house, "jane"));
    let changed = send(fondaco, "/account/password", Some(&renewed), &[("password", OTHER)]);
    assert_eq!(changed.status, 303, "{}", changed.text());
    let cookie = cookie_of(&changed);
    assert_eq!(send(fondaco, "/account/emails", Some(&cookie), &[("email", "no")]).status, 400);
    assert_eq!(send(fondaco, "/account/leave", Some(&cookie), &[("name", "john")]).status, 400);
    assert_eq!(send(fondaco, "/logout", Some(&cookie), &[]).header("location"), Some("./login"));
    assert_eq!(fondaco.get("/account", &[("Cookie", &cookie)]).status, 303);
    let entered = send(fondaco, "/login", None, &[("name", "jane"), ("password", OTHER)]);
    assert_eq!(entered.header("location"), Some("./login/second-step"));
    let cookie = format!("fondaco-session={}", verified(&house, "jane"));
    assert_eq!(send(fondaco, "/account/leave", Some(&cookie), &[("name", "jane")]).status, 303);
    assert_eq!(send(fondaco, "/login", None, &[("name", "jane"), ("password", OTHER)]).status, 401);
}

#[test]
fn the_first_admin_is_made_on_the_host() {
    let house = House::new();
    let fondaco = &house.fondaco;
    let order = json!({"name": "jane", "email": "jane@example.invalid", "password": PASSWORD});
    assert_eq!(call(fondaco, None, "POST /api/v1/register", &order).status, 403, "closed unless said");
    let run =
        fondaco.admin(&["user", "add", "root-jane", "--email", "jane@example.invalid", "--role", "admin"]);
    let link = run.ok().stdout.trim().to_owned();
    assert!(link.starts_with("http://localhost:8080/password?link="), "{link}");
    let link = link.split("link=").nth(1).unwrap().to_owned();
    let set = |password: &str| {
        call(fondaco, None, "POST /api/v1/password", &json!({"link": link, "password": password})).status
    };
    assert_eq!([set("root-jane-root-jane"), set(PASSWORD), set(OTHER)], [400, 200, 400]);
    let session = log_in(fondaco, "root-jane", PASSWORD);
    let account = call(fondaco, Some(&session), "GET /api/v1/account", &Value::Null).json();
    assert_eq!(account["account"]["role"], "admin");
    // Without a second factor nobody manages.
    let switch = json!({"reason": "a try"});
    let by = |secret: &str| call(fondaco, Some(secret), "PUT /api/v1/switches/no-uploads", &switch).status;
    assert_eq!(by(&session), 403);
    let verified = crate::visitors::session_of(&house, "root-jane", |session| fondaco_model::Session {
        factor_verified_at: Some(session.made_at),
        ..session
    });
    assert_eq!(by(&verified), 200);
    let pending = crate::visitors::session_of(&house, "root-jane", |session| fondaco_model::Session {
        pending: true,
        ..session
    });
    assert_eq!(by(&pending), 403);
    assert_eq!(call(fondaco, Some(&pending), "GET /api/v1/account", &Value::Null).status, 401);
    // The last admin stays; others come and go.
    let reason = ["--reason", "a try"];
    assert!(!fondaco.admin(&[&["user", "freeze", "root-jane"], &reason[..]].concat()).success());
    fondaco.admin(&["user", "add", "other", "--email", "other@example.invalid", "--role", "admin"]).ok();
    let listed = fondaco.admin(&["user", "list"]).ok().stdout;
    assert!(listed.contains("root-jane") && listed.contains("admin"), "{listed}");
    fondaco.admin(&[&["user", "role", "other", "reviewer"], &reason[..]].concat()).ok();
    fondaco.admin(&[&["user", "remove", "other"], &reason[..]].concat()).ok();
    assert!(
        !fondaco.admin(&["user", "add", "other", "--email", "o@example.invalid"]).success(),
        "taken for ever"
    );
    let manage = |at: &str, body: Value| call(fondaco, Some(&verified), at, &body);
    let made = manage("POST /api/v1/users", json!({"name": "jim", "email": "jim@example.invalid"}));
    assert_eq!(made.status, 403, "closed: on the host only");
    assert_eq!(manage("GET /api/v1/users", Value::Null).json()["users"].as_array().unwrap().len(), 2);
    let log = audit(fondaco);
    assert!(log.contains("add-user") && log.contains("set-staff-role") && !log.contains(&link), "{log}");
}

#[test]
fn with_an_admin_tokens_of_the_host_that_act_are_for_emergencies() {
    let house = House::new();
    let make = |more: &[&str]| house.fondaco.admin(&[&["token", "create", "x"], more].concat());
    make(&["--all-projects"]).ok();
    make(&["--manages"]).ok();
    let admin = ["user", "add", "root", "--email", "root@example.invalid", "--role", "admin"];
    house.fondaco.admin(&admin).ok();
    for more in [
        &["--all-projects"][..],
        &["--manages"],
        &["--project", "a"],
        &["--prefix", "acme"],
        &["--read-only", "--manages"],
    ] {
        let run = make(more);
        assert!(!run.success() && run.stderr.contains("has an admin"), "{more:?}: {}", run.text());
        assert!(run.stderr.contains("hint: ") && run.stdout.is_empty(), "{}", run.text());
    }
    make(&["--read-only", "--team", "readers"]).ok();
    assert!(!make(&["--manages", "--break-glass", " "]).success(), "a reason is needed");
    make(&["--manages", "--break-glass", "nobody can log in"]).ok();
    let audit = audit(&house.fondaco);
    let broken: Vec<&str> = audit.lines().filter(|line| line.contains("\"break-glass\"")).collect();
    assert!(broken.len() == 1 && broken[0].contains("nobody can log in"), "{broken:?}");
}

#[test]
fn a_frozen_account_does_nothing() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    join(&house, "jane");
    let session = log_in(fondaco, "jane", PASSWORD);
    let token = fondaco.token(&["--manages"]);
    let state = |state: &str| {
        let order = json!({"state": state, "reason": "abuse"});
        call(fondaco, Some(&token), "PUT /api/v1/users/jane/state", &order).status
    };
    assert_eq!([state("frozen"), state("frozen"), state("deleted")], [204, 409, 400]);
    assert_eq!(call(fondaco, Some(&session), "GET /api/v1/account", &Value::Null).status, 401);
    let (frozen, wrong) = (try_log_in(fondaco, "jane", PASSWORD), try_log_in(fondaco, "nobody", PASSWORD));
    assert_eq!((frozen.status, frozen.text()), (wrong.status, wrong.text()));
    let before = mails(house.data.path()).len();
    assert_eq!(
        call(fondaco, None, "POST /api/v1/reset", &json!({"email": "jane@example.invalid"})).status,
        202
    );
    assert_eq!(state("active"), 204);
    log_in(fondaco, "jane", PASSWORD);
    assert_eq!(mails(house.data.path()).len(), before, "no link for a frozen account");
}

#[test]
fn mails_wait_for_a_server_that_is_away_and_the_log_has_no_link() {
    let mut server = MailServer::new();
    let mail = format!("[mail]\nsmtp = '{}'\nfrom = 'Fondaco <index@example.invalid>'\n", server.url());
    // At its finest, where also the libraries tell what they do.
    let house = House::with_env(&format!("{OPEN}{mail}"), "FONDACO_LOG", "trace");
    let fondaco = &house.fondaco;
    let order = json!({"name": "jane", "email": "jane@example.invalid", "password": PASSWORD});
    let answer = call(fondaco, None, "POST /api/v1/register", &order);
    assert_eq!(answer.status, 202, "a dead mail server is nobody's trouble: {}", answer.text());
    server.start();
    let mail = server.wait_for(1).remove(0);
    assert!(mail.contains("From: Fondaco <index@example.invalid>"), "{mail}");
    let link = link_in(&mail);
    assert_eq!(call(fondaco, None, "POST /api/v1/verify", &json!({"link": link})).status, 200);
    let session = log_in(fondaco, "jane", PASSWORD);
    // A login from where she has not been is told.
    let body = json!({"name": "jane", "password": PASSWORD}).to_string();
    let headers = [("Content-Type", "application/json"), ("User-Agent", "another/1.0")];
    let answer: Answer = fetch("POST", &fondaco.url("/api/v1/login"), &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200);
    let mails = server.wait_for(2);
    let told = mails.iter().find(|mail| mail.contains("A login from a new place")).unwrap();
    assert!(told.contains("another/1.0"), "{told}");
    // A link that sets a password, also one that an operator has asked for.
    assert_eq!(
        call(fondaco, None, "POST /api/v1/reset", &json!({"email": "jane@example.invalid"})).status,
        202
    );
    let mails = server.wait_for(3);
    let reset = link_in(mails.iter().find(|mail| mail.contains("Subject: Set a new password")).unwrap());
    fondaco.stop();
    let log = fondaco.log();
    assert!(log.contains("TRACE"), "the log is at its finest");
    for secret in [&link, &reset, PASSWORD, &session] {
        assert!(!log.contains(secret), "the log has a secret");
    }
}

#[test]
fn without_a_mail_server_the_log_tells_the_link_and_the_folder_has_the_mail() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    let order = json!({"name": "jane", "email": "jane@example.invalid", "password": PASSWORD});
    assert_eq!(call(fondaco, None, "POST /api/v1/register", &order).status, 202);
    let link = link_in(&wait_for_mails(house.data.path(), 1)[0]);
    assert_eq!(fondaco.get(&format!("/verify?link={link}"), &[]).status, 200);
    fondaco.stop();
    let log = fondaco.log();
    let told: Vec<&str> = log.lines().filter(|line| line.contains(&link)).collect();
    let [line] = told[..] else { panic!("told once, where the mail was written: {log}") };
    let address = format!("/verify?link={link}");
    for word in ["INFO", "a mail was written", "jane@example.invalid", "/mail/", ".eml", &address] {
        assert!(line.contains(word), "{word} is not in {line}");
    }
    assert!(!log.contains(PASSWORD), "{log}");
    // Only its owner reads the file.
    let folder = std::fs::read_dir(house.data.path().join("mail")).unwrap();
    for file in folder.map(|entry| entry.unwrap().path()) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "{}", file.display());
    }
}
