//! The abstract interpreter: one pass over a unit's statements.

mod arguments;
mod aside;
mod asked;
mod bindings;
mod buffers;
mod call;
mod callee;
mod classes;
mod closures;
mod commands;
mod comprehensions;
mod containers;
mod control;
pub(crate) mod data;
mod decorators;
mod dormant;
mod downloads;
mod edges;
mod entrusted;
mod expression;
mod fate;
mod files;
mod formatted;
mod functions;
mod handoff;
mod kept;
mod lent;
mod literals;
mod looked_up;
mod methods;
mod names;
mod nested;
mod objects;
mod picked;
mod shared;
mod signing;
mod statement;

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use ruff_python_ast::{Expr, Parameters, Stmt, Suite};
use ruff_text_size::Ranged;
use typed_arena::Arena;

pub(crate) use self::entrusted::{Sent, Told};
pub(crate) use self::lent::Lent;
use crate::analysis::{Call, DataFile, Import, Pending, StringFact};
use crate::graph::{Graph, NodeId};
use crate::maps::{Map, Set, with_room};
use crate::modules::Modules;
use crate::scope::{Names, Scope, sorted};
use crate::symbols::Symbols;
use crate::value::Constant;
use crate::{Taint, Value};

/// Steps that unrolling one loop may take.
const MAX_LOOP_STEPS: u64 = 150_000;
/// Steps of rounds in a row that left nothing behind, after which a loop is no longer unrolled.
const MAX_IDLE_STEPS: u64 = 20_000;
/// Expressions within expressions; past this a value is unknown.
const MAX_DEPTH: usize = 70_000;
/// Text facts kept of a unit.
const MAX_STRINGS: usize = 2_000;

/// What is to be evaluated.
pub(crate) struct Task<'t> {
    pub(crate) unit: usize,
    pub(crate) module: &'t str,
    /// Whether it is a module that is imported, and no script.
    pub(crate) is_imported: bool,
    pub(crate) is_package: bool,
    pub(crate) text: &'t str,
    /// The names of the unit by their numbers.
    pub(crate) symbols: &'t Symbols,
    /// For a layer: the names known where it was decoded.
    pub(crate) scope: Option<Rc<Names>>,
    pub(crate) exports: &'t Map<Rc<str>, Names>,
    pub(crate) modules: &'t Modules,
    /// What functions of the modules analysed so far give when nothing is known of their arguments.
    pub(crate) results: &'t Map<Rc<str>, Value>,
    /// Functions of those modules that can be followed from here.
    pub(crate) lent: &'t Map<Rc<str>, Lent>,
    /// The last names of those.
    pub(crate) lent_as: &'t Set<Box<str>>,
    /// To whom functions of those modules send the credentials that they are handed.
    pub(crate) told: &'t Map<Rc<str>, Told>,
    /// What modules analysed so far have put into things of others.
    pub(crate) left: &'t Map<Rc<str>, Taint>,
    /// Data files of the package.
    pub(crate) data: &'t [DataFile<'t>],
    /// The text, where other modules import it.
    pub(crate) lends: Option<Rc<str>>,
    pub(crate) steps: u64,
}

/// What came of it.
pub(crate) struct Facts {
    pub(crate) calls: Vec<Call>,
    pub(crate) imports: Vec<Import>,
    pub(crate) strings: Vec<StringFact>,
    pub(crate) layers: Vec<Pending>,
    pub(crate) known: Known,
    pub(crate) exhausted: bool,
    /// Where the lines of the text begin.
    pub(crate) line_starts: Vec<u32>,
}

/// What other modules may ask this one for.
pub(crate) struct Known {
    pub(crate) scope: Scope,
    pub(crate) results: Map<Rc<str>, Value>,
    pub(crate) lent: Map<Rc<str>, Lent>,
    /// Arguments that were handed to functions of other modules.
    pub(crate) passed: Vec<(Rc<str>, Value)>,
    /// What was put into things of other modules.
    pub(crate) left: Vec<(Rc<str>, Taint)>,
    /// To whom functions send the credentials that they are handed.
    pub(crate) told: Map<Rc<str>, Told>,
    /// Calls of other modules that send what this one has told another party too.
    pub(crate) shared: Vec<Sent>,
    /// Functions of other modules that are called in passing, and whether their failure is passed over.
    pub(crate) aside: Vec<(Rc<str>, bool)>,
}

