//! Second factors by the pages, and by a real browser.

use fondaco_testkit::{Authenticator, Browser, fetch};
use serde_json::Value;

use crate::factors::{App, ORIGIN, house, login, person, refused};
use crate::house::House;
use crate::visitors::PASSWORD;

#[test]
fn the_pages_do_the_same() {
    let house = house("");
    person(&house, "ann", &[]);
    let (session, _) = login(&house, "ann");
    let cookie = format!("fondaco-session={session}");
    let page = house.fondaco.get("/account/factors", &[("Cookie", &cookie)]);
    refused(&page, 200, "Add an app");
    assert!(!page.header("content-security-policy").unwrap().contains("script-src"));
    let form = |path: &str, cookie: &str, body: &str| {
        let kind = "application/x-www-form-urlencoded";
        let headers = [("Cookie", cookie), ("Content-Type", kind), ("Sec-Fetch-Site", "same-origin")];
        fetch("POST", &house.fondaco.url(path), &headers, body.as_bytes()).unwrap()
    };
    let offer = form("/account/factors/totp", &cookie, "").text();
    let secret = offer.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let app = App::of(&secret);
    assert!(offer.contains("<svg"), "{offer}");
    let wrong = form("/account/factors/totp/confirm", &cookie, "code=1");
    refused(&wrong, 403, "not the code that counts now");
    let added = form("/account/factors/totp/confirm", &cookie, &format!("code={}", app.code(0)));
    refused(&added, 200, "Your recovery codes");
    let next = added.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert!(added.header("set-cookie").unwrap().contains("HttpOnly"));
    // The page for a passkey has our script and no other.
    let page = house.fondaco.get("/account/factors/passkey", &[("Cookie", &next)]);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let text = page.text();
    assert!(text.contains("static/passkeys.js") && text.contains("data-create="), "{text}");
    assert_eq!(house.fondaco.get("/static/passkeys.js", &[]).status, 200);
    let options = attribute(&text, "data-create");
    let credential = Authenticator::new().create(ORIGIN, &options).to_string();
    let credential: String = credential.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let made = form("/account/factors/passkey", &next, &format!("label=key&credential={credential}"));
    refused(&made, 200, "It is added");
    // The second step.
    let (waiting, _) = login(&house, "ann");
    let cookie = format!("fondaco-session={waiting}");
    let page = house.fondaco.get("/login/second-step", &[("Cookie", &cookie)]).text();
    assert!(page.contains("Use a passkey") && page.contains("Recovery code"), "{page}");
    let passed = form("/login/second-step", &cookie, &format!("code={}", app.code(1)));
    assert_eq!(passed.status, 303, "{}", passed.text());
    let next = passed.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(house.fondaco.get("/account/factors", &[("Cookie", &next)]).status, 200);
    // Another site's form changes nothing.
    let crossed = [("Cookie", next.as_str()), ("Sec-Fetch-Site", "cross-site")];
    let url = house.fondaco.url("/account/factors/totp/remove");
    assert_eq!(fetch("POST", &url, &crossed, &[]).unwrap().status, 403);
    assert!(house.fondaco.get("/login/passkey", &[]).text().contains("data-get="));
}

/// The JSON in an attribute.
fn attribute(page: &str, name: &str) -> Value {
    let text = page.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
    serde_json::from_str(&text.replace("&quot;", "\"").replace("&amp;", "&")).unwrap()
}

/// Carries connections from a port that is known beforehand.
pub(crate) fn forward(from: std::net::TcpListener, to: u16) {
    std::thread::spawn(move || {
        for inward in from.incoming().map_while(Result::ok) {
            let Ok(outward) = std::net::TcpStream::connect(("127.0.0.1", to)) else { return };
            let both = [(inward.try_clone(), outward.try_clone()), (Ok(outward), Ok(inward))];
            for (source, sink) in both {
                let (mut source, mut sink) = (source.unwrap(), sink.unwrap());
                std::thread::spawn(move || {
                    // Whoever ends a connection ends both halves of it.
                    let _ = std::io::copy(&mut source, &mut sink);
                    let _ = sink.shutdown(std::net::Shutdown::Both);
                });
            }
        }
    });
}

/// With a real browser: `FONDACO_TEST_BROWSER=/usr/bin/chromium cargo test -p fondaco --test index -- --ignored`.
#[test]
#[ignore = "needs a Chromium at FONDACO_TEST_BROWSER"]
fn a_browser_adds_a_passkey_and_logs_in_by_it() {
    let chromium = std::env::var("FONDACO_TEST_BROWSER").expect("FONDACO_TEST_BROWSER is the path of one");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let house = House::with_config(&format!("[server]\npublic_url = {origin:?}\n"));
    forward(listener, house.fondaco.port());
    person(&house, "ann", &[]);
    let mut browser = Browser::start(std::path::Path::new(&chromium));
    let fill = |browser: &mut Browser, name: &str, text: &str| {
        browser.value(&format!("document.querySelector('input[name={name}]').value = '{text}'"));
    };
    let press = |browser: &mut Browser, form: &str| {
        browser.value(&format!("document.querySelector({form:?}).querySelector('button').click()"));
    };
    browser.open(&format!("{origin}/login"));
    fill(&mut browser, "name", "ann");
    fill(&mut browser, "password", PASSWORD);
    press(&mut browser, "form[action=login]");
    browser.wait("location.pathname === '/account'");
    browser.open(&format!("{origin}/account/factors/passkey"));
    fill(&mut browser, "label", "of Chromium");
    press(&mut browser, "form[data-create]");
    browser.wait("document.body.innerText.includes('Your recovery codes')");
    browser.open(&format!("{origin}/account"));
    press(&mut browser, "form[action=logout]");
    browser.wait("location.pathname === '/login'");
    // By the passkey alone.
    browser.open(&format!("{origin}/login/passkey"));
    press(&mut browser, "form[data-get]");
    browser.wait("location.pathname === '/account'");
    press(&mut browser, "form[action=logout]");
    browser.wait("location.pathname === '/login'");
    // After the password.
    fill(&mut browser, "name", "ann");
    fill(&mut browser, "password", PASSWORD);
    press(&mut browser, "form[action=login]");
    browser.wait("location.pathname === '/login/second-step'");
    press(&mut browser, "form[data-get]");
    browser.wait("location.pathname === '/account'");
    browser.open(&format!("{origin}/account/factors"));
    browser.wait("document.body.innerText.includes('of Chromium')");
}
