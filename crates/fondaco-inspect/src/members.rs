//! What is kept of the members while the archive is walked.

use std::io::{self, Read};

use fondaco_archive::{Member, Visitor};
use fondaco_members::{Facts, Script, ScriptLanguage, Seen, SettingKind, read_notebook, search_native};
use fondaco_pydist::{MemberPath, Unscanned};
use fondaco_python::{Form, has_bytecode_form, is_bytecode};
use fondaco_rules::is_paperwork;

use crate::hashing::Hashing;
use crate::opaque::{self, Loadable};

/// Source of more than this is not analysed, per member.
const MAX_SOURCE: u64 = 24 << 20;
/// Source of more than this is not analysed, in all.
const MAX_ALL: u64 = 128 << 20;
/// Text of scripts in other languages that is kept, in all.
const MAX_SCRIPTS: usize = 32 << 20;
/// Text files that the layout needs, per member.
const MAX_TEXT: u64 = 4 << 20;

/// Texts that some code may execute, in all.
const MAX_TEXTS: usize = 4 << 20;
/// Data that some code may decode, in all.
const MAX_DATA: usize = 8 << 20;

/// Of a file of settings.
const MAX_SETTINGS: u64 = 256 << 10;

/// A member whose bytes are kept.
pub(crate) struct Kept {
    pub(crate) path: MemberPath,
    pub(crate) bytes: Vec<u8>,
    pub(crate) form: Form,
    pub(crate) nesting: u8,
}

#[derive(Default)]
pub(crate) struct Members {
    pub(crate) kept: Vec<Kept>,
    pub(crate) facts: Facts,
    pub(crate) unscanned: Vec<Unscanned>,
    /// Members of a wheel with their digests, to compare with its `RECORD`.
    pub(crate) seen: Vec<Seen>,
    /// The `RECORD` of a wheel.
    pub(crate) record: Option<Vec<u8>>,
    /// Data that looks like Python: analysed only where code executes it.
    pub(crate) texts: Vec<Kept>,
    text_bytes: usize,
    /// Data that code may decode, with its paths.
    pub(crate) data: Vec<(MemberPath, Vec<u8>)>,
    data_bytes: usize,
    /// Data of which there was too much to be held.
    pub(crate) not_held: Vec<MemberPath>,
    is_wheel: bool,
    /// Members that are neither Python nor paperwork.
    pub(crate) payload: u64,
    /// Whether one is a licence.
    pub(crate) licence: bool,
    /// Whether the build's list of requirements holds any.
    pub(crate) requires: bool,
    total: u64,
    scripts: usize,
}

/// What a member is read as.
enum Reading {
    Source,
    /// Lines for `site`, or a model of that extension.
    Path,
    Notebook,
    /// Python source if it begins as a script does, else a program.
    Script,
    Text,
    Opaque,
}

/// Whether a member is called as bytecode is that can be imported.
pub(crate) fn has_bytecode_name(path: &MemberPath) -> bool {
    matches!(path.extension().as_str(), "pyc" | "pyo")
}

fn reading(path: &MemberPath) -> Reading {
    match path.extension().as_str() {
        "py" | "pyw" => Reading::Source,
        "pth" => Reading::Path,
        "ipynb" => Reading::Notebook,
        _ if path.as_str().contains(".data/scripts/") => Reading::Script,
        _ => match path.file_name() {
            "METADATA" | "PKG-INFO" | "entry_points.txt" | "pyproject.toml" | "setup.cfg" | "RECORD" => {
                Reading::Text
            }
            _ => Reading::Opaque,
        },
    }
}

impl Members {
    pub(crate) fn new(is_wheel: bool) -> Self {
        Self { is_wheel, ..Self::default() }
    }

    fn keep(&mut self, member: &Member<'_>, content: &mut dyn Read, most: u64) -> io::Result<()> {
        let bytes = self.read(member, content, most)?;
        self.kept.extend(bytes.map(|bytes| Kept {
            path: member.path.clone(),
            bytes,
            form: Form::Source,
            nesting: member.nesting,
        }));
        Ok(())
    }

