//! Who may read what: to everybody else it looks as if it were not there, at every endpoint.

use std::collections::BTreeSet;

use fondaco_server::{Access, Endpoint};
use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Answer, Clients, Dist, Installer, Run, Sample, Upload, Wheel, fetch, honest_module};
use serde_json::json;

use crate::house::{House, JSON, path, wheel};

/// Our own projects are for insiders, one pulled project as well, the rest for everybody.
const MIXED: &str = "[reading.layers]\nown = ['insiders']\n[[reading.rules]]\nprojects = ['kept-hidden1', 'kept-hidden2']\n\
                     readers = ['insiders']\n[limits]\nreports = '1000000/1m'\n";
/// Nothing without a token.
const CLOSED: &str = "[reading]\notherwise = 'any-token'\n";

/// The `Authorization` of a token.
fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn get(house: &House, path: &str, token: Option<&str>) -> Answer {
    let authorization = token.map(bearer);
    let headers: Vec<(&str, &str)> =
        authorization.iter().map(|value| ("Authorization", value.as_str())).collect();
    house.fondaco.get(path, &headers)
}

/// A call by XML-RPC.
fn call(method: &str, parameters: &str) -> String {
    format!("<methodCall><methodName>{method}</methodName><params>{parameters}</params></methodCall>")
}

/// What `/metrics` tells of this process's own work: it is another with every request.
const MEASURED: [&str; 3] = ["fondaco_http_request", "fondaco_resident_memory_bytes", "fondaco_downloads"];

/// Something to ask for: a project, one of its files, and what is known of them.
struct Subject {
    name: String,
    version: &'static str,
    layer: &'static str,
    file_name: String,
    sha256: String,
    upload: String,
    campaign: String,
}

impl Subject {
    fn of(layer: &'static str, name: &str, dist: &Dist, upload: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: "1.0",
            layer,
            file_name: dist.file_name.clone(),
            sha256: dist.sha256().to_string(),
            upload: upload.to_owned(),
            campaign: "c-0123456789abcdef".to_owned(),
        }
    }

    /// One that is nowhere, of the same lengths.
    fn absent(&self) -> Self {
        let other = |text: &str| text.chars().rev().collect::<String>();
        Self {
            name: other(&self.name),
            file_name: self
                .file_name
                .replace(&self.name.replace('-', "_"), &other(&self.name).replace('-', "_")),
            sha256: other(&self.sha256),
            upload: other(&self.upload),
            campaign: format!("c-{}", other(&self.campaign[2..])),
            ..*self
        }
    }

    fn vuln(&self) -> String {
        format!("MAL-FONDACO-{}", &self.sha256[..16])
    }

    /// The request to an endpoint about this: a new parameter has to be decided here.
    fn ask(&self, house: &House, endpoint: Endpoint, token: Option<&str>) -> Answer {
        let mut path = String::new();
        for part in endpoint.path.split_inclusive('/') {
            let bare = part.trim_end_matches('/');
            let value = match bare {
                "{name}" | "{project}" => &self.name,
                "{version}" => self.version,
                "{upstream}" => self.layer,
                "{file_name}" => &self.file_name,
                "{sha256}" => &self.sha256,
                "{first}" => &self.sha256[..2],
                "{second}" => &self.sha256[2..4],
                "{rest}" => &self.sha256[4..],
                "{id}" if endpoint.path.contains("/uploads/") => &self.upload,
                "{id}" if endpoint.path.contains("/vulns/") => &self.vuln(),
                "{id}" if endpoint.path.contains("/campaigns/") => &self.campaign,
                "{id}" => "0123456789abcdef",
                "{switch}" if endpoint.path.contains("/breaker/") => "no-first-projects",
                "{switch}" => "no-uploads",
                "{address}" => "jane@example.invalid",
                "{session}" => "s-0123456789abcdef",
                "{user}" => "jane",
                "{passkey}" => "AAAA",
                "{organisation}" => "acme",
                "{team}" => "crew",
                "{network}" => "198.51.100.7",
                "{kind}" => "account",
                "{key}" => "token:0",
                "{account}" => "token:0",
                _ if bare.starts_with('{') => panic!("{}: what is to be tried for {bare}?", endpoint.path),
                literal => literal,
            };
            path += &part.replace(bare, value);
        }
        if matches!(endpoint.path, "/api/v1/search" | "/search") {
            path += &format!("?q={}", self.name);
        }
        let query = json!({"package": {"ecosystem": "PyPI", "name": self.name}, "version": self.version});
        let body = match (endpoint.path, endpoint.access) {
            ("/v1/querybatch", _) => json!({"queries": [query]}).to_string(),
            ("/v1/query", _) => query.to_string(),
            ("/pypi", _) => call("changelog_since_serial", "<param><value><int>0</int></value></param>"),
            ("/pypi/", _) => call("list_packages", ""),
            ("/RPC2", _) => call("list_packages_with_serial", ""),
            ("/api/v1/projects/{name}/observations", _) => {
                json!({"kind": "is_spam", "summary": "nothing but links"}).to_string()
            }
            (_, Access::Managing) if endpoint.method == "PUT" => json!({"reason": "r"}).to_string(),
            _ => String::new(),
        };
        let authorization = token.map(bearer);
        let mut headers = vec![("Content-Type", "application/json"), ("Accept", "*/*")];
        headers.extend(authorization.iter().map(|value| ("Authorization", value.as_str())));
        fetch(endpoint.method, &house.fondaco.url(&path), &headers, body.as_bytes()).unwrap()
    }

    /// An answer without what the question has said already.
    fn bare(&self, answer: &Answer) -> String {
        let mut headers = answer.headers.clone();
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case("date"));
        let body = if answer.text().contains(MEASURED[0]) {
            headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
            let body = answer.text();
            let lines = body.lines().filter(|line| !MEASURED.iter().any(|name| line.starts_with(name)));
            // Those of one family come in no order.
            let mut lines: Vec<&str> = lines.collect();
            lines.sort_unstable();
            lines.join("\n")
        } else {
            answer.text()
        };
        let text = format!("{} {} {headers:?} {body}", answer.status, answer.reason);
        [self.vuln().as_str(), &self.sha256, &self.campaign, &self.upload, &self.file_name, &self.name]
            .iter()
            .fold(text, |text, own| text.replace(own, "SUBJECT"))
    }
}

