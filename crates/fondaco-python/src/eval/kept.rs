//! What a function does with a function that it is given, if it runs none: it keeps it for somebody who asks.

use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Parameters, Stmt, UnaryOp};

use super::statement::dotted;
use super::{Body, Function, handoff};

/// As which argument something is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'g> {
    At(usize),
    Named(&'g str),
}

/// Ways to hand something to a function that are remembered.
pub(super) const MAX_ASKED: usize = 16;

/// What was asked of a function: what becomes of what it is handed in some places.
#[derive(Debug)]
pub(super) struct Asked {
    are_classes: bool,
    at: Vec<usize>,
    named: Vec<Box<str>>,
}

impl Asked {
    pub(super) fn of(places: &[Place<'_>], are_classes: bool) -> Self {
        let mut asked = Self { are_classes, at: Vec::new(), named: Vec::new() };
        for place in places {
            match place {
                Place::At(at) => asked.at.push(*at),
                Place::Named(name) => asked.named.push((*name).into()),
            }
        }
        asked
    }

    /// Whether it is the same that is asked again; positional arguments stand before named ones.
    pub(super) fn is(&self, places: &[Place<'_>], are_classes: bool) -> bool {
        let is_same = |(nth, place): (usize, &Place<'_>)| match place {
            Place::At(at) => self.at.get(nth) == Some(at),
            Place::Named(name) => nth
                .checked_sub(self.at.len())
                .and_then(|nth| self.named.get(nth))
                .is_some_and(|own| **own == **name),
        };
        self.are_classes == are_classes
            && self.at.len() + self.named.len() == places.len()
            && places.iter().enumerate().all(is_same)
    }
}

impl Place<'_> {
    /// Whether what is handed over by this name is called when something happens: a message comes, a key is pressed.
    pub(super) fn is_of_events(&self) -> bool {
        matches!(self, Self::Named(name) if name.starts_with("on_") || *name == "target")
    }
}
/// What was asked of a function so far.
pub(super) type Answers<'a> = Vec<(Asked, Option<Rc<Kept<'a>>>)>;

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
                self.looks_at(compare.comparators.iter().chain([compare.left.as_ref()]));
            }
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.looks_at([not.operand.as_ref()]),
            Expr::If(choice) => self.looks_at([choice.test.as_ref()]),
            Expr::Call(call) => {
                let callee = dotted(&call.func).unwrap_or_default();
                let named = call.arguments.keywords.iter().map(|keyword| &keyword.value);
                let given =
                    call.arguments.args.iter().chain(named).filter(|value| self.is_one(value)).count();
                match call.func.as_ref() {
                    _ if given == 0 => {}
                    // The package may have a function of this name itself.
                    _ if callee == "wraps" => {
                        self.kept.handed_to.push("wraps");
                        self.harmless += given;
                    }
                    _ if handoff::is_kept_by(&format!("builtins.{callee}")) => {
                        self.harmless += given;
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