    /// The bytes of a member, or a note that they are too many.
    fn read(
        &mut self,
        member: &Member<'_>,
        content: &mut dyn Read,
        most: u64,
    ) -> io::Result<Option<Vec<u8>>> {
        let expected = member.declared_size.unwrap_or(0).min(most);
        let mut bytes = Vec::with_capacity(expected as usize + 1);
        content.take(most + 1).read_to_end(&mut bytes)?;
        self.total += bytes.len() as u64;
        if bytes.len() as u64 > most || self.total > MAX_ALL {
            let why = format!("more source than is analysed ({most} bytes a member, {MAX_ALL} in all)");
            self.unscanned.push(Unscanned { member: member.path.to_string(), why });
            return Ok(None);
        }
        Ok(Some(bytes))
    }

    /// A member that no name calls source: bytecode, or something opaque.
    fn compiled_or_opaque(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        let mut head = Vec::new();
        content.take(4).read_to_end(&mut head)?;
        let is_compiled =
            if has_bytecode_name(member.path) { has_bytecode_form(&head) } else { is_bytecode(&head) };
        let mut whole = io::Cursor::new(head).chain(content);
        if !is_compiled {
            return self.opaque(member, &mut whole);
        }
        if let Some(bytes) = self.read(member, &mut whole, MAX_SOURCE)? {
            self.facts.natives.extend(search_native(member.path.as_str(), "pyc", &bytes));
            let path = member.path.clone();
            self.kept.push(Kept { path, bytes, form: Form::Bytecode, nesting: member.nesting });
        }
        Ok(())
    }

    fn opaque(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        let before = self.facts.scripts.len();
        let loadable = opaque::read(&mut self.facts, &mut self.unscanned, member, content)?;
        for script in &mut self.facts.scripts[before..] {
            // What a wheel brings along is built already.
            let is_description = script.language.is_build_description();
            script.builds = is_description && !self.is_wheel && member.nesting == 0;
            self.scripts += script.text.len();
            if self.scripts > MAX_SCRIPTS {
                script.text = String::new();
                let why = format!("more scripts than are read ({MAX_SCRIPTS} bytes)");
                self.unscanned.push(Unscanned { member: member.path.to_string(), why });
            }
        }
        let path = member.path.clone();
        match loadable {
            Some(Loadable::Text(bytes)) if self.text_bytes + bytes.len() <= MAX_TEXTS => {
                self.text_bytes += bytes.len();
                self.texts.push(Kept { path, bytes, form: Form::Source, nesting: member.nesting });
            }
            Some(Loadable::Data(bytes)) if self.data_bytes + bytes.len() <= MAX_DATA => {
                self.data_bytes += bytes.len();
                self.data.push((path, bytes));
            }
            Some(_) => self.not_held.push(path),
            None => {}
        }
        Ok(())
    }

    /// A `.pth` is lines for `site`; one that begins as a model does is that, unless a line of it
    /// would be run all the same.
    fn path_lines(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        let mut bytes = Vec::new();
        content.take(4).read_to_end(&mut bytes)?;
        if !matches!(bytes.as_slice(), [0x80, 2..=5, ..] | [b'P', b'K', 3, 4]) {
            return self.keep(member, &mut io::Cursor::new(bytes).chain(content), MAX_SOURCE);
        }
        content.take(MAX_SOURCE).read_to_end(&mut bytes)?;
        // A line begins behind one of these bytes, or behind a character that ends with one.
        const ENDS: &[u8] = b"\n\r\x0b\x0c\x1c\x1d\x1e\x85\xa8\xa9";
        let is_run = memchr::memmem::find_iter(&bytes, b"import").any(|at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            before.is_some_and(|before| ENDS.contains(before))
                && matches!(bytes.get(at + 6), Some(b' ' | b'\t'))
        });
        if is_run {
            self.keep(member, &mut bytes.as_slice(), MAX_SOURCE)?;
        }
        self.opaque(member, &mut io::Cursor::new(bytes).chain(content))
    }

    fn notebook(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        let Some(bytes) = self.read(member, content, MAX_SOURCE)? else { return Ok(()) };
        match read_notebook(&bytes) {
            Ok(notebook) => {
                if !notebook.shell.is_empty() {
                    self.facts.scripts.push(Script {
                        member: member.path.to_string(),
                        language: ScriptLanguage::Shell,
                        text: notebook.shell,
                        installed: false,
                        builds: false,
                    });
                }
                self.keep(member, &mut notebook.python.as_bytes(), MAX_SOURCE)
            }
            Err(why) => {
                self.unscanned.push(Unscanned { member: member.path.to_string(), why });
                Ok(())
            }
        }
    }

    fn dispatch(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        let is_python = matches!(member.path.extension().as_str(), "py" | "pyw" | "pth" | "pyc" | "pyo");
        self.payload += u64::from(!is_python && !is_paperwork(member.path));
        self.licence |= fondaco_rules::is_licence(member.path);
        self.requires |= is_requirements(member);
        let kind = SettingKind::of(member.path.as_str()).filter(|_| member.nesting == 0);
        let Some(kind) = kind else { return self.sort(member, content) };
        let mut head = Vec::new();
        content.take(MAX_SETTINGS).read_to_end(&mut head)?;
        self.facts.settings.extend(fondaco_members::settings(member.path.as_str(), kind, &head));
        self.sort(member, &mut io::Cursor::new(head).chain(content))
    }

    /// Hands a member to the reader of what it is.
    fn sort(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        match reading(member.path) {
            Reading::Source => self.keep(member, content, MAX_SOURCE),
            Reading::Text => self.keep(member, content, MAX_TEXT),
            Reading::Path => self.path_lines(member, content),
            Reading::Notebook => self.notebook(member, content),
            Reading::Script => {
                let mut head = Vec::new();
                content.take(64).read_to_end(&mut head)?;
                // Installers replace `#!python`; another interpreter's text is no Python.
                let is_python = head.starts_with(b"#!") && ScriptLanguage::of("", &head).is_none();
                let mut whole = io::Cursor::new(head).chain(content);
                if is_python {
                    self.keep(member, &mut whole, MAX_SOURCE)
                } else {
                    self.opaque(member, &mut whole)
                }
            }
            Reading::Opaque => self.compiled_or_opaque(member, content),
        }
    }
}

