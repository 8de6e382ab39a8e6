//! Who asks too often is told when to come again, by its real address; who builds much is not.

use fondaco_testkit::{Answer, Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::holders::Somebody;
use crate::house::House;

#[test]
fn too_many_are_told_when_to_come_again_whatever_they_write_in_headers() {
    let house = House::with_config("[limits]\nsearches = '3/1h'\n");
    let search = |header: &str, value: &str| house.fondaco.get("/api/v1/search?q=flask", &[(header, value)]);
    for number in 0..3 {
        assert_eq!(search("X-Forwarded-For", &format!("198.51.100.{number}")).status, 200);
    }
    for (header, value) in
        [("X-Forwarded-For", "198.51.100.9"), ("Forwarded", "for=198.51.100.9"), ("X", "y")]
    {
        let answer = search(header, value);
        assert_eq!(answer.status, 429, "{header}: no proxy is configured");
        assert_eq!(answer.json()["type"], "/problems/too-many-requests");
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=1200).contains(&wait), "{wait}");
        assert_eq!(answer.header("ratelimit-policy"), Some("\"searches\";q=3;w=3600"));
        assert!(answer.header("ratelimit").unwrap().starts_with("\"searches\";r=0;t="));
    }
    assert_eq!(house.fondaco.get("/simple/", &[]).status, 200, "pages have a limit of their own");
}

#[test]
fn behind_a_proxy_each_client_has_its_own() {
    let house =
        House::with_config("[server]\ntrusted_proxies = ['127.0.0.1']\n[limits]\nsearches = '2/1h'\n");
    let search =
        |from: &str| house.fondaco.get("/api/v1/search?q=flask", &[("X-Forwarded-For", from)]).status;
    assert_eq!([search("198.51.100.1"), search("1.1.1.1, 198.51.100.1")], [200, 200]);
    assert_eq!(search("2.2.2.2, 198.51.100.1"), 429, "what the client wrote itself does not count");
    assert_eq!(search("198.51.100.2"), 200);
    assert_eq!(
        [search("2001:db8::1"), search("2001:db8::2"), search("2001:db8::3")],
        [200, 200, 429],
        "a /64"
    );
}

#[test]
fn guessed_tokens_and_many_uploads_meet_their_limits() {
    let house = House::with_config("[limits]\nlogins = '3/1h'\nuploads_by_account = '2/1h'\n");
    let token = house.fondaco.token(&["--all-projects"]);
    let send = |version: &str, token: &str| {
        let dist = Wheel::new("ours", version).file("ours/__init__.py", honest_module()).build();
        Upload::of(&dist).send(&house.fondaco, token).status
    };
    assert_eq!([send("1.0", &token), send("2.0", &token), send("3.0", &token)], [200, 200, 429]);
    let other = house.fondaco.token(&["--all-projects"]);
    for number in 0..3 {
        assert_eq!(send("4.0", &format!("fondaco-{number}-00")), 403);
    }
    assert_eq!(send("4.0", "fondaco-3-00"), 429);
    assert_eq!(send("4.0", &other), 429, "after that not even a right one is told from a wrong one");
}

#[test]
fn everybody_together_has_one_allowance_and_probes_go_on() {
    let house = House::with_config("[server]\ntrusted_proxies = ['127.0.0.1']\n[limits]\nall = '5/1h'\n");
    let read =
        |from: usize| house.fondaco.get("/simple/", &[("X-Forwarded-For", &format!("198.51.100.{from}"))]);
    let answers: Vec<Answer> = (0..7).map(read).collect();
    assert!(answers[..5].iter().all(|answer| answer.status == 200), "each comes from elsewhere");
    for answer in &answers[5..] {
        is_too_many(answer, "\"all-requests\";q=5;w=3600");
    }
    assert_eq!(house.fondaco.get("/healthz", &[]).status, 200);
}

/// A build farm behind one address: thousands of pages at once.
#[test]
fn a_build_farm_is_served() {
    let house = House::new();
    let refused: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    (0..400).filter(|_| house.fondaco.get("/static/fondaco.css", &[]).status == 429).count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(refused, 0);
}

/// Who is refused, and by which limit.
#[track_caller]
fn is_too_many(answer: &Answer, policy: &str) {
    assert_eq!((answer.status, answer.header("ratelimit-policy")), (429, Some(policy)), "{}", answer.text());
    assert!(answer.header("ratelimit").unwrap().contains(";r=0;t="));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
}

#[test]
fn a_person_has_one_allowance_for_all_tokens_sessions_and_addresses() {
    let house = House::with_config(
        "[server]\ntrusted_proxies = ['127.0.0.1']\n[reading]\notherwise = 'any-token'\n\
         [limits]\nrequests_by_user = '9/1h'\nrequests_by_token = '4/1h'\nchanges_by_user = '3/1h'\n",
    );
    let (olga, max) = (Somebody::new(&house, "olga"), Somebody::new(&house, "max"));
    let read = |token: &str, from: &str| {
        let bearer = format!("Bearer {token}");
        house.fondaco.get("/simple/", &[("Authorization", &bearer), ("X-Forwarded-For", from)])
    };
    // Three changes of hers, however they are made.
    let order = json!({"label": "ci", "uploads_only": false});
    let [first, second] = ["1", "2"].map(|_| olga.token(&order).1);
    assert_eq!(olga.api("DELETE", "/api/v1/tokens/nothing", &Value::Null).status, 404);
    is_too_many(&olga.api("POST", "/api/v1/tokens", &order), "\"changes-by-user\";q=3;w=3600");
    let (_, of_max) = max.token(&order);
    // Five are left of her nine requests, for both of her tokens and from wherever.
    for number in 0..4 {
        assert_eq!(read(&first, &format!("198.51.100.{number}")).status, 200, "{number}");
    }
    is_too_many(&read(&first, "198.51.100.9"), "\"requests-by-token\";q=4;w=3600");
    assert_eq!(read(&second, "198.51.100.1").status, 200);
    let by_user = "\"requests-by-user\";q=9;w=3600";
    is_too_many(&read(&second, "203.0.113.5"), by_user);
    is_too_many(&olga.api("GET", "/api/v1/account", &Value::Null), by_user);
    let dist = Wheel::new("ours", "1.0").file("ours/__init__.py", honest_module()).build();
    is_too_many(&Upload::of(&dist).send(&house.fondaco, &second), by_user);
    // Others go on, also from where she came.
    assert_eq!(read(&of_max, "203.0.113.5").status, 200);
    assert_eq!(max.api("GET", "/api/v1/account", &Value::Null).status, 200);
    // A token of the operator's is nobody's but its own.
    let [one, other] = ["1", "2"].map(|_| house.fondaco.token(&["--read-only"]));
    for number in 0..4 {
        assert_eq!(read(&one, &format!("198.51.100.{number}")).status, 200, "{number}");
    }
    is_too_many(&read(&one, "192.0.2.1"), "\"requests-by-token\";q=4;w=3600");
    assert_eq!(read(&other, "192.0.2.1").status, 200);
}
