//! What a function does with a function that it is given, if it runs none: it keeps it for somebody who asks.

use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Parameters, Stmt};

use super::callee::Callee;
use super::statement::dotted;
use super::{Body, Eval, Function, handoff};
use crate::graph::{Node, NodeId};
use crate::value::{Constant, joined};
use crate::{Taint, Value, dotted};

/// As which argument something is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'g> {
    At(usize),
    Named(&'g str),
}

impl Place<'_> {
    /// Whether what is handed over by this name is called when something happens: a message comes, a key is pressed.
    fn is_of_events(&self) -> bool {
        matches!(self, Self::Named(name) if name.starts_with("on_") || *name == "target")
    }
}

/// What becomes of a function that is handed over.
#[derive(Debug)]
pub(super) enum Fate {
    /// It may run now.
    Runs,
    /// It is kept by its name, or by somebody else who is asked for it.
    Kept,
    /// It is put where code of a module finds it that calls what it has found.
    PutAway(Keeper),
}

/// Where the code stands that puts something away.
#[derive(Debug, Clone)]
pub(crate) struct Keeper {
    pub(crate) unit: usize,
    pub(crate) module: Rc<str>,
    pub(crate) line: u32,
}

/// Where a function leaves what it is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Kept<'a> {
    /// The tables that it puts it into: what lies under a name there is called by whoever asks for that name.
    pub(super) tables: Vec<&'a str>,
    /// Methods of other things that it hands it to, by their last names.
    pub(super) handed_to: Vec<&'a str>,
    /// Functions and classes that it makes of it.
    pub(super) within: Vec<&'a str>,
    /// Whether it puts it into something that others look into: a list, an attribute of an object.
    pub(super) is_put_away: bool,
}

impl<'a> Kept<'a> {
    /// What becomes of what a function is given in these places; nothing if it may run that.
    pub(super) fn by(function: &Function<'a>, places: &[Place<'_>], are_classes: bool) -> Option<Self> {
        let (Some(parameters), Body::Statements(body)) = (function.parameters, function.body) else {
            return None;
        };
        Self::in_body(body, &parameters_at(parameters, function.is_method, places)?, are_classes)
    }

    /// What becomes of these names, if all that a body does with them is to keep them, to give them back and to look at
    /// them. A class may be an attribute as well; a function that is one is a method.
    fn in_body(body: &'a [Stmt], names: &[&'a str], are_classes: bool) -> Option<Self> {
        let mut uses =
            Uses { names: names.to_vec(), are_classes, kept: Kept::default(), all: 0, harmless: 0 };
        uses.visit_body(body);
        (uses.all == uses.harmless).then_some(uses.kept)
    }

    /// Whether it does nothing but put it into tables.
    pub(super) fn is_in_tables(&self) -> bool {
        self.handed_to.is_empty() && self.within.is_empty() && !self.is_put_away
    }
}

/// The names of the parameters in these places.
pub(super) fn parameters_at<'a>(
    parameters: &'a Parameters,
    is_method: bool,
    places: &[Place<'_>],
) -> Option<Vec<&'a str>> {
    let skip = usize::from(is_method);
    let one = |place: &Place<'_>| -> Option<&'a str> {
        let own = |p: &'a ruff_python_ast::ParameterWithDefault| p.parameter.name.as_str();
        let known = match place {
            Place::At(at) => parameters.posonlyargs.iter().chain(&parameters.args).nth(at + skip).map(own),
            Place::Named(name) => parameters.iter_non_variadic_params().map(own).find(|own| own == name),
        };
        let rest = match place {
            Place::At(_) => &parameters.vararg,
            Place::Named(_) => &parameters.kwarg,
        };
        known.or_else(|| rest.as_deref().map(|rest| rest.name.as_str()))
    };
    places.iter().map(one).collect()
}

/// The code of a module that calls what it finds somewhere.
const FINDERS: &str = "<finders>";

