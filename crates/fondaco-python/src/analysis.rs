//! What is analysed, what comes out, and the loop over files and layers.

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use fondaco_pydist::{MemberPath, Sha256, Unscanned};
use fondaco_verdict::Trigger;
use ruff_python_parser::{Mode, ParseOptions};

use crate::eval::{self, Scope, Task};
use crate::reach::{Graph, Node};
use crate::unfold::Language;
use crate::{Api, Encoder, Value, bytecode, order, passing, precheck, python2, reach, source, tokens};

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
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: 3_000_000, depth: 8, layer_bytes: 32 << 20, layers: 400 }
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
    /// When it runs.
    pub trigger: Option<Trigger>,
    /// How it is reached, outermost first.
    pub reach: Vec<String>,
}

impl Call {
    pub(crate) fn of(callee: String, api: Option<Api>, args: Vec<Value>, line: u32) -> Self {
        Self {
            callee,
            api,
            args,
            kwargs: Vec::new(),
            line,
            function: "".into(),
            hidden: false,
            trigger: None,
            reach: Vec::new(),
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
}

impl Unit {
    /// A line of its text, from 1.
    pub fn line(&self, number: u32) -> &str {
        self.text.lines().nth(number.saturating_sub(1) as usize).unwrap_or_default()
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
    pub(crate) scope: Rc<Scope>,
}

/// Analyses the files of one package. `entry_points` are `module:function`.
pub fn analyse(files: &[SourceFile<'_>], entry_points: &[String], budget: &Budget) -> Analysis {
    let mut run = Run {
        budget,
        analysis: Analysis::default(),
        graph: Graph::default(),
        queue: VecDeque::new(),
        seen: HashSet::new(),
        layer_bytes: 0,
        exports: HashMap::new(),
        results: HashMap::new(),
        passed: Vec::new(),
        modules: files.iter().filter(|f| !f.module.is_empty()).map(|f| Rc::from(f.module)).collect(),
    };
    for index in order::by_imports(files, &run.modules) {
        run.file(&files[index]);
    }
    while let Some(pending) = run.queue.pop_front() {
        run.layer(pending);
    }
    let Run { mut analysis, graph, passed, .. } = run;
    passing::hand_over(&mut analysis.units, &passed);
    reach::mark(&mut analysis.units, &graph, entry_points);
    analysis
}

/// Parses one source and drops the result: the floor that a benchmark measures an analysis by.
/// True if it parses.
pub fn parses(bytes: &[u8]) -> bool {
    let Ok(text) = source::decode(bytes) else { return false };
    precheck::too_deep(&text).is_none() && ruff_python_parser::parse_module(&text).is_ok()
}

struct Run<'b> {
    budget: &'b Budget,
    analysis: Analysis,
    graph: Graph,
    queue: VecDeque<Pending>,
    seen: HashSet<Sha256>,
    layer_bytes: usize,
    /// Top-level values of the modules analysed so far.
    exports: HashMap<Rc<str>, Rc<Scope>>,
    modules: HashSet<Rc<str>>,
    /// What functions give, by their full names.
    results: HashMap<Rc<str>, Value>,
    /// What functions of other modules were given.
    passed: Vec<(Rc<str>, Value)>,
}

impl Run<'_> {
    fn file(&mut self, file: &SourceFile<'_>) {
        let member = file.path.to_string();
        let text = match file.form {
            Form::Source => self.source_text(file),
            Form::Bytecode => {
                let Some(text) = self.listing(&member, bytecode::of_file(file.bytes)) else { return };
                text
            }
        };
        let unit = Unit {
            member,
            layer: 0,
            role: file.role,
            origin: None,
            encoders: Vec::new(),
            language: Language::Python,
            syntax: Syntax::Parsed,
            sha256: None,
            size: file.bytes.len() as u64,
            trigger: None,
            reach: Vec::new(),
            text: "".into(),
            raw: None,
            calls: Vec::new(),
            imports: Vec::new(),
            strings: Vec::new(),
        };
        self.evaluate(unit, (text, file.form), file.module, None);
    }

    fn source_text(&mut self, file: &SourceFile<'_>) -> String {
        let text = match source::decode(file.bytes) {
            Ok(text) => text.into_owned(),
            Err(why) => {
                self.analysis.unscanned.push(Unscanned { member: file.path.to_string(), why });
                String::from_utf8_lossy(file.bytes).into_owned()
            }
        };
        if file.role == Role::Startup && file.path.extension() == "pth" { pth_code(&text) } else { text }
    }

    /// The text of a listing, if there is one; what it lacks is reported.
    fn listing(&mut self, member: &str, listed: Result<bytecode::Listing, String>) -> Option<String> {
        let (text, problem) = match listed {
            Ok(listing) => (Some(listing.text), listing.problem),
            Err(why) => (None, Some(why)),
        };
        self.analysis.unscanned.extend(problem.map(|why| Unscanned { member: member.to_owned(), why }));
        text
    }

    fn layer(&mut self, pending: Pending) {
        let above = &self.analysis.units[pending.from.unit];
        let (member, role, depth) = (above.member.clone(), above.role, above.layer + 1);
        let sha256 = Sha256::of(&pending.bytes);
        if !self.seen.insert(sha256) {
            return;
        }
        let over = depth > self.budget.depth
            || self.seen.len() > self.budget.layers
            || self.layer_bytes + pending.bytes.len() > self.budget.layer_bytes;
        if over {
            let why = format!("layer {depth} decoded at line {}: past the budget of layers", pending.line);
            self.analysis.unscanned.push(Unscanned { member, why });
            return;
        }
        self.layer_bytes += pending.bytes.len();
        let (text, form) = if pending.encoders.last() == Some(&Encoder::Marshal) {
            let listed = bytecode::of_marshal(&pending.bytes).transpose();
            let Some(text) = listed.and_then(|listed| self.listing(&member, listed)) else { return };
            (text, Form::Bytecode)
        } else {
            (String::from_utf8_lossy(&pending.bytes).into_owned(), Form::Source)
        };
        let index = self.analysis.units.len();
        self.graph.edge(pending.from.clone(), pending.line, Node::top(index));
        let mut unit = Unit {
            member,
            layer: depth,
            role,
            origin: Some(Origin { unit: pending.from.unit, line: pending.line }),
            encoders: pending.encoders,
            language: pending.language,
            syntax: Syntax::Foreign,
            sha256: Some(sha256),
            size: pending.bytes.len() as u64,
            trigger: None,
            reach: Vec::new(),
            text: "".into(),
            raw: None,
            calls: Vec::new(),
            imports: Vec::new(),
            strings: Vec::new(),
        };
        if pending.language == Language::Python {
            unit.syntax = Syntax::Parsed;
            self.evaluate(unit, (text, form), "", Some(pending.scope));
        } else {
            if pending.language == Language::Binary {
                unit.raw = Some(pending.bytes.into());
            } else {
                unit.text = text.into();
            }
            self.analysis.units.push(unit);
        }
    }

    fn evaluate(
        &mut self,
        mut unit: Unit,
        (mut text, form): (String, Form),
        module: &str,
        scope: Option<Rc<Scope>>,
    ) {
        let index = self.analysis.units.len();
        // A listing is never deep.
        let too_deep = if form == Form::Source { precheck::too_deep(&text) } else { None };
        let parsed = match too_deep {
            Some(why) => Err(why.to_owned()),
            None => match ruff_python_parser::parse_module(&text) {
                Ok(parsed) => Ok(parsed),
                Err(error) => {
                    // What the parser makes of the rest of a broken source is evaluated.
                    unit.syntax = Syntax::TokensOnly { why: error.to_string() };
                    text = python2::modernised(&text);
                    let options = ParseOptions::from(Mode::Module);
                    let recovered = ruff_python_parser::parse_unchecked(&text, options);
                    recovered.try_into_module().ok_or_else(|| error.to_string())
                }
            },
        };
        match parsed {
            Ok(parsed) => {
                let task = Task {
                    unit: index,
                    module,
                    is_package: unit
                        .member
                        .rsplit('/')
                        .next()
                        .is_some_and(|name| name.starts_with("__init__.")),
                    text: &text,
                    scope,
                    exports: &self.exports,
                    modules: &self.modules,
                    results: &self.results,
                    steps: self.budget.steps,
                };
                let arena = typed_arena::Arena::new();
                let facts = eval::run(task, parsed.suite(), &arena, &mut self.graph);
                unit.calls = facts.calls;
                unit.imports = facts.imports;
                unit.strings = facts.strings;
                self.queue.extend(facts.layers);
                self.passed.extend(facts.passed);
                if !module.is_empty() {
                    self.exports.insert(module.into(), facts.scope);
                    self.results.extend(facts.results);
                    self.graph.define(module, Node::top(index));
                }
                if facts.exhausted {
                    let why = "evaluation stopped at its budget of steps".to_owned();
                    self.analysis.unscanned.push(Unscanned { member: unit.member.clone(), why });
                }
            }
            Err(why) => unit.syntax = Syntax::TokensOnly { why },
        }
        if matches!(unit.syntax, Syntax::TokensOnly { .. }) {
            // What the parser did not get over is looked for by name.
            let seen: HashSet<(u32, String)> =
                unit.calls.iter().map(|call| (call.line, call.callee.clone())).collect();
            let named = tokens::calls(&text);
            unit.calls.extend(named.into_iter().filter(|c| !seen.contains(&(c.line, c.callee.clone()))));
        }
        if unit.layer == 0 {
            let file = unit.member.rsplit('/').next().unwrap_or_default();
            self.graph.define(&format!("file:{file}"), Node::top(index));
            self.graph.define(&format!("file:{file}"), Node::main(index));
        } else {
            self.graph.edge(Node::top(index), 1, Node::main(index));
        }
        // What runs unasked is looked at as text too, whatever is in it.
        let is_hook = matches!(unit.role, Role::Setup | Role::Startup);
        if unit.layer > 0 || is_hook || !unit.calls.is_empty() || !unit.strings.is_empty() {
            unit.text = text.into();
        }
        self.analysis.units.push(unit);
    }
}

/// The lines of a `.pth` that the interpreter executes, the others blanked (`site` module).
fn pth_code(text: &str) -> String {
    let code = |line: &str| line.starts_with("import ") || line.starts_with("import\t");
    text.lines().map(|line| if code(line) { line } else { "" }).collect::<Vec<_>>().join("\n")
}
