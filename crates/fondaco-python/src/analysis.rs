//! What is analysed, and what comes out.

use std::cell::OnceCell;
use std::rc::Rc;

use fondaco_pydist::{MemberPath, Sha256, Unscanned};
use fondaco_verdict::Trigger;

use crate::graph::{Node, TYPED};
use crate::scope::Names;
use crate::shape::Lexeme;
use crate::unfold::Language;
use crate::value::total;
use crate::{Api, Encoder, Taint, Value};

/// What a file is to the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// `setup.py`, or an in-tree build backend.
    Setup,
    /// Runs at every start of the interpreter: `.pth`, `sitecustomize.py`, `usercustomize.py`.
    Startup,
    /// Can be imported.
    Module,
    /// A script that a user runs.
    Script,
    /// A test that is installed with the package: it can be imported, but nothing does so by itself.
    Test,
    /// Tests, documentation, examples: nothing reaches it by itself.
    Other,
}

/// What a file's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Python source.
    Source,
    /// Compiled Python: a `.pyc`, with its header.
    Bytecode,
}

/// One Python file of the package.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Where it lies in the archive.
    pub path: &'a MemberPath,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What they are.
    pub form: Form,
    /// What it is to the package.
    pub role: Role,
    /// Its dotted name once installed, e.g. `pkg.core`; empty for scripts.
    pub module: &'a str,
}

/// A data file of the package that its code may read.
#[derive(Debug, Clone, Copy)]
pub struct DataFile<'a> {
    /// Where it lies in the archive.
    pub path: &'a MemberPath,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// How much work an analysis does before it says that it stopped.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Steps of evaluation for each file or layer.
    pub steps: u64,
    /// Depth of layers.
    pub depth: u16,
    /// Bytes of all decoded layers together.
    pub layer_bytes: usize,
    /// Number of layers.
    pub layers: usize,
    /// Bytes of memory, roughly, that the sources and what is kept of them may take together; files
    /// after that are left out.
    pub retained: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: 3_000_000, depth: 8, layer_bytes: 32 << 20, layers: 400, retained: 264 << 20 }
    }
}

/// How a unit was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Syntax {
    /// Parsed.
    Parsed,
    /// Not Python that parses: read as far as the parser gets over it, and known names looked for.
    TokensOnly {
        /// The parser's reason.
        why: String,
    },
    /// Another language or data: only its text was kept.
    Foreign,
}

/// Where a layer was decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Index of the unit above.
    pub unit: usize,
    /// Line there.
    pub line: u32,
}

/// A call that matters.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The dotted name, resolved: `subprocess.Popen`, `builtins.exec`, `requests.get().json`.
    pub callee: String,
    /// What it does.
    pub api: Option<Api>,
    /// Positional arguments.
    pub args: Vec<Value>,
    /// Named arguments.
    pub kwargs: Vec<(String, Value)>,
    /// Line, from 1.
    pub line: u32,
    /// The function that it stands in; empty at the top level.
    pub function: Rc<str>,
    /// Whether the callee was found by looking up a text.
    pub hidden: bool,
    /// Whether nobody looks at what it gives or hears of its failure, in a function that is there for something else.
    pub aside: bool,
    /// Whether nobody looks at what it gives; then whether its failure is passed over.
    pub(crate) dropped: Option<bool>,
    /// When it runs.
    pub trigger: Option<Trigger>,
    /// How it is reached, outermost first; one for all calls of a function.
    pub reach: Rc<[String]>,
}

impl Call {
    /// Whether it is made only where somebody has typed a word that no installer does, as `setup.py publish`.
    pub fn is_typed(&self) -> bool {
        &*self.function == TYPED
    }

    /// Marks the credentials among what it sends as told to another party too.
    pub(crate) fn share(&mut self) {
        let values = self.args.iter_mut().chain(self.kwargs.iter_mut().map(|(_, value)| value));
        let handed = values.filter(|value| value.taint.has(Taint::HANDED));
        handed.for_each(|value| value.taint |= Taint::SHARED);
    }

    pub(crate) fn of(callee: String, api: Option<Api>, args: Vec<Value>, line: u32) -> Self {
        Self {
            callee,
            api,
            args,
            kwargs: Vec::new(),
            line,
            function: "".into(),
            hidden: false,
            aside: false,
            dropped: None,
            trigger: None,
            reach: Rc::default(),
        }
    }

    /// All arguments.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.args.iter().chain(self.kwargs.iter().map(|(_, value)| value))
    }

    /// Where all its arguments come from.
    pub fn taint(&self) -> crate::Taint {
        let own = |value: &Value| {
            let items = value.as_list().unwrap_or_default();
            items.iter().fold(value.taint, |taint, item| taint | item.taint)
        };
        self.values().fold(crate::Taint::NONE, |taint, value| taint | own(value))
    }

    /// All text that is known of its arguments.
    pub fn texts(&self) -> Vec<&str> {
        self.values().flat_map(Value::texts).collect()
    }
}

