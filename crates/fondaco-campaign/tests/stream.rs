//! What the engine makes of streams of artifacts.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use fondaco_campaign::{Artifact, CampaignId, Engine, Event, Limits, MemberId, Placed, Prints, State};
use fondaco_pydist::Sha256;
use fondaco_verdict::{Fingerprints, Indicator, IndicatorKind, Shape, Sketch, Verdict};

const DAY: i64 = 86_400;

/// A digest of a word.
fn of(word: &str) -> u64 {
    u64::from_be_bytes(Sha256::of(word.as_bytes()).as_bytes()[..8].try_into().unwrap())
}

/// An artifact with what its code has: `host:x`, `webhook:x`, `code:x` (a large shape), `bit:x` (a
/// small one), `payload:x`, `text:x`, `layout:x`, `by:x` (account), `target:x`.
fn artifact(project: &str, at: i64, verdict: Verdict, has: &[&str]) -> Artifact {
    let mut prints = Fingerprints::default();
    let mut payloads = Vec::new();
    let (mut account, mut target) = (None, None);
    for word in has {
        let (kind, what) = word.split_once(':').unwrap();
        let shape = |tokens| Shape {
            tokens,
            exact: of(word),
            sketch: Sketch(std::array::from_fn(|at| of(&format!("{what}{at}")) as u16)),
        };
        match kind {
            "host" => prints.indicators.push(Indicator { kind: IndicatorKind::Host, digest: of(word) }),
            "webhook" => prints.indicators.push(Indicator { kind: IndicatorKind::Webhook, digest: of(word) }),
            "code" => prints.shapes.push(shape(200)),
            "bit" => prints.shapes.push(shape(20)),
            "payload" => payloads.push((Sha256::of(what.as_bytes()), 500)),
            "text" => prints.text = Some(of(word)),
            "layout" => prints.layout = Some(of(word)),
            "by" => account = Some(what.to_owned()),
            "target" => target = Some(what.to_owned()),
            _ => panic!("{word}"),
        }
    }
    prints.indicators.sort_unstable();
    let sha256 = Sha256::of(format!("{project} {at}").as_bytes());
    Artifact {
        sha256,
        project: project.to_owned(),
        account,
        at,
        verdict,
        established: false,
        target,
        prints: Prints::new(sha256, &prints, payloads),
    }
}

fn bad(project: &str, at: i64, has: &[&str]) -> Artifact {
    artifact(project, at, Verdict::Malicious, has)
}

fn clean(project: &str, at: i64, has: &[&str]) -> Artifact {
    artifact(project, at, Verdict::Clean, has)
}

fn established(project: &str, at: i64, has: &[&str]) -> Artifact {
    Artifact { established: true, ..clean(project, at, has) }
}

fn engine() -> Engine {
    Engine::new(Limits::default())
}

fn add(engine: &mut Engine, all: &[Artifact]) -> Vec<Event> {
    all.iter().flat_map(|one| engine.add(one)).collect()
}

fn opened(events: &[Event]) -> CampaignId {
    events
        .iter()
        .find_map(|event| if let Event::Opened { campaign, .. } = event { Some(*campaign) } else { None })
        .unwrap_or_else(|| panic!("nothing was opened: {events:?}"))
}

fn is_in(engine: &Engine, artifact: &Artifact) -> Option<CampaignId> {
    engine.campaign_of(artifact.id())
}

#[test]
fn a_strong_key_opens_at_the_second_and_code_at_the_third_member() {
    let mut strong = engine();
    assert_eq!(strong.add(&bad("a", 0, &["webhook:w"])), []);
    let campaign = opened(&strong.add(&bad("b", 60, &["webhook:w"])));
    let third = bad("c", 90, &["webhook:w"]);
    assert_eq!(strong.add(&third), [Event::Grew { campaign, member: third.id() }]);

    let mut code = engine();
    assert_eq!(add(&mut code, &[bad("a", 0, &["code:x"]), bad("b", 60, &["code:x"])]), []);
    opened(&code.add(&bad("c", 90, &["code:x"])));
}

#[test]
fn releases_of_one_project_are_no_campaign() {
    let mut engine = engine();
    let releases: Vec<Artifact> = (0..5).map(|at| bad("a", at * DAY, &["code:x", "host:h"])).collect();
    assert_eq!(add(&mut engine, &releases), []);
}

#[test]
fn weak_keys_alone_never_tie() {
    let weak = ["text:t", "layout:l", "target:requests"];
    let mut engine = engine();
    let wave: Vec<Artifact> = (0..9).map(|at| bad(&format!("p{at}"), at * 5, &weak)).collect();
    assert_eq!(add(&mut engine, &wave), []);
}