/// What goes to other modules and comes from them.
#[derive(Default)]
struct Across<'a> {
    /// Classes of this module that are made of classes of others.
    bases: Map<Rc<str>, Vec<Rc<str>>>,
    /// Full names of what was imported from other modules of the package, by its names here.
    origins: Map<Rc<str>, Rc<str>>,
    /// What was put into things of other modules.
    left: Vec<(Rc<str>, Taint)>,
    /// To whom functions of this module send the credentials that they are handed.
    told: Map<Rc<str>, Told>,
    /// Calls of other modules that send what this one has told another party too.
    shared: Vec<Sent>,
    /// The line of the call by which a function of another module is being followed.
    lent_at: Option<u32>,
    /// Functions of other modules that are being followed.
    borrowing: Vec<Rc<str>>,
    /// Those that were parsed here.
    parsed: Map<Rc<str>, Option<Rc<lent::Borrowed<'a>>>>,
}

/// The body of something local that can be called.
#[derive(Clone, Copy)]
enum Body<'a> {
    Statements(&'a [Stmt]),
    Expression(&'a Expr),
}

#[derive(Clone, Copy)]
struct Function<'a> {
    parameters: Option<&'a Parameters>,
    body: Body<'a>,
    is_method: bool,
    /// Its node, once it is defined.
    node: Option<NodeId>,
    /// Whether it is called with what somebody has written in a messenger.
    is_told: bool,
    /// Where the text that defines it was executed, if it stands in such a text.
    executed_at: Option<u32>,
}

/// The arguments of a call.
#[derive(Clone, Copy)]
struct Given<'v> {
    args: &'v [Value],
    kwargs: &'v [(String, Value)],
}

impl Given<'_> {
    fn values(&self) -> impl Iterator<Item = &Value> {
        self.args.iter().chain(self.kwargs.iter().map(|(_, value)| value))
    }

    /// Whether anything is known of them that a function's result could depend on.
    fn is_telling(&self) -> bool {
        self.values().any(|v| {
            let is_named = v.name.as_deref().is_some_and(|name| !matches!(name, "?" | "?()"));
            v.constant.is_some() || is_named || v.taint.without(Taint::PARAMETER) != Taint::NONE
        })
    }
}

/// What calls of a local function gave.
#[derive(Default)]
struct Remembered {
    calls: Vec<RememberedCall>,
    /// Calls that did nothing and gave nothing, whatever they were given.
    fruitless: u32,
}

/// The arguments of a call, what it gave, and how often it was made.
struct RememberedCall {
    args: Vec<Value>,
    kwargs: Vec<(String, Value)>,
    value: Value,
    times: u32,
}

/// Whether a build calls functions of this name in a backend or script that its configuration names
/// (PEP 517, PEP 660, PDM, Poetry).
fn is_build_hook(name: &str) -> bool {
    name.starts_with("build_")
        || name.starts_with("prepare_metadata_for_build_")
        || name.starts_with("get_requires_for_build_")
        || name.starts_with("pdm_build_")
        || name == "build"
}

/// Lines that are looked at before one is searched for among all.
const NEXT_LINES: usize = 4;
/// Bytes of a text that are kept.
const MAX_KEPT: usize = 2_000;

