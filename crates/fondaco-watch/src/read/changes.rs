//! Another Fondaco's journal, `fondaco.changes/1`.

use fondaco_model::{JournalKind, Timestamp};
use fondaco_pydist::{DistFilename, ProjectName};
use serde_json::Value;

use crate::item::Item;
use crate::news::{Announced, News, Unreadable};

/// The last serial that there is.
pub(crate) fn last(bytes: &[u8]) -> Result<u64, Unreadable> {
    let body: Value = serde_json::from_slice(bytes).map_err(|error| Unreadable(error.to_string()))?;
    body["last_serial"].as_u64().ok_or_else(|| Unreadable("a serial is no number".to_owned()))
}

/// What came after a serial.
pub(crate) fn news(bytes: &[u8], since: u64) -> Result<News, Unreadable> {
    let unreadable = |why: &str| Unreadable(why.to_owned());
    let body: Value = serde_json::from_slice(bytes).map_err(|error| Unreadable(error.to_string()))?;
    if body["schema"] != "fondaco.changes/1" {
        return Err(unreadable("not fondaco.changes/1"));
    }
    let number = |key: &str| body[key].as_u64().ok_or_else(|| unreadable("a serial is no number"));
    let (last, next) = (number("last_serial")?, number("next")?);
    let changes = body["changes"].as_array().ok_or_else(|| unreadable("no changes"))?;
    if last < since {
        // From the beginning: what is known is known by its name.
        return Ok(News {
            cursor: "0".to_owned(),
            jumped_back: Some(last),
            more: last > 0,
            ..News::default()
        });
    }
    let mut news =
        News { cursor: next.max(since).to_string(), more: next > since && next < last, ..News::default() };
    for change in changes {
        let kind = change["kind"].as_str().and_then(JournalKind::from_id);
        if !matches!(
            kind,
            Some(JournalKind::FileUploaded | JournalKind::FileFetched | JournalKind::FileRestored)
        ) {
            continue;
        }
        let at = change["at"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let (project, name) = (change["project"].as_str(), change["file_name"].as_str());
        let (Some(Ok(project)), Some(name)) = (project.map(str::parse::<ProjectName>), name) else {
            news.senseless += 1;
            continue;
        };
        match name.parse::<DistFilename>() {
            Ok(file) if *file.project() == project => {
                news.announced.push(Announced { item: Item::File(project, name.to_owned()), at });
            }
            _ => news.senseless += 1,
        }
    }
    Ok(news)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(last: u64, next: u64, entries: &str) -> Vec<u8> {
        format!(
            r#"{{"schema":"fondaco.changes/1","last_serial":{last},"next":{next},"changes":[{entries}]}}"#
        )
        .into_bytes()
    }

    #[test]
    fn uploads_are_read_and_a_jump_back_is_seen() {
        let entries = r#"{"serial":5,"at":"2026-01-31T12:00:00.000000Z","kind":"file-uploaded","project":"a","file_name":"a-1.0.tar.gz"},
            {"serial":6,"kind":"file-inspected","project":"a","file_name":"a-1.0.tar.gz"},
            {"serial":7,"kind":"file-uploaded","project":"a","file_name":"b-1.0.tar.gz"},
            {"serial":8,"kind":"file-uploaded","project":null,"file_name":null}"#;
        let read = news(&changes(20, 8, entries), 4).unwrap();
        assert_eq!((read.announced.len(), read.senseless, read.more), (1, 2, true));
        assert_eq!((read.cursor.as_str(), read.jumped_back), ("8", None));
        let back = news(&changes(3, 3, ""), 8).unwrap();
        assert_eq!((back.cursor.as_str(), back.jumped_back, back.more), ("0", Some(3), true));
        assert!(!news(&changes(20, 4, ""), 4).unwrap().more, "one that never gets further");
        for wrong in
            ["", "[]", "{}", r#"{"schema":"fondaco.changes/1","last_serial":-1,"next":0,"changes":[]}"#]
        {
            assert!(news(wrong.as_bytes(), 0).is_err(), "{wrong}");
        }
    }
}