#[test]
fn lookalike_placeholders_from_one_template_within_an_hour_are_a_burst() {
    let hollow = |name: &str, at| clean(name, at, &["layout:empty", "text:none", &format!("target:{name}")]);
    let mut fast = engine();
    opened(&add(&mut fast, &[hollow("a", 0), hollow("b", 600), hollow("c", 1200)]));
    let mut slow = engine();
    assert_eq!(add(&mut slow, &[hollow("a", 0), hollow("b", DAY), hollow("c", 2 * DAY)]), []);
    // A template that established projects have is no sign of one hand.
    let mut known = engine();
    known.add(&established("cookie", -DAY, &["layout:empty", "text:none"]));
    assert_eq!(add(&mut known, &[hollow("a", 0), hollow("b", 600), hollow("c", 1200)]), []);
}

#[test]
fn honest_boilerplate_ties_nothing() {
    let mut engine = engine();
    let honest: Vec<Artifact> = (0..4).map(|at| clean(&format!("h{at}"), at, &["code:boiler"])).collect();
    add(&mut engine, &honest);
    let later = 40 * DAY;
    let two: Vec<Artifact> = (0..6)
        .map(|at| bad(&format!("p{at}"), later + at, &["code:boiler", &format!("host:h{at}")]))
        .collect();
    assert_eq!(add(&mut engine, &two), []);
}

#[test]
fn forks_of_what_is_honest_stay_out() {
    let mut engine = engine();
    let own = ["code:core", "text:readme", "layout:tree"];
    let (origin, fork) = (established("origin", 0, &own), clean("fork", DAY, &own));
    add(&mut engine, &[origin.clone(), fork.clone()]);
    let trojan = |name: &str, at| bad(name, at, &[&own[..], &["code:stealer", "host:drop"]].concat());
    let campaign = opened(&add(&mut engine, &[trojan("t1", 2 * DAY), trojan("t2", 2 * DAY + 9)]));
    assert_eq!(engine.campaign(campaign).unwrap().members.len(), 2);
    let later = [clean("origin", 3 * DAY, &own), clean("another-fork", 3 * DAY, &own)];
    add(&mut engine, &later);
    for honest in [&origin, &fork, &later[0], &later[1]] {
        assert_eq!(is_in(&engine, honest), None);
    }
}

#[test]
fn an_established_project_is_tied_by_secrets_only() {
    let mut engine = engine();
    let has = ["webhook:w", "host:h", "code:x"];
    add(&mut engine, &[bad("a", 0, &has), bad("b", 1, &has), bad("c", 2, &has)]);
    let near = established("big", 3, &["host:h", "code:x", "text:t"]);
    let taken = established("bigger", 4, &["webhook:w"]);
    add(&mut engine, &[near.clone(), taken.clone()]);
    assert_eq!(is_in(&engine, &near), None);
    assert!(is_in(&engine, &taken).is_some());
}

#[test]
fn decoys_do_not_launder_a_key() {
    let mut engine = engine();
    // Clean packages that name the host, a day before the wave.
    let decoys: Vec<Artifact> =
        (0..20).map(|at| clean(&format!("d{at}"), at, &["host:drop", "bit:x"])).collect();
    add(&mut engine, &decoys);
    opened(&add(&mut engine, &[bad("a", DAY, &["host:drop"]), bad("b", DAY + 9, &["host:drop"])]));
    // And while it runs: nothing leaves.
    let more: Vec<Artifact> = (20..40).map(|at| clean(&format!("d{at}"), 2 * DAY, &["host:drop"])).collect();
    let events = add(&mut engine, &more);
    assert!(
        !events.iter().any(|event| matches!(event, Event::Left { .. } | Event::Split { .. })),
        "{events:?}"
    );
}

#[test]
fn spam_that_has_stood_for_long_takes_no_secret_out_of_play() {
    let mut engine = engine();
    let decoys: Vec<Artifact> =
        (0..20).map(|at| clean(&format!("d{at}"), at, &["webhook:w", "payload:p"])).collect();
    add(&mut engine, &decoys);
    let later = 90 * DAY;
    opened(&add(&mut engine, &[bad("a", later, &["webhook:w"]), bad("b", later + 9, &["webhook:w"])]));
    let more = [bad("c", later, &["payload:p"]), bad("d", later + 9, &["payload:p"])];
    let events = add(&mut engine, &more);
    assert!(more.iter().all(|one| is_in(&engine, one).is_some()), "{events:?}");
}

#[test]
fn a_flood_with_the_same_keys_hides_nobody() {
    let mut engine = engine();
    let campaign = opened(&add(
        &mut engine,
        &[bad("a", 0, &["webhook:w", "host:h"]), bad("b", 1, &["webhook:w", "host:h"])],
    ));
    // More than one artifact is ever compared with, all of them with what the campaign has.
    let flood: Vec<Artifact> =
        (0..600).map(|at| clean(&format!("d{at}"), 10 + at, &["host:h", "text:t"])).collect();
    let events = add(&mut engine, &flood);
    assert_eq!(events, [], "a host in what nothing was found in draws nobody in");
    let next = bad("c", 700, &["webhook:w", "host:h", "text:t"]);
    assert_eq!(engine.add(&next), [Event::Grew { campaign, member: next.id() }]);
}

