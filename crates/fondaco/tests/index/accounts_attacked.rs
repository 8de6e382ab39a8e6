//! What people try who want somebody else's account, or many of their own.

use std::collections::BTreeSet;
use std::time::Duration;

use fondaco_model::{LinkPurpose, OneTimeLink, Session, Timestamp};
use fondaco_pydist::Sha256;
use fondaco_testkit::{Answer, fetch};
use serde_json::{Value, json};

use crate::house::House;
use crate::visitors::{
    OPEN, OTHER, PASSWORD, call, cookie_of, in_store, join, link_in, log_in, mails, send, send_from,
    session_of, try_log_in, verified, wait_for_mail, wait_for_mails,
};

fn register(house: &House, name: &str, email: &str, password: &str) -> Answer {
    let order = json!({"name": name, "email": email, "password": password});
    call(&house.fondaco, None, "POST /api/v1/register", &order)
}

/// All of an answer that a client sees, but for the time.
fn seen(answer: &Answer) -> String {
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case("date"));
    format!("{} {} {headers:?} {}", answer.status, answer.reason, answer.text())
}

#[test]
fn nobody_learns_whether_a_name_or_an_address_is_known() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    join(&house, "jane");
    assert_eq!(register(&house, "unverified", "late@example.invalid", PASSWORD).status, 202);
    // An unknown name, a wrong password, a right one whose address is not verified, no name at all.
    let answers: BTreeSet<String> = [
        try_log_in(fondaco, "nobody", PASSWORD),
        try_log_in(fondaco, "jane", OTHER),
        try_log_in(fondaco, "unverified", PASSWORD),
        try_log_in(fondaco, "unverified", OTHER),
        try_log_in(fondaco, "<script>", PASSWORD),
        try_log_in(fondaco, "", ""),
        try_log_in(fondaco, &"x".repeat(5000), &"y".repeat(5000)),
    ]
    .iter()
    .map(seen)
    .collect();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(answers.first().unwrap().starts_with("401"), "{answers:?}");
    // Registering with an address that is somebody's looks as it does with another; its owner is told.
    let (known, unknown) = (
        register(&house, "first-one", "Jane@example.invalid", PASSWORD),
        register(&house, "other-one", "john@example.invalid", PASSWORD),
    );
    assert_eq!(seen(&known), seen(&unknown));
    let to_owner = wait_for_mail(house.data.path(), &["Subject: This address has an account already"]);
    assert!(to_owner.contains("To: Jane@example.invalid") && !to_owner.contains("link="), "{to_owner}");
    // The names are both taken then, so they tell nothing either.
    let again = [
        register(&house, "first-one", "x@example.invalid", PASSWORD),
        register(&house, "other-one", "x@example.invalid", PASSWORD),
    ];
    assert_eq!(seen(&again[0]), seen(&again[1]));
    let reset = |email: &str| call(fondaco, None, "POST /api/v1/reset", &json!({"email": email}));
    assert_eq!(seen(&reset("jane@example.invalid")), seen(&reset("nowhere@example.invalid")));
    assert_eq!(seen(&reset("jane@example.invalid")), seen(&reset("late@example.invalid")));
    // A person who adds the address of another is told nothing, too.
    let session = verified(&house, "jane");
    let add =
        |email: &str| call(fondaco, Some(&session), "POST /api/v1/account/emails", &json!({"email": email}));
    join(&house, "jim");
    assert_eq!(seen(&add("jim@example.invalid")), seen(&add("free@example.invalid")));
}

