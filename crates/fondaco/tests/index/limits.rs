//! Who asks too often is told when to come again, by its real address; who builds much is not.

use fondaco_testkit::{Upload, Wheel, honest_module};

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
