//! Switches and the breaker by the pages of the desk, as a browser without scripts uses them.

use fondaco_model::StaffRole;
use fondaco_testkit::{Answer, Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::actors::{Kind, People, Someone, send as call};
use crate::breaker::{CONFIG, honest, kind, send_from as upload_from, thief};
use crate::house::House;
use crate::visitors::{audit, send, send_from};

const SWITCHES: &str = "/desk/switches/";
const BREAKER: &str = "/desk/breaker/";

/// A house and those who come to its desk.
struct AtDesk {
    house: House,
    people: People,
    admin: Someone,
    observer: Someone,
}

impl AtDesk {
    fn new(house: House) -> Self {
        let people = People::of(&house);
        let [admin, observer] = [("ada", StaffRole::Admin), ("oskar", StaffRole::Observer)]
            .map(|(name, role)| people.add_as(name, Some(role), Kind::Full));
        Self { house, people, admin, observer }
    }

    fn page(&self, who: &Someone, path: &str) -> Answer {
        self.house.fondaco.get(path, &[("Cookie", &cookie(who))])
    }

    /// The page as text.
    #[track_caller]
    fn text(&self, who: &Someone, path: &str) -> String {
        let page = self.page(who, path);
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(!page.header("content-security-policy").unwrap().contains("script-src"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        page.text()
    }

    fn form(&self, who: &Someone, path: &str, fields: &[(&str, &str)]) -> Answer {
        send(&self.house.fondaco, path, Some(&cookie(who)), fields)
    }

    /// A form that does what it says, and leads back to its page.
    #[track_caller]
    fn does(&self, path: &str, fields: &[(&str, &str)]) {
        let answer = self.form(&self.admin, path, fields);
        assert_eq!((answer.status, answer.header("location")), (303, Some("./")), "{}", answer.text());
    }

    /// What is switched off, as everybody is told.
    fn set(&self) -> Value {
        self.house.fondaco.get("/api/v1/switches", &[]).json()["switches"].clone()
    }
}

fn cookie(who: &Someone) -> String {
    format!("fondaco-session={}", who.secret)
}

#[test]
fn admins_set_and_lift_switches_and_observers_look() {
    let desk = AtDesk::new(House::new());
    let (fondaco, admin) = (&desk.house.fondaco, &desk.admin);
    let reviewer = desk.people.add_as("rita", Some(StaffRole::Reviewer), Kind::Full);
    let stranger = desk.people.add("stranger");
    assert!(desk.page(&desk.observer, "/desk/").text().contains("href=\"switches/\""));
    let observed = desk.text(&desk.observer, SWITCHES);
    assert!(observed.contains("Nothing is switched off") && !observed.contains("<form"), "{observed}");
    assert_eq!(desk.page(&stranger, SWITCHES).status, 403);
    let order = [("switch", "no-uploads"), ("reason", "a <b>wave</b> of uploads"), ("hours", "2")];
    for who in [&reviewer, &desk.observer, &stranger] {
        assert_eq!(desk.form(who, SWITCHES, &order).status, 403, "{}", who.name);
    }
    let anonymous = send(fondaco, SWITCHES, None, &order);
    assert_eq!((anonymous.status, desk.set()), (303, json!([])), "{}", anonymous.text());
    desk.does(SWITCHES, &order);
    let set = desk.set();
    assert_eq!((&set[0]["switch"], set[0]["expires_at"].is_string()), (&json!("no-uploads"), true), "{set}");
    for (who, buttons) in [(&desk.observer, false), (&reviewer, false), (admin, true)] {
        let page = desk.text(who, SWITCHES);
        assert!(page.contains("a &lt;b&gt;wave&lt;/b&gt; of uploads") && !page.contains("<b>wave"), "{page}");
        assert!(page.contains(&format!("user:{}", admin.id)), "who has set it: {page}");
        assert_eq!(page.contains("action=\"lift\""), buttons, "{}: {page}", who.name);
    }
    // It counts, and says why.
    let token = fondaco.token(&["--all-projects"]);
    let dist = Wheel::new("old-hand", "1.0").file("old_hand/__init__.py", honest_module()).build();
    let refused = Upload::of(&dist).send(fondaco, &token);
    assert_eq!((refused.status, &refused.json()["switch"]["switch"]), (403, &json!("no-uploads")));
    // In read-only it is lifted all the same.
    desk.does(SWITCHES, &[("switch", "read-only"), ("reason", "now")]);
    assert_eq!(
        desk.form(&reviewer, "/desk/switches/lift", &[("switch", "read-only"), ("reason", "r")]).status,
        403
    );
    for switch in ["read-only", "no-uploads"] {
        desk.does("/desk/switches/lift", &[("switch", switch), ("reason", "over")]);
    }
    assert_eq!(desk.set(), json!([]));
    assert_eq!(Upload::of(&dist).send(fondaco, &token).status, 200);
    let log = audit(fondaco);
    let by_admin = |action: &str| {
        let actor = format!("\"actor\":\"user:{}", admin.id);
        log.lines().filter(|line| line.contains(action) && line.contains(&actor)).count()
    };
    assert_eq!((by_admin("\"set-switch\""), by_admin("\"lift-switch\"")), (2, 2), "{log}");
}

#[test]
fn what_a_form_says_wrongly_is_told_and_changes_nothing() {
    let desk = AtDesk::new(House::new());
    let (fondaco, admin) = (&desk.house.fondaco, &desk.admin);
    let lift = "/desk/switches/lift";
    for (path, fields, status, why) in [
        (SWITCHES, &[("switch", "no-uploads"), ("reason", " ")][..], 400, "needs a reason"),
        (SWITCHES, &[("switch", "nothing"), ("reason", "r")], 404, "no such switch"),
        (SWITCHES, &[("switch", "no-uploads"), ("reason", "r"), ("days", "7")], 400, "takes no age"),
        (SWITCHES, &[("switch", "no-new-upstream-projects"), ("reason", "r")], 400, "needs an age"),
        (SWITCHES, &[("switch", "no-uploads"), ("reason", "r"), ("hours", "0")], 400, "end in the past"),
        (SWITCHES, &[("switch", "no-uploads"), ("reason", "r"), ("hours", "-1")], 400, "can't be read"),
        (SWITCHES, &[("switch", "no-uploads"), ("reason", "r"), ("hours", "99999")], 400, "can't be read"),
        (SWITCHES, &[("switch", "no-uploads"), ("reason", "r"), ("until", "x")], 400, "can't be read"),
        (SWITCHES, &[("switch", "no-uploads"), ("reason", "r"), ("issuer", "x")], 400, "takes no issuer"),
        (
            SWITCHES,
            &[("switch", "no-trusted-publishing"), ("reason", "r"), ("issuer", "https://x.example")],
            400,
            "no issuer that this index trusts",
        ),
        (lift, &[("switch", "no-uploads"), ("reason", "r")], 404, "is not set"),
        (lift, &[("switch", "no-uploads")], 400, "can't be read"),
        (
            "/desk/breaker/pin",
            &[("switch", "no-uploads"), ("reason", "r"), ("hours", "1")],
            404,
            "does not set",
        ),
        (
            "/desk/breaker/pin",
            &[("switch", "no-new-users"), ("reason", " "), ("hours", "1")],
            400,
            "needs a reason",
        ),
        ("/desk/breaker/reset", &[("switch", "nothing"), ("reason", "r")], 404, "no such switch"),
        ("/desk/breaker/unblock", &[("kind", "colour"), ("key", "red"), ("reason", "r")], 404, "kind of key"),
        (
            "/desk/breaker/unblock",
            &[("kind", "address"), ("key", "192.0.2.9"), ("reason", "r")],
            404,
            "not blocked",
        ),
    ] {
        let answer = desk.form(admin, path, fields);
        assert_eq!(answer.status, status, "{path} {fields:?}: {}", answer.text());
        assert!(answer.text().replace("&#39;", "'").contains(why), "{why}: {}", answer.text());
    }
    // Another site's form, and a browser that does not say whose it is.
    let order = [("switch", "no-uploads"), ("reason", "r")];
    let token = fondaco.token(&["--manages"]);
    let bearer = format!("Bearer {token}");
    for (who, headers) in [
        (Some(cookie(admin)), &[("Sec-Fetch-Site", "cross-site")][..]),
        (Some(cookie(admin)), &[("Origin", "http://evil.example")]),
        (Some(cookie(admin)), &[]),
        (None, &[("Sec-Fetch-Site", "cross-site"), ("Authorization", bearer.as_str())]),
    ] {
        let answer = send_from(fondaco, SWITCHES, who.as_deref(), &order, headers);
        assert_eq!(answer.status, 403, "{headers:?}: {}", answer.text());
    }
    assert_eq!(desk.set(), json!([]));
    // The token for emergencies does it: nobody needs to log in.
    let by_token = send_from(fondaco, SWITCHES, None, &order, &[("Authorization", bearer.as_str())]);
    assert_eq!((by_token.status, desk.set()[0]["switch"].clone()), (303, json!("no-uploads")));
}

#[test]
fn who_gave_the_password_long_ago_gives_it_once_more() {
    let desk = AtDesk::new(House::new());
    let stale = desk.people.add_as("stella", Some(StaffRole::Admin), Kind::Stale);
    desk.text(&stale, SWITCHES);
    desk.text(&stale, BREAKER);
    for (path, fields) in [
        (SWITCHES, &[("switch", "no-uploads"), ("reason", "r")][..]),
        ("/desk/switches/lift", &[("switch", "no-uploads"), ("reason", "r")]),
        ("/desk/breaker/reset", &[("switch", "no-new-users"), ("reason", "r")]),
    ] {
        let answer = desk.form(&stale, path, fields);
        let to = answer.header("location").unwrap_or_default();
        assert!(answer.status == 303 && to.contains("account/confirm"), "{path}: {to} {}", answer.text());
    }
    // The API has the same terms, for this and for all that is managed.
    for (method, path, body) in [
        ("PUT", "/api/v1/switches/no-uploads", json!({"reason": "r"})),
        ("DELETE", "/api/v1/breaker/no-new-users?reason=r", Value::Null),
        ("PUT", "/api/v1/users/oskar/role", json!({"role": "admin", "reason": "r"})),
    ] {
        let answer = stale.ask(&desk.house, method, path, &body);
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.text().contains("password once more"), "{}", answer.text());
    }
    stale.gets(&desk.house, ("GET", "/api/v1/users"), &Value::Null, 200);
    assert_eq!(desk.set(), json!([]));
}

#[test]
fn the_breakers_measures_are_seen_and_taken_back() {
    let desk = AtDesk::new(House::with_config(CONFIG));
    let fondaco = &desk.house.fondaco;
    for number in 0..10 {
        let token = fondaco.token(&["--all-projects"]);
        upload_from(&desk.house, &thief(number), &token, &format!("11.{number}.0.9"));
    }
    let held: Vec<Value> = desk.set().as_array().unwrap().iter().map(|one| one["switch"].clone()).collect();
    assert_eq!(held, ["no-first-projects", "no-new-users"]);
    let seen = desk.text(&desk.observer, BREAKER);
    assert!(seen.contains("sets switches and blocks keys by itself") && !seen.contains("<form"), "{seen}");
    // What is more than expected stands out, beside what is expected.
    assert!(seen.contains("<b>malicious</b>") && seen.contains("<td>registrations</td>"), "{seen}");
    assert_eq!(seen.matches("not held").count(), 1, "of three measures two are held: {seen}");
    let reset = |switch: &'static str| [("switch", switch), ("reason", "looked at")];
    assert_eq!(desk.form(&desk.observer, "/desk/breaker/reset", &reset("no-new-users")).status, 403);
    for switch in ["no-first-projects", "no-new-users"] {
        desk.does("/desk/breaker/reset", &reset(switch));
    }
    assert_eq!(desk.set(), json!([]));
    assert_eq!(desk.text(&desk.observer, BREAKER).matches("not held").count(), 3);
    let late = fondaco.token(&["--all-projects"]);
    assert_eq!(upload_from(&desk.house, &honest("new-comer", "1.0"), &late, "198.51.100.77").status, 200);
    let log = audit(fondaco);
    assert!(log.contains("\"reset-breaker\"") && log.contains("looked at"), "{log}");
}

#[test]
fn measures_are_pinned_and_keys_unblocked() {
    let desk = AtDesk::new(House::with_config(CONFIG));
    let fondaco = &desk.house.fondaco;
    let state = || {
        let manager = fondaco.token(&["--manages"]);
        call(&desk.house, Some(&manager), ("GET", "/api/v1/breaker"), &Value::Null).json()
    };
    let pin =
        |hours: &'static str| [("switch", "no-new-users"), ("reason", "our own test"), ("hours", hours)];
    assert_eq!(desk.form(&desk.observer, "/desk/breaker/pin", &pin("3")).status, 403);
    desk.does("/desk/breaker/pin", &pin("3"));
    let pinned = |state: &Value| {
        let measures = state["measures"].as_array().unwrap();
        measures.iter().filter(|one| one["pinned_until"].is_string()).count()
    };
    assert_eq!(pinned(&state()), 1);
    assert_eq!(desk.text(&desk.observer, BREAKER).matches("not pinned").count(), 2);
    desk.does("/desk/breaker/pin", &pin(""));
    assert_eq!(pinned(&state()), 0);
    for number in 0..5 {
        let token = fondaco.token(&["--all-projects"]);
        upload_from(&desk.house, &thief(number), &token, "203.0.113.66");
    }
    let page = desk.text(&desk.observer, BREAKER);
    assert!(page.contains("<code>203.0.113.66</code>") && !page.contains("<form"), "{page}");
    let fields = [("kind", "address"), ("key", "203.0.113.66"), ("reason", "a school")];
    assert_eq!(desk.form(&desk.observer, "/desk/breaker/unblock", &fields).status, 403);
    let late = fondaco.token(&["--all-projects"]);
    let begins = || upload_from(&desk.house, &honest("begins", "1.0"), &late, "203.0.113.66");
    assert_eq!(kind(&begins()), "/problems/blocked");
    desk.does("/desk/breaker/unblock", &fields);
    assert_eq!(begins().status, 200);
    assert!(!desk.text(&desk.observer, BREAKER).contains("203.0.113.66"));
}
