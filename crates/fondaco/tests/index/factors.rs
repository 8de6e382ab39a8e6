//! Second factors of people: an app, passkeys, recovery codes, and what becomes of lost ones.

use fondaco_factors::{Step, TotpSecret};
use fondaco_testkit::{Answer, Authenticator, Upload, Wheel, fetch, honest_module};
use serde_json::{Value, json};

use crate::house::House;
use crate::visitors::PASSWORD;

/// Where the pages say that they are; an authenticator in software asks nobody else.
pub(crate) const ORIGIN: &str = "http://localhost:8080";
const AT: &str = "/api/v1/account/factors";

pub(crate) fn house(more: &str) -> House {
    House::with_config(&format!("[server]\npublic_url = {ORIGIN:?}\n{more}"))
}

/// Asks with a session, or without.
fn ask(house: &House, method: &str, path: &str, session: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {session}");
    let mut headers = vec![("Content-Type", "application/json")];
    if !session.is_empty() {
        headers.push(("Authorization", bearer.as_str()));
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    fetch(method, &house.fondaco.url(path), &headers, body.as_bytes()).unwrap()
}

fn post(house: &House, path: &str, session: &str, body: &Value) -> Answer {
    ask(house, "POST", path, session, body)
}

#[track_caller]
fn done(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

/// That it was refused, with this in the reason.
#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16, why: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.text().contains(why), "{}", answer.text());
}

/// Somebody with an account and a password.
pub(crate) fn person(house: &House, name: &str, more: &[&str]) {
    let email = format!("{name}@example.invalid");
    let said = house.fondaco.admin(&[&["user", "add", name, "--email", &email], more].concat()).ok().stdout;
    let link = said.split("link=").nth(1).unwrap_or_else(|| panic!("{said}"));
    let link = link.split_whitespace().next().unwrap();
    done(&post(house, "/api/v1/password", "", &json!({"link": link, "password": PASSWORD})), 200);
}

/// A session by the password, and whether it waits for a second factor.
#[track_caller]
pub(crate) fn login(house: &House, name: &str) -> (String, bool) {
    let given = done(&post(house, "/api/v1/login", "", &json!({"name": name, "password": PASSWORD})), 200);
    (given["session"].as_str().unwrap().to_owned(), given["pending"].as_bool().unwrap())
}

fn session_of(answer: &Value) -> String {
    answer["session"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// The app of somebody.
pub(crate) struct App(TotpSecret);

impl App {
    pub(crate) fn of(base32: &str) -> Self {
        let bytes = data_encoding::BASE32_NOPAD.decode(base32.as_bytes()).unwrap();
        Self(TotpSecret::new(bytes.try_into().unwrap()))
    }

    /// The code of the step so many after now's.
    pub(crate) fn code(&self, later: i64) -> String {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        self.0.code(Step::new(Step::at(i64::try_from(now).unwrap()).number() + later))
    }
}

/// Adds an app; the session that goes on, the app and the recovery codes.
pub(crate) fn with_app(house: &House, session: &str) -> (String, App, Vec<String>) {
    let offer = done(&post(house, &format!("{AT}/totp"), session, &Value::Null), 200);
    let app = App::of(offer["secret"].as_str().unwrap());
    assert!(offer["uri"].as_str().unwrap().starts_with("otpauth://totp/"), "{offer}");
    assert!(offer["qr_svg"].as_str().unwrap().starts_with("<svg"), "{offer}");
    let confirm = format!("{AT}/totp/confirm");
    refused(&post(house, &confirm, session, &json!({"code": "000 00"})), 403, "not the code that counts now");
    let added = done(&post(house, &confirm, session, &json!({"code": app.code(0)})), 201);
    let codes = added["recovery_codes"].as_array().unwrap().iter();
    let codes = codes.map(|code| code.as_str().unwrap().to_owned()).collect();
    (session_of(&added), app, codes)
}

/// Adds a passkey; the session that goes on, and its id.
fn with_passkey(house: &House, session: &str, key: &mut Authenticator) -> (String, String) {
    let options = done(&post(house, &format!("{AT}/passkeys/options"), session, &Value::Null), 200);
    assert_eq!((&options["rp"]["id"], &options["attestation"]), (&json!("localhost"), &json!("none")));
    let body = json!({"label": "in software", "credential": key.create(ORIGIN, &options)});
    let added = done(&post(house, &format!("{AT}/passkeys"), session, &body), 201);
    (session_of(&added), added["id"].as_str().unwrap().to_owned())
}

fn second_step(house: &House, session: &str, given: &Value) -> Answer {
    post(house, "/api/v1/login/second-step", session, given)
}

fn audited(house: &House) -> String {
    house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout
}

#[test]
fn an_app_is_added_and_each_code_counts_once() {
    let house = house("");
    person(&house, "ann", &[]);
    let (first, pending) = login(&house, "ann");
    assert!(!pending, "there is nothing to be shown yet");
    let before = done(&ask(&house, "GET", AT, &first, &Value::Null), 200);
    assert_eq!((&before["totp"], &before["require"]), (&Value::Null, &json!("any")), "{before}");
    refused(
        &post(&house, &format!("{AT}/totp/confirm"), &first, &json!({"code": "123456"})),
        409,
        "no app is being added",
    );
    let (session, app, codes) = with_app(&house, &first);
    assert_eq!(codes.len(), 8);
    assert_eq!(ask(&house, "GET", AT, &first, &Value::Null).status, 401, "its secret is another now");
    let after = done(&ask(&house, "GET", AT, &session, &Value::Null), 200);
    assert!(after["totp"]["made_at"].is_string() && after["recovery_codes"]["left"] == 8, "{after}");
    // From now on a password is half of it.
    let (waiting, pending) = login(&house, "ann");
    assert!(pending);
    refused(&ask(&house, "GET", AT, &waiting, &Value::Null), 401, "second factor");
    refused(&second_step(&house, &session, &json!({"code": app.code(1)})), 401, "log in");
    // The code that added it has counted.
    refused(&second_step(&house, &waiting, &json!({"code": app.code(0)})), 403, "used already");
    let code = json!({"code": app.code(1)});
    let passed = done(&second_step(&house, &waiting, &code), 200);
    assert_eq!(passed["passed"], "totp");
    assert_eq!(ask(&house, "GET", AT, &waiting, &Value::Null).status, 401, "its secret is another now");
    assert_eq!(ask(&house, "GET", AT, &session_of(&passed), &Value::Null).status, 200);
    let (again, _) = login(&house, "ann");
    refused(&second_step(&house, &again, &code), 403, "used already");
    // The last one stays.
    refused(&ask(&house, "DELETE", &format!("{AT}/totp"), &session, &Value::Null), 409, "last second factor");
    let audit = audited(&house);
    assert!(audit.contains("add-factor") && !audit.contains(&codes[0]), "{audit}");
    // Each step is written down, and a code that came twice is told.
    assert!(audit.contains("by a second step (totp) from 127.0.0.1"), "{audit}");
    let wrong =
        |line: &&str| line.contains("\"fail-login\"") && line.contains("the second step from 127.0.0.1");
    assert_eq!(audit.lines().filter(wrong).count(), 2, "{audit}");
    assert_eq!(mailed(&house, "Subject: A code of yours came "), "twice");
}

#[test]
fn a_recovery_code_counts_once() {
    let house = house("");
    person(&house, "ann", &[]);
    let (session, _, codes) = with_app(&house, &login(&house, "ann").0);
    let (waiting, _) = login(&house, "ann");
    refused(
        &second_step(&house, &waiting, &json!({"recovery_code": "aaaa-bbbb-cccc-dddd"})),
        403,
        "recovery",
    );
    let typed = json!({"recovery_code": codes[0].to_uppercase().replace('-', " ")});
    let passed = done(&second_step(&house, &waiting, &typed), 200);
    assert_eq!(passed["passed"], "recovery-code");
    let (waiting, _) = login(&house, "ann");
    refused(&second_step(&house, &waiting, &typed), 403, "no longer, in force");
    let left = done(&ask(&house, "GET", AT, &session, &Value::Null), 200);
    assert_eq!(left["recovery_codes"]["left"], 7, "{left}");
    // New ones make those before void.
    let renewed = done(&post(&house, &format!("{AT}/recovery-codes"), &session, &Value::Null), 200);
    let fresh = renewed["recovery_codes"][0].as_str().unwrap();
    refused(&second_step(&house, &waiting, &json!({"recovery_code": codes[1]})), 403, "no longer, in force");
    done(&second_step(&house, &waiting, &json!({"recovery_code": fresh})), 200);
    let audit = audited(&house);
    assert!(audit.contains("use-recovery-code") && audit.contains("make-recovery-codes"), "{audit}");
}

#[test]
fn a_passkey_is_a_second_factor_and_all_that_is_asked_for() {
    let house = house("");
    person(&house, "ann", &[]);
    let mut key = Authenticator::new();
    let (session, id) = with_passkey(&house, &login(&house, "ann").0, &mut key);
    let listed = done(&ask(&house, "GET", AT, &session, &Value::Null), 200);
    assert_eq!(listed["passkeys"][0]["label"], "in software", "{listed}");
    assert_eq!(listed["relying_party"]["origin"], ORIGIN);
    // After the password.
    let (waiting, pending) = login(&house, "ann");
    assert!(pending);
    let options =
        |waiting: &str| done(&post(&house, "/api/v1/login/second-step/options", waiting, &Value::Null), 200);
    let asked = options(&waiting);
    assert_eq!(asked["allowCredentials"][0]["id"], id.as_str());
    let answer = json!({"credential": key.get(ORIGIN, &asked)});
    let (other, _) = login(&house, "ann");
    refused(&second_step(&house, &other, &answer), 403, "was not given here");
    assert_eq!(done(&second_step(&house, &waiting, &answer), 200)["passed"], "passkey");
    refused(&second_step(&house, &other, &answer), 403, "answered before");
    // A page elsewhere gets nowhere, and has used the challenge up.
    let asked = options(&other);
    let elsewhere = json!({"credential": key.get("https://evil.example", &asked)});
    refused(&second_step(&house, &other, &elsewhere), 403, "another site");
    let late = json!({"credential": key.get(ORIGIN, &asked)});
    refused(&second_step(&house, &other, &late), 403, "answered before");
    // Without a name or a password.
    let alone = |key: &mut Authenticator| {
        let asked = done(&post(&house, "/api/v1/login/passkey/options", "", &Value::Null), 200);
        assert_eq!(
            (&asked["userVerification"], &asked["allowCredentials"]),
            (&json!("required"), &json!([]))
        );
        json!({"credential": key.get(ORIGIN, &asked)})
    };
    let given = alone(&mut key);
    let entered = done(&post(&house, "/api/v1/login/passkey", "", &given), 200);
    assert_eq!(ask(&house, "GET", AT, &session_of(&entered), &Value::Null).status, 200);
    refused(&post(&house, "/api/v1/login/passkey", "", &given), 403, "answered before");
    // From where nobody has been it is told, as a login by password is.
    let headers = [("Content-Type", "application/json"), ("User-Agent", "another/1.0")];
    let body = alone(&mut key).to_string();
    let url = house.fondaco.url("/api/v1/login/passkey");
    done(&fetch("POST", &url, &headers, body.as_bytes()).unwrap(), 200);
    assert_eq!(mailed(&house, "  client  "), "another/1.0");
    key.behaviour.verifies = false;
    refused(&post(&house, "/api/v1/login/passkey", "", &alone(&mut key)), 403, "did not recognise its owner");
    key.behaviour.verifies = true;
    // A copy of it counts lower.
    key.set_counters(0);
    refused(&post(&house, "/api/v1/login/passkey", "", &alone(&mut key)), 403, "counter went back");
    let audit = audited(&house);
    for event in ["by a passkey: session ", "by a passkey from 127.0.0.1: "] {
        assert!(audit.contains(event), "{event}: {audit}");
    }
    assert!(
        audit.lines().any(|line| line.contains("\"fail-login\"") && line.contains("went back")),
        "{audit}"
    );
    refused(
        &ask(&house, "DELETE", &format!("{AT}/passkeys/{id}"), &session, &Value::Null),
        409,
        "last second factor",
    );
}

#[test]
fn passkeys_are_one_accounts_and_come_and_go() {
    let house = house("");
    for name in ["ann", "bob"] {
        person(&house, name, &[]);
    }
    let mut key = Authenticator::new();
    let (session, id) = with_passkey(&house, &login(&house, "ann").0, &mut key);
    let (bob, _) = login(&house, "bob");
    let options =
        |session: &str| done(&post(&house, &format!("{AT}/passkeys/options"), session, &Value::Null), 200);
    let add = |session: &str, credential: &Value, label: &str| {
        post(&house, &format!("{AT}/passkeys"), session, &json!({"label": label, "credential": credential}))
    };
    // The same credential, as if Bob's authenticator had Ann's id.
    let raw = data_encoding::BASE64URL_NOPAD.decode(id.as_bytes()).unwrap();
    let mut thief = Authenticator::new();
    thief.behaviour.id = Some(raw);
    let stolen = thief.create(ORIGIN, &options(&bob));
    refused(&add(&bob, &stolen, "mine"), 409, "registered already");
    // Nor does Bob's session answer what Ann was asked.
    let asked = options(&session);
    refused(&add(&bob, &Authenticator::new().create(ORIGIN, &asked), "mine"), 403, "was not given here");
    for label in ["", "  ", "two\nlines", &"x".repeat(61)] {
        refused(&add(&session, &key.create(ORIGIN, &options(&session)), label), 400, "needs a name");
    }
    refused(&add(&session, &json!({"rawId": 1}), "mine"), 403, "can't be read");
    assert_eq!(add(&session, &Value::Null, "mine").status, 400);
    // Another one, and the first may go.
    let known = options(&session);
    assert_eq!(known["excludeCredentials"][0]["id"], id.as_str());
    let second = done(&add(&session, &Authenticator::new().create(ORIGIN, &known), "second"), 201);
    assert!(second.get("recovery_codes").is_none(), "they came with the first: {second}");
    let session = session_of(&second);
    let gone = format!("{AT}/passkeys/{id}");
    refused(&ask(&house, "DELETE", &gone, &bob, &Value::Null), 403, "no second factor");
    let (bob, ..) = with_app(&house, &bob);
    refused(&ask(&house, "DELETE", &gone, &bob, &Value::Null), 404, "no such passkey");
    done(&ask(&house, "DELETE", &gone, &session, &Value::Null), 204);
    refused(&ask(&house, "DELETE", &gone, &session, &Value::Null), 404, "no such passkey");
    let asked = done(&post(&house, "/api/v1/login/passkey/options", "", &Value::Null), 200);
    let answer = json!({"credential": key.get(ORIGIN, &asked)});
    refused(&post(&house, "/api/v1/login/passkey", "", &answer), 403, "opens no account");
}

#[test]
fn an_address_can_have_no_passkeys_and_says_so() {
    let house = House::with_config("[server]\npublic_url = 'http://127.0.0.1:8080'\n");
    person(&house, "ann", &[]);
    let (session, _) = login(&house, "ann");
    let shown = done(&ask(&house, "GET", AT, &session, &Value::Null), 200);
    let missing = shown["relying_party"]["missing"].as_str().unwrap();
    assert!(missing.contains("can't belong to an IP address (127.0.0.1)"), "{shown}");
    let answer = post(&house, &format!("{AT}/passkeys/options"), &session, &Value::Null);
    refused(&answer, 409, "http://localhost:8080");
    let cookie = format!("fondaco-session={session}");
    let page = house.fondaco.get("/account/factors", &[("Cookie", &cookie)]);
    refused(&page, 200, "Passkeys are off");
    // An app is what remains.
    with_app(&house, &session);
}

#[test]
fn guessing_codes_takes_for_ever() {
    let house = house("");
    person(&house, "ann", &[]);
    let (_, app, codes) = with_app(&house, &login(&house, "ann").0);
    let (waiting, _) = login(&house, "ann");
    // One was wrong when the app was added.
    for _ in 0..4 {
        refused(&second_step(&house, &waiting, &json!({"code": "000000"})), 403, "not the code");
    }
    for given in [json!({"code": app.code(1)}), json!({"recovery_code": codes[0]})] {
        let answer = second_step(&house, &waiting, &given);
        refused(&answer, 429, "wait for");
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((200..=300).contains(&seconds), "{seconds}");
    }
    // Whatever is no answer of the three is no try.
    for odd in [json!({}), json!({"code": 1}), json!({"code": "1", "recovery_code": "2"}), json!([])] {
        assert_eq!(second_step(&house, &waiting, &odd).status, 400, "{odd}");
    }
}

#[test]
fn managing_needs_a_factor_and_a_passkey_where_one_is_demanded() {
    let switch = |house: &House, session: &str| {
        let path = "/api/v1/switches/no-deletions";
        ask(house, "PUT", path, session, &json!({"reason": "a test"}))
    };
    let house = house("[factors]\nrequire = 'passkey'\n");
    person(&house, "rosa", &["--role", "admin"]);
    let (session, _) = login(&house, "rosa");
    assert_eq!(switch(&house, &session).status, 403, "no factor");
    let (session, app, _) = with_app(&house, &session);
    refused(&switch(&house, &session), 403, "demands a passkey of everybody");
    let mut key = Authenticator::new();
    let (session, _) = with_passkey(&house, &session, &mut key);
    done(&switch(&house, &session), 200);
    // A session that was opened by the app may less.
    let (waiting, _) = login(&house, "rosa");
    let by_app = session_of(&done(&second_step(&house, &waiting, &json!({"code": app.code(1)})), 200));
    refused(&switch(&house, &by_app), 403, "opened without a passkey");
    // The app may go, the passkey may not.
    done(&ask(&house, "DELETE", &format!("{AT}/totp"), &session, &Value::Null), 204);
    // The host's own token needs nobody's factor.
    let token = house.fondaco.token(&["--manages"]);
    done(&switch(&house, &token), 200);
}

#[test]
fn lost_factors_are_reset_after_a_time_in_which_their_owner_can_object() {
    let house = house("[factors]\nrecovery_wait = '0d'\n");
    person(&house, "ann", &[]);
    let why = ["--reason", "the phone is in the lake"];
    let order = |more: &[&str]| house.fondaco.admin(&[&["user", "recover", "ann"], &why[..], more].concat());
    let run = order(&[]);
    assert!(!run.success() && run.text().contains("has no second factor"), "{}", run.text());
    let (session, ..) = with_app(&house, &login(&house, "ann").0);
    assert!(!house.fondaco.admin(&["user", "recover", "ann", "--reason", " "]).success());
    assert!(!house.fondaco.admin(&["user", "recover", "nobody", "--reason", "r"]).success());
    // Called off by the link in the mail, once.
    order(&["--wait", "3d"]).ok();
    assert!(!order(&[]).success(), "one waits");
    let link = mailed(&house, "/factor-recovery/cancel?link=");
    let cancel = |link: &str| post(&house, "/api/v1/factor-recovery/cancel", "", &json!({"link": link}));
    refused(&cancel("other"), 403, "does not work");
    done(&cancel(&link), 204);
    refused(&cancel(&link), 403, "does not work");
    // Nobody objects: the link for the reset comes when the time is over.
    order(&[]).ok();
    let house = house.restarted();
    let link = mailed(&house, "/factor-recovery/reset?link=");
    let page = house.fondaco.get(&format!("/factor-recovery/reset?link={link}"), &[]);
    refused(&page, 200, "end every session");
    assert_eq!(ask(&house, "GET", AT, &session, &Value::Null).status, 200, "looking at it does nothing");
    let reset = || post(&house, "/api/v1/factor-recovery/reset", "", &json!({"link": link}));
    done(&reset(), 204);
    refused(&reset(), 403, "does not work");
    assert_eq!(ask(&house, "GET", AT, &session, &Value::Null).status, 401, "every session has ended");
    let (session, pending) = login(&house, "ann");
    assert!(!pending);
    assert_eq!(done(&ask(&house, "GET", AT, &session, &Value::Null), 200)["totp"], Value::Null);
    let audit = audited(&house);
    for event in ["order-recovery", "cancel-recovery", "send-recovery", "reset-factors"] {
        assert!(audit.contains(event), "{event}: {audit}");
    }
}

/// What follows a text in the newest mail that has it.
fn mailed(house: &House, before: &str) -> String {
    let folder = house.data.path().join("mail");
    for _ in 0..600 {
        let mails = std::fs::read_dir(&folder).into_iter().flatten();
        let mut mails: Vec<_> = mails.map(|mail| mail.unwrap().path()).collect();
        mails.sort();
        let texts = mails.iter().rev().map(|path| std::fs::read_to_string(path).unwrap_or_default());
        // Quoted-printable breaks lines and writes `=` as `=3D`.
        let plain = |text: String| text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
        for text in texts.map(plain) {
            if let Some((_, rest)) = text.split_once(before) {
                return rest.split_whitespace().next().unwrap().to_owned();
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no mail with {before}; the log:\n{}", house.fondaco.log());
}

#[test]
fn critical_projects_take_uploads_only_with_a_passkey_behind_them() {
    let house =
        house("[factors]\ncritical = ['vital-lib']\ncritical_dependents = 1\ncritical_downloads = 2\n");
    person(&house, "ann", &[]);
    let (session, _) = login(&house, "ann");
    let order = json!({"label": "by hand"});
    refused(&post(&house, "/api/v1/tokens", &session, &order), 403, "no second factor");
    let (session, ..) = with_app(&house, &session);
    let made = post(&house, "/api/v1/tokens", &session, &order);
    assert!(matches!(made.status, 200 | 201), "{}", made.text());
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let dist = |name: &str, version: &str, requires: &str| {
        let module = format!("{}/__init__.py", name.replace('-', "_"));
        Wheel::new(name, version).requires(requires).file(&module, honest_module()).build()
    };
    let upload = |name: &str, version: &str| {
        Upload::of(&dist(name, version, "other-lib")).send(&house.fondaco, &token)
    };
    for ordinary in ["base-lib", "loved-lib", "user-lib"] {
        done_with(&upload(ordinary, "1.0"), 200);
    }
    let answer = upload("vital-lib", "1.0");
    refused(&answer, 403, "vital-lib is critical: the operator names it");
    assert!(answer.reason.contains("passkey or trusted publishing is needed"), "{}", answer.reason);
    assert!(answer.json()["hint"].as_str().unwrap().contains("/account/factors"), "{}", answer.text());
    // Others have come to rest on these two.
    let dependent = dist("user-lib", "2.0", "base_lib>=1");
    done_with(&Upload::of(&dependent).send(&house.fondaco, &token), 200);
    refused(&upload("base-lib", "2.0"), 403, "base-lib is critical: 1 projects require it");
    let loved = dist("loved-lib", "1.0", "other-lib");
    for _ in 0..2 {
        assert_eq!(house.fondaco.get(&format!("/files/own/loved-lib/{}", loved.file_name), &[]).status, 200);
    }
    // Downloads are noted soon.
    let looks = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        let noted = house.fondaco.admin(&["downloads", "--format", "ndjson"]).ok().stdout;
        noted.lines().filter(|line| line.contains("loved_lib")).count() == 2
    });
    assert!(looks);
    refused(&upload("loved-lib", "2.0"), 403, "loved-lib is critical: it was downloaded 2 times in 30 days");
    // Nobody's factor stands behind a token of the host.
    let host = house.fondaco.token(&["--all-projects"]);
    done_with(&Upload::of(&dist("vital-lib", "0.9", "other-lib")).send(&house.fondaco, &host), 200);
    // With a passkey the same token goes on.
    with_passkey(&house, &session, &mut Authenticator::new());
    for critical in ["base-lib", "loved-lib"] {
        done_with(&upload(critical, "3.0"), 200);
    }
}

#[track_caller]
fn done_with(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text());
}
