//! Members that are no Python source: told by their first bytes, and handed to the reader of
//! what they are. Programs are streamed, so that memory doesn't grow with them.

use std::io::{self, Cursor, Read};

use fondaco_archive::Member;
use fondaco_members::{self as members, DataMember, Disguised, Facts, Kind, Pickle, Script, ScriptLanguage};
use fondaco_pydist::Unscanned;

/// Bytes that tell what a member is.
const HEAD: u64 = 512;
/// A picture or sound is held to find its end.
const MAX_MEDIA: u64 = 32 << 20;
/// Of a script.
const MAX_SCRIPT: u64 = 256 << 10;
/// Of a text that some code may execute, or of data that it may make something of.
const MAX_TEXT: u64 = 128 << 10;
/// Of data that is encoded.
const MAX_ENCODED: u64 = 1 << 20;
/// Of a compressed pickle, inflated.
const MAX_INFLATED: u64 = 256 << 20;
/// Data members that are listed.
const MAX_DATA: usize = 20_000;
/// A run of digits of an encoding from which on data counts as encoded.
const ENCODED_RUN: usize = 200;
/// A run from which on data that code decodes counts as that.
const SHORT_RUN: usize = 60;

/// What code of the package may make something of.
pub(crate) enum Loadable {
    /// Text that it could execute as it is.
    Text(Vec<u8>),
    /// Data that it could decode.
    Data(Vec<u8>),
    /// More than is held.
    TooLarge,
}

/// Reads one member and adds what is known of it. Gives its content where some code of the package
/// could execute or decode that.
///
/// # Errors
/// Those of `content`.
pub(crate) fn read(
    facts: &mut Facts,
    unscanned: &mut Vec<Unscanned>,
    member: &Member<'_>,
    content: &mut dyn Read,
) -> io::Result<Option<Loadable>> {
    let mut head = Vec::new();
    content.take(HEAD).read_to_end(&mut head)?;
    let name = member.path.to_string();
    let extension = member.path.extension();
    let kind = Kind::of(&head);
    let language = ScriptLanguage::of(member.path.file_name(), &head);
    let is_pickle = kind == Kind::Pickle || members::begins_as_text(&head);
    let objects = array_of_objects(&head);
    if members::is_harmless_name(&extension) && (kind.is_program() || kind == Kind::Archive) {
        facts.disguised.push(Disguised { member: name.clone(), kind });
    }
    let mut content = Cursor::new(&head).chain(content);
    if let Some(language) = language {
        script(facts, unscanned, (&name, language), &mut content)?;
    } else if kind.is_program() || kind == Kind::Script {
        facts.natives.push(members::read_native(&name, kind, &mut content)?);
    } else if kind.is_media() {
        media(facts, unscanned, &name, &mut content)?;
    } else if is_zlib(&head) && members::has_pickle_name(&extension) {
        compressed_pickle(facts, unscanned, &name, &mut content)?;
    } else if is_pickle || kind == Kind::Other && members::has_pickle_name(&extension) {
        pickle(facts, unscanned, members::read_pickle(&name, &mut content)?);
    } else if let Some(header) = objects {
        io::copy(&mut content.by_ref().take(header), &mut io::sink())?;
        pickle(facts, unscanned, members::read_pickle(&name, &mut content)?);
    }
    let (mut text, mut is_whole) = (Vec::new(), false);
    let is_loadable = kind == Kind::Other && language.is_none();
    if is_loadable {
        let most = if is_encoded(&head) { MAX_ENCODED } else { MAX_TEXT };
        content.by_ref().take(most + 1).read_to_end(&mut text)?;
        is_whole = text.len() as u64 <= most;
    }
    let size = text.len() as u64 + io::copy(&mut content, &mut io::sink())?;
    if !kind.is_program() && language.is_none() && facts.data.len() < MAX_DATA {
        let size = member.declared_size.unwrap_or(size);
        facts.data.push(DataMember { member: name, kind, size, is_encoded: is_encoded(&head) });
    }
    Ok(is_loadable.then(|| match text {
        _ if !is_whole => Loadable::TooLarge,
        text if looks_executable(&text) => Loadable::Text(text),
        text => Loadable::Data(text),
    }))
}

/// Whether a text of a data file could be Python that some code executes.
fn looks_executable(text: &[u8]) -> bool {
    let has = |mark: &[u8]| memchr::memmem::find(text, mark).is_some();
    (has(b"import ") || has(b"__import__") || has(b"exec(") || has(b"eval("))
        && std::str::from_utf8(text).is_ok()
}