#[test]
fn how_long_an_answer_takes_tells_nothing_of_a_name() {
    let house = House::with_config(OPEN);
    join(&house, "jane");
    let median = |name: &str| {
        let mut times: Vec<Duration> = (0..7)
            .map(|_| {
                let began = std::time::Instant::now();
                assert_eq!(try_log_in(&house.fondaco, name, OTHER).status, 401);
                began.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[3]
    };
    // A hash takes tens of milliseconds and everything else about one: what skipped it would show.
    let (known, unknown, none) = (median("jane"), median("nobody"), median("<script>"));
    for other in [unknown, none] {
        assert!(other > known / 2 && known > other / 2, "{known:?}, {unknown:?}, {none:?}");
    }
}

#[test]
fn wrong_passwords_are_few() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    join(&house, "jane");
    for name in ["jane", "nobody"] {
        let answers: Vec<u16> = (0..14).map(|_| try_log_in(fondaco, name, OTHER).status).collect();
        assert_eq!(answers[..10], [401; 10], "{name}");
        assert!(answers.contains(&429), "{name}: {answers:?}");
    }
    let refused = try_log_in(fondaco, "JANE", PASSWORD);
    assert_eq!(refused.status, 429, "also the right one");
    assert!(refused.header("retry-after").is_some() && refused.header("ratelimit").is_some());
    // Another account is not shut out by it.
    join(&house, "jim");
    log_in(fondaco, "jim", PASSWORD);
}

#[test]
fn another_site_makes_nobody_do_anything() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    join(&house, "jane");
    let login = [("name", "jane"), ("password", PASSWORD)];
    let cookie = cookie_of(&send(fondaco, "/login", None, &login));
    let host = format!("http://127.0.0.1:{}", fondaco.port());
    for headers in [
        &[("Sec-Fetch-Site", "cross-site")][..],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Origin", "http://evil.example")],
        &[("Origin", "null")],
        &[("Origin", "http://127.0.0.1:1")],
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", host.as_str())],
        // No browser of today: a cookie alone is not enough.
        &[],
    ] {
        for path in ["/account/sessions/end-others", "/account/emails", "/logout", "/account/leave"] {
            let answer = send_from(fondaco, path, Some(&cookie), &[("name", "jane")], headers);
            assert_eq!(answer.status, 403, "{path} {headers:?}");
        }
        // Neither does it log anybody in, as somebody else.
        if !headers.is_empty() {
            assert_eq!(send_from(fondaco, "/login", None, &login, headers).status, 403, "{headers:?}");
        }
        let mut all = vec![("Cookie", cookie.as_str()), ("Content-Type", "application/json")];
        all.extend(headers);
        let answer = fetch("DELETE", &fondaco.url("/api/v1/account"), &all, b"").unwrap();
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    assert_eq!(fondaco.get("/account", &[("Cookie", &cookie), ("Sec-Fetch-Site", "cross-site")]).status, 200);
    let own = [("Origin", host.as_str())];
    assert_eq!(send_from(fondaco, "/logout", Some(&cookie), &[], &own).status, 303);
}

#[test]
fn a_session_that_somebody_lays_under_another_is_not_used() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    join(&house, "jane");
    join(&house, "mallory");
    let planted = format!("fondaco-session={}", log_in(fondaco, "mallory", PASSWORD));
    let login = [("name", "jane"), ("password", PASSWORD)];
    let entered = send(fondaco, "/login", Some(&planted), &login);
    let own = cookie_of(&entered);
    assert_ne!(own, planted);
    let whose = |cookie: &str| fondaco.get("/account", &[("Cookie", cookie)]).text();
    assert!(whose(&own).contains("jane@") && whose(&planted).contains("mallory@"));
    // One that is made up is none, and two are none.
    let made_up = format!("fondaco-session=fondaco-session-{}", "a".repeat(64));
    assert_eq!(fondaco.get("/account", &[("Cookie", &made_up)]).status, 303);
    assert_eq!(fondaco.get("/account", &[("Cookie", &format!("{planted}; {own}"))]).status, 303);
    assert_eq!(
        fondaco
            .get("/account", &[("Cookie", &own.replace("fondaco-session=", "__Host-fondaco-session="))])
            .status,
        303
    );
}

#[test]
fn nobody_is_led_elsewhere_after_login() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    join(&house, "jane");
    for next in
        ["//evil.example", "https://evil.example", "/\\evil.example", "/..//evil.example", "javascript:x"]
    {
        let page = fondaco.get(&format!("/login?next={}", next.replace('\\', "%5C")), &[]).text();
        assert!(!page.contains("evil") && page.contains("value=\"/account\""), "{page}");
        let form = [("name", "jane"), ("password", PASSWORD), ("next", next)];
        assert_eq!(send(fondaco, "/login", None, &form).header("location"), Some("./account"), "{next}");
    }
}

