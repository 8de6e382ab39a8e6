//! A database that somebody else holds, one that is taken away, and one that has no room.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use fondaco_testkit::{Fondaco, Upload};

use crate::house::{BIN, House, JSON, wheel};
use crate::uploads::own;

/// Another process that holds the database for writing, until it is dropped.
struct Holder(Child);

impl Holder {
    fn of(database: &Path) -> Self {
        let tools = std::env::var_os("FONDACO_TEST_TOOLS").unwrap();
        let hold = "import sqlite3, sys\n\
            held = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
            held.execute('BEGIN IMMEDIATE')\n\
            print('held', flush=True)\n\
            sys.stdin.read()\n";
        let mut command = Command::new(Path::new(&tools).join("venv/bin/python"));
        command.args(["-c", hold]).arg(database).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "held\n");
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

#[test]
fn a_database_that_another_process_holds_is_said_to_be_busy() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let (before, after) = (wheel("steady", "1.0"), wheel("steady", "2.0"));
    assert_eq!(Upload::of(&before).send(&house.fondaco, &token).status, 200);
    let holder = Holder::of(&house.data.path().join("fondaco.db"));
    let answer = Upload::of(&after).send(&house.fondaco, &token);
    assert_eq!((answer.status, answer.reason.as_str()), (503, "the database is busy"), "{}", answer.text());
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert!(answer.text().contains("nothing was changed"), "{}", answer.text());
    // Who reads is not concerned.
    assert_eq!(house.fondaco.get(&own("steady", &before), &[]).body, *before.bytes);
    let listing = house.listing("steady");
    assert_eq!(listing["files"].as_array().unwrap().len(), 1);
    assert_eq!(std::fs::read_dir(house.data.path().join("files/incoming")).unwrap().count(), 0);
    assert!(house.journal_of(&after.file_name).is_empty());
    drop(holder);
    assert_eq!(Upload::of(&after).send(&house.fondaco, &token).status, 200);
    assert_eq!(house.fondaco.get(&own("steady", &after), &[]).body, *after.bytes);
}

#[test]
fn a_database_that_is_taken_away_is_said() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let (before, after) = (wheel("steady", "1.0"), wheel("steady", "2.0"));
    assert_eq!(Upload::of(&before).send(&house.fondaco, &token).status, 200);
    let away = house.data.path().join("away");
    std::fs::create_dir(&away).unwrap();
    let move_all = |from: &Path, to: &Path| {
        for name in ["fondaco.db", "fondaco.db-wal", "fondaco.db-shm"] {
            let _ = std::fs::rename(from.join(name), to.join(name));
        }
    };
    move_all(house.data.path(), &away);
    let answer = Upload::of(&after).send(&house.fondaco, &token);
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.header("retry-after").is_some());
    assert_eq!(house.fondaco.get("/readyz", &[]).json()["database"], "failed");
    house.fondaco.kill();
    move_all(&away, house.data.path());
    let fondaco = house.fondaco.again();
    assert_eq!(fondaco.get(&own("steady", &before), &[]).body, *before.bytes);
    assert_eq!(fondaco.get(&own("steady", &after), &[]).status, 404, "nothing half-done");
    assert_eq!(Upload::of(&after).send(&fondaco, &token).status, 200);
}

/// A script that runs the server with its data folder on a disk of its own, of 16 MiB, which starts with
/// what is in `seed`. Its files lie elsewhere: what has no room is the database.
fn on_a_small_disk(seed: &Path, data: &Path) -> String {
    let (seed, data) = (seed.display(), data.display());
    format!(
        "#!/bin/sh\nexec unshare {} sh -c 'mount -t tmpfs -o size=16m none {data} && cp {seed}/* {data} 2>/dev/null; \
         ln -s {seed}/files {data}/files && exec {BIN} \"$@\"' sh \"$@\"\n",
        if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
            "--mount"
        } else {
            "--map-root-user --mount"
        },
    )
}

#[test]
fn a_database_without_room_is_said_and_takes_nothing_half() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let before = wheel("steady", "0.1");
    assert_eq!(Upload::of(&before).send(&house.fondaco, &token).status, 200);
    assert_eq!(house.fondaco.stop(), Some(0));
    let place = tempfile::tempdir().unwrap();
    let (script, data) = (place.path().join("cramped"), place.path().join("data"));
    std::fs::create_dir(&data).unwrap();
    std::fs::write(&script, on_a_small_disk(house.data.path(), &data)).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let fondaco = Fondaco::start(&script, &data, &["--upstream", &house.upstream.index_url()]);
    // The disk as its process sees it.
    let inside = Path::new("/proc").join(fondaco.pid().to_string()).join("root");
    let filler = inside.join(data.strip_prefix("/").unwrap()).join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    let full = std::iter::repeat_with(|| file.write_all(&[0; 4096])).find_map(Result::err).unwrap();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    // What was reserved before is used up first.
    let mut taken = Vec::new();
    let (refused, answer) = loop {
        let dist = wheel("steady", &format!("1.{}", taken.len()));
        let answer = Upload::of(&dist).send(&fondaco, &token);
        if answer.status != 200 {
            break (dist, answer);
        }
        taken.push(dist);
        assert!(taken.len() < 2000, "it is never full");
    };
    assert_eq!((answer.status, answer.reason.as_str()), (507, "the disk is full"), "{}", answer.text());
    assert!(answer.text().contains("nothing was taken"), "{}", answer.text());
    let listed = |fondaco: &Fondaco| {
        let listing = fondaco.get("/simple/steady/", &[("Accept", JSON)]).json();
        let names = listing["files"].as_array().unwrap().iter();
        names.map(|file| file["filename"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let mut expected: BTreeSet<String> = taken.iter().map(|dist| dist.file_name.clone()).collect();
    expected.insert(before.file_name.clone());
    assert_eq!(listed(&fondaco), expected, "what was acknowledged, and nothing else");
    assert_eq!(fondaco.get(&own("steady", &before), &[]).body, *before.bytes, "who reads is not concerned");
    assert_eq!(fondaco.get(&own("steady", &refused), &[]).status, 404);
    assert_eq!(std::fs::read_dir(house.data.path().join("files/incoming")).unwrap().count(), 0);
    drop(file);
    std::fs::remove_file(&filler).unwrap();
    let answer = Upload::of(&refused).send(&fondaco, &token);
    assert_eq!(answer.status, 200, "it goes on once there is room: {}", fondaco.log());
    expected.insert(refused.file_name.clone());
    assert_eq!(listed(&fondaco), expected);
    for dist in taken.iter().chain([&refused]) {
        assert_eq!(fondaco.get(&own("steady", dist), &[]).body, *dist.bytes);
    }
}