/// An imported module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its dotted name.
    pub module: String,
    /// Line, from 1.
    pub line: u32,
}

/// A text literal, or one that was put together, that may mean something to a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringFact {
    /// The text, cut to 2,000 bytes.
    pub text: String,
    /// Line, from 1.
    pub line: u32,
}

/// One text that was analysed: a file, or a layer of it.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The member in which it lies.
    pub member: String,
    /// 0 for the file.
    pub layer: u16,
    /// What its file is to the package.
    pub role: Role,
    /// Where it was decoded.
    pub origin: Option<Origin>,
    /// How it was hidden, in the order of decoding.
    pub encoders: Vec<Encoder>,
    /// What it is written in.
    pub language: Language,
    /// How it was read.
    pub syntax: Syntax,
    /// Digest of a layer's bytes.
    pub sha256: Option<Sha256>,
    /// Size in bytes.
    pub size: u64,
    /// When its top level runs.
    pub trigger: Option<Trigger>,
    /// How its top level is reached.
    pub reach: Vec<String>,
    /// Its text; empty where nothing in it mattered.
    pub text: Rc<str>,
    /// The bytes of a layer that is no text.
    pub raw: Option<Rc<[u8]>>,
    /// The calls that matter.
    pub calls: Vec<Call>,
    /// What it imports.
    pub imports: Vec<Import>,
    /// Texts that may matter.
    pub strings: Vec<StringFact>,
    /// Its tokens, where they were kept for the shapes of what acts.
    pub(crate) tokens: Option<Box<[Lexeme]>>,
    /// Where every so many lines begin, once a line was asked for.
    pub(crate) lines: OnceCell<Vec<u32>>,
}

/// Lines between those whose beginning is remembered.
const STRIDE: usize = 64;

/// Of where lines begin what is remembered.
pub(crate) fn some_lines(starts: impl IntoIterator<Item = u32>) -> Vec<u32> {
    starts.into_iter().step_by(STRIDE).collect()
}

impl Unit {
    /// A file of so many bytes of which nothing is known yet.
    pub(crate) fn of(member: String, role: Role, size: usize) -> Self {
        Self {
            member,
            layer: 0,
            role,
            origin: None,
            encoders: Vec::new(),
            language: Language::Python,
            syntax: Syntax::Parsed,
            sha256: None,
            size: size as u64,
            trigger: None,
            reach: Vec::new(),
            text: "".into(),
            raw: None,
            calls: Vec::new(),
            imports: Vec::new(),
            strings: Vec::new(),
            tokens: None,
            lines: OnceCell::new(),
        }
    }

    /// Bytes of memory that it holds, roughly; counts no further than `most`.
    pub(crate) fn footprint(&self, most: usize) -> usize {
        let tokens = self.tokens.as_deref().map_or(0, std::mem::size_of_val);
        let own = std::mem::size_of::<Self>() + self.text.len() + tokens;
        let calls =
            self.calls.iter().map(|call| std::mem::size_of::<Call>() + call.callee.len()).sum::<usize>();
        let strings = self.strings.iter().map(|fact| std::mem::size_of::<StringFact>() + fact.text.len());
        let imports = self.imports.iter().map(|import| std::mem::size_of::<Import>() + import.module.len());
        let plain = own + calls + strings.chain(imports).sum::<usize>();
        plain + total(self.calls.iter().flat_map(Call::values), most.saturating_sub(plain))
    }

    /// A line of its text, from 1.
    pub fn line(&self, number: u32) -> &str {
        let number = number.saturating_sub(1) as usize;
        let starts = self.lines.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            some_lines(std::iter::once(0).chain(ends.map(|at| at as u32 + 1)))
        });
        let from = starts.get(number / STRIDE).and_then(|start| self.text.get(*start as usize..));
        let from = from.unwrap_or_default();
        from.lines().nth(number % STRIDE).unwrap_or_default()
    }
}

/// The result.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// Files first, then layers.
    pub units: Vec<Unit>,
    /// What was not analysed, and why.
    pub unscanned: Vec<Unscanned>,
}

/// A text that waits for its turn.
pub(crate) struct Pending {
    pub(crate) bytes: Vec<u8>,
    pub(crate) language: Language,
    pub(crate) encoders: Vec<Encoder>,
    pub(crate) from: Node,
    pub(crate) line: u32,
    pub(crate) scope: Rc<Names>,
}
