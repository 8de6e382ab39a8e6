//! Files that the code writes: what goes into them, and what runs them later.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};

use super::statement::dotted;
use super::{Eval, Given};
use crate::graph::Node;
use crate::unfold::Language;
use crate::value::Constant;
use crate::{Api, Encoder, Taint, Value, fold};

/// Text written to a file is looked at as a program from this length on.
const MIN_PROGRAM: usize = 40;
/// A path shorter than this is not looked for within a command.
const MIN_PATH: usize = 5;
/// Paths that are written to and remembered.
const MAX_WRITTEN: usize = 256;
/// Words of a command that are looked at.
const MAX_WORDS: usize = 64;
/// Bytes kept of what is written to one file.
const MAX_DRAFT: usize = 1 << 20;
/// Files whose text is kept.
const MAX_DRAFTS: usize = 64;

/// The text of a file as far as it is written so far.
pub(super) struct Draft {
    text: Vec<u8>,
    pieces: usize,
    encoders: Vec<Encoder>,
    from: Node,
    line: u32,
}

/// What somebody could be told by a file.
const TOLD: [Taint; 6] = [
    Taint::PRIVATE,
    Taint::BROWSER,
    Taint::ALL_VARIABLES,
    Taint::HOST,
    Taint::SURVEILLANCE,
    Taint::COMMAND_OUTPUT,
];

/// Classes that make a file to be written, under a name of their own.
const TEMPORARY: [&str; 3] =
    ["tempfile.NamedTemporaryFile", "tempfile.TemporaryFile", "tempfile._TemporaryFileWrapper"];

impl Eval<'_, '_> {
    /// The file that `open` gives.
    pub(super) fn opened(&mut self, given: Given<'_>) -> Value {
        let mut value = Value::of(given.args);
        // Where a path came from says nothing about the content; a buffer is the content.
        let buffer = given.args.first().and_then(|file| file.name.as_deref()).unwrap_or_default();
        let is_buffer = matches!(buffer, "io.BytesIO()" | "io.StringIO()");
        let of_path = if is_buffer { Taint::NONE } else { Taint::NETWORK | Taint::DECODED };
        value.taint = (value.taint | Taint::FILE).without(of_path);
        if value.taint.has(Taint::FETCHED) {
            value.taint |= Taint::NETWORK;
        }
        let keyword = given.kwargs.iter().find(|(k, _)| k == "mode").map(|(_, v)| v);
        let mode = given.args.get(1).or(keyword);
        let writes = mode.and_then(Value::as_str).is_some_and(|mode| mode.contains(['w', 'a', 'x', '+']));
        if writes {
            value.taint |= Taint::WRITTEN;
            for text in given.args.first().map(Value::texts).unwrap_or_default() {
                self.write_to(text);
            }
        }
        // The memory of another process.
        let parts = given.args.first().map(Value::texts).unwrap_or_default();
        if parts.iter().any(|part| part.starts_with("/proc/"))
            && parts.iter().any(|part| part.ends_with("/mem") || part.ends_with("/environ"))
        {
            value.taint |= Taint::SECRET | Taint::PRIVATE;
        }
        if !writes && let Some(path) = given.args.first().filter(|_| !self.contents.is_empty()) {
            value.taint |= self.contents.get(&self.place_of(path)).copied().unwrap_or_default();
        }
        if !self.copies.is_empty() {
            for text in given.args.first().map(Value::texts).unwrap_or_default() {
                value.taint |= self.copies.get(text).copied().unwrap_or_default();
            }
        }
        value
    }

    /// `ftp.retrbinary("RETR x", buffer.write)`: what comes goes into what the method is of.
    fn received(&mut self, call: &ExprCall, args: &[Value]) {
        if let Some(Expr::Attribute(into)) = call.arguments.args.get(1) {
            self.remember_path(Some(&into.value), Taint::NETWORK);
        }
        if let Some(into) = args.get(1).filter(|into| into.taint.has(Taint::WRITTEN))
            && let Some(name) = into.name.clone()
        {
            self.filled_file(into);
            self.written_to(into, &name, &[Value::tainted(Taint::NETWORK)], self.line(call));
        }
    }

