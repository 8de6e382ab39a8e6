//! A hostile package is refused with its reasons, and there is a way out.

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Clients, Dist, Sdist};

use crate::house::{House, path, wheel};
use crate::uploads::workers_of;

#[test]
fn each_attack_is_blocked_for_pip_and_uv_with_its_reasons() {
    let house = House::new();
    let clients = Clients::new();
    let index = house.fondaco.index_url();
    for sample in attacks::ALL {
        for dist in sample.dists() {
            house.upstream.publish(&dist);
        }
        // --no-deps and no build isolation: the refusal comes before anything would be built.
        let pip = clients.pip(&["install", "--index-url", &index, "--no-deps", sample.project]);
        assert!(!pip.success(), "{}: {}", sample.about, pip.text());
        assert!(pip.text().contains("blocked by Fondaco (malicious: "), "{}: {}", sample.about, pip.text());
        assert!(pip.text().contains("/reports/"), "{}", pip.text());
        let uv = clients.uv(&["pip", "install", "--default-index", &index, "--no-deps", sample.project]);
        assert!(!uv.success(), "{}: {}", sample.about, uv.text());
        assert!(uv.text().contains("blocked by Fondaco (malicious: "), "{}: {}", sample.about, uv.text());
        assert!(clients.installed(fondaco_testkit::Installer::Pip).is_empty());
        assert!(clients.installed(fondaco_testkit::Installer::Uv).is_empty());
    }
    let served = house.fondaco.admin(&["downloads", "--format", "ndjson"]).ok().stdout;
    assert_eq!(served, "", "nothing was served");
}

#[test]
fn the_answer_explains_itself_to_everybody() {
    let house = House::new();
    let bad = attacks::WALLET_STEALER.wheel().unwrap();
    let project = attacks::WALLET_STEALER.project;
    house.upstream.publish(&bad);
    let address = path(project, &bad);
    let answer = house.fondaco.get(&address, &[]);
    assert_eq!(answer.status, 403);
    let report = format!("/reports/{}", bad.sha256());
    assert!(answer.reason.starts_with("blocked by Fondaco (malicious: "), "{}", answer.reason);
    assert!(answer.reason.ends_with(&report), "{}", answer.reason);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["status"], 403);
    let refusal = &problem["refusal"];
    assert_eq!(
        (refusal["decision"].as_str(), refusal["verdict"].as_str()),
        (Some("block"), Some("malicious"))
    );
    assert!(!refusal["findings"].as_array().unwrap().is_empty());
    assert!(!refusal["stages"].as_array().unwrap().is_empty());
    let way_out = format!("fondaco admin allow {}", bad.sha256());
    assert!(refusal["way_out"].as_str().unwrap().starts_with(&way_out));
    // HEAD and .metadata are refused alike; the listing drops core-metadata.
    let head = fondaco_testkit::fetch("HEAD", &house.fondaco.url(&address), &[], b"").unwrap();
    assert_eq!((head.status, head.reason.as_str()), (403, answer.reason.as_str()));
    assert_eq!(house.fondaco.get(&format!("{address}.metadata"), &[]).status, 403);
    let listed = house.listed(project, &bad.file_name);
    assert_eq!(listed["core-metadata"], false);
    assert_eq!(listed["yanked"], false, "the only file keeps its yank state, so that pip asks for it");
    assert_eq!(listed["_fondaco"]["decision"], "block");
    let page = house.fondaco.get(&report, &[]);
    assert_eq!(page.status, 200);
    assert!(page.text().contains("malicious") && page.text().contains("Evidence"), "{}", page.text());
    assert!(!page.text().contains("https://discord.com/api/webhooks/1234"), "the page is defanged");
    let api = house.fondaco.get(&format!("/api/v1/files/{}", bad.sha256()), &[]).json();
    assert_eq!(api["places"][0]["decision"], "block");
    assert_eq!(api["report"]["verdict"], "malicious");
}