/// A house with one hidden project of our own and one hidden, and malicious, pulled project.
struct Hidden {
    house: House,
    own: Subject,
    pulled: Subject,
    insider: String,
    outsider: String,
}

impl Hidden {
    fn new() -> Self {
        let house = House::with_config(MIXED);
        let publisher = house.fondaco.token(&["--all-projects"]);
        let insider = house.fondaco.token(&["--read-only", "--team", "insiders"]);
        let outsider = house.fondaco.token(&["--read-only", "--team", "others"]);
        let dist = Wheel::new("secret-sauce", "1.0").file("sauce/__init__.py", honest_module()).build();
        let answer = Upload::of(&dist).send(&house.fondaco, &publisher);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let location = answer.header("location").unwrap().to_owned();
        let own = Subject::of("own", "secret-sauce", &dist, location.rsplit('/').next().unwrap());
        // What an inspection here finds malicious is in more answers than what is good.
        let bad = Sample { project: "kept-hidden1", version: "1.0", ..attacks::WALLET_STEALER };
        let bad = bad.wheel().unwrap();
        house.upstream.publish(&bad);
        let mut pulled = Subject::of("default", "kept-hidden1", &bad, &"0a".repeat(16));
        // Another one like it makes both a campaign.
        let other = Sample { project: "kept-hidden2", version: "1.0", ..attacks::WALLET_STEALER };
        let other = other.wheel().unwrap();
        house.upstream.publish(&other);
        for (name, dist) in [("kept-hidden1", &bad), ("kept-hidden2", &other)] {
            let answer = get(&house, &path(name, dist), Some(&insider));
            assert_eq!(answer.status, 403, "{}", answer.text());
        }
        let told = get(&house, "/api/v1/campaigns", Some(&insider)).json();
        pulled.campaign = told["campaigns"][0]["id"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned();
        let address = format!("/files/own/secret-sauce/{}", dist.file_name);
        assert_eq!(get(&house, &address, Some(&insider)).status, 200);
        // Downloads are written in batches; a stop writes them down, and they are counted.
        house.fondaco.stop();
        Self { house: house.restarted(), own, pulled, insider, outsider }
    }
}

/// Made from the router's own table: an endpoint that shows a hidden project to somebody who may not
/// read it fails here, and so does one of which nobody has decided how it is tried.
#[test]
fn no_endpoint_tells_what_is_hidden_from_its_reader() {
    let Hidden { house, own, pulled, insider, outsider } = Hidden::new();
    let endpoints = fondaco_server::endpoints();
    assert!(endpoints.iter().filter(|endpoint| endpoint.access == Access::Reading).count() > 10);
    for endpoint in endpoints {
        let at = format!("{} {}", endpoint.method, endpoint.path);
        let mut shown = 0;
        for subject in [&own, &pulled] {
            let absent = subject.absent();
            for token in [None, Some(outsider.as_str())] {
                let (hidden, nowhere) =
                    (subject.ask(&house, endpoint, token), absent.ask(&house, endpoint, token));
                assert_eq!(subject.bare(&hidden), absent.bare(&nowhere), "{at} for {}", subject.name);
                for one in [&own, &pulled] {
                    for told in [&one.name, &one.name.replace('-', "_"), &one.sha256, &one.campaign] {
                        let asked = *told == subject.name
                            || *told == subject.sha256
                            || *told == subject.campaign
                            || subject.file_name.contains(told.as_str());
                        let text = if asked {
                            String::new()
                        } else {
                            format!("{:?} {}", hidden.headers, hidden.text())
                        };
                        assert!(!text.contains(told.as_str()), "{at} tells {told}: {text}");
                    }
                }
            }
            let told = subject.ask(&house, endpoint, Some(&insider));
            let nowhere = absent.ask(&house, endpoint, Some(&insider));
            let names = [subject.name.clone(), subject.name.replace('-', "_"), subject.campaign.clone()];
            let listed = told.status == 200 && names.iter().any(|name| told.text().contains(name));
            shown += usize::from(listed || subject.bare(&told) != absent.bare(&nowhere));
        }
        match endpoint.access {
            Access::Reading => assert!(shown > 0, "{at} shows insiders nothing, so this proves nothing"),
            Access::Open | Access::Entering | Access::Proving => {}
            Access::Pending | Access::Person | Access::Enrolling | Access::FreshPerson | Access::Staff(_) => {
                let asked = if endpoint.path.starts_with("/api/") { 401 } else { 303 };
                for token in [None, Some(outsider.as_str()), Some(insider.as_str())] {
                    assert_eq!(own.ask(&house, endpoint, token).status, asked, "{at}");
                }
            }
            Access::Uploading => {
                let answer = own.ask(&house, endpoint, None);
                assert!(matches!(answer.status, 308 | 403), "{at}: {}", answer.status);
            }
            // What they are asked for is a login, whatever is in the path.
            Access::SecondFactor | Access::Project(_) | Access::Organisation(_) => {
                for token in [None, Some(outsider.as_str()), Some(insider.as_str())] {
                    let answer = own.ask(&house, endpoint, token);
                    assert!(matches!(answer.status, 303 | 401 | 403), "{at}: {}", answer.status);
                }
            }
            Access::Desk(_) => {
                assert!(matches!(own.ask(&house, endpoint, None).status, 303 | 401), "{at}");
                for token in [outsider.as_str(), insider.as_str()] {
                    assert_eq!(own.ask(&house, endpoint, Some(token)).status, 403, "{at}");
                }
            }
            Access::Reporting => {
                let answer = own.ask(&house, endpoint, None);
                assert!(matches!(answer.status, 303 | 401), "{at}: {}", answer.status);
            }
            Access::Managing => {
                for token in [None, Some(outsider.as_str()), Some(insider.as_str())] {
                    assert_eq!(own.ask(&house, endpoint, token).status, 403, "{at}");
                }
            }
        }
    }
}

#[test]
fn a_hidden_name_takes_the_steps_of_an_absent_one_and_leaks_to_no_upstream() {
    let Hidden { house, own, pulled, outsider, .. } = Hidden::new();
    for token in [None, Some(outsider.as_str())] {
        for address in
            ["/simple/NAME/", "/pypi/NAME/json", "/files/own/NAME/secret_sauce-1.0-py3-none-any.whl"]
        {
            let asked = |name: &str| {
                house.upstream.forget_requests();
                let status = get(&house, &address.replace("NAME", name), token).status;
                (status, house.upstream.count_under("/simple/"))
            };
            for hidden in [&own, &pulled] {
                assert_eq!(asked(&hidden.name), (404, 1), "a stand-in is asked for");
                assert_eq!(house.upstream.count(&format!("/simple/{}/", hidden.name)), 0);
            }
            assert_eq!(asked("nowhere-here"), (404, 1));
        }
    }
    // Also its failures are the same.
    house.upstream.stop();
    let mut said = BTreeSet::new();
    for name in ["secret-sauce", "kept-hidden1", "nowhere-here", "nowhere-else"] {
        let answer = house.fondaco.get(&format!("/simple/{name}/"), &[]);
        assert_eq!(answer.status, 502, "{name}: {}", answer.text());
        said.insert(answer.text().replace(name, "NAME"));
    }
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn downloads_are_summed_over_what_a_reader_may_read() {
    let Hidden { house, insider, outsider, .. } = Hidden::new();
    for (token, expected) in [(None, 0), (Some(&outsider), 0), (Some(&insider), 1)] {
        let stats = get(&house, "/api/v1/stats", token.map(String::as_str)).json();
        assert_eq!(stats["downloads"], expected, "{stats}");
    }
}

#[test]
fn a_file_by_content_asks_for_a_token_where_its_page_does() {
    let house = House::with_config("[index]\nreserved = ['our']\n[reading.layers]\nown = ['insiders']\n");
    publish(&house);
    let insider = house.fondaco.token(&["--read-only", "--team", "insiders"]);
    let page =
        house.fondaco.get("/simple/our-tool/", &[("Accept", JSON), ("Authorization", &bearer(&insider))]);
    let there = page.json()["files"][0]["url"].as_str().unwrap().trim_start_matches("../../").to_owned();
    assert!(there.starts_with("packages/"), "{there}");
    let nowhere = format!("packages/{}/{}/{}/our_nothing-1.0-py3-none-any.whl", "00", "00", "0".repeat(60));
    for address in [format!("/{there}"), format!("/{nowhere}")] {
        let answer = house.fondaco.get(&address, &[]);
        assert_eq!((answer.status, answer.header("www-authenticate").is_some()), (401, true), "{address}");
    }
    assert_eq!(get(&house, &format!("/{there}"), Some(&insider)).status, 200);
    assert_eq!(get(&house, &format!("/{nowhere}"), Some(&insider)).status, 404);
}

#[test]
fn caches_and_tags_cross_no_readers() {
    let Hidden { house, own, insider, outsider, .. } = Hidden::new();
    let page = format!("/simple/{}/", own.name);
    let mine = get(&house, &page, Some(&insider));
    assert_eq!((mine.status, mine.header("cache-control")), (200, Some("private, no-cache")));
    let vary: Vec<&str> =
        mine.headers.iter().filter(|(name, _)| name == "vary").map(|(_, value)| value.as_str()).collect();
    assert!(vary.contains(&"Authorization"), "{vary:?}");
    let tag = mine.header("etag").unwrap().to_owned();
    let again = |token: &str| {
        let headers = [("Authorization", bearer(token)), ("If-None-Match", tag.clone())];
        house.fondaco.get(&page, &headers.each_ref().map(|(name, value)| (*name, value.as_str()))).status
    };
    assert_eq!((again(&insider), again(&outsider)), (304, 404));
    for (address, token) in
        [("/simple/", None), ("/", None), (page.as_str(), None), ("/api/v1/changes", Some(&insider))]
    {
        let answer = get(&house, address, token.map(String::as_str));
        let kept = answer.header("cache-control").unwrap();
        assert!(kept.contains("private") || kept == "no-store", "{address}: {kept}");
    }
    // Whoever loses the team or the token loses it at once.
    let id = insider.split('-').nth(1).unwrap();
    house.fondaco.admin(&["team", "remove", "insiders", id, "--reason", "left"]).ok();
    assert_eq!(get(&house, &page, Some(&insider)).status, 404);
    house.fondaco.admin(&["team", "add", "insiders", id]).ok();
    assert_eq!(get(&house, &page, Some(&insider)).status, 200);
    assert!(!house.fondaco.admin(&["team", "add", "insiders", id]).success());
    assert!(!house.fondaco.admin(&["team", "add", "insiders", "nobody"]).success());
    assert!(house.fondaco.admin(&["team", "list"]).ok().stdout.contains(&format!("insiders  {id}")));
    house.fondaco.admin(&["token", "revoke", id]).ok();
    let revoked = get(&house, &page, Some(&insider));
    assert_eq!((revoked.status, revoked.header("www-authenticate").is_some()), (401, true));
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("\"join-team\"") && audit.contains("\"leave-team\""), "{audit}");
}

#[test]
fn who_may_publish_a_project_may_read_it() {
    let Hidden { house, own: hidden, .. } = Hidden::new();
    let named = house.fondaco.token(&["--project", "secret-sauce"]);
    let page = format!("/simple/{}/", hidden.name);
    assert_eq!(get(&house, &page, Some(&named)).status, 200);
    assert_eq!(get(&house, &format!("/api/v1/uploads/{}", hidden.upload), Some(&named)).status, 200);
    let other = house.fondaco.token(&["--project", "other-sauce"]);
    assert_eq!(get(&house, &page, Some(&other)).status, 404);
    // What is pulled through is no project that anybody publishes here.
    assert_eq!(
        get(&house, "/simple/kept-hidden1/", Some(&house.fondaco.token(&["--all-projects"]))).status,
        404
    );
}

/// `http://CREDENTIALS@127.0.0.1:PORT/simple/`
fn with(house: &House, credentials: &str) -> String {
    house.fondaco.index_url().replace("http://", &format!("http://{credentials}@"))
}

fn install(clients: &Clients, by: Installer, index: &str, more: &[&str], name: &str) -> Run {
    match by {
        Installer::Pip => {
            clients.pip(&[&["install", "--no-input", "--index-url", index], more, &[name]].concat())
        }
        Installer::Uv => clients.uv(&[&["pip", "install", "--default-index", index], more, &[name]].concat()),
    }
}

/// A project of our own that needs one that is pulled through.
fn publish(house: &House) {
    house.upstream.publish(&wheel("open-base", "1.0"));
    let dist = Wheel::new("our-tool", "1.0")
        .file("our_tool/__init__.py", honest_module())
        .requires("open-base>=1")
        .build();
    let publisher = house.fondaco.token(&["--project", "our-tool"]);
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &publisher).status, 200);
}