#[test]
fn clean_spam_that_names_two_campaigns_merges_them_never() {
    let mut engine = engine();
    let wave = |host: &str, from: i64| -> Vec<Artifact> {
        (0..4).map(|at| bad(&format!("{host}{at}"), from + at, &[&format!("host:{host}")])).collect()
    };
    let first = opened(&add(&mut engine, &wave("x", 0)));
    let second = opened(&add(&mut engine, &wave("y", 500)));
    let spam: Vec<Artifact> =
        (0..30).map(|at| clean(&format!("s{at}"), 1_000 + at, &["host:x", "host:y"])).collect();
    assert_eq!(add(&mut engine, &spam), []);
    assert!(engine.campaign(first).is_some() && engine.campaign(second).is_some());
}

#[test]
fn who_comes_below_every_rate_is_a_campaign_all_the_same() {
    let mut engine = engine();
    let slow: Vec<Artifact> = (0..3)
        .map(|at| bad(&format!("p{at}"), at * 25 * DAY, &["code:x", &format!("host:h{at}"), "text:t"]))
        .collect();
    assert_eq!(add(&mut engine, &slow[..2]), []);
    opened(&engine.add(&slow[2]));
}

#[test]
fn one_artifact_does_not_merge_two_large_campaigns() {
    let mut engine = engine();
    let wave = |host: &str, from: i64| -> Vec<Artifact> {
        (0..30).map(|at| bad(&format!("{host}{at}"), from + at, &[&format!("host:{host}")])).collect()
    };
    let (one, other) = (wave("x", 0), wave("y", 500));
    let first = opened(&add(&mut engine, &one));
    let second = opened(&add(&mut engine, &other));
    assert_ne!(first, second);
    let bridge = |name: &str, at| bad(name, at, &["host:x", "host:y"]);
    let events = engine.add(&bridge("z1", 1000));
    assert!(matches!(events[..], [Event::Grew { .. }]), "{events:?}");
    assert_ne!(is_in(&engine, &one[0]), is_in(&engine, &other[0]));
    // Several do: then it is one hand.
    let more: Vec<Artifact> = (2..6).map(|at| bridge(&format!("z{at}"), 1000 + at)).collect();
    let events = add(&mut engine, &more);
    assert!(events.contains(&Event::Merged { campaign: first, from: second }), "{events:?}");
    assert_eq!(is_in(&engine, &other[0]), Some(first));
}

#[test]
fn a_campaign_is_split_once_its_tie_is_everybodys() {
    let mut engine = engine();
    let with = |name: &str, at, host: &str| bad(name, at, &["code:kit", &format!("host:{host}")]);
    let (a, b) = (with("a", 0, "x"), with("b", 1, "x"));
    let (c, d) = (with("c", 2, "y"), with("d", 3, "y"));
    let whole = opened(&add(&mut engine, &[a.clone(), b, c.clone(), d]));
    assert_eq!(is_in(&engine, &c), Some(whole));
    let events = engine.add(&established("library", 10, &["code:kit"]));
    assert!(events.iter().any(|event| matches!(event, Event::Split { .. })), "{events:?}");
    assert_ne!(is_in(&engine, &a), is_in(&engine, &c));
    assert!(is_in(&engine, &a).is_some() && is_in(&engine, &c).is_some());
}

#[test]
fn what_an_analyst_decides_is_kept() {
    let mut engine = engine();
    let wave = |host: &str, from: i64| -> Vec<Artifact> {
        (0..4).map(|at| bad(&format!("{host}{at}"), from + at, &[&format!("host:{host}")])).collect()
    };
    let (x, y) = (wave("x", 0), wave("y", 100));
    let (first, second) = (opened(&add(&mut engine, &x)), opened(&add(&mut engine, &y)));
    engine.merge(first, second).unwrap();
    assert_eq!(is_in(&engine, &y[0]), Some(first));
    // Merged stays merged, also when ties are looked at anew.
    engine.add(&established("big", 200, &["host:y"]));
    assert_eq!(is_in(&engine, &y[0]), Some(first));

    let part: Vec<MemberId> = y.iter().map(Artifact::id).collect();
    let Event::Split { into, .. } = engine.split(first, &part).unwrap() else { panic!() };
    assert_ne!(into, second, "an id is never used again");
    let bridges: Vec<Artifact> =
        (0..9).map(|at| bad(&format!("z{at}"), 300 + at, &["host:x", "host:y", "code:q"])).collect();
    let events = add(&mut engine, &bridges);
    assert!(!events.iter().any(|event| matches!(event, Event::Merged { .. })), "{events:?}");
    assert_eq!((is_in(&engine, &x[0]), is_in(&engine, &y[0])), (Some(first), Some(into)));
    assert!(engine.split(first, &part).is_err() && engine.split(first, &[]).is_err());
    assert!(engine.merge(first, second).is_err() && engine.merge(first, first).is_err());
}