impl<'a> Eval<'a, '_> {
    /// What becomes of a function that is handed to this. What the package defines is looked at; of anything else its
    /// name tells whether it calls what it gets. What is no module, as a setup script, hands over little else than
    /// what is to run now.
    pub(super) fn fate(&mut self, called: &Callee, places: &[Place<'_>], are_classes: bool) -> Fate {
        let makes =
            || self.methods.get(&*joined([&called.name, ".", "__init__"])).filter(|_| are_classes).cloned();
        let function =
            self.local_of(called).or_else(makes).and_then(|function| self.functions.get(&function).copied());
        if let Some(function) = function {
            return match self.kept(function, places, are_classes) {
                Some(kept) if kept.is_in_tables() && self.are_tables(&kept) => Fate::PutAway(self.keeper(1)),
                Some(kept)
                    if !self.is_script()
                        && kept.tables.is_empty()
                        && !self.has_one_of(kept.handed_to.iter().copied()) =>
                {
                    if kept.is_put_away {
                        Fate::PutAway(self.keeper(1))
                    } else {
                        Fate::Kept
                    }
                }
                _ => Fate::Runs,
            };
        }
        let registers = handoff::only_registers(&called.name);
        if self.is_script() {
            return if registers { Fate::Kept } else { Fate::Runs };
        }
        if self.classes.records.contains(&called.name) {
            return Fate::PutAway(self.keeper(1));
        }
        match called.elsewhere.as_ref().filter(|_| !self.classes.own.contains(&called.name)) {
            Some(plain) => self.lent_fate(plain, (places, are_classes), registers),
            None if registers => Fate::Kept,
            None if places.iter().any(Place::is_of_events) => Fate::Runs,
            None if called.is_held => Fate::Runs,
            None if handoff::may_call(&called.name) || handoff::is_of_callers(&called.name) => Fate::Runs,
            None => Fate::Kept,
        }
    }

    /// Whether a function only puts what it is given into tables, under names.
    pub(super) fn keeps(&mut self, function: Function<'a>) -> bool {
        let Body::Statements(body) = function.body else { return false };
        let by = || {
            // Most decorators make a function of what they get.
            if body.iter().any(|statement| matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_))) {
                return None;
            }
            let count = function.parameters.map_or(0, Parameters::len);
            let all: Vec<Place<'_>> = (0..count).map(Place::At).collect();
            Kept::by(&function, &all, false).filter(Kept::is_in_tables).map(Rc::new)
        };
        let kept = self.keepers.entry(body.as_ptr() as usize).or_insert_with(by).clone();
        kept.is_some_and(|kept| self.are_tables(&kept))
    }

    /// Whether what is called so are tables: that is asked each time, and `globals()` is none.
    fn are_tables(&self, kept: &Kept<'_>) -> bool {
        let is_table = |name: &&str| {
            self.lookup(name).is_some_and(|table| matches!(table.constant, Some(Constant::Dict(_))))
        };
        kept.tables.iter().all(is_table)
    }

    /// Whether a name means a class: what it runs is what making one does.
    pub(super) fn is_class(&self, name: &str) -> bool {
        self.classes.own.contains(name) || dotted::last(name).starts_with(|c: char| c.is_ascii_uppercase())
    }

    /// Whether this is no module of the package, or code that was hidden.
    fn is_script(&self) -> bool {
        !self.task.is_imported || self.task.scope.is_some()
    }

    /// What becomes of what a function is given in these places, if it runs none of it.
    fn kept(
        &mut self,
        function: Function<'a>,
        places: &[Place<'_>],
        are_classes: bool,
    ) -> Option<Rc<Kept<'a>>> {
        let Body::Statements(body) = function.body else { return None };
        // By its body: another may get its name later.
        let key = (body.as_ptr() as usize, format!("{are_classes} {places:?}"));
        let by = || Kept::by(&function, places, are_classes).map(Rc::new);
        self.keeping.entry(key).or_insert_with(by).clone()
    }

    /// Whether the package has a function or method of one of these names itself.
    pub(super) fn has_one_of<'n>(&mut self, mut methods: impl Iterator<Item = &'n str>) -> bool {
        let (names, defined) = &mut self.own_names;
        names.extend(self.defined[*defined..].iter().map(|name| Box::from(dotted::last(name))));
        *defined = self.defined.len();
        methods.any(|method| names.contains(method) || self.task.lent_as.contains(method))
    }

    /// Code of this module that keeps something.
    fn keeper(&self, line: u32) -> Keeper {
        Keeper { unit: self.task.unit, module: self.task.module.into(), line }
    }

    /// The node from which all is reached that this module hands to a keeper: whatever code of the keeper's module
    /// calls what it finds somewhere leads to it.
    pub(super) fn put_away(&mut self, keeper: Keeper) -> NodeId {
        let finders = self.graph.id(Node { unit: keeper.unit, function: FINDERS.into() });
        let handed = self.node_of(joined(["<handed to ", &keeper.module, ">"]));
        self.graph.edge(finders, keeper.line, handed.clone());
        self.graph.id(handed)
    }

    /// Notes that the function at hand calls something that it finds somewhere. What it calls by the name of a parameter
    /// is no such thing: whoever hands something over for that is led to it.
    pub(super) fn finds(&mut self, called: &Expr, callee: &Value, line: u32) {
        if !self.is_found(called, callee) || callee.taint.has(Taint::PARAMETER) && self.is_parameter(called) {
            return;
        }
        let here = self.here_id();
        if self.finders.insert(here) {
            let finders = self.node_of(FINDERS.into());
            self.graph.edge(here, line, finders);
        }
    }

    /// Whether what is called is nothing that was defined under its name: what a container gives, an attribute of an
    /// object of the module.
    fn is_found(&self, called: &Expr, callee: &Value) -> bool {
        const GIVERS: [&str; 14] = [
            "get()",
            "getattr()",
            "items()",
            "iter()",
            "list()",
            "next()",
            "pop()",
            "popitem()",
            "popleft()",
            "reversed()",
            "setdefault()",
            "sorted()",
            "tuple()",
            "values()",
        ];
        let Some(name) = &callee.name else {
            // A method of what is known is one of its type; anything else is what somebody has made an attribute.
            let Expr::Attribute(attribute) = called else { return true };
            let Expr::Name(object) = attribute.value.as_ref() else { return false };
            return self.lookup(&object.id).is_none_or(|object| object.constant.is_none());
        };
        let is_own = |object: &str| self.classes.own.contains(object.strip_suffix("()").unwrap_or(object));
        GIVERS.contains(&dotted::last(name))
            || name.rsplit_once('.').is_some_and(|(object, _)| is_own(object)) && self.local(name).is_none()
    }

    /// Whether an expression is a parameter of the function at hand.
    fn is_parameter(&self, expression: &Expr) -> bool {
        let Expr::Name(name) = expression else { return false };
        let parameters = self.functions.get(&self.function).and_then(|function| function.parameters);
        parameters
            .is_some_and(|all| all.iter().any(|parameter| parameter.name().as_str() == name.id.as_str()))
    }
}