/// A good 1.0 and a bad 2.0 of one project, which has a wheel and an sdist.
fn good_and_bad(house: &House, project: &str) -> (Dist, Dist, Dist) {
    let good = wheel(project, "1.0");
    let code = attacks::BASE64_CHAIN.files[0].1;
    let module = project.replace('-', "_");
    let bad =
        fondaco_testkit::Wheel::new(project, "2.0").file(&format!("{module}/__init__.py"), code).build();
    // Another spelling of the same version: installers take the two for one release.
    let sdist =
        Sdist::new(project, "2.0.0").file("setup.py", "from setuptools import setup\nsetup()\n").build();
    for dist in [&good, &bad, &sdist] {
        house.upstream.publish(dist);
    }
    (good, bad, sdist)
}

#[test]
fn resolvers_fall_back_to_a_safe_version_once_it_is_known() {
    let house = House::new();
    let (good, bad, sdist) = good_and_bad(&house, "two-faced");
    let index = house.fondaco.index_url();
    let first = Clients::new();
    let run = first.pip(&["install", "--index-url", &index, "two-faced"]);
    assert!(!run.success() && run.text().contains("blocked by Fondaco"), "{}", run.text());
    let listed = house.listed("two-faced", &bad.file_name);
    assert!(listed["yanked"].as_str().unwrap().starts_with("blocked by Fondaco (malicious: "), "{listed}");
    assert_eq!(listed["_fondaco"]["upstream-yanked"], false);
    // The sdist of the same release is refused with it, or pip would fall back to that.
    assert!(house.listed("two-faced", &sdist.file_name)["yanked"].is_string());
    assert_eq!(house.fondaco.get(&path("two-faced", &sdist), &[]).status, 403);
    assert_eq!(house.listed("two-faced", &good.file_name)["yanked"], false);
    let html = house.fondaco.get("/simple/two-faced/", &[("Accept", "text/html")]).text();
    assert!(html.contains("data-yanked=\"blocked by Fondaco"), "{html}");
    let second = Clients::new();
    second.pip(&["install", "--index-url", &index, "two-faced"]).ok();
    second.uv(&["pip", "install", "--default-index", &index, "two-faced"]).ok();
    assert_eq!(second.installed(fondaco_testkit::Installer::Pip), ["two_faced-1.0"]);
    assert_eq!(second.installed(fondaco_testkit::Installer::Uv), ["two_faced-1.0"]);
    // Who pins the bad version gets the refusal itself, or is told the reason.
    let pinned = second.pip(&["install", "--index-url", &index, "two-faced==2.0"]);
    assert!(pinned.text().contains("blocked by Fondaco"), "{}", pinned.text());
    let pinned = second.uv(&["pip", "install", "--default-index", &index, "two-faced>=2"]);
    assert!(pinned.text().contains("blocked by Fondaco"), "{}", pinned.text());
}

