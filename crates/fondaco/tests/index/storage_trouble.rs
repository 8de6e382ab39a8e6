//! A database that somebody else holds, and one that is taken away.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use fondaco_testkit::Upload;

use crate::house::{House, wheel};
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