#[test]
fn links_work_once_for_a_time_for_their_purpose_and_lead_to_us() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    // The host that a request names is not where a link leads.
    let order = json!({"name": "jane", "email": "jane@example.invalid", "password": PASSWORD}).to_string();
    let headers = [("Content-Type", "application/json"), ("X-Forwarded-Host", "evil.example")];
    fetch("POST", &fondaco.url("/api/v1/register"), &headers, order.as_bytes()).unwrap();
    let mail = wait_for_mails(house.data.path(), 1).remove(0);
    assert!(mail.contains(&fondaco.url("/verify")) && !mail.contains("evil"), "{mail}");
    let link = link_in(&mail);
    let set = |link: &str, password: &str| {
        call(fondaco, None, "POST /api/v1/password", &json!({"link": link, "password": password})).status
    };
    assert_eq!(set(&link, OTHER), 400, "it confirms an address and sets no password");
    assert_eq!(call(fondaco, None, "POST /api/v1/verify", &json!({"link": link})).status, 200);
    // One that has expired, one of the future by a clock that was wrong, one that is good.
    let now = Timestamp::now();
    let hour = Duration::from_secs(3600);
    let links = [
        ("old", now - hour * 2, now - hour),
        ("early", now + hour, now + hour * 2),
        ("good", now, now + hour),
    ];
    in_store(&house, async |store| {
        let user = store.user_by_name(&"jane".parse().unwrap()).await.unwrap().unwrap().id;
        let mut tx = store.begin().await.unwrap();
        for (secret, made_at, expires_at) in links {
            let (digest, purpose) = (Sha256::of(secret.as_bytes()), LinkPurpose::ResetPassword);
            let (user, subject) = (user.clone(), secret.to_owned());
            let link = OneTimeLink { digest, purpose, user, subject, made_at, expires_at, used_at: None };
            tx.add_link(&link).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
    assert_eq!([set("old", OTHER), set("early", OTHER), set("", OTHER)], [400; 3]);
    assert_eq!(set("good", OTHER), 200);
    log_in(fondaco, "jane", OTHER);
    // Two who come at once with one link: one of them sets the password.
    call(fondaco, None, "POST /api/v1/reset", &json!({"email": "jane@example.invalid"}));
    let link = link_in(&wait_for_mail(house.data.path(), &["Subject: Set a new password"]));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| set(&link, PASSWORD))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    // A newer link makes the one before void, and nobody is sent more than five a day.
    for _ in 0..6 {
        call(fondaco, None, "POST /api/v1/reset", &json!({"email": "jane@example.invalid"}));
    }
    let sent = in_store(&house, async |store| {
        let user = store.user_by_name(&"jane".parse().unwrap()).await.unwrap().unwrap().id;
        let mut tx = store.begin().await.unwrap();
        tx.count_links(&user, LinkPurpose::ResetPassword, now - hour * 24).await.unwrap()
    });
    assert!((5..=7).contains(&sent), "{sent}");
}

#[test]
fn sessions_end_by_themselves_and_deeds_need_the_password() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    join(&house, "jane");
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let of = |change: &dyn Fn(Session) -> Session| session_of(&house, "jane", change);
    let status = |secret: &str, at: &str| call(fondaco, Some(secret), at, &Value::Null).status;
    let idle = of(&|session| Session { last_seen_at: session.made_at - minutes(31), ..session });
    let over = of(&|session| Session { expires_at: session.made_at, ..session });
    let early = of(&|session| Session { last_seen_at: session.made_at + minutes(40), ..session });
    for secret in [&idle, &over, &early] {
        assert_eq!(status(secret, "GET /api/v1/account"), 401);
    }
    let stale = of(&|session| Session {
        reauthenticated_at: session.made_at - minutes(11),
        factor_verified_at: Some(session.made_at),
        ..session
    });
    assert_eq!(status(&stale, "GET /api/v1/account"), 200);
    let refused = call(fondaco, Some(&stale), "DELETE /api/v1/account", &Value::Null);
    assert!(refused.status == 403 && refused.text().contains("account/confirm"), "{}", refused.text());
    let confirm = |password: &str| {
        call(fondaco, Some(&stale), "POST /api/v1/account/confirm", &json!({"password": password}))
    };
    assert_eq!(confirm(OTHER).status, 401);
    let fresh = confirm(PASSWORD).json()["session"].as_str().unwrap().to_owned();
    assert_eq!(status(&stale, "GET /api/v1/account"), 401, "its secret is void");
    assert_eq!(status(&fresh, "DELETE /api/v1/account"), 204);
    // A session is no token: it uploads nothing; and a token is no session.
    let token = fondaco.token(&["--all-projects", "--manages"]);
    assert_eq!(status(&token, "GET /api/v1/account"), 401);
}

/// [`PASSWORD`], hashed by another program with fewer KiB and one pass.
const OLDER: &str =
    "$argon2id$v=19$m=8192,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$e6cXnoyyQRLr/lj7tazu0GY0REALd/QvrlPpDqM7E3A";

