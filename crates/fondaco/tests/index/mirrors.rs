//! bandersnatch mirrors the index behind TLS, and follows what becomes of it.

use std::path::PathBuf;

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{
    Clients, Dist, Fondaco, Installer, Run, TlsProxy, Tool, Upload, Upstream, Wheel, fetch, honest_module,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::{BIN, House, wheel};

/// A Fondaco behind a TLS proxy, and a mirror of it.
struct Mirrored {
    upstream: Upstream,
    fondaco: Fondaco,
    proxy: TlsProxy,
    clients: Clients,
    token: String,
    _data: TempDir,
}

impl Mirrored {
    fn new() -> Self {
        let (data, upstream, proxy) = (tempfile::tempdir().unwrap(), Upstream::new(), TlsProxy::new());
        std::fs::write(data.path().join("fondaco.toml"), "[upstream]\npage_ttl = 0\n").unwrap();
        let args = ["--upstream", &upstream.index_url(), "--public-url", &proxy.url()];
        let fondaco = Fondaco::start(BIN, data.path(), &args);
        let port = fondaco.url("").rsplit(':').next().unwrap().parse().unwrap();
        proxy.lead_to(port);
        let clients = Clients::new();
        let config = format!(
            "[mirror]\ndirectory = {}\nmaster = {}\njson = true\ntimeout = 30\nworkers = 2\nhash-index = false\n\
             stop-on-error = false\nstorage-backend = filesystem\nverifiers = 2\nsimple-format = ALL\n",
            clients.folder().join("mirror").display(),
            proxy.url()
        );
        std::fs::write(clients.folder().join("bandersnatch.conf"), config).unwrap();
        let token = fondaco.token(&["--all-projects"]);
        Self { upstream, fondaco, proxy, clients, token, _data: data }
    }

    fn bandersnatch(&self, args: &[&str]) -> Run {
        let trusted = [("SSL_CERT_FILE", self.proxy.certificate().to_str().unwrap())];
        let args: Vec<&str> = ["-c", "bandersnatch.conf"].iter().chain(args).copied().collect();
        self.clients.tool(Tool::Bandersnatch, &self.clients.folder(), &trusted, &args)
    }

    /// Mirrors what is new; what it could not take fails the test.
    #[track_caller]
    fn mirror(&self) {
        let run = self.bandersnatch(&["mirror"]).ok();
        assert!(!run.text().contains("Error syncing"), "{}\n{}", run.text(), self.fondaco.log());
    }

    fn web(&self) -> PathBuf {
        self.clients.folder().join("mirror/web")
    }

    /// The mirror's own page of a project.
    fn page(&self, project: &str) -> Value {
        let path = self.web().join(format!("simple/{project}/index.v1_json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        serde_json::from_str(&text).unwrap()
    }

    fn listed(&self, project: &str) -> Vec<String> {
        let page = self.page(project);
        let files = page["files"].as_array().unwrap().iter();
        files.map(|file| file["filename"].as_str().unwrap().to_owned()).collect()
    }

    /// Where the mirror keeps a file.
    fn kept(&self, dist: &Dist) -> PathBuf {
        let hex = dist.sha256().to_string();
        self.web().join("packages").join(&hex[..2]).join(&hex[2..4]).join(&hex[4..]).join(&dist.file_name)
    }

    #[track_caller]
    fn upload(&self, project: &str, version: &str) -> Dist {
        let module = format!("{}/__init__.py", project.replace('-', "_"));
        let text = honest_module() + &format!("V = '{project} {version}'\n");
        let dist = Wheel::new(project, version).file(&module, text).build();
        assert_eq!(Upload::of(&dist).send(&self.fondaco, &self.token).status, 200);
        dist
    }
}

#[test]
fn a_mirror_follows_a_yank_a_quarantine_and_a_deletion() {
    let house = Mirrored::new();
    let [one, two, three] = ["1.0", "2.0", "3.0"].map(|version| house.upload("our-thing", version));
    let other = house.upload("other-thing", "1.0");
    house.mirror();
    for dist in [&one, &two, &three, &other] {
        assert_eq!(std::fs::read(house.kept(dist)).unwrap(), *dist.bytes, "{}", dist.file_name);
    }
    assert_eq!(house.listed("our-thing").len(), 3);
    // What was mirrored installs without us.
    let index = format!("file://{}/", house.web().join("simple").display());
    house.clients.pip(&["install", "--index-url", &index, "our-thing"]).ok();
    assert_eq!(house.clients.installed(Installer::Pip), ["our_thing-3.0"]);

    house.fondaco.admin(&["yank", "our-thing==3.0", "--reason", "breaks <all>"]).ok();
    house.mirror();
    assert_eq!(house.page("our-thing")["files"][2]["yanked"], json!(true));
    let html = std::fs::read_to_string(house.web().join("simple/our-thing/index.html")).unwrap();
    assert!(html.contains("data-yanked=\"breaks &lt;all&gt;\""), "{html}");

    house.fondaco.admin(&["quarantine", "our-thing==2.0", "--reason", "odd"]).ok();
    house.fondaco.admin(&["delete", "our-thing==1.0", "--reason", "gone"]).ok();
    house.mirror();
    assert_eq!(house.listed("our-thing"), [three.file_name.as_str()]);

    // A project that goes as a whole: the mirror offers nothing of it any more,
    house.fondaco.admin(&["quarantine", "our-thing", "--reason", "odd"]).ok();
    house.fondaco.admin(&["delete", "other-thing", "--reason", "gone"]).ok();
    house.mirror();
    assert!(house.listed("our-thing").is_empty() && house.listed("other-thing").is_empty());
    // and its own clean-up takes the bytes away.
    house.bandersnatch(&["verify", "--delete", "--json-update"]).ok();
    for dist in [&one, &two, &three, &other] {
        assert!(!house.kept(dist).exists(), "{}", dist.file_name);
    }
    // Back again.
    house.fondaco.admin(&["undelete", "other-thing", "--reason", "back"]).ok();
    house.mirror();
    assert!(house.kept(&other).exists());
}

#[test]
fn a_mirror_takes_no_file_that_is_refused() {
    let house = Mirrored::new();
    let sample = attacks::WALLET_STEALER;
    let (bad, good) = (sample.wheel().unwrap(), wheel("borrowed", "1.0"));
    for dist in [&bad, &good] {
        house.upstream.publish(dist);
    }
    let path = |project: &str, dist: &Dist| format!("/files/default/{project}/{}", dist.file_name);
    assert_eq!(house.fondaco.get(&path(sample.project, &bad), &[]).status, 403);
    assert_eq!(house.fondaco.get(&path("borrowed", &good), &[]).status, 200);
    house.mirror();
    assert!(house.kept(&good).exists() && !house.kept(&bad).exists());
    assert_eq!(house.listed("borrowed"), [good.file_name.as_str()]);
}

#[test]
fn files_by_their_content() {
    let house = House::new();
    let (dist, other) = (wheel("borrowed", "1.0"), wheel("other", "1.0"));
    house.upstream.publish(&dist);
    house.upstream.publish(&other);
    let url = house.listed("borrowed", &dist.file_name)["url"].as_str().unwrap().to_owned();
    let hex = dist.sha256().to_string();
    let (folder, name) = (format!("/packages/{}/{}/{}", &hex[..2], &hex[2..4], &hex[4..]), &dist.file_name);
    assert_eq!(url, format!("../..{folder}/{name}"));
    let beside = house.fondaco.get(&format!("{folder}/{name}.metadata"), &[]);
    assert_eq!((beside.status, &beside.body), (200, dist.metadata.as_ref().unwrap()));
    for _ in 0..2 {
        let answer = house.fondaco.get(&format!("{folder}/{name}"), &[]);
        assert_eq!((answer.status, &answer.body), (200, &*dist.bytes));
    }
    assert_eq!(house.listing("other")["files"].as_array().unwrap().len(), 1);
    for wrong in [
        format!("{folder}/{}", other.file_name),
        format!("{folder}/{name}x"),
        format!("/packages/{}/{}/{name}", &hex[..2], &hex[2..]),
        format!("/packages/{}/{}/{}/{name}", &hex[2..4], &hex[..2], &hex[4..]),
        format!("/packages/00/00/{}/{name}", "0".repeat(60)),
        format!("/packages/x/y/z/{name}"),
    ] {
        assert_eq!(house.fondaco.get(&wrong, &[]).status, 404, "{wrong}");
    }
    house.fondaco.admin(&["quarantine", "borrowed", "--reason", "odd"]).ok();
    for closed in [format!("{folder}/{name}"), format!("{folder}/{name}.metadata")] {
        assert_eq!(house.fondaco.get(&closed, &[]).status, 403, "{closed}");
    }
}

#[test]
fn the_changelog_by_xml_rpc() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    let call = |path: &str, method: &str, params: &str| {
        let body = format!(
            "<?xml version='1.0'?><methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>"
        );
        let headers = [("Content-Type", "text/xml")];
        let answer = fetch("POST", &house.fondaco.url(path), &headers, body.as_bytes()).unwrap();
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/xml; charset=utf-8")));
        answer.text()
    };
    let serial = house.fondaco.get("/api/v1/changes", &[]).json()["last_serial"].as_u64().unwrap();
    let int = |number: u64| format!("<param><value><int>{number}</int></value></param>");
    assert!(call("/RPC2", "changelog_last_serial", "").contains(&format!("<int>{serial}</int>")));
    let all = call("/pypi", "changelog_since_serial", &int(0));
    assert!(all.contains("<string>our-thing</string></value><value><string>1.0</string>"), "{all}");
    assert!(all.contains(&format!("add file {}", dist.file_name)), "{all}");
    assert!(call("/pypi/", "changelog_since_serial", &int(serial)).contains("<data></data>"));
    assert!(call("/pypi", "list_packages_with_serial", "").contains("<name>our-thing</name>"));
    assert!(call("/pypi", "list_packages", "").contains("<string>our-thing</string>"));
    for (method, params, code) in [
        ("search", String::new(), "-32601"),
        ("changelog_since_serial", String::new(), "-32602"),
        ("list_packages", int(1), "-32602"),
        ("list_packages", "<param><value><array/></value></param>".to_owned(), "-32700"),
    ] {
        let fault = call("/pypi", method, &params);
        assert!(fault.contains("<fault>") && fault.contains(code), "{fault}");
    }
    let long = fetch("POST", &house.fondaco.url("/pypi"), &[], &vec![b' '; 70_000]).unwrap();
    assert_eq!(long.status, 413);
}