#[test]
fn an_operator_stands_above_the_verdict() {
    let house = House::new();
    let (_, bad, sdist) = good_and_bad(&house, "debated");
    let address = path("debated", &bad);
    assert_eq!(house.fondaco.get(&address, &[]).status, 403);
    let digest = bad.sha256().to_string();
    let refused = house.fondaco.admin(&["allow", &digest, "--reason", " "]);
    assert!(!refused.success(), "a reason is needed");
    house.fondaco.admin(&["allow", &digest, "--reason", "read it, it is ours", "--expires", "30d"]).ok();
    assert_eq!(house.fondaco.get(&address, &[]).status, 200);
    assert_eq!(house.listed("debated", &bad.file_name)["yanked"], false);
    let decisions = house.fondaco.admin(&["decisions"]).ok().stdout;
    assert!(decisions.contains("read it, it is ours") && decisions.contains("allow"), "{decisions}");
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("\"allow-file\"") && audit.contains("read it, it is ours"), "{audit}");
    house.fondaco.admin(&["withdraw", "1", "--reason", "it was not"]).ok();
    assert_eq!(house.fondaco.get(&address, &[]).status, 403);
    // A file that was never inspected, because its release was refused, is inspected when allowed.
    assert_eq!(house.fondaco.get(&path("debated", &sdist), &[]).status, 403);
    house.fondaco.admin(&["allow", &sdist.sha256().to_string(), "--reason", "only the wheel is bad"]).ok();
    assert_eq!(house.fondaco.get(&path("debated", &sdist), &[]).status, 200);
    assert!(house.journal_of(&sdist.file_name).contains(&"file-inspected".to_owned()));
    assert_eq!(house.fondaco.get(&address, &[]).status, 403);
    // Whom to warn: those who were served it while it was allowed.
    let fetched = house.fondaco.admin(&["who-fetched", "Debated==2", "--format", "json"]).ok().stdout;
    let fetched: serde_json::Value = serde_json::from_str(&fetched).unwrap();
    assert_eq!(fetched.as_array().unwrap().len(), 2, "{fetched:#}");
    assert!(fetched.as_array().unwrap().iter().all(|f| f["client"] == "127.0.0.1" && f["times"] == 1));
    let downloads = format!("/api/v1/files/{}/downloads", sdist.sha256());
    assert_eq!(house.fondaco.get(&downloads, &[]).status, 401, "it says who uses what");
    let bearer = format!("Bearer {}", house.fondaco.token(&["--manages"]));
    let told = house.fondaco.get(&downloads, &[("Authorization", &bearer)]).json();
    assert_eq!(told["fetched_by"].as_array().unwrap().len(), 1, "{told:#}");
    assert!(fetched.as_array().unwrap().contains(&told["fetched_by"][0]), "{told:#}");
    let unknown = format!("/api/v1/files/{}/downloads", "0".repeat(64));
    assert_eq!(house.fondaco.get(&unknown, &[("Authorization", &bearer)]).status, 404);
    // What is clean can be held.
    let good = wheel("debated", "1.0");
    assert_eq!(house.fondaco.get(&path("debated", &good), &[]).status, 200);
    house.fondaco.admin(&["hold", &good.sha256().to_string(), "--reason", "wait"]).ok();
    let held = house.fondaco.get(&path("debated", &good), &[]);
    assert_eq!((held.status, held.reason.split(':').next()), (403, Some("held by Fondaco (by an operator)")));
    assert!(!house.fondaco.admin(&["allow", &"0".repeat(64), "--reason", "x"]).success(), "unknown content");
}

#[test]
fn a_refused_file_can_not_be_had_as_the_metadata_of_another() {
    let house = House::new();
    let bad = attacks::WALLET_STEALER.wheel().unwrap();
    house.upstream.publish(&bad);
    assert_eq!(house.fondaco.get(&path(attacks::WALLET_STEALER.project, &bad), &[]).status, 403);
    let other = wheel("go-between", "1.0");
    let listing = house.upstream.publish(&other).core_metadata(bad.bytes.as_ref().clone());
    house.upstream.misbehave(&listing.metadata_path(), fondaco_testkit::Misbehaviour::Status(404));
    let answer = house.fondaco.get(&format!("{}.metadata", path("go-between", &other)), &[]);
    assert_eq!(answer.status, 502, "the listing names a stored digest, but not of metadata");
}

#[test]
fn what_could_not_be_analysed_is_held_and_says_what() {
    let house = House::new();
    let broken = Dist::raw("odd-one-1.0.tar.gz", b"this is no archive at all".to_vec());
    house.upstream.publish(&broken);
    let answer = house.fondaco.get(&path("odd-one", &broken), &[]);
    assert_eq!(answer.status, 403);
    assert!(
        answer.reason.starts_with("held by Fondaco (not everything in it could be analysed)"),
        "{}",
        answer.reason
    );
    let refusal = &answer.json()["refusal"];
    assert_eq!(
        (refusal["decision"].as_str(), refusal["verdict"].as_str()),
        (Some("hold"), Some("incomplete"))
    );
    assert!(!refusal["unscanned"].as_array().unwrap().is_empty());
}

