//! The changelog that indexes give mirrors by XML-RPC: `changelog_last_serial` and
//! `changelog_since_serial`, rows of name, version, instant, action and serial.

use fondaco_model::Timestamp;
use fondaco_pydist::{DistFilename, ProjectName};
use fondaco_upstream::Call;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{MOST, add_text};
use crate::item::Item;
use crate::news::{Announced, News, Unreadable};

/// Rows in one answer of the default index; one more reading is worth it from here on.
const FULL: usize = 40_000;
/// Elements within each other.
const DEEPEST: usize = 64;

/// A value, as far as the changelog has them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Int(u64),
    Text(String),
    Array(Vec<Self>),
}

fn call(method: &str, parameters: &str) -> Call {
    let body = format!(
        "<?xml version=\"1.0\"?><methodCall><methodName>{method}</methodName><params>{parameters}</params></methodCall>"
    );
    Call { content_type: "text/xml", body }
}

/// Asks for the last serial.
pub(crate) fn ask_last() -> Call {
    call("changelog_last_serial", "")
}

/// Asks for what came after a serial.
pub(crate) fn ask_since(serial: u64) -> Call {
    call("changelog_since_serial", &format!("<param><value><int>{serial}</int></value></param>"))
}

/// The last serial, from its answer.
pub(crate) fn last(bytes: &[u8]) -> Result<u64, Unreadable> {
    match value(bytes)? {
        Value::Int(serial) => Ok(serial),
        _ => Err(Unreadable("the last serial is no number".to_owned())),
    }
}

/// What came after a serial, from its answer.
pub(crate) fn news(bytes: &[u8], since: u64) -> Result<News, Unreadable> {
    let Value::Array(rows) = value(bytes)? else {
        return Err(Unreadable("the changelog is no list".to_owned()));
    };
    let mut news = News { more: rows.len() >= FULL, ..News::default() };
    let mut highest = since;
    for row in rows {
        let Value::Array(row) = row else {
            news.senseless += 1;
            continue;
        };
        let [Value::Text(name), _, at, Value::Text(action), Value::Int(serial)] = row.as_slice() else {
            news.senseless += 1;
            continue;
        };
        // Serials that were read already are a repetition, or a lie.
        if *serial <= since {
            news.senseless += 1;
            continue;
        }
        highest = highest.max(*serial);
        let Some(file_name) = added(action) else { continue };
        let (project, file) = (name.parse::<ProjectName>(), file_name.parse::<DistFilename>());
        match (project, file) {
            (Ok(project), Ok(file)) if *file.project() == project => {
                let at = match at {
                    Value::Int(seconds) => {
                        i64::try_from(*seconds).ok().and_then(|at| Timestamp::from_second(at).ok())
                    }
                    _ => None,
                };
                news.announced.push(Announced { item: Item::File(project, file_name.to_owned()), at });
            }
            // Eggs and other forms that no client installs.
            _ => news.senseless += 1,
        }
    }
    news.cursor = highest.to_string();
    news.more &= highest > since;
    Ok(news)
}

/// The file that an action adds: `add source file NAME`, `add cp313 file NAME`, and without the kind.
fn added(action: &str) -> Option<&str> {
    let what = action.strip_prefix("add ")?;
    what.strip_prefix("file ").or_else(|| what.split_once(" file ").map(|(_, file_name)| file_name))
}

