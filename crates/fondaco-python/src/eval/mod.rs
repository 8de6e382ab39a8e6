//! The abstract interpreter: one pass over a unit's statements.

mod call;
mod control;
mod expression;
mod nested;
mod statement;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ruff_python_ast::{Expr, Parameters, Stmt, Suite};
use ruff_text_size::Ranged;
use typed_arena::Arena;

use crate::analysis::{Call, Import, Pending, StringFact};
use crate::reach::{Graph, Node};
use crate::{Taint, Value, secret_of};

/// Names and what is known of them.
pub(crate) type Scope = HashMap<Rc<str>, Value>;

/// Calls of local functions that are followed into each other.
const MAX_INLINE: usize = 5;
/// Times that a local function is evaluated with equal arguments.
const MAX_REPEATED: u32 = 4;
/// Different arguments of a local function that are remembered.
const MAX_REMEMBERED: usize = 16;
/// Steps that unrolling one loop may take.
const MAX_LOOP_STEPS: u64 = 150_000;
/// Expressions within expressions; past this a value is unknown.
const MAX_DEPTH: usize = 70_000;
/// Text facts kept of a unit.
const MAX_STRINGS: usize = 2_000;

/// What is to be evaluated.
pub(crate) struct Task<'t> {
    pub(crate) unit: usize,
    pub(crate) module: &'t str,
    pub(crate) is_package: bool,
    pub(crate) text: &'t str,
    /// For a layer: the names known where it was decoded.
    pub(crate) scope: Option<Rc<Scope>>,
    pub(crate) exports: &'t HashMap<Rc<str>, Rc<Scope>>,
    pub(crate) modules: &'t HashSet<Rc<str>>,
    pub(crate) steps: u64,
}

/// What came of it.
pub(crate) struct Facts {
    pub(crate) calls: Vec<Call>,
    pub(crate) imports: Vec<Import>,
    pub(crate) strings: Vec<StringFact>,
    pub(crate) layers: Vec<Pending>,
    pub(crate) scope: Rc<Scope>,
    pub(crate) exhausted: bool,
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
    /// Where the text that defines it was executed, if it stands in such a text.
    executed_at: Option<u32>,
}

/// The arguments of a call, what it gave, and how often it was made.
type Remembered = (Vec<Value>, Value, u32);

struct Eval<'a, 't> {
    task: &'t Task<'t>,
    graph: &'t mut Graph,
    line_starts: Vec<u32>,
    scopes: Vec<Scope>,
    functions: HashMap<Rc<str>, Function<'a>>,
    /// Local functions in the order of their definition.
    defined: Vec<Rc<str>>,
    /// The dotted path of the class or function at hand, for naming what is defined in it.
    path: Vec<Rc<str>>,
    /// The function whose calls are being recorded.
    function: Rc<str>,
    inlining: Vec<Rc<str>>,
    returned: Vec<Value>,
    calls: Vec<Call>,
    recorded: HashMap<(u32, String), usize>,
    imports: Vec<Import>,
    strings: Vec<StringFact>,
    layers: Vec<Pending>,
    written: HashSet<Rc<str>>,
    steps: u64,
    depth: usize,
    /// Source that was parsed while this unit was evaluated.
    arena: &'a Arena<Suite>,
    /// The line of the call that executes the text at hand, if it is executed text.
    executed_at: Option<u32>,
    /// Texts that are being executed within each other.
    nested: usize,
    control: control::Control,
    /// Calls of local functions with these arguments, what they gave and how often.
    memory: HashMap<Rc<str>, Vec<Remembered>>,
    /// Literals, made once: by the address of their node.
    literals: HashMap<usize, Value>,
    /// The layers that were found, by what they hold.
    unfolded: HashSet<fondaco_pydist::Sha256>,
}

/// Evaluates a unit's statements.
pub(crate) fn run<'a>(
    task: Task<'_>,
    suite: &'a [Stmt],
    arena: &'a Arena<Suite>,
    graph: &mut Graph,
) -> Facts {
    let line_starts = std::iter::once(0)
        .chain(task.text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at as u32 + 1))
        .collect();
    let scope = task.scope.as_deref().cloned().unwrap_or_default();
    let mut eval = Eval {
        task: &task,
        graph,
        line_starts,
        scopes: vec![scope],
        functions: HashMap::new(),
        defined: Vec::new(),
        path: Vec::new(),
        function: "".into(),
        inlining: Vec::new(),
        returned: Vec::new(),
        calls: Vec::new(),
        recorded: HashMap::new(),
        imports: Vec::new(),
        strings: Vec::new(),
        layers: Vec::new(),
        written: HashSet::new(),
        steps: task.steps,
        depth: 0,
        arena,
        executed_at: None,
        nested: 0,
        control: control::Control::default(),
        memory: HashMap::new(),
        literals: HashMap::new(),
        unfolded: HashSet::new(),
    };
    eval.body(suite);
    let mut next = 0;
    // Bodies may define more functions while they are evaluated.
    while next < eval.defined.len() {
        let name = eval.defined[next].clone();
        eval.definition(&name);
        next += 1;
    }
    let scope = eval.scopes.swap_remove(0);
    Facts {
        calls: eval.calls,
        imports: eval.imports,
        strings: eval.strings,
        layers: eval.layers,
        scope: Rc::new(scope),
        exhausted: eval.steps == 0,
    }
}

