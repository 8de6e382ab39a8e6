//! pip and uv install through the index; what came is in its journal.

use fondaco_testkit::samples::lookalikes;
use fondaco_testkit::{Clients, Installer, Wheel};

use crate::house::{House, wheel};

#[test]
fn pip_and_uv_install_and_again_when_upstream_is_gone() {
    let house = House::new();
    house.upstream.publish(&wheel("base-lib", "1.0"));
    let app = Wheel::new("the-app", "2.0")
        .file("the_app/__init__.py", "import base_lib\n")
        .requires("base-lib>=1")
        .build();
    house.upstream.publish(&app);
    let index = house.fondaco.index_url();
    let clients = Clients::new();
    clients.pip(&["install", "--index-url", &index, "the-app"]).ok();
    assert_eq!(clients.installed(Installer::Pip), ["base_lib-1.0", "the_app-2.0"]);
    let came = house.journal_of(&app.file_name);
    assert_eq!(came, ["metadata-passed", "file-fetched", "file-inspected"], "it came through the index");
    clients.uv(&["pip", "install", "--default-index", &index, "the-app"]).ok();
    assert_eq!(clients.installed(Installer::Uv), ["base_lib-1.0", "the_app-2.0"]);
    house.upstream.stop();
    let later = Clients::new();
    later.pip(&["install", "--index-url", &index, "the-app"]).ok();
    later.uv(&["pip", "install", "--default-index", &index, "the-app"]).ok();
    let served = house.fondaco.admin(&["downloads", "--format", "ndjson"]).ok().stdout;
    assert!(served.contains("pip/") && served.contains("uv/"), "{served}");
    house.fondaco.stop();
    let log = house.fondaco.log();
    assert!(log.contains("served from the store; upstream can't be reached"), "{log}");
    // Also after a restart.
    let house = house.restarted();
    Clients::new().pip(&["install", "--index-url", &house.fondaco.index_url(), "the-app"]).ok();
}

#[test]
fn innocent_lookalikes_install() {
    let house = House::new();
    let clients = Clients::new();
    let mut wanted = Vec::new();
    for sample in lookalikes::ALL {
        for dist in sample.dists() {
            house.upstream.publish(&dist);
        }
        // What is an sdist only would have to be built, which needs a network for the backend.
        if sample.wheel().is_some() {
            wanted.push(sample.project);
        }
    }
    let index = house.fondaco.index_url();
    let args: Vec<&str> =
        ["install", "--index-url", &index].into_iter().chain(wanted.iter().copied()).collect();
    clients.pip(&args).ok();
    for sample in lookalikes::ALL {
        let sdist = sample.sdist();
        let answer = house.fondaco.get(&crate::house::path(sample.project, &sdist), &[]);
        assert_eq!((answer.status, answer.body.len()), (200, sdist.bytes.len()), "{}", sample.about);
    }
}

#[test]
fn an_upstream_that_speaks_html_only_works() {
    let house = House::new();
    house.upstream.html_only(true);
    house.upstream.publish(&wheel("plain-page", "1.0"));
    let index = house.fondaco.index_url();
    let clients = Clients::new();
    clients.pip(&["install", "--index-url", &index, "plain-page"]).ok();
    clients.uv(&["pip", "install", "--default-index", &index, "plain-page"]).ok();
    let file = house.listed("plain-page", "plain_page-1.0-py3-none-any.whl");
    assert!(file["upload-time"].is_string(), "{file}");
    assert!(file["size"].is_u64(), "{file}");
}
