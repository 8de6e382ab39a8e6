//! What feeds say, one form a file. Pure: bytes in, news out.

pub(crate) mod changelog;
pub(crate) mod changes;
pub(crate) mod rss;

use quick_xml::events::{BytesRef, Event};

/// Entries of one reading that are taken.
pub(crate) const MOST: usize = 50_000;

/// What a reference in XML stands for; nothing for what a document defines itself.
fn resolved(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Some(c);
    }
    match reference.decode().ok()?.as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// Adds what an event says as text.
fn add_text(text: &mut String, event: &Event<'_>) {
    const LONGEST: usize = 4_096;
    if text.len() > LONGEST {
        return;
    }
    match event {
        Event::Text(piece) => text.extend(piece.decode().ok().as_deref()),
        Event::CData(piece) => text.extend(piece.decode().ok().as_deref()),
        Event::GeneralRef(reference) => text.extend(resolved(reference)),
        _ => {}
    }
}
