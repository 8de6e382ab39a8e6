//! RSS of an index: its newest releases, or its newest projects, newest first. There is no serial, so
//! the cursor is a digest of each entry of the last reading: that nothing of them is left tells a gap.

use std::collections::BTreeSet;

use fondaco_model::Timestamp;
use fondaco_pydist::{ProjectName, Sha256, Version};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{MOST, add_text};
use crate::item::Item;
use crate::news::{Announced, News, Unreadable};

/// Entries that a cursor remembers.
const REMEMBERED: usize = 200;
/// Digits of each.
const DIGITS: usize = 12;
/// Elements within each other.
const DEEPEST: usize = 64;

#[derive(Debug, Default)]
struct Entry {
    title: String,
    link: String,
    published: String,
}

/// What a feed says that was last read up to `cursor`.
pub(crate) fn news(bytes: &[u8], cursor: &str) -> Result<News, Unreadable> {
    let entries = entries(bytes)?;
    let mut news = News::default();
    for entry in entries.iter().rev() {
        match item(entry) {
            Some(item) => news.announced.push(Announced { item, at: instant(&entry.published) }),
            None => news.senseless += 1,
        }
    }
    let known: BTreeSet<&str> = cursor.split(' ').filter(|word| !word.is_empty()).collect();
    let digests: Vec<String> = entries.iter().take(REMEMBERED).map(digest).collect();
    news.gap =
        !known.is_empty() && !digests.is_empty() && !digests.iter().any(|one| known.contains(one.as_str()));
    news.cursor = if digests.is_empty() { cursor.to_owned() } else { digests.join(" ") };
    Ok(news)
}

fn digest(entry: &Entry) -> String {
    let digest = Sha256::of(format!("{}\n{}", entry.title, entry.link).as_bytes()).to_string();
    digest.get(..DIGITS).unwrap_or_default().to_owned()
}

fn entries(bytes: &[u8]) -> Result<Vec<Entry>, Unreadable> {
    let unreadable = |why: &dyn std::fmt::Display| Unreadable(why.to_string());
    let mut reader = Reader::from_reader(bytes);
    let (mut path, mut entries): (Vec<Vec<u8>>, Vec<Entry>) = (Vec::new(), Vec::new());
    let (mut text, mut is_rss) = (String::new(), false);
    loop {
        let event = reader.read_event().map_err(|error| unreadable(&error))?;
        match &event {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_vec();
                is_rss |= path.is_empty() && name == b"rss";
                if name == b"item" {
                    if entries.len() >= MOST {
                        return Err(unreadable(&"more entries than are taken"));
                    }
                    entries.push(Entry::default());
                }
                path.push(name);
                text.clear();
                if path.len() > DEEPEST {
                    return Err(unreadable(&"elements within elements without end"));
                }
            }
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                let is_in_item = path.last().is_some_and(|parent| parent == b"item");
                if let Some(entry) = entries.last_mut().filter(|_| is_in_item) {
                    let place = match name.as_slice() {
                        b"title" => Some(&mut entry.title),
                        b"link" => Some(&mut entry.link),
                        b"pubDate" => Some(&mut entry.published),
                        _ => None,
                    };
                    if let Some(place) = place {
                        text.trim().clone_into(place);
                    }
                }
                text.clear();
            }
            Event::Eof if !path.is_empty() => return Err(unreadable(&"it ends in the middle")),
            Event::Eof => break,
            other => add_text(&mut text, other),
        }
    }
    if is_rss { Ok(entries) } else { Err(unreadable(&"no RSS")) }
}

/// What an entry announces: `NAME VERSION` in its title, or `/project/NAME/VERSION/` in its link.
fn item(entry: &Entry) -> Option<Item> {
    let mut words = entry.title.split_whitespace();
    if let (Some(name), Some(version), None) = (words.next(), words.next(), words.next())
        && let (Ok(project), Ok(version)) = (name.parse::<ProjectName>(), version.parse::<Version>())
    {
        return Some(Item::Release(project, version));
    }
    let (_, rest) = entry.link.split_once("/project/")?;
    let mut parts = rest.split('/').filter(|part| !part.is_empty());
    let project = parts.next()?.parse::<ProjectName>().ok()?;
    match parts.next() {
        Some(version) => Some(Item::Release(project, version.parse().ok()?)),
        None => Some(Item::Project(project)),
    }
}

/// An instant as RSS writes it, in one of the forms that HTTP has too.
fn instant(text: &str) -> Option<Timestamp> {
    let at = httpdate::parse_http_date(text).ok()?;
    Timestamp::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(items: &str) -> Vec<u8> {
        format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>x</title>{items}</channel></rss>"
        )
        .into_bytes()
    }

    fn lines(news: &News) -> Vec<String> {
        news.announced.iter().map(|one| one.item.to_string()).collect()
    }

    #[test]
    fn releases_and_projects_are_read_oldest_first() {
        let items = "<item><title>New-Lib added</title><link>https://index.example/project/New-Lib/</link></item>\
            <item><title><![CDATA[b.lib 2.0]]></title><pubDate>Sat, 31 Jan 2026 12:00:00 GMT</pubDate></item>\
            <item><title>a &amp; b</title><link>https://index.example/project/a-b/1.0/</link></item>\
            <item><title>&lt;script&gt;</title></item>";
        let news = news(&feed(items), "").unwrap();
        assert_eq!(lines(&news), ["release a-b 1.0", "release b-lib 2.0", "project new-lib"]);
        assert_eq!(news.announced[1].at, Some("2026-01-31T12:00:00Z".parse().unwrap()));
        assert_eq!((news.senseless, news.gap, news.more), (1, false, false));
    }

    #[test]
    fn a_gap_is_seen_and_a_repetition_is_none() {
        let item = |number: usize| format!("<item><title>lib-{number} 1.0</title></item>");
        let page = |numbers: std::ops::Range<usize>| feed(&numbers.rev().map(item).collect::<String>());
        let first = news(&page(0..40), "").unwrap();
        let again = news(&page(0..40), &first.cursor).unwrap();
        assert!(!again.gap && again.cursor == first.cursor);
        assert!(!news(&page(39..79), &first.cursor).unwrap().gap);
        assert!(news(&page(40..80), &first.cursor).unwrap().gap);
        let empty = news(&feed(""), &first.cursor).unwrap();
        assert!(!empty.gap && empty.cursor == first.cursor, "an empty feed forgets nothing");
    }

    #[test]
    fn what_is_no_feed_is_refused() {
        let deep = format!("<rss>{}", "<a>".repeat(100));
        let bomb = "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><rss><item><title>&b; 1.0</title></item></rss>";
        for wrong in ["", "<html></html>", "<rss><item>", "{}", &deep] {
            assert!(news(wrong.as_bytes(), "").is_err(), "{wrong:.40}");
        }
        let news = news(bomb.as_bytes(), "").unwrap();
        assert!(news.announced.is_empty(), "entities of the document's own stand for nothing");
    }
}
