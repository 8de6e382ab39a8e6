//! Files in a bucket that speaks S3, and what can go wrong with it.

use fondaco_testkit::{Answer, Bucket, Fault, Faults, Upload, Wheel};

use crate::house::{House, JSON, path, wheel};
use crate::uploads::own;

#[test]
fn files_lie_in_the_bucket_and_come_back_whole() {
    let bucket = Bucket::new();
    let house = House::on_bucket(&bucket, bucket.port());
    assert!(house.fondaco.stdout().contains("files     s3://packages/fondaco"), "{}", house.fondaco.stdout());
    let token = house.fondaco.token(&["--all-projects"]);
    // One in a single piece, one in parts.
    let small = wheel("ours", "1.0");
    let large = Wheel::new("ours", "2.0").file("ours.py", "VALUE = 2\n").filler(20 << 20).build();
    let pulled = wheel("pulled", "1.0");
    house.upstream.publish(&pulled);
    for dist in [&small, &large] {
        let answer = Upload::of(dist).send(&house.fondaco, &token);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    assert_eq!(house.fondaco.get(&path("pulled", &pulled), &[]).body, *pulled.bytes);
    let house = house.restarted();
    for (address, dist) in
        [(own("ours", &small), &small), (own("ours", &large), &large), (path("pulled", &pulled), &pulled)]
    {
        let digest = dist.sha256().to_string();
        assert!(bucket.object("files", &digest).exists(), "{}", dist.file_name);
        let answer = house.fondaco.get(&address, &[]);
        assert_eq!((answer.status, answer.complete, answer.body == *dist.bytes), (200, true, true));
        let head = house.fondaco.get(&address, &[("If-None-Match", &format!("\"{digest}\""))]);
        assert_eq!(head.status, 304);
        let range = house.fondaco.get(&address, &[("Range", "bytes=10-29")]);
        assert_eq!((range.status, range.body.as_slice()), (206, &dist.bytes[10..30]));
    }
    let beside = house.fondaco.get(&format!("{}.metadata", own("ours", &small)), &[]);
    assert_eq!((beside.status, Some(beside.body)), (200, small.metadata));
    let here = std::fs::read_dir(house.data.path().join("files")).unwrap().flatten();
    assert_eq!(here.map(|entry| entry.file_name()).collect::<Vec<_>>(), ["incoming"]);
    let verified = house.fondaco.admin(&["verify", "--format", "json"]).ok().stdout;
    let verified: serde_json::Value = serde_json::from_str(&verified).unwrap();
    assert_eq!((&verified["files"]["checked"], &verified["files"]["unnamed"]), (&3.into(), &0.into()));
}

#[test]
fn damage_in_the_bucket_is_noticed() {
    let bucket = Bucket::new();
    let house = House::on_bucket(&bucket, bucket.port());
    let pulled = wheel("pulled", "1.0");
    house.upstream.publish(&pulled);
    let address = path("pulled", &pulled);
    assert_eq!(house.fondaco.get(&address, &[]).status, 200);
    let object = bucket.object("files", &pulled.sha256().to_string());
    let mut bytes = pulled.bytes.as_ref().clone();
    bytes[100] ^= 1;
    std::fs::write(&object, bytes).unwrap();
    let verify = house.fondaco.admin(&["verify"]);
    assert_eq!(verify.code, Some(1), "{}", verify.text());
    assert!(verify.stdout.contains("is damaged"), "{}", verify.text());
    // It is set aside and fetched again.
    assert_eq!(house.fondaco.get(&address, &[]).body, *pulled.bytes);
    assert!(object.with_extension("damaged").exists());
    house.fondaco.admin(&["verify"]).ok();
}

/// A clear answer, and one that tells clients to come again.
#[track_caller]
fn unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.header("retry-after").is_some());
    assert!(answer.text().contains("the storage of files"), "{}", answer.text());
}

