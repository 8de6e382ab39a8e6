//! Two servers on one database share their work: one does each, and what one that crashed has left the
//! other takes over.

use std::path::Path;
use std::time::{Duration, Instant};

use fondaco_testkit::{Fondaco, Misbehaviour, Postgres, Upstream};
use tempfile::TempDir;

use crate::house::{BIN, wheel};

const PATIENCE: Duration = Duration::from_secs(60);

/// A record of known malware.
const RECORD: &str = r#"{"id": "MAL-2026-1", "modified": "2026-01-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "bad-lib"}, "versions": ["1.0"]}]}"#;

struct Two {
    folders: [TempDir; 2],
    upstream: Upstream,
    database: String,
}

impl Two {
    fn new() -> Self {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (upstream, database) = (Upstream::new(), Postgres::shared().database());
        Self { folders, upstream, database }
    }

    fn start(&self, which: usize, more: &str) -> Fondaco {
        let folder: &Path = self.folders[which].path();
        // No file is stored before the one that the second server fetches, so none has to be shared.
        let keys = self.folders[0].path().join("shared.key");
        std::fs::write(&keys, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
        let config =
            format!("database = {:?}\n[secrets]\nkey = {keys:?}\n[server]\nlease = 2\n{more}", self.database);
        std::fs::write(folder.join("fondaco.toml"), config).unwrap();
        Fondaco::start(BIN, folder, &["--upstream", &self.upstream.index_url()])
    }
}

#[track_caller]
fn until(what: &str, fine: impl Fn() -> bool) {
    let started = Instant::now();
    while !fine() {
        assert!(started.elapsed() < PATIENCE, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_feed_is_imported_by_one_of_two_servers() {
    let two = Two::new();
    let feed = tempfile::tempdir().unwrap();
    std::fs::write(feed.path().join("MAL-2026-1.json"), RECORD).unwrap();
    let feeds = format!("[[feeds]]\nname = 'ours'\nsource = {:?}\nevery = '1h'\n", feed.path());
    let (one, other) = (two.start(0, &feeds), two.start(1, &feeds));
    let current = |fondaco: &Fondaco| {
        let metrics = fondaco.get("/metrics", &[]).text();
        let line = metrics.lines().find(|line| line.starts_with("fondaco_feed_current{")).unwrap_or_default();
        line.rsplit(' ').next().and_then(|at| at.parse::<u64>().ok()).unwrap_or_default()
    };
    // Both know when it was current, whoever has imported it.
    until("the feed is current for both", || current(&one) > 0 && current(&other) > 0);
    let audit = one.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    let imports = audit.lines().filter(|line| line.contains("import-advisories")).count();
    assert_eq!(imports, 1, "{audit}");
}

#[test]
fn what_a_server_that_crashed_has_left_is_taken_over() {
    let two = Two::new();
    let one = two.start(0, "");
    let dist = wheel("slow-lib", "1.0");
    two.upstream.publish(&dist);
    let file = format!("/files/{}", dist.file_name);
    two.upstream.misbehave(&file, Misbehaviour::NeverAnswers);
    // Its metadata is passed on, and its inspection queued: which the file keeps waiting.
    let metadata = format!("/files/default/slow-lib/{}.metadata", dist.file_name);
    assert_eq!(one.get(&metadata, &[]).status, 200);
    until("the first server asks for the file", || two.upstream.count(&file) > 0);
    let other = two.start(1, "");
    let waiting = |fondaco: &Fondaco| fondaco.get("/metrics", &[]).text().contains("waiting_inspections 1");
    assert!(waiting(&other));
    one.kill();
    two.upstream.behave(&file);
    until("the second server has done it", || !waiting(&other));
    let entries = other.journal();
    let inspected = entries.iter().filter(|entry| entry["kind"] == "file-inspected").count();
    assert_eq!(inspected, 1, "{entries:?}");
    assert_eq!(other.get(&format!("/files/default/slow-lib/{}", dist.file_name), &[]).status, 200);
}
