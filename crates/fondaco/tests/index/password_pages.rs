//! How good a password is, told before it is taken: by the API, and by the pages with and without scripts.

use std::path::Path;

use fondaco_testkit::{Answer, Browser};
use serde_json::{Value, json};

use crate::factors_pages::forward;
use crate::house::House;
use crate::visitors::{OPEN, PASSWORD, call, cookie_of, join, link_in, send, wait_for_mail};

const AT: &str = "POST /api/v1/password/strength";

fn rate(house: &House, body: &Value) -> Answer {
    call(&house.fondaco, None, AT, body)
}

#[test]
fn a_password_is_rated_as_it_will_be_taken() {
    let house = House::with_config(&format!("{OPEN}[limits]\nsearches = '12/1m'\n"));
    let told = |password: &str, about: &[&str]| {
        let answer = rate(&house, &json!({"password": password, "about": about}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        answer.json()
    };
    let good = told(PASSWORD, &["jane"]);
    assert_eq!(good, json!({"score": 4, "taken": true, "detail": "very hard to guess"}));
    for (password, about, why) in [
        ("short", &[][..], "at least 12 characters"),
        ("password2026!", &[], "known from break-ins"),
        ("aaaaaaaaaaaaaa", &[], "easily guessed"),
        ("jane-doe-jane-doe", &["jane-doe"], "easily guessed"),
    ] {
        let rated = told(password, about);
        assert!(rated["taken"] == false && rated["score"].as_u64().unwrap() <= 2, "{password}: {rated}");
        assert!(rated["detail"].as_str().unwrap().contains(why), "{password}: {rated}");
        // The form says the same, whatever a meter has said.
        let name = about.first().copied().unwrap_or("jane");
        let form = [("name", name), ("email", "jane@example.invalid"), ("password", password)];
        let refused = send(&house.fondaco, "/register", None, &form);
        assert!(refused.status == 400 && refused.text().contains(why), "{}", refused.text());
        assert!(!refused.text().contains(password), "it is not sent back");
    }
    for wrong in [
        json!({}),
        json!({"password": 1}),
        json!({"password": "x", "user": "jane"}),
        json!({"password": "x", "about": ["a", "b", "c", "d", "e", "f"]}),
        json!({"password": "x", "about": ["a".repeat(255)]}),
    ] {
        assert_eq!(rate(&house, &wrong).status, 400, "{wrong}");
    }
    // Nobody tries out lists of passwords by it.
    let (mut times, mut last) = (0, rate(&house, &json!({"password": "x"})));
    while last.status == 200 && times < 20 {
        (times, last) = (times + 1, rate(&house, &json!({"password": "x"})));
    }
    assert!(last.status == 429 && last.header("retry-after").is_some(), "{times}: {}", last.text());
}

#[test]
fn without_scripts_the_fields_are_plain_and_a_refusal_says_why() {
    let house = House::with_config(OPEN);
    join(&house, "jane");
    let entered = send(&house.fondaco, "/login", None, &[("name", "jane"), ("password", PASSWORD)]);
    let cookie = cookie_of(&entered);
    for (page, new, script) in [
        ("/login", false, "\"static/passwords.js\""),
        ("/register", true, "\"static/passwords.js\""),
        ("/password?link=x", true, "\"static/passwords.js\""),
        ("/account", true, "\"static/passwords.js\""),
        ("/account/confirm", false, "\"../static/passwords.js\""),
    ] {
        let answer = house.fondaco.get(page, &[("Cookie", &cookie)]);
        let text = answer.text();
        let autocomplete = if new { "new-password" } else { "current-password" };
        let field = format!(
            "type=\"password\" name=\"password\" required maxlength=\"128\" autocomplete=\"{autocomplete}\""
        );
        assert!(text.contains(&field) && text.contains(script), "{page}: {text}");
        // What the script needs is hidden until it runs, and only a new password has a meter.
        assert!(text.contains("<label hidden><input type=\"checkbox\""), "{page}: {text}");
        assert_eq!(text.contains("<meter") && text.contains("hidden></meter>"), new, "{page}: {text}");
        assert_eq!(text.contains("data-rate=\"api/v1/password/strength\""), new, "{page}: {text}");
        let policy = answer.header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "form-action 'self'"] {
            assert!(policy.contains(part), "{page}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{page}");
    }
    let script = house.fondaco.get("/static/passwords.js", &[]);
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    // A weak one by a link: the reason is told, the link counts on.
    let asked = send(&house.fondaco, "/reset", None, &[("email", "jane@example.invalid")]);
    assert_eq!(asked.status, 202);
    let link = link_in(&wait_for_mail(house.data.path(), &["Subject: Set a new password"]));
    let weak = send(&house.fondaco, "/password", None, &[("link", &link), ("password", "jane-jane-jane")]);
    assert!(weak.status == 400 && weak.text().contains("easily guessed"), "{}", weak.text());
    let set = send(&house.fondaco, "/password", None, &[("link", &link), ("password", PASSWORD)]);
    assert_eq!(set.status, 200, "{}", set.text());
}

/// With a real browser: `FONDACO_TEST_BROWSER=/usr/bin/chromium cargo test -p fondaco --test index -- --ignored`.
#[test]
#[ignore = "needs a Chromium at FONDACO_TEST_BROWSER"]
fn a_browser_shows_what_is_typed_and_how_good_it_is() {
    let chromium = std::env::var("FONDACO_TEST_BROWSER").expect("FONDACO_TEST_BROWSER is the path of one");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let house = House::with_config(&format!("[server]\npublic_url = {origin:?}\n{OPEN}"));
    forward(listener, house.fondaco.port());
    let mut browser = Browser::start(Path::new(&chromium));
    let field = "document.querySelector('input[name=password]')";
    let kind = |browser: &mut Browser| browser.value(&format!("{field}.type"));
    let show = "document.querySelector('[data-password] input[type=checkbox]').click()";
    let types = |browser: &mut Browser, text: &str| {
        browser.value(&format!("{field}.value = '{text}'; {field}.dispatchEvent(new Event('input')); 1"));
    };
    for page in ["/login", "/register", "/password?link=x"] {
        browser.open(&format!("{origin}{page}"));
        browser.wait("document.querySelector('[data-password] label[hidden]') === null");
        assert_eq!(kind(&mut browser), "password", "{page}");
        browser.value(show);
        assert_eq!(kind(&mut browser), "text", "{page}");
        browser.value(show);
        assert_eq!(kind(&mut browser), "password", "{page}");
    }
    browser.open(&format!("{origin}/register"));
    browser.wait("document.querySelector('[data-password] label[hidden]') === null");
    browser.wait("document.querySelector('meter').hidden");
    browser.value("document.querySelector('input[name=name]').value = 'mandolin-kettle'");
    // What is in the form counts for the meter as it does for the index.
    for (password, score, why) in [
        ("short", "<= 2", "at least 12 characters"),
        ("password2026!", "<= 2", "known from break-ins"),
        ("mandolin-kettle-1", "<= 2", "easily guessed"),
        (PASSWORD, "=== 4", "very hard to guess"),
    ] {
        types(&mut browser, password);
        browser.wait(&format!(
            "!document.querySelector('meter').hidden && document.querySelector('meter').value {score} \
             && document.querySelector('[data-password] [role=status]').textContent.includes('{why}')"
        ));
    }
    types(&mut browser, "");
    browser.wait("document.querySelector('meter').hidden");
    // Sent while it is seen: the form is taken all the same.
    browser.value("document.querySelector('input[name=email]').value = 'jane@example.invalid'");
    types(&mut browser, PASSWORD);
    browser.value(show);
    browser.value("document.querySelector('form[action=register] button').click()");
    browser.wait("document.body.innerText.includes('Look into your mail')");
    link_in(&wait_for_mail(house.data.path(), &["To: jane@example.invalid"]));
}
