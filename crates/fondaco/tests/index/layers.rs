//! Own projects before upstreams, reserved names, several upstreams.

use fondaco_testkit::{Clients, Installer, Upload, Upstream, Wheel, honest_module};

use crate::house::{House, JSON, path, wheel};
use crate::uploads::own;

#[test]
fn a_project_of_our_own_shadows_upstream_for_good() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let ours = Wheel::new("payroll", "1.0").file("payroll/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&ours).send(&house.fondaco, &token).status, 200);
    // Somebody publishes the same name upstream, in a higher version: dependency confusion.
    let theirs = wheel("payroll", "99.0");
    house.upstream.publish(&theirs);
    let before = house.upstream.count("/simple/payroll/");
    assert_eq!(house.listing("payroll")["versions"], serde_json::json!(["1.0"]));
    let clients = Clients::new();
    clients.pip(&["install", "--index-url", &house.fondaco.index_url(), "payroll"]).ok();
    clients.uv(&["pip", "install", "--default-index", &house.fondaco.index_url(), "payroll"]).ok();
    assert_eq!(clients.installed(Installer::Pip), ["payroll-1.0"]);
    assert_eq!(clients.installed(Installer::Uv), ["payroll-1.0"]);
    assert_eq!(house.fondaco.get(&path("payroll", &theirs), &[]).status, 404);
    assert_eq!(house.upstream.count("/simple/payroll/"), before, "the name leaks to nobody");
    // Also after all of it is deleted, and after a restart.
    house.fondaco.admin(&["delete", "payroll", "--reason", "gone"]).ok();
    assert_eq!(house.fondaco.get("/simple/payroll/", &[]).status, 404);
    let house = house.restarted();
    assert_eq!(house.fondaco.get("/simple/payroll/", &[]).status, 404);
    assert_eq!(house.upstream.count("/simple/payroll/"), before, "nor after deletion");
    // Until an operator lifts that.
    house.fondaco.admin(&["lift", "payroll", "--reason", "renamed to pay"]).ok();
    assert_eq!(house.listing("payroll")["versions"], serde_json::json!(["99.0"]));
    assert_eq!(house.fondaco.get(&own("payroll", &ours), &[]).status, 404, "files of two sources never mix");
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("\"lift-name\"") && audit.contains("renamed to pay"), "{audit}");
}

#[test]
fn a_name_that_is_known_elsewhere_has_to_be_claimed() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    house.upstream.publish(&wheel("pulled-before", "1.0"));
    house.listing("pulled-before");
    for name in ["requests", "pulled-before"] {
        let ours = Wheel::new(name, "9.0").file("ours/__init__.py", honest_module()).build();
        let answer = Upload::of(&ours).send(&house.fondaco, &token);
        let message =
            format!("The name '{name}' is that of a project elsewhere and has to be claimed first.");
        assert_eq!((answer.status, &answer.reason), (409, &message));
        let hint = answer.json()["hint"].as_str().unwrap().to_owned();
        assert!(hint.contains(&format!("fondaco admin claim {name} --reason")), "{hint}");
        assert!(!house.fondaco.admin(&["claim", name, "--reason", " "]).success(), "a reason is needed");
        house.fondaco.admin(&["claim", name, "--reason", "our fork"]).ok();
        assert_eq!(Upload::of(&ours).send(&house.fondaco, &token).status, 200);
        assert_eq!(house.listing(name)["versions"], serde_json::json!(["9.0"]));
        let kinds: Vec<String> = house
            .fondaco
            .journal()
            .iter()
            .filter(|entry| entry["project"] == name)
            .map(|entry| entry["kind"].as_str().unwrap().to_owned())
            .collect();
        assert!(kinds.ends_with(
            &["name-claimed", "project-made", "file-uploaded", "file-inspected"].map(str::to_owned)
        ));
    }
    let answer = Upload::of(&wheel("asyncio", "1.0")).send(&house.fondaco, &token);
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (400, "The name 'asyncio' isn't allowed (conflict with the Python standard library).")
    );
}