#[test]
fn pip_and_uv_send_tokens_from_the_address_and_from_netrc() {
    for config in [MIXED, CLOSED] {
        let house = House::with_config(config);
        publish(&house);
        let token = house.fondaco.token(&["--read-only", "--team", "insiders"]);
        let wrong = house.fondaco.token(&["--read-only"]).replace("fondaco-", "fondaco-0");
        for by in [Installer::Pip, Installer::Uv] {
            for credentials in [format!("__token__:{token}"), token.clone(), format!("{token}:x")] {
                let clients = Clients::new();
                install(&clients, by, &with(&house, &credentials), &[], "our-tool").ok();
                assert_eq!(clients.installed(by), ["open_base-1.0", "our_tool-1.0"]);
            }
            let clients = Clients::new();
            clients.netrc(&format!("machine 127.0.0.1 login __token__ password {token}\n"));
            install(&clients, by, &house.fondaco.index_url(), &[], "our-tool").ok();
            assert_eq!(clients.installed(by), ["open_base-1.0", "our_tool-1.0"]);
            let nobody = Clients::new();
            let run = install(&nobody, by, &house.fondaco.index_url(), &[], "our-tool");
            assert!(!run.success() && nobody.installed(by).is_empty(), "{}", run.text());
            let run = install(&nobody, by, &with(&house, &format!("__token__:{wrong}")), &[], "our-tool");
            assert!(!run.success() && run.text().contains("401"), "{}", run.text());
        }
        // What is open stays so, and what is closed says that a token is wanted.
        let open = house.fondaco.get("/simple/open-base/", &[("Accept", JSON)]);
        assert_eq!(open.status, if config == CLOSED { 401 } else { 200 }, "{}", open.text());
        let absent = house.fondaco.get("/simple/our-tool/", &[]);
        assert_eq!(absent.status, if config == CLOSED { 401 } else { 404 }, "{}", absent.text());
        let index = with(&house, &format!("__token__:{token}"));
        let wait = ["wait-release", "our-tool==1.0", "--index-url", &index, "--timeout", "20s"];
        assert!(house.fondaco.run(&wait).ok().stdout.contains("our-tool 1.0 is served"));
    }
}