struct Eval<'a, 't> {
    task: &'t Task<'t>,
    graph: &'t mut Graph,
    line_starts: Vec<u32>,
    /// The line that was asked for last, from 1.
    last_line: Cell<usize>,
    scopes: Vec<Scope>,
    functions: Map<Rc<str>, Function<'a>>,
    /// Local functions in the order of their definition.
    defined: Vec<Rc<str>>,
    /// Paths of copies of secret files.
    copies: Map<Rc<str>, Taint>,
    /// What is in files that the code has written, by their place.
    contents: Map<Rc<str>, Taint>,
    /// The tables into which functions put what they are given and do nothing else with, as far as somebody has asked,
    /// by the address of their bodies.
    keepers: Map<usize, Option<Rc<kept::Kept<'a>>>>,
    /// The same for some of what a function is given.
    keeping: Map<usize, kept::Answers<'a>>,
    /// The last names of functions of the module, and how many are among them, once somebody has asked.
    own_names: (Set<Box<str>>, usize),
    /// The functions that were noted to call what they find somewhere.
    finders: Set<NodeId>,
    /// Conditions above that hold for what is named like credentials.
    picking: usize,
    /// Methods that run when an attribute of their name is read.
    properties: Set<Rc<str>>,
    /// The decorators of this module with what they decorate, and where.
    decorated: Vec<(Rc<str>, Rc<str>, u32)>,
    /// The dotted path of the class or function at hand, for naming what is defined in it.
    path: Vec<Rc<str>>,
    /// The function whose calls are being recorded.
    function: Rc<str>,
    /// The one whose number was asked for last, and that.
    at: Option<(Rc<str>, NodeId)>,
    /// `pkg.Class.method` to the name that the method is defined by.
    methods: Map<Rc<str>, Rc<str>>,
    /// The class of each method.
    owners: Map<Rc<str>, Rc<str>>,
    /// What is known of the classes of the module, and of what yields.
    classes: classes::Classes,
    /// What writes into a buffer in memory, and the buffer: `zipfile.ZipFile(buffer, "w")`.
    wrapping: Vec<(String, String)>,
    /// What functions within functions see.
    closures: closures::Closures,
    /// What `self` is in the method that is called next, where that is known.
    receiver: Option<Value>,
    results: Map<Rc<str>, Value>,
    passed: Vec<(Rc<str>, Value)>,
    /// Branches that are being looked at: what is assigned in one may not have been.
    branches: usize,
    inlining: Vec<Rc<str>>,
    returned: Vec<Value>,
    /// How often the function at hand has yielded something.
    yields: u64,
    calls: Vec<Call>,
    recorded: Map<(u32, String), usize>,
    imports: Vec<Import>,
    strings: Vec<StringFact>,
    layers: Vec<Pending>,
    written: Set<Rc<str>>,
    /// The text written to each known path, piece by piece.
    drafts: Map<Rc<str>, files::Draft>,
    /// Functions, and the variables that hold the paths of files that are open for writing there.
    filling: Vec<(Rc<str>, String)>,
    /// Whether the module speaks of wallets, once somebody has asked.
    of_wallets: OnceCell<bool>,
    /// Whether the module talks to anybody, once somebody has asked.
    talks: OnceCell<bool>,
    /// To whom the function at hand gives credentials of its caller.
    parties: Vec<entrusted::Party>,
    /// What nobody looks at.
    aside: aside::Aside<'a>,
    steps: u64,
    depth: usize,
    /// Source that was parsed while this unit was evaluated.
    arena: &'a Arena<Suite>,
    /// The line of the call that executes the text at hand, if it is executed text.
    executed_at: Option<u32>,
    /// What goes to other modules and comes from them.
    across: Across<'a>,
    /// Texts that are being executed within each other.
    nested: usize,
    control: control::Control,
    /// Attributes by the expressions that stand for them.
    attributes: names::Attributes,
    /// The name of what has none.
    unknown: Rc<str>,
    /// What is called.
    callees: callee::Callees,
    /// Calls of local functions with these arguments, what they gave and how often.
    memory: Map<Rc<str>, Remembered>,
    /// What was done that outlives the function at hand: calls recorded, layers found, names set elsewhere.
    done: u64,
    /// The outermost of the scopes in which something known was set since a round of a loop began.
    outermost: usize,
    /// Bodies of functions that were evaluated.
    followed: u64,
    /// Whether the module neither decodes nor does anything, once somebody has asked.
    inert: OnceCell<bool>,
    /// Literals, made once: by the number that their node has.
    literals: Vec<Value>,
    /// Literals that look encoded, with their lines.
    encoded: Vec<(Value, u32)>,
    /// The layers that were found, by what they hold, and whether that is taken for Python.
    unfolded: Set<(fondaco_pydist::Sha256, bool)>,
}