/// The value of an answer. A fault is an error in the words of the index, shortened.
fn value(bytes: &[u8]) -> Result<Value, Unreadable> {
    let unreadable = |why: &dyn std::fmt::Display| Unreadable(why.to_string());
    let mut reader = Reader::from_reader(bytes);
    let (mut text, mut depth, mut is_fault, mut taken) = (String::new(), 0usize, false, 0usize);
    // Arrays that are open, and what is done: the last value stands alone at the end.
    let (mut open, mut done): (Vec<Vec<Value>>, Option<Value>) = (Vec::new(), None);
    loop {
        let event = reader.read_event().map_err(|error| unreadable(&error))?;
        match &event {
            Event::Start(start) => {
                depth += 1;
                text.clear();
                match start.local_name().as_ref() {
                    b"data" => open.push(Vec::new()),
                    b"fault" => is_fault = true,
                    _ => {}
                }
                if depth > DEEPEST {
                    return Err(unreadable(&"elements within elements without end"));
                }
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                let value = match end.local_name().as_ref() {
                    b"int" | b"i4" | b"i8" => {
                        Some(Value::Int(text.trim().parse().map_err(|error| unreadable(&error))?))
                    }
                    b"string" | b"boolean" | b"double" | b"dateTime.iso8601" => {
                        Some(Value::Text(std::mem::take(&mut text)))
                    }
                    b"data" => open.pop().map(Value::Array),
                    _ => None,
                };
                text.clear();
                if let Some(value) = value {
                    taken += 1;
                    if taken > 8 * MOST {
                        return Err(unreadable(&"more values than are taken"));
                    }
                    match open.last_mut() {
                        Some(array) => array.push(value),
                        None => done = Some(value),
                    }
                }
            }
            // A version that a project as a whole has not.
            Event::Empty(empty) if matches!(empty.local_name().as_ref(), b"nil" | b"string") => {
                if let Some(array) = open.last_mut() {
                    array.push(Value::Text(String::new()));
                }
            }
            Event::Eof if depth > 0 => return Err(unreadable(&"it ends in the middle")),
            Event::Eof => break,
            other => add_text(&mut text, other),
        }
    }
    match (done, is_fault) {
        (_, true) => Err(unreadable(&"the index answers with a fault")),
        (Some(value), false) => Ok(value),
        (None, false) => Err(unreadable(&"an answer without a value")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(value: &str) -> Vec<u8> {
        format!("<?xml version='1.0'?><methodResponse><params><param><value>{value}</value></param></params></methodResponse>")
            .into_bytes()
    }

    fn row(name: &str, action: &str, serial: u64) -> String {
        format!(
            "<value><array><data><value><string>{name}</string></value><value><nil/></value>\
             <value><int>1700000000</int></value><value><string>{action}</string></value>\
             <value><int>{serial}</int></value></data></array></value>"
        )
    }

    fn rows(rows: &[String]) -> Vec<u8> {
        answer(&format!("<array><data>{}</data></array>", rows.concat()))
    }

    #[test]
    fn files_are_read_in_order() {
        assert_eq!(last(&answer("<int>77</int>")), Ok(77));
        let news = news(
            &rows(&[
                row("Some_Lib", "create", 5),
                row("Some_Lib", "add source file some_lib-1.0.tar.gz", 6),
                row("some-lib", "add file some_lib-1.0-py3-none-any.whl", 8),
                row("some-lib", "add py3 file other-1.0-py3-none-any.whl", 9),
                row("some-lib", "add source file ../../etc/passwd", 10),
                row("old", "add source file old-1.tar.gz", 3),
                "<value><int>1</int></value>".to_owned(),
            ]),
            4,
        )
        .unwrap();
        let lines: Vec<String> = news.announced.iter().map(|one| one.item.to_string()).collect();
        assert_eq!(
            lines,
            ["file some-lib some_lib-1.0.tar.gz", "file some-lib some_lib-1.0-py3-none-any.whl"]
        );
        assert_eq!((news.cursor.as_str(), news.senseless, news.more), ("10", 4, false));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let deep = "<value>".repeat(200);
        let fault = "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1</int></value></member></struct></value></fault></methodResponse>";
        for wrong in ["", "<html/>", "<methodResponse><params>", fault, &deep] {
            assert!(news(wrong.as_bytes(), 0).is_err(), "{wrong:.40}");
            assert!(last(wrong.as_bytes()).is_err(), "{wrong:.40}");
        }
        assert!(news(&answer("<int>99999999999999999999999</int>"), 0).is_err());
        assert!(last(&answer("<string>x</string>")).is_err());
    }

    #[test]
    fn what_never_gets_further_is_not_asked_at_once_again() {
        let many: Vec<String> = (0..FULL).map(|_| row("a", "create", 4)).collect();
        let news = news(&rows(&many), 4).unwrap();
        assert!(!news.more && news.cursor == "4");
    }
}
