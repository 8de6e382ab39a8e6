//! The real clients against the local index.

use fondaco_testkit::{Clients, Installer, Misbehaviour, Sdist, Upstream, Wheel};

fn upstream() -> Upstream {
    let upstream = Upstream::new();
    upstream.publish(&Wheel::new("Top.level", "1.0").requires("base>=2").build());
    upstream.publish(&Wheel::new("base", "2.1").file("base.py", "print('from the wheel')\n").build());
    upstream
}

#[test]
fn pip_installs() {
    let (upstream, clients) = (upstream(), Clients::new());
    let run = clients.pip(&["install", "--index-url", &upstream.index_url(), "top-level"]).ok();
    assert!(run.stdout.contains("Successfully installed"), "{}", run.text());
    assert_eq!(clients.installed(Installer::Pip), ["base-2.1", "top_level-1.0"]);
    assert_eq!(clients.python(Installer::Pip, &["-c", "import base"]).ok().stdout, "from the wheel\n");
    let pages = upstream.requests();
    let agent = pages.iter().find_map(|request| request.header("user-agent")).unwrap_or_default();
    assert!(agent.starts_with("pip/"), "{agent}");
    assert_eq!(upstream.count("/files/base-2.1-py3-none-any.whl.metadata"), 1, "{pages:#?}");
}

#[test]
fn uv_installs() {
    let (upstream, clients) = (upstream(), Clients::new());
    clients.uv(&["pip", "install", "--index-url", &upstream.index_url(), "top-level"]).ok();
    assert_eq!(clients.installed(Installer::Uv), ["base-2.1", "top_level-1.0"]);
    assert_eq!(clients.python(Installer::Uv, &["-c", "import base"]).ok().stdout, "from the wheel\n");
    assert_eq!(upstream.count("/simple/base/"), 1);
}

#[test]
fn clients_see_what_is_wrong() {
    let (upstream, clients) = (upstream(), Clients::new());
    upstream.file("base-2.1-py3-none-any.whl").lies_about_hash();
    let run = clients.pip(&["install", "--index-url", &upstream.index_url(), "base"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("DO NOT MATCH THE HASHES"), "{}", run.text());
    upstream.project("base").misbehave(Misbehaviour::Status(403));
    let run = clients.uv(&["pip", "install", "--index-url", &upstream.index_url(), "base"]);
    assert!(!run.success() && run.stderr.contains("403"), "{}", run.text());
    assert!(clients.installed(Installer::Pip).is_empty() && clients.installed(Installer::Uv).is_empty());
}

#[test]
fn html_serves_them_too() {
    let (upstream, clients) = (upstream(), Clients::new());
    upstream.html_only(true);
    upstream.require_credentials("aladdin", "opensesame");
    let url = upstream.index_url().replace("http://", "http://aladdin:opensesame@");
    clients.pip(&["install", "--no-deps", "--index-url", &url, "top-level"]).ok();
    clients.uv(&["pip", "install", "--no-deps", "--index-url", &url, "top-level"]).ok();
    assert_eq!(clients.installed(Installer::Uv), clients.installed(Installer::Pip));
}

#[test]
fn twine_takes_what_is_built() {
    let clients = Clients::new();
    Wheel::new("Top.level", "1.0").requires("base>=2").build().write_into(&clients.folder());
    Sdist::new("Top.level", "1.0").requires_python(">=3.8").build().write_into(&clients.folder());
    let names = ["top_level-1.0-py3-none-any.whl", "top_level-1.0.tar.gz"];
    let run = clients.twine(&["check", names[0], names[1]]).ok();
    assert_eq!(run.stdout.matches("PASSED").count(), 2, "{}", run.text());
}
