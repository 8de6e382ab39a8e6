//! The harness of the binary, with a script in the binary's place.

use fondaco_testkit::{Fondaco, Upstream, Wheel};

const BIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fake_fondaco.sh");

#[test]
fn it_is_started_asked_and_stopped() {
    let upstream = Upstream::new();
    upstream.publish(&Wheel::new("x", "1.0").build());
    let fondaco =
        Fondaco::start_with_env(BIN, "/nowhere", &["--upstream", &upstream.index_url()], &[("A", "b")]);
    assert_eq!(fondaco.index_url(), upstream.index_url());
    let answer = fondaco.get("/simple/x/", &[("Accept", "text/html")]);
    assert_eq!((answer.status, answer.reason.as_str()), (200, "OK"));
    assert_eq!(fondaco.journal()[0]["args"], "journal --format ndjson --data /nowhere");
    assert_eq!(fondaco.stop(), Some(7));
    assert_eq!(fondaco.stop(), Some(7), "stopping twice does no harm");
    let url = upstream.url("");
    let expected = format!("variables: A \n  listen    {}\nbye\n", url.trim_start_matches("http://"));
    assert_eq!(fondaco.stdout(), expected);
    assert_eq!(fondaco.stderr(), "a warning\n");
    assert_eq!(fondaco.log().len(), fondaco.stdout().len() + fondaco.stderr().len());
}

#[test]
fn it_can_be_killed() {
    let upstream = Upstream::new();
    let fondaco = Fondaco::start(BIN, "/nowhere", &["--upstream", &upstream.index_url()]);
    fondaco.kill();
    assert_eq!(fondaco.stop(), None);
    assert!(!fondaco.stdout().contains("bye"));
}

#[test]
#[should_panic(expected = "(exit code Some(2)); it said:\nno upstream\n")]
fn one_that_does_not_serve_fails_the_test_at_once() {
    Fondaco::start(BIN, "/nowhere", &[]);
}