#[test]
fn keyring_is_asked_where_a_challenge_tells_nothing() {
    // In a reserved namespace every name is ours, existing or not.
    for config in [CLOSED, "[index]\nreserved = ['our']\n[reading.layers]\nown = ['insiders']\n"] {
        let house = House::with_config(config);
        publish(&house);
        let token = house.fondaco.token(&["--read-only", "--team", "insiders"]);
        for by in [Installer::Pip, Installer::Uv] {
            let clients = Clients::new();
            // As `keyring get` answers: the password, or both as JSON.
            let both = json!({"username": "__token__", "password": token});
            let script =
                format!("#!/bin/sh\ncase \"$*\" in *json*) echo '{both}';; *) echo {token};; esac\n");
            clients.program("keyring", &script);
            let index = with(&house, "__token__");
            install(&clients, by, &index, &["--keyring-provider", "subprocess"], "our-tool").ok();
            assert!(clients.installed(by).contains(&"our_tool-1.0".to_owned()));
        }
        for name in ["our-tool", "our-nothing"] {
            let answer = house.fondaco.get(&format!("/simple/{name}/"), &[]);
            assert_eq!((answer.status, answer.header("www-authenticate").is_some()), (401, true), "{name}");
        }
    }
}

#[test]
fn an_open_index_ignores_what_it_does_not_know() {
    let house = House::new();
    house.upstream.publish(&wheel("open-base", "1.0"));
    let answer = house.fondaco.get("/simple/open-base/", &[("Authorization", "Basic bWU6c2VjcmV0")]);
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-cache")));
}