/// Whether this is a build's list of requirements, with something in it.
fn is_requirements(member: &Member<'_>) -> bool {
    let path = member.path;
    path.file_name() == "requires.txt"
        && path.parts().any(|part| part.ends_with(".egg-info"))
        && member.declared_size.is_some_and(|size| size > 1)
}

/// Whether this is the `RECORD` that installers read.
fn is_record(path: &MemberPath) -> bool {
    let mut parts = path.parts();
    matches!((parts.next(), parts.next(), parts.next()), (Some(top), Some("RECORD"), None) if top.ends_with(".dist-info"))
}

impl Visitor for Members {
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        // Bytes that belong to no member have names with a mark of exclamation.
        if !self.is_wheel || member.nesting > 0 || member.path.as_str().starts_with('!') {
            return self.dispatch(member, content);
        }
        let mut hashing = Hashing::new(content);
        let read = self.dispatch(member, &mut hashing);
        let (sha256, size) = hashing.finish()?;
        self.seen.push(Seen { path: member.path.to_string(), sha256, size });
        if is_record(member.path) {
            self.record = self.kept.pop_if(|kept| kept.path == *member.path).map(|kept| kept.bytes);
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_among_the_scripts_is_no_source() {
        let mut members = Members::default();
        for (name, bytes) in
            [("x-1.data/scripts/a", &b"#!python\nimport os\n"[..]), ("x-1.data/scripts/b", b"\x7fELF....")]
        {
            let path = name.parse().unwrap();
            let member = Member { path: &path, declared_size: None, executable: true, nesting: 0 };
            members.member(&member, &mut &*bytes).unwrap();
        }
        assert_eq!(members.kept.len(), 1);
        assert_eq!(members.kept[0].bytes, b"#!python\nimport os\n");
        assert_eq!(members.facts.natives[0].format, Some("ELF"));
    }

    #[test]
    fn bytecode_is_told_by_its_magic_number() {
        let mut members = Members::default();
        for (name, bytes) in [
            ("pkg/core.pyc", &b"\xa7\x0d\r\n............"[..]),
            ("pkg/of-the-future.pyc", b"\xff\x0f\r\n............"),
            ("pkg/data.bin", b"\xa7\x0d\r\n............"),
            ("pkg/capture.pcapng", b"\n\r\r\n............"),
            ("pkg/text.pyc", b"'no bytecode'"),
        ] {
            let path = name.parse().unwrap();
            let member = Member { path: &path, declared_size: None, executable: false, nesting: 0 };
            members.member(&member, &mut &*bytes).unwrap();
        }
        let names: Vec<_> = members.kept.iter().map(|kept| kept.path.as_str()).collect();
        assert_eq!(names, ["pkg/core.pyc", "pkg/of-the-future.pyc", "pkg/data.bin"]);
        assert_eq!(members.kept[0].bytes.len(), 16);
        assert!(members.kept.iter().all(|kept| kept.form == Form::Bytecode));
    }
}