fn script(
    facts: &mut Facts,
    unscanned: &mut Vec<Unscanned>,
    (name, language): (&str, ScriptLanguage),
    content: &mut dyn Read,
) -> io::Result<()> {
    let mut text = Vec::new();
    content.take(MAX_SCRIPT + 1).read_to_end(&mut text)?;
    // Nothing else looks at the rest of such a description.
    if text.len() as u64 > MAX_SCRIPT && language.is_build_description() {
        let why = format!("a {} of more than {MAX_SCRIPT} bytes", language.name());
        unscanned.push(Unscanned { member: name.to_owned(), why });
    }
    let whole = &mut Cursor::new(&text).chain(content);
    // Pages' scripts are data here: nothing runs them by itself. Descriptions of builds are read as such.
    let is_data = matches!(language, ScriptLanguage::Host | ScriptLanguage::Make);
    if !is_data && !language.is_build_description() {
        facts.natives.push(members::read_native(name, Kind::Script, whole)?);
    }
    facts.scripts.push(Script {
        member: name.to_owned(),
        language,
        text: String::from_utf8_lossy(&text).into_owned(),
        installed: name.contains(".data/scripts/"),
        builds: false,
    });
    Ok(())
}

fn media(
    facts: &mut Facts,
    unscanned: &mut Vec<Unscanned>,
    name: &str,
    content: &mut dyn Read,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    content.take(MAX_MEDIA + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_MEDIA {
        let why = format!("a picture or sound of more than {MAX_MEDIA} bytes: its end was not looked at");
        unscanned.push(Unscanned { member: name.to_owned(), why });
    } else {
        facts.appended.extend(members::appended(name, &bytes));
    }
    Ok(())
}

fn pickle(facts: &mut Facts, unscanned: &mut Vec<Unscanned>, pickle: Pickle) {
    if let (true, Some(why)) = (pickle.is_cut, pickle.broken) {
        unscanned.push(Unscanned { member: pickle.member.clone(), why: format!("a pickle: {why}") });
    }
    if !pickle.calls.is_empty() {
        facts.pickles.push(pickle);
    }
}

/// What joblib writes with `compress=`: a pickle as one stream of zlib.
fn compressed_pickle(
    facts: &mut Facts,
    unscanned: &mut Vec<Unscanned>,
    name: &str,
    content: &mut dyn Read,
) -> io::Result<()> {
    let mut inflated = flate2::read::ZlibDecoder::new(content).take(MAX_INFLATED);
    match members::read_pickle(name, &mut inflated) {
        Ok(found) => {
            if inflated.limit() == 0 {
                let why = format!("a compressed pickle of more than {MAX_INFLATED} bytes");
                unscanned.push(Unscanned { member: name.to_owned(), why });
            }
            pickle(facts, unscanned, found);
        }
        Err(error) => {
            let why = format!("a compressed pickle that can't be read: {error}");
            unscanned.push(Unscanned { member: name.to_owned(), why });
        }
    }
    Ok(())
}

/// The header of zlib (RFC 1950), with the usual window.
fn is_zlib(head: &[u8]) -> bool {
    matches!(head, [0x78, flags, ..] if (0x7800 + u32::from(*flags)) % 31 == 0)
}

/// Bytes before the pickle in a NumPy array of objects (NEP 1).
fn array_of_objects(head: &[u8]) -> Option<u64> {
    let rest = head.strip_prefix(b"\x93NUMPY")?;
    let has = |text: &[u8]| memchr::memmem::find(head, text).is_some();
    if !has(b"'|O'") && !has(b"'O'") {
        return None;
    }
    let length = |at: usize| rest.get(at).map(|byte| u64::from(*byte));
    match rest.first()? {
        1 => Some(10 + length(2)? + (length(3)? << 8)),
        _ => Some(12 + length(2)? + (length(3)? << 8) + (length(4)? << 16) + (length(5)? << 24)),
    }
}

fn is_encoded(head: &[u8]) -> bool {
    head.len() >= ENCODED_RUN && longest_run(head) >= ENCODED_RUN
}

/// Whether data can be something else than the text that it shows.
pub(crate) fn could_be_encoded(data: &[u8]) -> bool {
    std::str::from_utf8(data).is_err() || longest_run(data) >= SHORT_RUN
}

/// The most digits of an encoding in a row.
fn longest_run(text: &[u8]) -> usize {
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_');
    text.split(|byte| !digit(byte)).map(<[u8]>::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts_of(name: &str, bytes: &[u8]) -> Facts {
        let path = name.parse().unwrap();
        let member = Member { path: &path, declared_size: None, executable: false, nesting: 0 };
        let (mut facts, mut unscanned) = (Facts::default(), Vec::new());
        read(&mut facts, &mut unscanned, &member, &mut &*bytes).unwrap();
        assert_eq!(unscanned, []);
        facts
    }

    #[test]
    fn each_kind_goes_to_its_reader() {
        assert_eq!(facts_of("a.txt", b"\x7fELF....").disguised[0].kind, Kind::Elf);
        assert_eq!(facts_of("a.sh", b"echo").scripts[0].language, ScriptLanguage::Shell);
        assert_eq!(facts_of("a.bin", b"cposix\nsystem\n(S'id'\ntR.").pickles.len(), 1);
        let array = [&b"\x93NUMPY\x01\0\x10\0{'descr': '|O'}\n"[..], b"cposix\nsystem\n(S'id'\ntR."].concat();
        assert_eq!(facts_of("a.npy", &array).pickles.len(), 1);
        let data = facts_of("a.dat", &[b'A'; 300]);
        assert!(data.data[0].is_encoded && data.natives.is_empty());
    }
}
