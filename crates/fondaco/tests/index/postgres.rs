//! The whole index on PostgreSQL: alone, and as two servers on one database and one bucket.

use std::time::{Duration, Instant};

use fondaco_testkit::{
    Answer, Bucket, Clients, Fondaco, Installer, Postgres, Upload, Upstream, Wheel, honest_module,
};

use crate::house::{BIN, House, JSON, path, wheel};
use crate::uploads::own;

#[test]
fn uploads_and_installations_on_postgres() {
    let house = House::on_postgres(&Postgres::shared().database());
    assert!(house.fondaco.stdout().contains("database  postgres://localhost/"), "{}", house.fondaco.stdout());
    house.upstream.publish(&wheel("base-lib", "1.0"));
    let tools = Wheel::new("house-tools", "1.0")
        .file("house_tools/__init__.py", honest_module())
        .requires("base-lib>=1")
        .build();
    let token = house.fondaco.token(&["--all-projects"]);
    let clients = Clients::new();
    let file = tools.write_into(&clients.folder()).display().to_string();
    let legacy = house.fondaco.url("/legacy/");
    clients.twine_upload(&legacy, &token, &[&file]).ok();
    clients.pip(&["install", "--index-url", &house.fondaco.index_url(), "house-tools"]).ok();
    assert_eq!(clients.installed(Installer::Pip), ["base_lib-1.0", "house_tools-1.0"]);
    assert_eq!(house.journal_of(&tools.file_name), ["file-uploaded", "file-inspected", "requirement-unseen"]);
    assert!(!house.data.path().join("fondaco.db").exists());
    house.upstream.stop();
    let house = house.restarted();
    let later = Clients::new();
    later.uv(&["pip", "install", "--default-index", &house.fondaco.index_url(), "house-tools"]).ok();
    assert_eq!(later.installed(Installer::Uv), ["base_lib-1.0", "house_tools-1.0"]);
    house.fondaco.admin(&["verify"]).ok();
    for page in
        ["/readyz", "/metrics", "/api/v1/changes?since=0", "/rss/updates.xml", "/api/v1/search?q=house"]
    {
        assert_eq!(house.fondaco.get(page, &[]).status, 200, "{page}");
    }
    // No text of PostgreSQL has this character.
    assert_eq!(house.fondaco.get("/api/v1/uploads/%00", &[]).status, 404);
}