#[test]
fn a_prohibited_name_is_refused_with_its_reason_however_it_is_written() {
    let config = "[uploads.prohibited]\n'Acme.Login' = 'phishers used it; ours is acme-auth.'\n";
    let house = House::with_config(config);
    let token = house.fondaco.token(&["--all-projects"]);
    for name in ["acme-login", "acme-l0g1n"] {
        let dist = wheel(name, "1.0");
        let answer = Upload::of(&dist).send(&house.fondaco, &token);
        let message = format!("The name '{name}' isn't allowed: phishers used it; ours is acme-auth.");
        assert_eq!((answer.status, &answer.reason), (400, &message));
        let hint = answer.json()["hint"].as_str().unwrap().to_owned();
        assert!(hint.contains(&format!("fondaco admin claim {name} --reason")), "{hint}");
    }
    assert_eq!(Upload::of(&wheel("acme-logins", "1.0")).send(&house.fondaco, &token).status, 200);
    // Whoever forgets the `-r` asks for these.
    for name in ["requirements.txt", "Requirements_Dev.txt"] {
        let answer = Upload::of(&wheel(name, "1.0")).send(&house.fondaco, &token);
        let why = "`pip install` without `-r` asks for it where a requirements file was meant.";
        assert!(answer.status == 400 && answer.reason.ends_with(why), "{}", answer.reason);
    }
    // An operator makes an exception, which the audit log tells.
    house.fondaco.admin(&["claim", "acme-login", "--reason", "it is ours after all"]).ok();
    assert_eq!(Upload::of(&wheel("acme-login", "1.0")).send(&house.fondaco, &token).status, 200);
}

#[test]
fn reserved_names_are_asked_of_nobody() {
    let house = House::with_config("[index]\nreserved = ['acme']\n");
    let theirs = wheel("acme-billing", "66.0");
    house.upstream.publish(&theirs);
    let answer = house.fondaco.get("/simple/acme-billing/", &[]);
    assert_eq!(answer.status, 404, "{}", answer.text());
    assert!(answer.reason.contains("its name is reserved: no upstream is asked"), "{}", answer.reason);
    assert_eq!(house.fondaco.get(&path("acme-billing", &theirs), &[]).status, 404);
    assert_eq!(house.upstream.count("/simple/acme-billing/"), 0, "the name leaks to nobody");
    // A token for everything is no grant of the namespace.
    let ours = Wheel::new("acme-billing", "1.0").file("acme/__init__.py", honest_module()).build();
    let everything = house.fondaco.token(&["--all-projects"]);
    let answer = Upload::of(&ours).send(&house.fondaco, &everything);
    let message = "The name 'acme-billing' lies in a reserved namespace, which this token is not for.";
    assert_eq!((answer.status, answer.reason.as_str()), (409, message));
    let grant = house.fondaco.token(&["--prefix", "acme"]);
    assert_eq!(Upload::of(&ours).send(&house.fondaco, &grant).status, 200);
    assert_eq!(house.listing("acme-billing")["versions"], serde_json::json!(["1.0"]));
    assert_eq!(house.upstream.count("/simple/acme-billing/"), 0);
    // Only whole parts of a name are in the namespace.
    house.upstream.publish(&wheel("acmetools", "1.0"));
    assert_eq!(house.listing("acmetools")["versions"], serde_json::json!(["1.0"]));
}