/// Whether an attribute of a function tells something of it, and is nothing that could be called.
fn is_said(attribute: &str) -> bool {
    matches!(attribute, "__name__" | "__qualname__" | "__module__" | "__doc__" | "__annotations__")
}

/// Whether a method of this name puts something where whoever holds the object finds it.
fn is_container(method: &str) -> bool {
    const METHODS: [&str; 16] = [
        "add",
        "append",
        "appendleft",
        "extend",
        "fromkeys",
        "insert",
        "push",
        "put",
        "put_nowait",
        "send",
        "set",
        "setdefault",
        "store",
        "update",
        "write",
        "yield",
    ];
    METHODS.contains(&method) || method.starts_with("__")
}

/// How often names are used, and how often in a way that calls nothing.
struct Uses<'a> {
    names: Vec<&'a str>,
    are_classes: bool,
    kept: Kept<'a>,
    all: usize,
    harmless: usize,
}

impl Uses<'_> {
    fn is_one(&self, value: &Expr) -> bool {
        matches!(value, Expr::Name(name) if self.names.contains(&name.id.as_str()))
    }

    /// Whether what is put into this lies there for whoever looks: into an attribute, or into a part of it.
    fn is_put_into(&mut self, holder: &Expr) -> bool {
        let is_holder = match holder {
            Expr::Attribute(_) => true,
            Expr::Subscript(part) => matches!(part.value.as_ref(), Expr::Name(_) | Expr::Attribute(_)),
            _ => false,
        };
        self.kept.is_put_away |= is_holder;
        is_holder
    }

    /// Whether something holds is asked of these, and nothing else.
    fn looks_at<'e>(&mut self, values: impl IntoIterator<Item = &'e Expr>) {
        self.harmless += values.into_iter().filter(|value| self.is_one(value)).count();
    }
}