    /// A copy of a file is as secret as the file.
    pub(super) fn copied(&mut self, name: &str, args: &[Value]) {
        let ([from, to, ..], "shutil.copy" | "shutil.copy2" | "shutil.copyfile" | "shutil.move") =
            (args, name)
        else {
            return;
        };
        let secret = Taint::SECRET | Taint::BROWSER;
        if from.taint.has(secret) && self.copies.len() < MAX_WRITTEN {
            let taint = from.taint.without(Taint::PARAMETER | Taint::NETWORK | Taint::WRITTEN);
            for text in to.texts().into_iter().filter(|text| text.len() >= MIN_PATH) {
                self.copies.insert(text.into(), taint);
            }
        }
    }

    /// The folder or file that something was copied or moved to is as secret, and as much a stranger's.
    pub(super) fn moved(&mut self, source: &Value, to: Option<&Expr>) {
        let kept = [Taint::SECRET, Taint::PRIVATE, Taint::BROWSER, Taint::FETCHED, Taint::WRITTEN]
            .into_iter()
            .filter(|kind| source.taint.has(*kind))
            .fold(Taint::NONE, |taint, kind| taint | kind);
        if kept != Taint::NONE {
            self.remember_path(to, kept);
        }
    }

    /// A temporary file: written, under a path that nobody else knows.
    pub(super) fn temporary(name: &str) -> Option<Value> {
        let written = Taint::FILE | Taint::WRITTEN;
        if name == "tempfile.mkstemp" {
            // What is open, and where it lies.
            let file = Value { taint: written, ..Value::name("os.open()") };
            let path = Value { taint: written, ..Value::name("tempfile.mkstemp()") };
            return Some(fold::display(vec![file, path]));
        }
        TEMPORARY.contains(&name).then(|| Value::tainted(written))
    }

    /// The variable that holds the path of a file that is written is remembered as one.
    pub(super) fn remember_path(&mut self, path: Option<&Expr>, taint: Taint) {
        let Some(path) = path.and_then(dotted) else { return };
        if let Some(known) = self.lookup(&path).cloned() {
            let value = Value { taint: known.taint | taint, ..known };
            self.rebind(&path, value);
        }
    }

    /// Remembers the variable that holds the path of a file that is open for writing.
    pub(super) fn opened_for_writing(&mut self, path: Option<&Expr>) {
        let Some(path) = path.and_then(dotted) else { return };
        let opened = (self.function.clone(), path);
        if self.filling.len() < MAX_WRITTEN && !self.filling.contains(&opened) {
            self.filling.push(opened);
        }
    }

    /// What is written from the network, or unpacked from a file that was, marks the paths of what it
    /// fills: they lead to a stranger's data wherever they go.
    pub(super) fn filled(&mut self, call: &ExprCall, object: &Value, method: &str, args: &[Value]) {
        let came = args.first().is_some_and(|data| data.taint.has(Taint::NETWORK));
        match method {
            "write_bytes" | "write_text" if came => {
                if let Expr::Attribute(attribute) = call.func.as_ref() {
                    self.remember_path(Some(&attribute.value), Taint::WRITTEN | Taint::FETCHED);
                }
            }
            "retrbinary" | "retrlines" => self.received(call, args),
            "write" if came && object.taint.has(Taint::WRITTEN) => self.filled_file(object),
            "copyfileobj" if came => {
                if let [_, file, ..] = args {
                    self.filled_file(file);
                }
            }
            // Out of a file that was fetched, or of what came, held in memory.
            "extractall" | "extract" if object.taint.has(Taint::FETCHED | Taint::NETWORK) => {
                let folder = call.arguments.args.get(usize::from(method == "extract"));
                let named = call.arguments.keywords.iter().find(|k| k.arg.as_deref() == Some("path"));
                self.remember_path(folder.or(named.map(|k| &k.value)), Taint::WRITTEN | Taint::FETCHED);
            }
            "unpack_archive" if args.first().is_some_and(|archive| archive.taint.has(Taint::FETCHED)) => {
                self.remember_path(call.arguments.args.get(1), Taint::WRITTEN | Taint::FETCHED);
            }
            _ => {}
        }
    }

