//! The analysis of a package: its files in the order of their imports, then the layers found.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use fondaco_pydist::{Sha256, Unscanned};
use ruff_python_ast::token::Token;
use ruff_python_parser::{Mode, ParseOptions};

use crate::analysis::{
    self, Analysis, Budget, Call, DataFile, Form, Origin, Pending, Role, SourceFile, Syntax, Unit,
};
use crate::eval::{self, Known, Lent, Task, Told};
use crate::graph::{Graph, Node};
use crate::maps::{Map, Set};
use crate::modules::Modules;
use crate::scope::Names;
use crate::symbols::Symbols;
use crate::unfold::Language;
use crate::value::total;
use crate::{
    Encoder, Taint, Value, bytecode, dotted, marks, order, passing, precheck, pth, python2, reach, shape,
    source, tokens,
};

/// What a package declares as its entry points, each `module:function` or `module`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryPoints {
    /// Commands: somebody has to type one.
    pub commands: Vec<String>,
    /// What other programs load by themselves wherever it is installed, such as plugins of pytest.
    pub plugins: Vec<String>,
}

/// Analyses the files of one package.
pub fn analyse(files: &[SourceFile<'_>], entry_points: &EntryPoints, budget: &Budget) -> Analysis {
    analyse_with(files, &[], entry_points, budget)
}

/// Analyses the files of one package, whose code may read these data files.
pub fn analyse_with(
    files: &[SourceFile<'_>],
    data: &[DataFile<'_>],
    entry_points: &EntryPoints,
    budget: &Budget,
) -> Analysis {
    let bytes = files.iter().map(|file| file.bytes.len()).sum();
    let mut run = Run {
        budget,
        analysis: Analysis::default(),
        graph: Graph::of(bytes),
        queue: VecDeque::new(),
        seen: Map::default(),
        dormant: Vec::new(),
        layer_bytes: 0,
        // The sources are held all the while.
        retained: bytes,
        exports: Map::default(),
        results: Map::default(),
        lent: Map::default(),
        lent_as: Set::default(),
        left: Map::default(),
        told: Map::default(),
        passed: Vec::new(),
        tokens_left: 2 * shape::MAX_ALL,
        aside: Map::default(),
        imported: Set::default(),
        modules: files.iter().map(|file| file.module).collect(),
        data,
    };
    let order = order::by_imports(files, &run.modules);
    run.imported = order.imported;
    // What nothing imports may be an entry point, or be started by its name.
    run.graph.watch(files, &order.apart);
    for point in entry_points.commands.iter().chain(&entry_points.plugins) {
        run.graph.lead_to(point.split(':').next().unwrap_or_default());
    }
    for index in order.files {
        run.file(&files[index]);
    }
    let mut apart: Set<usize> = order.apart.iter().copied().collect();
    loop {
        while let Some((sha256, pending)) = run.queue.pop_front() {
            run.layer(sha256, pending);
        }
        let led_to = run.graph.led_to();
        if led_to.is_empty() {
            if run.dormant.is_empty() {
                break;
            }
            run.resume();
        }
        // One file can be led to by its name and by its module.
        led_to.into_iter().filter(|index| apart.remove(index)).for_each(|index| run.file(&files[index]));
    }
    // No rule asks what the rest does.
    let rest = order.apart.iter().filter(|index| apart.contains(*index));
    for file in rest.map(|index| &files[*index]) {
        run.analysis.units.push(Unit::of(file.path.to_string(), file.role, file.bytes.len()));
    }
    let Run { mut analysis, mut graph, passed, aside, .. } = run;
    passing::hand_over(&mut analysis.units, &passed);
    passing::set_aside(&mut analysis.units, &aside);
    reach::mark(&mut analysis.units, &mut graph, entry_points);
    analysis
}

/// Parses one source and drops the result: the floor that a benchmark measures an analysis by.
/// True if it parses. Nothing guards the stack: for code that is trusted.
pub fn parses(bytes: &[u8]) -> bool {
    source::decode(bytes).is_ok_and(|text| ruff_python_parser::parse_module(&text).is_ok())
}

/// Bytes that a function takes which other modules can follow, roughly.
const LENT: usize = 128;

struct Run<'b> {
    budget: &'b Budget,
    data: &'b [DataFile<'b>],
    analysis: Analysis,
    graph: Graph,
    queue: VecDeque<(Sha256, Pending)>,
    /// Layers by their digest, and whether they are taken for Python.
    seen: Map<(Sha256, bool), Seen>,
    /// Those that nothing was seen to decode: they have their turn when all others had it, so that what decodes one
    /// elsewhere is where it comes from.
    dormant: Vec<Pending>,
    layer_bytes: usize,
    /// Bytes of memory, roughly, that the sources and what is kept of the units so far take, the
    /// graph aside.
    retained: usize,
    /// Top-level values of the modules analysed so far.
    exports: Map<Rc<str>, Names>,
    modules: Modules,
    /// The modules that others import: what is known of the rest nobody asks for.
    imported: Set<String>,
    /// What functions give, by their full names.
    results: Map<Rc<str>, Value>,
    /// Functions that other modules can follow, by their full names.
    lent: Map<Rc<str>, Lent>,
    /// The last names of those.
    lent_as: Set<Box<str>>,
    /// What modules have put into things of others, by full names.
    left: Map<Rc<str>, Taint>,
    told: Map<Rc<str>, Told>,
    /// What functions of other modules were given.
    passed: Vec<(Rc<str>, Value)>,
    /// Bytes of text whose tokens may still be kept.
    tokens_left: usize,
    /// Functions that other modules call in passing, and whether their failure is passed over.
    aside: Map<Rc<str>, bool>,
}

/// What is known of a layer.
#[derive(Default)]
struct Seen {
    /// The unit that it has become.
    unit: Option<usize>,
    /// What else unfolds the same, until then, and on which line.
    also: Vec<(Node, u32)>,
}

impl Run<'_> {
    fn file(&mut self, file: &SourceFile<'_>) {
        let member = file.path.to_string();
        if self.is_full(&member) {
            return;
        }
        let text = match file.form {
            Form::Source => self.source_text(file),
            Form::Bytecode => {
                let Some(text) = self.listing(&member, bytecode::of_file(file.bytes)) else { return };
                text.into()
            }
        };
        self.evaluate(Unit::of(member, file.role, file.bytes.len()), (text, file.form), file.module, None);
    }

    fn source_text<'f>(&mut self, file: &SourceFile<'f>) -> Cow<'f, str> {
        if file.role == Role::Startup && file.path.extension() == "pth" {
            return pth::code(file.bytes).into();
        }
        source::decode(file.bytes).unwrap_or_else(|why| {
            self.analysis.unscanned.push(Unscanned { member: file.path.to_string(), why });
            String::from_utf8_lossy(file.bytes)
        })
    }

    /// Whether what was found so far leaves no room for what this member has; then it is left out.
    fn is_full(&mut self, member: &str) -> bool {
        let is_full = self.retained + self.graph.footprint() > self.budget.retained;
        if is_full {
            let why = "what was found before it takes all the memory that an analysis may have".to_owned();
            self.analysis.unscanned.push(Unscanned { member: member.to_owned(), why });
        }
        is_full
    }

    /// Counts what is kept of names.
    fn retain_names(&mut self, names: &Names) {
        let keys = names.keys().map(|name| std::mem::size_of::<Rc<str>>() * 2 + name.len()).sum::<usize>();
        self.retained += keys + total(names.values(), self.budget.retained);
    }

    /// Has a layer wait for its turn, if it is new and within the budget.
    fn enqueue(&mut self, pending: Pending) {
        let sha256 = Sha256::of(&pending.bytes);
        match self.seen.entry((sha256, pending.language == Language::Python)) {
            Entry::Vacant(new) => new.insert(Seen::default()),
            Entry::Occupied(known) => {
                let known = known.into_mut();
                match known.unit {
                    Some(unit) => self.leads_to_layer(&pending.from, pending.line, unit),
                    None => known.also.push((pending.from, pending.line)),
                }
                return;
            }
        };
        let above = &self.analysis.units[pending.from.unit];
        let depth = above.layer + 1;
        let over = depth > self.budget.depth
            || self.seen.len() > self.budget.layers
            || self.layer_bytes + pending.bytes.len() > self.budget.layer_bytes;
        if over {
            let why = format!("layer {depth} decoded at line {}: past the budget of layers", pending.line);
            self.analysis.unscanned.push(Unscanned { member: above.member.clone(), why });
            return;
        }
        self.layer_bytes += pending.bytes.len();
        self.queue.push_back((sha256, pending));
    }

    /// Has a layer wait until all others had their turn, within the same budget.
    fn put_off(&mut self, pending: Pending) {
        let size = pending.bytes.len();
        let is_over = self.seen.len() + self.dormant.len() > self.budget.layers
            || self.layer_bytes + size > self.budget.layer_bytes;
        if is_over {
            return self.enqueue(pending);
        }
        self.layer_bytes += size;
        self.dormant.push(pending);
    }

    /// Has all layers that were put off wait for their turn.
    fn resume(&mut self) {
        for pending in std::mem::take(&mut self.dormant) {
            self.layer_bytes -= pending.bytes.len();
            self.enqueue(pending);
        }
    }

    /// Notes that a function unfolds the layer that has become this unit.
    fn leads_to_layer(&mut self, from: &Node, line: u32, unit: usize) {
        let from = self.graph.id(from.clone());
        self.graph.edge(from, line, Node::top(unit));
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

    fn layer(&mut self, sha256: Sha256, pending: Pending) {
        let above = &self.analysis.units[pending.from.unit];
        let (member, role, depth) = (above.member.clone(), above.role, above.layer + 1);
        if self.is_full(&member) {
            return;
        }
        let (text, form) = if pending.encoders.last() == Some(&Encoder::Marshal) {
            let listed = bytecode::of_marshal(&pending.bytes).transpose();
            let Some(text) = listed.and_then(|listed| self.listing(&member, listed)) else { return };
            (Cow::Owned(text), Form::Bytecode)
        } else {
            (String::from_utf8_lossy(&pending.bytes), Form::Source)
        };
        let index = self.analysis.units.len();
        self.leads_to_layer(&pending.from, pending.line, index);
        let seen = self.seen.entry((sha256, pending.language == Language::Python)).or_default();
        seen.unit = Some(index);
        for (from, line) in std::mem::take(&mut seen.also) {
            self.leads_to_layer(&from, line, index);
        }
        let mut unit = Unit {
            layer: depth,
            origin: Some(Origin { unit: pending.from.unit, line: pending.line }),
            encoders: pending.encoders,
            language: pending.language,
            syntax: Syntax::Foreign,
            sha256: Some(sha256),
            ..Unit::of(member, role, pending.bytes.len())
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
            self.retained += unit.footprint(self.budget.retained);
            self.analysis.units.push(unit);
        }
    }

    /// Keeps what other modules may ask a module for.
    fn know(&mut self, module: &str, known: Known, symbols: &Symbols) {
        self.passed.extend(known.passed);
        for (function, is_hushed) in known.aside {
            *self.aside.entry(function).or_default() |= is_hushed;
        }
        for (name, taint) in known.left {
            *self.left.entry(name).or_default() |= taint;
        }
        for (unit, call) in known.shared {
            let unit = self.analysis.units.get_mut(unit);
            unit.and_then(|unit| unit.calls.get_mut(call)).into_iter().for_each(Call::share);
        }
        if !self.imported.contains(module) {
            return;
        }
        let names = known.scope.iter().map(|(name, value)| (symbols.text(name), value.clone())).collect();
        self.retain_names(&names);
        self.retain_names(&known.results);
        self.exports.insert(module.into(), names);
        self.results.extend(known.results);
        self.retained += known.lent.len() * LENT;
        for name in known.lent.keys().map(|name| dotted::last(name)) {
            if !self.lent_as.contains(name) {
                self.lent_as.insert(name.into());
            }
        }
        self.lent.extend(known.lent);
        self.told.extend(known.told);
    }

    fn evaluate(
        &mut self,
        mut unit: Unit,
        (mut text, form): (Cow<'_, str>, Form),
        module: &str,
        scope: Option<Rc<Names>>,
    ) {
        let index = self.analysis.units.len();
        // A listing is never deep.
        let too_deep = if form == Form::Source { precheck::too_deep(&text) } else { None };
        let too_much = precheck::too_much(&text);
        if let Some(why) = too_much {
            self.analysis.unscanned.push(Unscanned { member: unit.member.clone(), why: why.to_owned() });
        }
        let parsed = match too_deep.or(too_much) {
            Some(why) => Err(why.to_owned()),
            None => match ruff_python_parser::parse_module(&text) {
                Ok(parsed) => Ok(parsed),
                Err(error) => {
                    // What the parser makes of the rest of a broken source is evaluated.
                    unit.syntax = Syntax::TokensOnly { why: error.to_string() };
                    text = python2::modernised(&text).into();
                    let options = ParseOptions::from(Mode::Module);
                    let recovered = ruff_python_parser::parse_unchecked(&text, options);
                    recovered.try_into_module().ok_or_else(|| error.to_string())
                }
            },
        };
        let mut layers = Vec::new();
        // Held by the functions that it lends, and by the unit.
        let shared: Option<Rc<str>> = self.imported.contains(module).then(|| text.as_ref().into());
        match parsed {
            Ok(parsed) => {
                let symbols = Symbols::of_source(text.len());
                let task = Task {
                    unit: index,
                    module,
                    is_imported: unit.role == Role::Module,
                    is_package: unit
                        .member
                        .rsplit('/')
                        .next()
                        .is_some_and(|name| name.starts_with("__init__.")),
                    text: &text,
                    symbols: &symbols,
                    scope,
                    exports: &self.exports,
                    modules: &self.modules,
                    results: &self.results,
                    lent: &self.lent,
                    lent_as: &self.lent_as,
                    told: &self.told,
                    left: &self.left,
                    data: self.data,
                    lends: shared.clone(),
                    steps: self.budget.steps,
                };
                let arena = typed_arena::Arena::new();
                let facts = eval::run(task, parsed.suite(), &arena, &mut self.graph);
                let known;
                (unit.calls, unit.imports, unit.strings, layers, known) =
                    (facts.calls, facts.imports, facts.strings, facts.layers, facts.known);
                unit.lines = analysis::some_lines(facts.line_starts).into();
                self.keep_tokens(&mut unit, &text, parsed.tokens());
                self.know(module, known, &symbols);
                if !module.is_empty() {
                    let top = self.graph.id(Node::top(index));
                    self.graph.define(module, top);
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
            let seen: Set<(u32, String)> =
                unit.calls.iter().map(|call| (call.line, call.callee.clone())).collect();
            let named = tokens::calls(&text);
            unit.calls.extend(named.into_iter().filter(|c| !seen.contains(&(c.line, c.callee.clone()))));
        }
        self.keep(unit, text, shared);
        let (dormant, layers): (Vec<_>, Vec<_>) = layers.into_iter().partition(Pending::is_dormant);
        layers.into_iter().for_each(|layer| self.enqueue(layer));
        dormant.into_iter().for_each(|layer| self.put_off(layer));
    }

    /// Keeps the tokens of what acts, as far as shapes are made of it.
    fn keep_tokens(&mut self, unit: &mut Unit, text: &str, tokens: &[Token]) {
        if text.len() <= self.tokens_left {
            unit.tokens = shape::lexemes(unit, text, tokens);
            self.tokens_left -= unit.tokens.as_ref().map_or(0, |_| text.len());
        }
    }

    /// Keeps a unit, and its text where a rule may look at that.
    fn keep(&mut self, mut unit: Unit, text: Cow<'_, str>, shared: Option<Rc<str>>) {
        let index = self.analysis.units.len();
        if unit.layer == 0 {
            let file = unit.member.rsplit('/').next().unwrap_or_default();
            let name: Rc<str> = format!("file:{file}").into();
            for node in [Node::top(index), Node::main(index)] {
                let node = self.graph.id(node);
                self.graph.define(name.clone(), node);
            }
        } else {
            let top = self.graph.id(Node::top(index));
            self.graph.edge(top, 1, Node::main(index));
        }
        // What runs unasked is looked at as text too, whatever is in it.
        let is_hook = matches!(unit.role, Role::Setup | Role::Startup);
        let is_kept = is_hook || marks::has_unseen(&text);
        if unit.layer > 0 || is_kept || !unit.calls.is_empty() || !unit.strings.is_empty() {
            unit.text = shared.unwrap_or_else(|| text.into());
        } else {
            self.retained += shared.map_or(0, |text| text.len());
        }
        self.retained += unit.footprint(self.budget.retained);
        self.analysis.units.push(unit);
    }
}