impl<'a> Visitor<'a> for Uses<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Return(given) => {
                self.harmless += usize::from(given.value.as_deref().is_some_and(|value| self.is_one(value)));
            }
            Stmt::Assign(assignment) if self.is_one(&assignment.value) => {
                // Under another name here, or in a table; anywhere else it may be what something calls.
                let mut is_harmless = true;
                for target in &assignment.targets {
                    match target {
                        Expr::Name(other) => self.names.push(other.id.as_str()),
                        Expr::Subscript(item) => match item.value.as_ref() {
                            Expr::Name(table) => self.kept.tables.push(table.id.as_str()),
                            other => is_harmless &= self.is_put_into(other),
                        },
                        // What a wrapper says of what it wraps.
                        Expr::Attribute(said) if said.attr.as_str() == "__wrapped__" => {}
                        Expr::Attribute(_) if self.are_classes => self.kept.is_put_away = true,
                        _ => is_harmless = false,
                    }
                }
                self.harmless += usize::from(is_harmless);
            }
            Stmt::If(branch) => {
                let tests = branch.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref());
                self.looks_at(tests.chain([branch.test.as_ref()]));
            }
            // What stands in it runs when it is called, and it is watched like what it was made of.
            Stmt::FunctionDef(function) => {
                function.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
                self.visit_parameters(&function.parameters);
                self.names.push(function.name.as_str());
                self.kept.within.push(function.name.as_str());
                return;
            }
            Stmt::ClassDef(class) => {
                self.names.push(class.name.as_str());
                self.kept.within.push(class.name.as_str());
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx.is_load() => self.all += usize::from(self.is_one(expression)),
            Expr::Attribute(attribute) if attribute.ctx.is_store() || is_said(attribute.attr.as_str()) => {
                self.harmless += usize::from(self.is_one(&attribute.value));
            }
            Expr::Subscript(item) => self.looks_at([item.slice.as_ref()]),
            Expr::Compare(compare) => {
                self.looks_at(compare.comparators.iter().chain([compare.left.as_ref()]))
            }
            Expr::UnaryOp(not) => self.looks_at([not.operand.as_ref()]),
            Expr::If(choice) => self.looks_at([choice.test.as_ref()]),
            Expr::Call(call) => {
                let callee = dotted(&call.func).unwrap_or_default();
                let named = call.arguments.keywords.iter().map(|keyword| &keyword.value);
                let given =
                    call.arguments.args.iter().chain(named).filter(|value| self.is_one(value)).count();
                match call.func.as_ref() {
                    _ if given == 0 => {}
                    _ if callee == "wraps" || handoff::is_kept_by(&format!("builtins.{callee}")) => {
                        self.harmless += given
                    }
                    Expr::Attribute(method)
                        if !is_container(&method.attr) && !handoff::may_call(&method.attr) =>
                    {
                        self.kept.handed_to.push(method.attr.as_str());
                        self.harmless += given;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    fn what_only_keeps_a_function_does_nothing_else_with_it() {
        let kept = |source: &str| {
            let parsed = ruff_python_parser::parse_module(source).unwrap();
            let kept = Kept::in_body(parsed.suite(), &["f"], false);
            kept.map(|kept| [kept.tables, kept.handed_to, kept.within].concat().join(","))
        };
        assert_eq!(kept("TABLE[f.__name__] = f\nreturn f\n").as_deref(), Some("TABLE"));
        assert_eq!(kept("g = f\nTABLE['x'] = g\n").as_deref(), Some("TABLE"));
        assert_eq!(
            kept("if f is not None and not f:\n    g(f.__name__ if f else '')\n").as_deref(),
            Some("")
        );
        assert_eq!(kept("def g(): f()\ng.__wrapped__ = f\nreturn g\n").as_deref(), Some("g"));
        assert_eq!(kept("f.is_tool = True\nreturn f\n").as_deref(), Some(""));
        assert_eq!(kept("app.command(f, name='x')\n").as_deref(), Some("command"));
        assert_eq!(kept("@wraps\ndef g():\n    return f()\nreturn g\n").as_deref(), Some("g"));
        assert_eq!(
            kept("class C:\n    def g(self):\n        return f()\nreturn C\n").as_deref(),
            Some("C,g")
        );
        for source in [
            "TABLE['x'] = f\nf()\n",
            "g = f\ng()\n",
            "Thread(target=lambda: f()).start()\n",
            "[f][0]()\n",
            "f.__call__()\n",
            "g = f.__call__\ng()\n",
            "tasks.append(lambda: f())\n",
            "tasks.update(a=f)\n",
            "pool.submit(f)\n",
            "run(f)\n",
            "@f\ndef g(): pass\n",
            "def g(): f()\ng()\n",
            "def g(): f()\nThread(target=g).start()\n",
            "def g(x=f()): pass\n",
            "class C:\n    x = f()\n",
            "class C:\n    def __init__(self): f()\nC()\n",
            "list(map(f, [1]))\n",
            "Thread.run = f\n",
            "globals()['helper'] = f\n",
        ] {
            assert_eq!(kept(source), None, "{source}");
        }
    }
}