#[test]
fn a_hash_of_older_parameters_is_renewed_by_the_next_login() {
    let house = House::with_config(OPEN);
    let fondaco = &house.fondaco;
    join(&house, "jane");
    let kept = || {
        in_store(&house, async |store| {
            let user = store.user_by_name(&"jane".parse().unwrap()).await.unwrap().unwrap().id;
            store.password_hash(&user).await.unwrap().unwrap()
        })
    };
    let today = kept();
    assert!(today.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{today}");
    in_store(&house, async |store| {
        let mut tx = store.begin().await.unwrap();
        let user = store.user_by_name(&"jane".parse().unwrap()).await.unwrap().unwrap().id;
        tx.set_password_hash(&user, Some(OLDER), Timestamp::now()).await.unwrap();
        tx.commit().await.unwrap();
    });
    assert_eq!(try_log_in(fondaco, "jane", OTHER).status, 401);
    assert_eq!(kept(), OLDER, "a wrong password renews nothing");
    log_in(fondaco, "jane", PASSWORD);
    let renewed = kept();
    assert!(renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=") && renewed != today, "{renewed}");
    log_in(fondaco, "jane", PASSWORD);
    assert_eq!(kept(), renewed, "once is enough");
    assert_eq!(try_log_in(fondaco, "jane", OTHER).status, 401);
}

#[test]
fn what_nobody_may_register() {
    let data = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("passwords.txt", "acme-intranet-2019-kettle\n"),
        ("hosts.txt", "bad.invalid\n"),
        ("names.txt", "acme\n"),
    ] {
        std::fs::write(data.path().join(file), text).unwrap();
    }
    let lists = "breached_passwords = ['passwords.txt']\ndisposable_domains = ['hosts.txt']\nprohibited_names = ['names.txt']\n";
    let house = House::in_folder(data, &format!("{OPEN}{lists}"));
    let fondaco = &house.fondaco;
    fondaco.admin(&["user", "add", "sysop-lil", "--email", "lil@example.invalid", "--role", "reviewer"]).ok();
    for (name, email, password, status) in [
        ("admin", "a@example.invalid", PASSWORD, 409),
        ("Adm1n", "a@example.invalid", PASSWORD, 409),
        ("py-pa", "a@example.invalid", PASSWORD, 409),
        ("ac-me", "a@example.invalid", PASSWORD, 409),
        ("sys0p-IiI", "a@example.invalid", PASSWORD, 409),
        ("jane\r\nBcc: x", "a@example.invalid", PASSWORD, 400),
        ("jane", "a@example.invalid\r\nBcc: b@example.invalid", PASSWORD, 400),
        ("jane", "a@mailinator.com", PASSWORD, 400),
        ("jane", "a@x.bad.invalid", PASSWORD, 400),
        ("jane", "nowhere", PASSWORD, 400),
        ("jane", "a@example.invalid", "short", 400),
        ("jane", "a@example.invalid", "acme-intranet-2019-kettle", 400),
        ("jane", "a@example.invalid", "password123456", 400),
        ("jane", "jane.maria.doe@example.invalid", "jane.maria.doe", 400),
        ("jane", "a@example.invalid", &"x".repeat(200), 400),
    ] {
        let answer = register(&house, name, email, password);
        assert_eq!(answer.status, status, "{name:?} {email:?}: {}", answer.text());
        assert!(!answer.text().contains(password), "{}", answer.text());
    }
    // What is not asked for can't be set.
    let order = json!({"name": "jane", "email": "a@example.invalid", "password": PASSWORD, "role": "admin"});
    assert_eq!(call(fondaco, None, "POST /api/v1/register", &order).status, 400);
    assert!(mails(house.data.path()).is_empty(), "{:?}", mails(house.data.path()));
    let run = fondaco.admin(&["switch", "on", "no-new-users", "--reason", "a wave of accounts"]);
    run.ok();
    let answer = register(&house, "jane", "a@example.invalid", PASSWORD);
    assert!(matches!(answer.status, 403 | 503), "{}", answer.text());
    assert_eq!(answer.json()["switch"]["switch"], "no-new-users");
}

#[test]
fn without_passwords_of_this_index_nobody_logs_in_by_one() {
    let house = House::with_config("[accounts]\nlocal = false\nregistration = 'open'\n");
    let fondaco = &house.fondaco;
    assert_eq!(register(&house, "jane", "a@example.invalid", PASSWORD).status, 403);
    assert_eq!(try_log_in(fondaco, "jane", PASSWORD).status, 403);
    assert_eq!(call(fondaco, None, "POST /api/v1/reset", &json!({"email": "a@example.invalid"})).status, 403);
    assert_eq!(send(fondaco, "/login", None, &[("name", "jane"), ("password", PASSWORD)]).status, 403);
}