#[test]
fn when_the_bucket_fails_nothing_is_lost_and_nothing_half_published() {
    let bucket = Bucket::new();
    let faults = Faults::before(bucket.port());
    let house = House::on_bucket(&bucket, faults.port());
    let token = house.fondaco.token(&["--all-projects"]);
    let pulled = Wheel::new("pulled", "1.0").file("pulled.py", "VALUE = 1\n").filler(1 << 20).build();
    house.upstream.publish(&pulled);
    let kept = path("pulled", &pulled);
    assert_eq!(house.fondaco.get(&kept, &[]).body, *pulled.bytes);
    let all = [
        Fault::Closed,
        Fault::Silent,
        Fault::Status(500),
        Fault::Status(503),
        Fault::Status(403),
        Fault::CutRequest(100_000),
        Fault::CutAnswer(20),
    ];
    for (round, fault) in all.into_iter().enumerate() {
        let version = format!("{round}.0");
        let dist = Wheel::new("ours", &version)
            .file("ours.py", format!("VALUE = {round}\n"))
            .filler(9 << 20)
            .build();
        faults.set(fault);
        let before = faults.hits();
        unavailable(&Upload::of(&dist).send(&house.fondaco, &token));
        assert!(faults.hits() > before, "{fault:?} had no effect");
        assert!(house.journal_of(&dist.file_name).is_empty(), "{fault:?}");
        assert_eq!(std::fs::read_dir(house.data.path().join("files/incoming")).unwrap().count(), 0);
        if fault != Fault::CutRequest(100_000) {
            unavailable(&house.fondaco.get(&kept, &[]));
        }
        if fault == Fault::Closed {
            assert_eq!(house.fondaco.get("/readyz", &[]).json()["files"], "failed");
        }
        faults.set(Fault::None);
        assert!(!bucket.object("files", &dist.sha256().to_string()).exists(), "{fault:?}");
        // The client tries again, and what it had before is still there.
        let answer = Upload::of(&dist).send(&house.fondaco, &token);
        assert_eq!(answer.status, 200, "{fault:?}: {}", answer.text());
        assert_eq!(house.fondaco.get(&own("ours", &dist), &[]).body, *dist.bytes);
        assert_eq!(house.fondaco.get(&kept, &[]).body, *pulled.bytes);
    }
    // An answer that is cut off in the middle is gone on with; where that is in vain, the client sees
    // that it is not whole.
    faults.set(Fault::CutAnswer(600_000));
    assert_eq!(house.fondaco.get(&kept, &[]).body, *pulled.bytes);
    faults.set(Fault::CutAnswer(100_000));
    let cut = house.fondaco.get(&kept, &[]);
    assert!(!cut.complete, "{}", cut.status);
    faults.set(Fault::None);
    assert_eq!(house.fondaco.get(&kept, &[]).body, *pulled.bytes, "and nothing was taken for damaged");
    assert!(!bucket.object("files", &pulled.sha256().to_string()).with_extension("damaged").exists());
    let listed = house.listing("ours");
    assert_eq!(listed["files"].as_array().unwrap().len(), all.len());
    assert_eq!(house.fondaco.get("/simple/ours/", &[("Accept", JSON)]).status, 200);
    house.fondaco.admin(&["verify"]).ok();
}

#[test]
fn a_file_that_arrives_while_the_bucket_fails_is_fetched_anew_later() {
    let bucket = Bucket::new();
    let faults = Faults::before(bucket.port());
    let house = House::on_bucket(&bucket, faults.port());
    let dist = wheel("pulled", "1.0");
    house.upstream.publish(&dist);
    faults.set(Fault::Status(500));
    unavailable(&house.fondaco.get(&path("pulled", &dist), &[]));
    assert!(house.journal_of(&dist.file_name).is_empty());
    faults.set(Fault::None);
    assert_eq!(house.fondaco.get(&path("pulled", &dist), &[]).body, *dist.bytes);
}