    /// The paths under which a file was opened: those that hold the same texts, or, where there are
    /// none, what the same function has opened.
    fn filled_file(&mut self, file: &Value) {
        let here = self.function.clone();
        let texts: Vec<String> = file.texts().into_iter().map(str::to_owned).collect();
        for (function, path) in self.filling.clone() {
            let Some(known) = self.lookup(&path) else { continue };
            let of_path = known.texts();
            let is_same = match of_path.is_empty() {
                true => function == here,
                false => of_path.iter().all(|text| texts.iter().any(|known| known == text)),
            };
            if is_same {
                let value = Value { taint: known.taint | Taint::FETCHED, ..known.clone() };
                self.rebind(&path, value);
            }
        }
    }

    /// `open(...).write(data)`: recorded as a write of the data.
    pub(super) fn written_to(&mut self, object: &Value, name: &str, args: &[Value], line: u32) {
        let is_write = (name.ends_with(".write") || name.ends_with(".writelines"))
            && object.taint.has(Taint::WRITTEN)
            || name.ends_with(".write_text")
            || name.ends_with(".write_bytes");
        if !is_write {
            return;
        }
        for text in object.texts() {
            self.write_to(text);
        }
        let mut path = Value::of([object]);
        path.taint = Taint::NONE;
        self.put_down(&path, args.first());
        self.draft(&path, args.first(), line);
        let args: Vec<Value> = args.iter().cloned().chain([path]).collect();
        self.record(name, Some(Api::FileWrite), (&args, &[]), line, false);
    }

    /// `json.dump(data, open(...))` and its like: a write of what isn't known in full.
    pub(super) fn dumped(&mut self, name: &str, args: &[Value], line: u32) {
        let is_dump =
            matches!(name, "json.dump" | "yaml.dump" | "yaml.safe_dump" | "toml.dump" | "tomli_w.dump");
        if let ("os.write", [file, data, ..]) = (name, args)
            && file.name.as_deref() == Some("os.open()")
        {
            file.texts().into_iter().for_each(|text| self.write_to(text));
            let mut path = Value::of([file]);
            path.taint = Taint::NONE;
            self.put_down(&path, Some(data));
            self.record(name, Some(Api::FileWrite), (&[data.clone(), path], &[]), line, false);
            if data.taint.has(Taint::NETWORK) {
                self.filled_file(file);
            }
        }
        let [data, file, ..] = args else { return };
        if is_dump && file.taint.has(Taint::WRITTEN) {
            let mut path = Value::of([file]);
            path.taint = Taint::NONE;
            self.put_down(&path, Some(data));
            self.record(name, Some(Api::FileWrite), (&[data.clone(), path], &[]), line, false);
        }
    }

    /// What is written to a file is in it when it is read again.
    fn put_down(&mut self, path: &Value, data: Option<&Value>) {
        let Some(data) = data else { return };
        let kept = TOLD.into_iter().filter(|kind| data.taint.has(*kind));
        let mut kept = kept.fold(Taint::NONE, |taint, kind| taint | kind);
        // A token of one's own is kept in a file, read there, and told to whom it is for.
        if data.taint.has(Taint::FILE) && data.taint.has(Taint::SECRET) {
            kept |= Taint::SECRET;
        }
        if kept == Taint::NONE || self.contents.len() >= MAX_WRITTEN {
            return;
        }
        *self.contents.entry(self.place_of(path)).or_default() |= kept;
    }

    /// A name for the file that lies at a path: what is known of that, or else where it is used.
    fn place_of(&self, path: &Value) -> Rc<str> {
        // Not how it was opened.
        let texts: Vec<&str> = path.texts().into_iter().filter(|text| text.len() > 3).collect();
        if texts.iter().map(|text| text.len()).sum::<usize>() < MIN_PATH {
            return format!("?{}", self.function).into();
        }
        texts.join("\0").into()
    }