/// Evaluates a unit's statements.
pub(crate) fn run<'a>(
    task: Task<'_>,
    suite: &'a [Stmt],
    arena: &'a Arena<Suite>,
    graph: &mut Graph,
) -> Facts {
    let line_starts = std::iter::once(0)
        .chain(memchr::memchr_iter(b'\n', task.text.as_bytes()).map(|at| at as u32 + 1))
        .collect();
    let bytes = task.text.len();
    let known = task.scope.iter().flat_map(|names| sorted(names));
    let scope = known.map(|(name, value)| (task.symbols.of(name), value.clone())).collect();
    let mut eval = Eval {
        task: &task,
        graph,
        line_starts,
        last_line: Cell::new(0),
        scopes: vec![scope],
        functions: with_room(bytes, 1024),
        defined: Vec::new(),
        copies: Map::default(),
        contents: Map::default(),
        keepers: Map::default(),
        keeping: Map::default(),
        own_names: Default::default(),
        finders: Set::default(),
        picking: 0,
        properties: Set::default(),
        decorated: Vec::new(),
        path: Vec::new(),
        function: "".into(),
        at: None,
        methods: with_room(bytes, 2048),
        owners: with_room(bytes, 2048),
        wrapping: Vec::new(),
        classes: classes::Classes::default(),
        closures: closures::Closures::default(),
        receiver: None,
        results: with_room(bytes, 1024),
        passed: Vec::new(),
        branches: 0,
        inlining: Vec::new(),
        returned: Vec::new(),
        yields: 0,
        calls: Vec::new(),
        recorded: Map::default(),
        imports: Vec::new(),
        strings: Vec::new(),
        layers: Vec::new(),
        written: Set::default(),
        drafts: Map::default(),
        filling: Vec::new(),
        of_wallets: OnceCell::new(),
        talks: OnceCell::new(),
        parties: Vec::new(),
        aside: aside::Aside::default(),
        steps: task.steps,
        depth: 0,
        arena,
        executed_at: None,
        across: Across::default(),
        nested: 0,
        control: control::Control::default(),
        attributes: names::Attributes::default(),
        unknown: "?".into(),
        callees: callee::Callees::of_source(bytes),
        memory: Map::default(),
        done: 0,
        outermost: usize::MAX,
        followed: 0,
        inert: OnceCell::new(),
        literals: Vec::new(),
        encoded: Vec::new(),
        unfolded: Set::default(),
    };
    eval.body(suite);
    eval.definitions();
    eval.settle_classes();
    eval.finish_drafts();
    eval.wrap_decorated();
    eval.unfold_dormant();
    eval.facts()
}

impl<'a> Eval<'a, '_> {
    /// What came of it all.
    fn facts(mut self) -> Facts {
        let known = Known {
            aside: self.settle_aside(),
            lent: self.lend(),
            scope: self.scopes.swap_remove(0),
            results: self.results,
            passed: self.passed,
            left: self.across.left,
            told: self.across.told,
            shared: self.across.shared,
        };
        Facts {
            calls: self.calls,
            imports: self.imports,
            strings: self.strings,
            layers: self.layers,
            known,
            exhausted: self.steps == 0,
            line_starts: self.line_starts,
        }
    }

    fn line(&self, node: &impl Ranged) -> u32 {
        if let Some(line) = self.executed_at.or(self.across.lent_at) {
            return line;
        }
        let at = u32::from(node.start());
        let begins = |line: usize| self.line_starts.get(line).is_none_or(|start| *start > at);
        // Mostly it is the one that was asked for last, or one of the next.
        let last = self.last_line.get();
        let is_behind = last > 0 && self.line_starts.get(last - 1).is_some_and(|start| *start <= at);
        let near = (last..last + NEXT_LINES).find(|line| begins(*line)).filter(|_| is_behind);
        let line = near.unwrap_or_else(|| self.line_starts.partition_point(|start| *start <= at));
        self.last_line.set(line);
        line as u32
    }

    /// Takes a step; false when none is left.
    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    /// Pays for the size of what an operation reads and makes.
    fn charge<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) {
        let cost = values.into_iter().map(crate::fold::weight).sum();
        self.steps = self.steps.saturating_sub(cost);
    }

    /// Pays for what an operation made: time by its size, and memory, which an item takes more of
    /// than the text that it comes from.
    fn pay(&mut self, made: &Value) {
        let items = match &made.constant {
            Some(Constant::List(items)) => items.len(),
            Some(Constant::Dict(items)) => items.len() * 2,
            _ => 0,
        };
        self.charge([made]);
        self.steps = self.steps.saturating_sub(items as u64 * 2);
    }

    /// The number of steps at which a loop is no longer unrolled: each may take its share, and
    /// all of them together half of the budget, so that the rest is enough to see all code once.
    fn unrolling_floor(&self) -> u64 {
        self.steps.saturating_sub(MAX_LOOP_STEPS).max(self.task.steps / 2)
    }
}
