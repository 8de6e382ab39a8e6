//! Feeds that lie, stall, repeat, jump back or never end, and watchers that die.

use fondaco_testkit::{Fondaco, Misbehaviour, honest_release, wave_member};

use crate::home::{BIN, FEED, Home};

#[test]
fn a_feed_that_is_none_is_told_and_what_it_said_before_is_kept() {
    let home = Home::new();
    home.publish("quarry-atlas", "1.0", &honest_release("quarry-atlas", "1.0"));
    assert_eq!(home.once().code, Some(0));
    for (how, why) in [
        (Misbehaviour::Status(500), "status 500"),
        (
            Misbehaviour::Says {
                content_type: "text/html".to_owned(),
                body: b"<html></html>".to_vec().into(),
            },
            "not a feed",
        ),
        (
            Misbehaviour::Says {
                content_type: "text/xml".to_owned(),
                body: b"<rss><item><title>x".to_vec().into(),
            },
            "in the middle",
        ),
        (Misbehaviour::ClosesAfter(40), "can't be reached"),
        (Misbehaviour::RedirectsToItself, "redirects"),
    ] {
        // Something new, so that the answer is no 304.
        home.shows(&[why]);
        home.upstream.misbehave(FEED, how);
        let run = home.once();
        assert_eq!(run.code, Some(2), "{why}: {}", run.text());
        assert!(run.stdout.contains(why), "{why}: {}", run.text());
    }
    home.upstream.behave(FEED);
    home.publish("quarry-atlas", "1.1", &honest_release("quarry-atlas", "1.1"));
    assert_eq!(home.once().code, Some(0));
    assert_eq!(home.count("/releases"), 2);
}

/// Takes as long as the watcher's patience.
#[test]
fn a_feed_that_stalls_is_left_and_read_the_next_time() {
    let home = Home::new();
    home.publish("quarry-atlas", "1.0", &honest_release("quarry-atlas", "1.0"));
    home.upstream.misbehave(FEED, Misbehaviour::StallsAfter(40));
    let run = home.once();
    assert_eq!(run.code, Some(2), "{}", run.text());
    assert!(run.stdout.contains("in time"), "{}", run.text());
    home.upstream.behave(FEED);
    let run = home.once();
    assert_eq!(run.code, Some(0), "{}", run.text());
    assert_eq!(home.count("/releases"), 1);
}

#[test]
fn what_makes_no_sense_is_counted_and_what_is_not_there_is_given_up() {
    let home = Home::new();
    let long = "x".repeat(5_000);
    home.shows(&["../../etc 1.0", "a b c", "", &long, "\u{202e}evil 1.0", "no-such-project 1.0"]);
    let run = home.once();
    assert_eq!(run.code, Some(2), "{}", run.text());
    assert!(run.stdout.contains("later       release no-such-project 1.0"), "{}", run.text());
    assert_eq!(home.count("/senseless"), 5);
}

#[test]
fn bytes_that_are_not_those_that_are_listed_are_told_and_inspected() {
    let home = Home::new();
    let dist = wave_member("reqeusts", "1.0", 3);
    home.publish("reqeusts", "1.0", &dist);
    home.upstream.file(&dist.file_name).lies_about_hash();
    let run = home.once();
    assert_eq!(run.code, Some(1), "{}", run.text());
    let kinds = home.kinds();
    assert!(
        kinds.contains(&"feed-lied".to_owned()) && kinds.contains(&"malicious-release".to_owned()),
        "{kinds:?}"
    );
}

#[test]
fn a_gap_is_told_and_a_repetition_is_not() {
    let home = Home::new();
    home.publish("quarry-atlas", "1.0", &honest_release("quarry-atlas", "1.0"));
    home.once();
    home.shows(&["quarry-atlas 1.0", "quarry-atlas 1.0", "quarry-atlas 1.0"]);
    home.once();
    assert!(home.kinds().is_empty());
    home.upstream.publish(&honest_release("meadow-bureau", "1.0"));
    home.shows(&["meadow-bureau 1.0"]);
    home.once();
    assert_eq!(home.kinds(), ["feed-gap"]);
    assert_eq!(home.count("/releases"), 2);
}

#[test]
fn an_index_that_is_asked_too_often_is_left_alone() {
    let home = Home::new();
    let answer = Misbehaviour::Answers {
        status: 429,
        headers: vec![("Retry-After".to_owned(), "3600".to_owned())],
        body: Vec::new().into(),
    };
    home.publish("quarry-atlas", "1.0", &honest_release("quarry-atlas", "1.0"));
    home.upstream.misbehave("/simple/quarry-atlas/", answer);
    let run = home.once();
    assert_eq!(run.code, Some(2), "{}", run.text());
    assert!(run.stdout.contains("later       release quarry-atlas 1.0"), "{}", run.text());
    home.upstream.behave("/simple/quarry-atlas/");
    // It waits until then, whoever starts it anew.
    assert_eq!(home.once().code, Some(2));
    assert_eq!(home.upstream.count_under("/simple/"), 1);
}

#[test]
fn a_watcher_that_is_killed_goes_on_where_it_was() {
    let home = Home::new();
    for number in 0..6 {
        let name = format!("quarry-atlas-{number}");
        home.publish(&name, "1.0", &honest_release(&name, "1.0"));
    }
    let folder = home.data.path().to_str().unwrap().to_owned();
    let args = ["watch", &home.upstream.url(FEED), "--gap", "0s", "--data", &folder];
    // Dies in the middle: the fourth is asked for, and never comes.
    home.upstream.misbehave("/simple/quarry-atlas-3/", Misbehaviour::NeverAnswers);
    Fondaco::killed_after(BIN, &args, "clean", 3);
    home.upstream.behave("/simple/quarry-atlas-3/");
    let run = home.once();
    assert_eq!(run.code, Some(0), "{}", run.text());
    assert_eq!(home.count("/releases"), 6, "each once: {}", run.text());
    for number in 0..6 {
        let file = format!("/files/quarry_atlas_{number}-1.0.tar.gz");
        assert_eq!(home.upstream.count(&file), 1, "{file}");
    }
}

#[test]
fn a_feed_is_watched_by_one() {
    let home = Home::new();
    let folder = home.data.path().to_str().unwrap().to_owned();
    home.upstream.misbehave(FEED, Misbehaviour::NeverAnswers);
    let url = home.upstream.url(FEED);
    let locked = Fondaco::while_running(
        BIN,
        &["watch", &url, "--data", &folder],
        || home.upstream.count(FEED) > 0,
        || home.once(),
    );
    assert!(!locked.success() && locked.text().contains("is watched from"), "{}", locked.text());
    for wrong in ["no-such-folder", "ftp://127.0.0.1/rss/updates.xml", "http://127.0.0.1:9/nothing"] {
        let run = home.watch(wrong);
        assert!(run.code == Some(2) && run.text().contains("hint: "), "{wrong}: {}", run.text());
    }
}