/// A package on the edge: bad enough to look at, not enough to block.
fn suspicious() -> Dist {
    // Hidden code that does nothing: worth a look, no attack.
    let code = "import base64\nexec(base64.b64decode('cHJpbnQoInRoZSBwYXlsb2FkIik='))\n";
    fondaco_testkit::Wheel::new("nosy", "1.0").file("nosy/__init__.py", code).build()
}

#[test]
fn the_policy_decides_on_what_is_suspicious() {
    for (policy, status) in [("hold", 403), ("allow", 200)] {
        let house = House::with_config(&format!("[policy]\nsuspicious = \"{policy}\"\n"));
        let dist = suspicious();
        house.upstream.publish(&dist);
        assert_eq!(house.fondaco.get(&path("nosy", &dist), &[]).status, status, "{policy}");
        let api = house.fondaco.get(&format!("/api/v1/files/{}", dist.sha256()), &[]).json();
        assert_eq!(api["report"]["verdict"], "suspicious");
    }
}

#[test]
fn a_killed_worker_holds_the_file_and_is_tried_again() {
    let house = House::with_config("[inspect]\ntimeout = 1\n");
    // Long sources take an unoptimised engine some seconds.
    let line = "x = [f'{a}' + str(b) for a, b in zip('abc', range(3))]\n";
    let mut wheel = fondaco_testkit::Wheel::new("long-winded", "1.0");
    for module in 0..14 {
        wheel = wheel.file(&format!("long_winded/m{module}.py"), line.repeat(40_000));
    }
    let dist = wheel.build();
    house.upstream.publish(&dist);
    let answer = house.fondaco.get(&path("long-winded", &dist), &[]);
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert!(answer.text().contains("the worker was killed after 1 s"), "{}", answer.text());
    assert_eq!(house.fondaco.get("/readyz", &[]).json()["waiting_inspections"], 1);
    assert_eq!(house.fondaco.get("/healthz", &[]).status, 200);
}

/// Workers have 4 GiB of address space. A file that would take gigabytes takes minutes as well, so the limit
/// is drawn closer from outside: what an allocation that fails does is the same.
#[test]
fn a_worker_without_memory_holds_the_file_and_nothing_else() {
    let house = House::new();
    let inspect = |name: &str, code: &str| {
        let dist = fondaco_testkit::Wheel::new(name, "1.0").file(&format!("{name}/m.py"), code).build();
        house.upstream.publish(&dist);
        house.fondaco.get(&path(name, &dist), &[])
    };
    assert_eq!(inspect("granite", "LAYERS = 3\n").status, 200);
    let forking = workers_of(&house.fondaco.pid().to_string()).remove(0);
    let status = std::fs::read_to_string(format!("/proc/{forking}/status")).unwrap();
    let taken = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB"));
    let limit = |more: u64| {
        let most = taken.unwrap().parse::<u64>().unwrap() * 1024 + more;
        let args = ["--pid", forking.as_str(), &format!("--as={most}:{}", 4_u64 << 30)];
        assert!(std::process::Command::new("prlimit").args(args).status().unwrap().success());
    };
    let large =
        format!("import subprocess\n{}", "x = [str(b) for a, b in zip('abc', range(3))]\n".repeat(40_000));
    limit(8 << 20);
    let answer = inspect("basalt", &large);
    assert_eq!(answer.status, 403);
    let why = "held by Fondaco (not everything in it could be analysed)";
    assert!(answer.reason.starts_with(why), "{}", answer.reason);
    assert_eq!(house.fondaco.get("/readyz", &[]).json()["waiting_inspections"], 1);
    // The same with the memory that it needs.
    limit(2 << 30);
    assert_eq!(inspect("marble", &large).status, 200);
}