#[test]
fn the_whole_list_is_given_on_request() {
    let other = Upstream::new();
    let house = House::with_config(&format!(
        "[index]\nreserved = ['acme']\n\
         [[upstreams]]\nname = 'wheels'\nurl = '{}'\nprefixes = ['gpu']\n",
        other.index_url()
    ));
    for name in ["gpu-things", "plain-thing", "acme-billing", "our-own", "bad-thing"] {
        house.upstream.publish(&wheel(name, "1.0"));
    }
    other.publish(&wheel("gpu-other", "1.0"));
    other.publish(&wheel("plain-other", "1.0"));
    let token = house.fondaco.token(&["--all-projects"]);
    let ours = Wheel::new("our-own", "1.0").file("ours/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&ours).send(&house.fondaco, &token).status, 200);
    house.fondaco.admin(&["quarantine", "bad-thing", "--reason", "a test"]).ok();
    let asked = house.upstream.count("/simple/");
    let names = |path: &str, html: bool| -> Vec<String> {
        if html {
            let text = house.fondaco.get(path, &[]).text();
            return text
                .split("<a href=\"")
                .skip(1)
                .map(|link| link[..link.find('/').unwrap()].to_owned())
                .collect();
        }
        let root = house.fondaco.get(path, &[("Accept", JSON)]).json();
        let projects = root["projects"].as_array().unwrap().iter();
        projects.map(|project| project["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("/simple/", false), ["our-own"]);
    assert_eq!(house.upstream.count("/simple/"), asked, "nobody asks for it unless somebody wants it");
    for html in [false, true] {
        // Of each upstream what is given to it; what is reserved, ours or in quarantine of none.
        assert_eq!(names("/simple/?layers=all", html), ["gpu-other", "our-own", "plain-thing"]);
    }
    let root = house.fondaco.get("/simple/?layers=all", &[("Accept", JSON)]).json();
    assert!(root["projects"][1]["_last-serial"].is_u64() && root["projects"][0]["_last-serial"].is_null());
    for upstream in [&house.upstream, &other] {
        upstream.html_only(true);
        assert_eq!(names("/simple/?layers=all", false), ["gpu-other", "our-own", "plain-thing"]);
        upstream.html_only(false);
    }
    assert_eq!(house.fondaco.get("/simple/?layers=some", &[]).status, 400);
    // A list that lacks what an upstream has would pass for the whole one.
    other.stop();
    let answer = house.fondaco.get("/simple/?layers=all", &[]);
    assert_eq!(answer.status, 502, "{}", answer.text());
    house.fondaco.admin(&["switch", "on", "upstream-off", "--reason", "a test"]).ok();
    let answer = house.fondaco.get("/simple/?layers=all", &[]);
    assert_eq!(answer.status, 503, "{}", answer.text());
}

#[test]
fn names_are_given_to_upstreams_by_rule() {
    let other = Upstream::new();
    let house = House::with_config(&format!(
        "[[upstreams]]\nname = 'wheels'\nurl = '{}'\nprojects = ['fast-math']\nprefixes = ['gpu']\n",
        other.index_url()
    ));
    for name in ["fast-math", "gpu-things", "plain-thing"] {
        house.upstream.publish(&wheel(name, "1.0"));
        other.publish(&wheel(name, "2.0"));
    }
    for (name, upstream, version) in
        [("fast-math", "wheels", "2.0"), ("gpu-things", "wheels", "2.0"), ("plain-thing", "default", "1.0")]
    {
        let listing = house.listing(name);
        assert_eq!(listing["versions"], serde_json::json!([version]), "files of two sources never mix");
        let url = listing["files"][0]["url"].as_str().unwrap().trim_start_matches("../..").to_owned();
        let dist = wheel(name, version);
        let named = |upstream: &str| format!("/files/{upstream}/{name}/{}", dist.file_name);
        for address in [url, named(upstream)] {
            let answer = house.fondaco.get(&address, &[]);
            assert_eq!((answer.status, &answer.body), (200, &*dist.bytes), "{address}");
        }
        let elsewhere = if upstream == "default" { "wheels" } else { "default" };
        assert_eq!(house.fondaco.get(&named(elsewhere), &[]).status, 404);
    }
    assert_eq!(house.upstream.count("/simple/gpu-things/"), 0, "a name is asked of its own upstream only");
    assert_eq!(other.count("/simple/plain-thing/"), 0);
    let root = house.fondaco.get("/simple/", &[("Accept", JSON)]).json();
    assert_eq!(root["projects"].as_array().unwrap().len(), 3);
    let upstreams = house.fondaco.get("/readyz", &[]).json()["upstreams"].clone();
    assert!(upstreams["wheels"].is_string() && upstreams["default"].is_string(), "{upstreams}");
}