/// Asks until it is as it should be; what others do is seen within moments.
#[track_caller]
fn until(ask: impl Fn() -> Answer, fine: impl Fn(&Answer) -> bool) -> Answer {
    let started = Instant::now();
    loop {
        let answer = ask();
        if fine(&answer) {
            return answer;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{} {}", answer.status, answer.text());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn two_servers_on_one_database_and_one_bucket() {
    let (bucket, upstream) = (Bucket::new(), Upstream::new());
    let database = Postgres::shared().database();
    let env: Vec<(String, String)> = bucket.env(bucket.port());
    let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let keys = tempfile::tempdir().unwrap();
    std::fs::write(keys.path().join("keys"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
    // Both at once, on a database in which nothing is yet.
    let [one, other] = std::thread::scope(|scope| {
        let start = |folder: &std::path::Path| {
            // Servers on one database share the keys.
            let config = format!(
                "database = {database:?}\nblobs = {:?}\n[secrets]\nkey = {:?}\n",
                bucket.url(),
                keys.path().join("keys")
            );
            std::fs::write(folder.join("fondaco.toml"), config).unwrap();
            Fondaco::start_with_env(BIN, folder, &["--upstream", &upstream.index_url()], &env)
        };
        let threads = folders.each_ref().map(|folder| scope.spawn(move || start(folder.path())));
        threads.map(|thread| thread.join().unwrap())
    });
    let token = one.token(&["--all-projects"]);
    let ours = wheel("ours", "1.0");
    assert_eq!(other.get("/simple/ours/", &[]).status, 404);
    assert_eq!(Upload::of(&ours).send(&one, &token).status, 200);
    let listed = until(|| other.get("/simple/ours/", &[("Accept", JSON)]), |answer| answer.status == 200);
    assert_eq!(listed.json()["files"][0]["hashes"]["sha256"], ours.sha256().to_string());
    for fondaco in [&one, &other] {
        assert_eq!(fondaco.get(&own("ours", &ours), &[]).body, *ours.bytes);
    }
    // What one has pulled through, the other serves without upstream.
    let pulled = Wheel::new("pulled", "1.0").file("pulled.py", "VALUE = 1\n").filler(3 << 20).build();
    upstream.publish(&pulled);
    assert_eq!(one.get(&path("pulled", &pulled), &[]).body, *pulled.bytes);
    upstream.stop();
    let answer = until(|| other.get(&path("pulled", &pulled), &[]), |answer| answer.status == 200);
    assert_eq!(answer.body, *pulled.bytes);
    let range = other.get(&path("pulled", &pulled), &[("Range", "bytes=1000-1999")]);
    assert_eq!((range.status, range.body.as_slice()), (206, &pulled.bytes[1000..2000]));
    // An operator beside one of them is heard by both.
    one.admin(&["hold", &ours.sha256().to_string(), "--reason", "wait"]).ok();
    for fondaco in [&one, &other] {
        until(|| fondaco.get(&own("ours", &ours), &[]), |answer| answer.status == 403);
    }
    // Uploads of one file at both: one is first, and both say the same afterwards.
    let raced =
        [wheel("raced", "1.0"), Wheel::new("raced", "1.0").file("raced/__init__.py", "VALUE = 2\n").build()];
    let statuses = std::thread::scope(|scope| {
        let token = &token;
        let send = |(dist, fondaco)| scope.spawn(move || Upload::of(dist).send(fondaco, token).status);
        [(&raced[0], &one), (&raced[1], &other)].map(send).map(|thread| thread.join().unwrap())
    });
    let first = statuses.iter().position(|status| *status == 200).unwrap();
    assert_eq!(statuses[1 - first], 400, "{statuses:?}");
    for fondaco in [&one, &other] {
        let answer = until(|| fondaco.get(&own("raced", &raced[first]), &[]), |answer| answer.status == 200);
        assert_eq!(answer.body, *raced[first].bytes);
    }
    one.admin(&["verify"]).ok();
}

#[test]
fn a_database_that_is_gone_is_said_and_it_goes_on_when_it_is_back() {
    let postgres = Postgres::new();
    let house = House::on_postgres(&postgres.database());
    let token = house.fondaco.token(&["--all-projects"]);
    let (before, after) = (wheel("steady", "1.0"), wheel("steady", "2.0"));
    assert_eq!(Upload::of(&before).send(&house.fondaco, &token).status, 200);
    postgres.stop();
    for answer in
        [Upload::of(&after).send(&house.fondaco, &token), house.fondaco.get("/simple/never-seen/", &[])]
    {
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert!(
            answer.header("retry-after").is_some() && answer.text().contains("database"),
            "{}",
            answer.text()
        );
    }
    let ready = house.fondaco.get("/readyz", &[]);
    assert_eq!((ready.status, ready.json()["database"].as_str()), (503, Some("failed")));
    assert_eq!(std::fs::read_dir(house.data.path().join("files/incoming")).unwrap().count(), 0);
    postgres.start();
    assert_eq!(house.journal_of(&after.file_name), Vec::<String>::new());
    assert_eq!(Upload::of(&after).send(&house.fondaco, &token).status, 200);
    for dist in [&before, &after] {
        assert_eq!(house.fondaco.get(&own("steady", dist), &[]).body, *dist.bytes);
    }
}

#[test]
fn addresses_that_are_wrong() {
    let data = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let fixed = ["serve", "--data", data.path().to_str().unwrap(), "--listen", "127.0.0.1:0"];
        std::process::Command::new(BIN).args(fixed).args(args).env_clear().output().unwrap()
    };
    let absent = Postgres::shared().database().replace("/test", "/absent");
    for (args, says) in [
        (["--database", "mysql://me:hunter2@host/name"], "postgres://USER@HOST/NAME"),
        (
            ["--database", "postgres://me:hunter2@127.0.0.1:9/name"],
            "postgres://127.0.0.1:9/name can't be used",
        ),
        (["--database", &absent], "does not exist"),
        (["--blobs", "/a/folder"], "s3://BUCKET/PREFIX"),
    ] {
        let output = run(&args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says) && !said.contains("hunter2"), "{said}");
    }
}