    /// Adds a piece to the text of the file at `path`.
    fn draft(&mut self, path: &Value, data: Option<&Value>, line: u32) {
        let Some(bytes) = data.and_then(Value::as_bytes) else { return };
        if self.inlining.len() > 1 {
            return;
        }
        let from = self.here();
        let key: Rc<str> = match path.texts().first() {
            Some(text) => (*text).into(),
            None => format!("?{}", from.function).into(),
        };
        if self.drafts.len() >= MAX_DRAFTS && !self.drafts.contains_key(&key) {
            return;
        }
        let encoders = data.map(|data| data.encoders().to_vec()).unwrap_or_default();
        let draft =
            self.drafts.entry(key).or_insert(Draft { text: Vec::new(), pieces: 0, encoders, from, line });
        if draft.text.len() + bytes.len() <= MAX_DRAFT && !(draft.pieces > 0 && draft.text.ends_with(bytes)) {
            draft.text.extend_from_slice(bytes);
            draft.pieces += 1;
            self.done += 1;
        }
    }

    /// A program that is written out is a layer.
    pub(super) fn finish_drafts(&mut self) {
        let mut drafts: Vec<(Rc<str>, Draft)> = self.drafts.drain().collect();
        drafts.sort_by(|a, b| (a.1.line, &a.0).cmp(&(b.1.line, &b.0)));
        for (_, draft) in drafts {
            let language = Language::guess(&draft.text);
            if draft.text.len() >= MIN_PROGRAM && language.is_code() {
                self.unfold_from(draft.text, language, draft.encoders, (draft.from, draft.line));
            }
        }
    }

    pub(super) fn write_to(&mut self, path: &str) {
        if self.written.len() < MAX_WRITTEN {
            self.written.insert(path.into());
        }
    }

    /// Whether a command names a file that this code has written.
    pub(super) fn names_written(&self, text: &str) -> bool {
        text.len() < 4096
            && self
                .written
                .iter()
                .any(|path| text == path.as_ref() || path.len() >= MIN_PATH && text.contains(path.as_ref()))
    }

    /// Marks what names a file that this code has written; of a command the words.
    pub(super) fn mark_written(&self, value: &mut Value) {
        if !value.texts().iter().any(|text| self.names_written(text)) {
            return;
        }
        value.taint |= Taint::WRITTEN;
        if let Some(Constant::List(words)) = &mut value.constant
            && words.len() <= MAX_WORDS
        {
            Rc::make_mut(words).iter_mut().for_each(|word| self.mark_written(word));
        }
    }

    /// A script of the package that a command or `runpy` runs is reached from here.
    pub(super) fn runs_scripts(&mut self, args: &[Value], line: u32) {
        self.runs_modules(args, line);
        for text in args.iter().flat_map(Value::texts).filter(|text| text.len() < 1024) {
            for word in
                text.split([' ', '"', '\'', '/', '\\']).filter(|word| word.len() > 3 && word.contains('.'))
            {
                self.leads_to_name(line, &format!("file:{word}"));
            }
        }
    }
}

impl Eval<'_, '_> {
    /// The module that `python -m MODULE` runs, as a program.
    fn runs_modules(&mut self, args: &[Value], line: u32) {
        let texts: Vec<&str> = args.iter().flat_map(Value::texts).filter(|text| text.len() < 1024).collect();
        let mut words = texts.iter().flat_map(|text| text.split_whitespace());
        if let Some(module) = words.find(|word| *word == "-m").and_then(|_| words.next())
            && self.task.modules.hold(module)
        {
            let file = module.rsplit('.').next().unwrap_or_default().to_owned();
            self.leads_to_name(line, &format!("file:{file}.py"));
            if self.task.modules.contains(&format!("{module}.__main__")) {
                self.leads_to_name(line, "file:__main__.py");
            }
        }
    }
}

/// Calls that save what they fetch.
pub(super) fn is_saver(name: &str) -> bool {
    name.ends_with(".urlretrieve") || name == "wget.download" || name.ends_with(".download_file")
}

/// Whether a text is how a file is opened to be written.
pub(super) fn is_mode(value: &Value) -> bool {
    value.as_str().is_some_and(|mode| {
        mode.len() <= 3 && mode.contains(['w', 'a', 'x', '+']) && mode.chars().all(|c| "rwaxbt+".contains(c))
    })
}

/// Calls that copy or move a file, which stands first, to where the second says.
pub(super) fn moves(name: &str) -> bool {
    matches!(
        name,
        "shutil.copy"
            | "shutil.copy2"
            | "shutil.copyfile"
            | "shutil.copytree"
            | "shutil.move"
            | "os.rename"
            | "os.replace"
    )
}