#[test]
fn closed_campaigns_reopen_and_dismissed_ones_stay() {
    let mut engine = engine();
    let next = |at: i64| bad(&format!("p{at}"), at, &["host:h"]);
    let campaign = opened(&add(&mut engine, &[next(0), next(1), next(2)]));
    engine.set_state(campaign, State::Closed).unwrap();
    assert!(matches!(engine.add(&next(3))[..], [Event::Reopened { .. }]));
    assert!(matches!(engine.add(&next(60 * DAY))[..], [Event::Reopened { .. }]), "quiet for two months");
    engine.set_state(campaign, State::Dismissed).unwrap();
    assert!(matches!(engine.add(&next(60 * DAY + 1))[..], [Event::Grew { .. }]));
    assert_eq!(engine.campaign(campaign).unwrap().state, State::Dismissed);
}

#[test]
fn a_known_artifact_only_becomes_worse() {
    let mut engine = engine();
    let first = clean("a", 0, &["webhook:w"]);
    add(&mut engine, &[first.clone(), clean("b", 1, &["webhook:w"])]);
    assert_eq!(engine.usage().campaigns, 0);
    let worse = Artifact { verdict: Verdict::Malicious, ..first.clone() };
    assert_eq!(engine.add(&worse), [], "one project with a core is no campaign yet");
    opened(&engine.add(&bad("c", 2, &["webhook:w"])));
    assert_eq!(engine.add(&first), []);
    assert!(is_in(&engine, &first).is_some());
}

#[test]
fn memory_is_bounded_and_campaigns_stay() {
    let mut engine = Engine::new(Limits { members: 50, ..Limits::default() });
    let core: Vec<Artifact> = (0..4).map(|at| bad(&format!("p{at}"), at, &["webhook:w"])).collect();
    let campaign = opened(&add(&mut engine, &core));
    for at in 0..500 {
        engine.add(&clean(&format!("h{at}"), 10 + at, &[&format!("host:{at}"), &format!("code:{at}")]));
        assert!(engine.usage().members <= 50);
    }
    assert_eq!(engine.campaign(campaign).unwrap().members.len(), 4);
    assert!(engine.usage().keys < 50 * 60, "{:?}", engine.usage());
    assert!(matches!(engine.add(&bad("late", 600, &["webhook:w"]))[..], [Event::Grew { .. }]));
}

#[test]
fn an_engine_is_restored_as_it_was() {
    let mut engine = engine();
    let all = [
        bad("a", 0, &["webhook:w"]),
        bad("b", 1, &["webhook:w"]),
        clean("h", 2, &["host:h"]),
        bad("lone", 3, &["code:x"]),
        bad("lone2", 4, &["code:x"]),
    ];
    let campaign = opened(&add(&mut engine, &all));
    let placed = all.iter().map(|artifact| Placed {
        artifact: artifact.clone(),
        campaign: is_in(&engine, artifact),
        pinned: false,
    });
    let mut again = Engine::restore(Limits::default(), placed, &[(campaign, State::Open)], [], []);
    assert_eq!(again.campaigns().collect::<Vec<_>>(), engine.campaigns().collect::<Vec<_>>());
    for next in [bad("c", 5, &["webhook:w"]), bad("lone3", 6, &["code:x"])] {
        assert_eq!(again.add(&next), engine.add(&next));
    }
}

#[test]
fn a_house_with_false_alarms_is_no_campaign() {
    let mut engine = engine();
    let own = ["host:git.house", "text:house", "layout:house", "by:ci"];
    let all: Vec<Artifact> = (0..20)
        .map(|at| {
            let verdict = if at % 5 == 4 { Verdict::Suspicious } else { Verdict::Clean };
            artifact(&format!("house{at}"), at * 60, verdict, &own)
        })
        .collect();
    assert_eq!(add(&mut engine, &all), []);
}

#[test]
fn hosts_that_are_named_by_the_dozen_tie_nobody() {
    let sites: Vec<String> = (0..40).map(|at| format!("host:shop{at}")).collect();
    let mut engine = engine();
    let thief = |number: i64| {
        let own = format!("host:drop{number}");
        let has: Vec<&str> = sites.iter().map(String::as_str).chain([own.as_str()]).collect();
        bad(&format!("thief{number}"), number * 40 * DAY, &has)
    };
    assert_eq!(add(&mut engine, &[thief(0), thief(1), thief(2)]), []);
}