impl<'a> Eval<'a, '_> {
    fn line(&self, node: &impl Ranged) -> u32 {
        if let Some(line) = self.executed_at {
            return line;
        }
        let at = u32::from(node.start());
        self.line_starts.partition_point(|start| *start <= at) as u32
    }

    fn here(&self) -> Node {
        Node { unit: self.task.unit, function: self.function.clone() }
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

    /// The number of steps at which a loop is no longer unrolled: each may take its share, and
    /// all of them together half of the budget, so that the rest is enough to see all code once.
    fn unrolling_floor(&self) -> u64 {
        self.steps.saturating_sub(MAX_LOOP_STEPS).max(self.task.steps / 2)
    }

    fn lookup(&self, name: &str) -> Option<&Value> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    fn bind(&mut self, name: &str, value: Value) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.into(), value);
        }
    }

    /// The name of something defined here, unique in the package.
    fn qualified(&self, name: &str) -> String {
        let mut parts: Vec<&str> = Vec::new();
        if self.task.module.is_empty() {
            parts.push("<layer>");
        } else {
            parts.push(self.task.module);
        }
        parts.extend(self.path.iter().map(AsRef::as_ref));
        parts.push(name);
        parts.join(".")
    }

    fn define(&mut self, name: &str, function: Function<'a>) -> Rc<str> {
        let qualified: Rc<str> = self.qualified(name).into();
        if self.functions.insert(qualified.clone(), function).is_none() && self.executed_at.is_none() {
            self.defined.push(qualified.clone());
        }
        let node = Node { unit: self.task.unit, function: qualified.clone() };
        self.graph.define(&qualified, node);
        qualified
    }

    /// Evaluates a function's body once with unknown parameters, so that its calls are known.
    fn definition(&mut self, name: &Rc<str>) {
        let Some(function) = self.functions.get(name).copied() else { return };
        self.inline(name, function, None);
    }

    /// Calls a local function. One that was called with equal arguments many times gives what it
    /// gave: calls of calls of calls would grow without bound.
    fn call_local(&mut self, name: &Rc<str>, function: Function<'a>, args: &[Value]) -> Value {
        let is_small = args.iter().all(|arg| crate::fold::weight(arg) < 16);
        if is_small && let Some(known) = self.memory.get_mut(name) {
            self.steps = self.steps.saturating_sub(known.len() as u64);
            if let Some((_, value, times)) = known.iter_mut().find(|(same, ..)| same == args) {
                *times += 1;
                if *times > MAX_REPEATED {
                    return value.clone();
                }
            }
        }
        let value = self.inline(name, function, Some(args));
        if is_small {
            let known = self.memory.entry(name.clone()).or_default();
            if !known.iter().any(|(same, ..)| same == args) && known.len() < MAX_REMEMBERED {
                known.push((args.to_vec(), value.clone(), 1));
            }
        }
        value
    }

    /// Evaluates a function's body with these arguments, or with unknown ones.
    fn inline(&mut self, name: &Rc<str>, function: Function<'a>, args: Option<&[Value]>) -> Value {
        // Following a call is for its value; with half of the budget gone only definitions are.
        let is_spent = args.is_some() && self.steps <= self.task.steps / 2;
        if self.inlining.len() >= MAX_INLINE || self.inlining.contains(name) || is_spent || !self.step() {
            return args.map_or_else(Value::default, |args| Value::of(args.iter()));
        }
        let mut scope = Scope::new();
        if let Some(parameters) = function.parameters {
            let skip = usize::from(function.is_method && args.is_some());
            for (at, parameter) in parameters.iter_non_variadic_params().enumerate() {
                let given = args.and_then(|args| args.get(at.checked_sub(skip)?)).cloned();
                let default = || parameter.default.as_deref().map(|d| self.default_value(d));
                let value = given.or_else(default).unwrap_or_else(|| Value::tainted(Taint::PARAMETER));
                scope.insert(parameter.parameter.name.as_str().into(), value);
            }
            if let Some(rest) = &parameters.vararg {
                let value = args.map_or_else(|| Value::tainted(Taint::PARAMETER), |a| Value::of(a.iter()));
                scope.insert(rest.name.as_str().into(), value);
            }
        }
        self.inlining.push(name.clone());
        self.scopes.push(scope);
        let executed_above = self.executed_at;
        self.executed_at = executed_above.or(function.executed_at);
        let control_above = self.control.enter(args.is_some());
        let function_above = std::mem::replace(&mut self.function, name.clone());
        let returned_above = std::mem::take(&mut self.returned);
        let local: Rc<str> = name.rsplit('.').next().unwrap_or_default().into();
        self.path.push(local);
        let value = match function.body {
            Body::Statements(body) => {
                self.body(body);
                None
            }
            Body::Expression(body) => Some(self.expression(body)),
        };
        self.path.pop();
        self.executed_at = executed_above;
        self.control.leave(control_above);
        let returned = std::mem::replace(&mut self.returned, returned_above);
        self.function = function_above;
        self.scopes.pop();
        self.inlining.pop();
        value.unwrap_or_else(|| match returned.as_slice() {
            [one] => one.clone(),
            many => many.iter().find(|v| v.constant.is_some()).cloned().unwrap_or_else(|| Value::of(many)),
        })
    }

    /// A default is a literal mostly; anything else is unknown here.
    fn default_value(&self, default: &Expr) -> Value {
        match default {
            Expr::StringLiteral(literal) => Value::str(literal.value.to_str()),
            _ => Value::tainted(Taint::PARAMETER),
        }
    }

    /// Keeps a text that may mean something to a rule.
    fn note(&mut self, text: &str, line: u32) {
        let telling = text.contains("://")
            || text.len() > 400
            || secret_of(text).is_some()
            || text.contains("discord")
            || text.contains("telegram");
        if telling && self.strings.len() < MAX_STRINGS {
            let text: String = text.chars().take(2_000).collect();
            if !self.strings.iter().rev().take(8).any(|fact| fact.text == text) {
                self.strings.push(StringFact { text, line });
            }
        }
    }
}
