//! What an operator can get wrong: one clear line, a hint, exit code 2.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use fondaco_testkit::{Fondaco, Upstream};

use crate::house::BIN;

fn fondaco(args: &[&str]) -> Output {
    Command::new(BIN)
        .args(args)
        .env_clear()
        .env("PATH", "/nonexistent")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[track_caller]
fn fails(args: &[&str], says: &[&str]) {
    let output = fondaco(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for text in says {
        assert!(said.contains(text), "{text:?} is not in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

fn serve(data: &Path, more: &[&str]) -> Vec<String> {
    let fixed = ["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    fixed.iter().chain(more).map(|arg| (*arg).to_owned()).collect()
}

#[track_caller]
fn serve_fails(data: &Path, more: &[&str], says: &[&str]) {
    let args = serve(data, more);
    fails(&args.iter().map(String::as_str).collect::<Vec<_>>(), says);
}

#[test]
fn configuration_addresses_and_folders() {
    let data = tempfile::tempdir().unwrap();
    let upstream = ["--upstream", "http://127.0.0.1:9/simple/"];
    serve_fails(data.path(), &[], &["no upstream was found", "hint: name one with --upstream"]);
    serve_fails(data.path(), &["--upstream", "nonsense"], &["no address", "hint:"]);
    serve_fails(data.path(), &["--config", "/nonexistent/f.toml"], &["can't be read"]);
    let config = data.path().join("bad.toml");
    std::fs::write(&config, "[policy]\nsuspicous = 'hold'\n").unwrap();
    serve_fails(
        data.path(),
        &["--config", config.to_str().unwrap()],
        &["is not right", "suspicous", "hint:"],
    );
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    serve_fails(&file.join("x"), &upstream, &["can't be made", "hint:"]);
    fails(
        &["serve", "--data", data.path().to_str().unwrap(), "--listen", "nowhere"],
        &["no address to listen on", "hint:"],
    );
    fails(&["admin", "journal", "--data", "/nonexistent"], &["there is no Fondaco in", "hint:"]);
}

#[test]
fn a_port_and_a_folder_that_are_in_use() {
    let upstream = Upstream::new();
    let data = tempfile::tempdir().unwrap();
    let running = Fondaco::start(BIN, data.path(), &["--upstream", &upstream.index_url()]);
    serve_fails(data.path(), &[], &["another Fondaco serves from", "hint:"]);
    let other = tempfile::tempdir().unwrap();
    let address = format!("127.0.0.1:{}", running.port());
    fails(
        &[
            "serve",
            "--data",
            other.path().to_str().unwrap(),
            "--listen",
            &address,
            "--upstream",
            &upstream.index_url(),
        ],
        &["nothing can listen on", "in use", "hint: another port"],
    );
}

#[test]
fn a_damaged_database() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("fondaco.db"), vec![b'x'; 10_000]).unwrap();
    serve_fails(data.path(), &["--upstream", "http://127.0.0.1:9/simple/"], &["can't be used", "hint:"]);
}

#[test]
fn an_upstream_that_is_this_very_instance() {
    let upstream = Upstream::new();
    let data = tempfile::tempdir().unwrap();
    let running = Fondaco::start(BIN, data.path(), &["--upstream", &upstream.index_url()]);
    let address = format!("127.0.0.1:{}", running.port());
    running.stop();
    let own = format!("http://{address}/simple/");
    fails(
        &["serve", "--data", data.path().to_str().unwrap(), "--listen", &address, "--upstream", &own],
        &["is this very Fondaco", "hint:"],
    );
}

#[test]
fn a_client_that_already_points_here_is_not_taken_for_an_upstream() {
    let (upstream, data) = (Upstream::new(), tempfile::tempdir().unwrap());
    // A free port: the instance has to know its own address before it starts.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let own = format!("http://{address}/simple/");
    let fixed = ["serve", "--data", data.path().to_str().unwrap(), "--listen", &address];
    let run = |variables: &[(&str, &str)]| {
        let mut command = Command::new(BIN);
        command.args(fixed).env_clear().env("PATH", "/nonexistent").envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let output = run(&[("PIP_INDEX_URL", &own)]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("PIP_INDEX_URL is this very Fondaco") && said.contains("hint:"), "{said}");
    // uv's setting is the next one that is looked at; nothing was stored before.
    let other = upstream.index_url();
    let mut child = run(&[("PIP_INDEX_URL", &own), ("UV_DEFAULT_INDEX", &other)]).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let found = lines.find_map(|line| line.ok().filter(|line| line.contains("upstream"))).unwrap_or_default();
    let _ = child.kill();
    let _ = child.wait();
    assert!(found.contains("from UV_DEFAULT_INDEX"), "{found}");
}

#[test]
fn upstreams_are_found_in_the_environment_and_remembered() {
    let upstream = Upstream::new();
    upstream.publish(&crate::house::wheel("found-lib", "1.0"));
    let data = tempfile::tempdir().unwrap();
    let url = upstream.index_url();
    let first = Fondaco::start_with_env(BIN, data.path(), &[], &[("PIP_INDEX_URL", &url)]);
    assert!(first.stdout().contains("from PIP_INDEX_URL"), "{}", first.stdout());
    assert_eq!(first.get("/simple/found-lib/", &[]).status, 200);
    first.stop();
    let second = Fondaco::start(BIN, data.path(), &[]);
    assert_eq!(second.get("/simple/found-lib/", &[]).status, 200);
}
