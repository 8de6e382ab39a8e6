//! Alerts as lines of JSON in a file: each once, in order, also over a crash. A file that has grown is
//! put aside as `FILE.1`, of which there is one.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use fondaco_model::{Alert, rfc3339};
use fondaco_store::Store;
use serde_json::{Value, json};

use crate::WatchError;

/// Under what the database remembers how far this has come.
const WAY: &str = "jsonl";
/// Alerts that are written at a time.
const BATCH: u32 = 500;
/// A file of more bytes is put aside.
const LARGE: u64 = 64 << 20;
/// The end of a file in which its last line is looked for, in bytes.
const TAIL: u64 = 256 << 10;

/// The file.
#[derive(Debug, Clone)]
pub struct Jsonl(PathBuf);

/// An alert as one line of JSON, `fondaco.alert/1`.
pub fn line(alert: &Alert) -> String {
    let detail: Value = serde_json::from_str(&alert.detail).unwrap_or_default();
    json!({
        "schema": "fondaco.alert/1",
        "serial": alert.serial,
        "at": rfc3339(alert.at),
        "kind": alert.kind.id(),
        "subject": alert.subject,
        "message": alert.message,
        "detail": detail,
    })
    .to_string()
}

impl Jsonl {
    /// At this path.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Writes what is new.
    ///
    /// # Errors
    /// When the database or the file fails; what was not written is tried again the next time.
    pub async fn deliver(&self, store: &Store) -> Result<Vec<Alert>, WatchError> {
        let mut told = store.told_up_to(WAY).await?;
        let mut all = Vec::new();
        loop {
            let alerts = store.alerts_since(told, BATCH).await?;
            let Some(last) = alerts.last() else { return Ok(all) };
            told = last.serial;
            self.append(&alerts).map_err(|error| WatchError::Io(self.0.clone(), error))?;
            let mut tx = store.begin().await?;
            tx.set_told(WAY, told).await?;
            tx.commit().await?;
            all.extend(alerts);
        }
    }

    fn append(&self, alerts: &[Alert]) -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.0)?;
        if file.metadata()?.len() > LARGE {
            std::fs::rename(&self.0, self.0.with_added_extension("1"))?;
            file = options.open(&self.0)?;
        }
        let written = last_serial(&mut file)?;
        // What a crash has kept from being noted as written.
        let lines: String =
            alerts.iter().filter(|alert| alert.serial > written).map(|alert| line(alert) + "\n").collect();
        file.write_all(lines.as_bytes())?;
        file.sync_data()
    }
}

/// The serial in the last whole line; a line that was cut off is taken away.
fn last_serial(file: &mut File) -> std::io::Result<u64> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if end < tail.len() {
        file.set_len(length - (tail.len() - end) as u64)?;
    }
    let whole = tail.get(..end).unwrap_or_default();
    let serial = |line: &[u8]| serde_json::from_slice::<Value>(line).ok()?["serial"].as_u64();
    Ok(whole.split(|byte| *byte == b'\n').filter_map(serial).next_back().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use fondaco_model::AlertKind;

    use super::*;

    #[test]
    fn a_line_that_was_cut_off_is_written_anew_and_none_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.jsonl");
        let alert = |serial: u64| Alert {
            serial,
            at: "2026-01-31T12:00:00Z".parse().unwrap(),
            kind: AlertKind::FeedGap,
            subject: "x\n\"y".to_owned(),
            message: String::new(),
            detail: "{}".to_owned(),
        };
        let jsonl = Jsonl::at(&path);
        jsonl.append(&[alert(1), alert(2)]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        jsonl.append(&[alert(1), alert(2), alert(3)]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let serials: Vec<u64> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["serial"].as_u64().unwrap())
            .collect();
        assert_eq!(serials, [1, 2, 3]);
    }
}
