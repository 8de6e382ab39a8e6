//! Functions of other modules, followed with what they are given here.
//!
//! A package that keeps its decoder in one module, what it decodes in another and the call that runs
//! it in a third hides nothing by that: the decoder's own source is evaluated where it is called.

use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use ruff_python_ast::{Parameters, Stmt, Suite};
use ruff_text_size::Ranged;

use super::fate::{Fate, Keeper};
use super::kept::{Asked, Kept, MAX_ASKED, Place, parameters_at};
use super::looked_up::is_looked_up;
use super::{Body, Eval, Function, Given};
use crate::analysis::DataFile;
use crate::maps::Map;
use crate::scope::Scope;
use crate::value::{Constant, joined};
use crate::{Taint, Value, dotted, marks};

/// Longest function that is lent, in bytes of its source.
const MAX_SOURCE: usize = 6_000;
/// Functions that one module lends.
const MAX_LENT: usize = 500;
/// Shortest text for which a function of another module is followed.
const MIN_TEXT: usize = 24;
/// From which length on a text counts that has spaces.
const LONG_TEXT: usize = 200;
/// Shortest list for which it is.
const MIN_LIST: usize = 8;
/// Calls of one lent function from one module that gave nothing, after which it is followed no more
/// if it decodes nothing: calls for show would hide the one that counts.
const MAX_FRUITLESS: u32 = 2;
/// Classes of other modules that a class is made of.
const MAX_BASES: usize = 16;
/// Functions of other modules that are followed into each other.
const MAX_DEPTH: usize = 5;

/// A function as other modules follow it.
pub(crate) struct Lent {
    /// The text of its module, and where it stands there from its parameters on.
    text: Rc<str>,
    range: Range<usize>,
    module: Rc<str>,
    unit: usize,
    /// The class whose method it is.
    owner: Option<Rc<str>>,
    /// Where it leaves what it is handed in some places, if it runs none of it: what was asked of it so far.
    asked: RefCell<Vec<(Asked, Option<Rc<Left>>)>>,
    read: OnceCell<Read>,
}

/// What the source of a function says, read once for all modules.
struct Read {
    /// Whether it may execute or decode something.
    decodes: bool,
    /// Whether it does anything that a call could tell of.
    acts: bool,
    /// What it has of its object, `self.key`, where it decodes.
    own: Vec<Box<str>>,
}

/// Where a function leaves what it is handed.
#[derive(Debug)]
struct Left {
    /// Whether in something that others look into.
    is_put_away: bool,
    /// The last names of methods of other things that it hands it to.
    handed_to: Vec<Box<str>>,
}

/// Whether a text is the name of a data file, or what stands before its extension.
fn is_part_of_name(data: &DataFile<'_>, text: &[u8]) -> bool {
    [Some(data.path.file_name()), data.path.container()].into_iter().flatten().any(|name| {
        let rest = name.as_bytes().strip_prefix(text);
        !text.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
    })
}

impl Lent {
    fn source(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    fn read(&self) -> &Read {
        self.read.get_or_init(|| {
            let source = self.source();
            let decodes = marks::may_decode(source);
            let words = source.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
            let mut own: Vec<Box<str>> = if decodes {
                words.filter(|word| word.starts_with("self.")).map(Box::from).collect()
            } else {
                Vec::new()
            };
            own.sort_unstable();
            own.dedup();
            Read { decodes, acts: decodes || marks::may_act(source), own }
        })
    }

    /// Where it leaves what it is handed in these places, if it runs none of it, and whether that was asked for the first
    /// time.
    fn leaves(&self, places: &[Place<'_>], are_classes: bool) -> (Option<Rc<Left>>, bool) {
        if let Some((_, known)) = self.asked.borrow().iter().find(|(asked, _)| asked.is(places, are_classes))
        {
            return (known.clone(), false);
        }
        let left = match parsed(self.source()).as_deref() {
            Some([Stmt::FunctionDef(s)]) => {
                let is_method = self.owner.is_some();
                let function = Function { is_method, ..written(&s.parameters, &s.body) };
                Kept::by(&function, places, are_classes).map(|kept| {
                    let is_put_away = kept.is_put_away || !kept.tables.is_empty();
                    Rc::new(Left {
                        is_put_away,
                        handed_to: kept.handed_to.into_iter().map(Box::from).collect(),
                    })
                })
            }
            _ => None,
        };
        let mut asked = self.asked.borrow_mut();
        if asked.len() < MAX_ASKED {
            asked.push((Asked::of(places, are_classes), left.clone()));
        }
        (left, true)
    }

    /// It, as what keeps something.
    fn keeper(&self) -> Keeper {
        let before = self.text.get(..self.range.start).unwrap_or_default();
        let line = before.matches('\n').count() as u32 + 1;
        Keeper { unit: self.unit, module: self.module.clone(), line }
    }
}

/// A lent function that was parsed here.
pub(super) struct Borrowed<'a> {
    parameters: &'a Parameters,
    body: &'a [Stmt],
    /// What it mentions of its module.
    scope: Scope,
    fruitless: Cell<u32>,
}

impl<'a> Eval<'a, '_> {
    /// What other modules may follow of this one, by full names.
    pub(super) fn lend(&self) -> Map<Rc<str>, Lent> {
        let Some(text) = &self.task.lends else { return Map::default() };
        let module: Rc<str> = self.task.module.into();
        let lent = self.defined.iter().filter_map(|name| {
            let function = self.functions.get(name).filter(|function| function.executed_at.is_none())?;
            let (Some(parameters), Body::Statements(body)) = (function.parameters, function.body) else {
                return None;
            };
            let range = parameters.start().to_usize()..body.last()?.end().to_usize();
            if range.len() > MAX_SOURCE {
                return None;
            }
            let owner = self.owners.get(name).filter(|_| function.is_method).cloned();
            Some((
                dotted::classless(name),
                Lent {
                    text: text.clone(),
                    range,
                    module: module.clone(),
                    unit: self.task.unit,
                    owner,
                    asked: RefCell::default(),
                    read: OnceCell::new(),
                },
            ))
        });
        lent.take(MAX_LENT).collect()
    }

    /// What a function of another module gives for this, if it can be followed and that tells anything.
    /// A method is called on `receiver`, or on an object of its own class.
    pub(super) fn borrowed(
        &mut self,
        name: &Rc<str>,
        receiver: Option<Value>,
        given: Given<'_>,
        line: u32,
    ) -> Option<Value> {
        let lent = self.task.lent;
        let lender = lent.get(name)?;
        let is_deep = self.across.borrowing.len() >= MAX_DEPTH || self.across.borrowing.contains(name);
        let may_tell = receiver.is_some() || given.values().any(|value| self.is_told(value, true));
        if is_deep || !may_tell || self.steps <= self.task.steps / 2 || !self.step() {
            return None;
        }
        let Read { decodes, acts, own } = lender.read();
        if !acts {
            return None;
        }
        if !given.values().any(|value| self.is_told(value, *decodes)) {
            if !decodes || receiver.is_none() {
                return None;
            }
            let looks = own.len() as u64 * self.methods.len() as u64;
            self.steps = self.steps.saturating_sub(looks / 16);
            if !self.completes(own) {
                return None;
            }
        }
        let function = self.parsed(name, lender)?;
        if !decodes && function.fruitless.get() >= MAX_FRUITLESS {
            return None;
        }
        let here = Function { executed_at: self.executed_at, ..written(function.parameters, function.body) };
        let object =
            lender.owner.as_ref().map(|owner| receiver.unwrap_or_else(|| Value::name(owner.clone())));
        let args: Vec<Value> = object.into_iter().chain(given.args.iter().cloned()).collect();
        let scope = self.parameters(name, here, Some(Given { args: &args, kwargs: given.kwargs }), None);
        let (done, layers) = (self.calls.len(), self.layers.len());
        self.across.borrowing.push(name.clone());
        let line_above = self.across.lent_at.replace(self.across.lent_at.unwrap_or(line));
        self.scopes.extend([function.scope.clone(), scope]);
        let control_above = self.control.enter(true);
        let returned_above = std::mem::take(&mut self.returned);
        let branches_above = std::mem::take(&mut self.branches);
        self.body(function.body);
        self.branches = branches_above;
        self.control.leave(control_above);
        let returned = std::mem::replace(&mut self.returned, returned_above);
        self.scopes.truncate(self.scopes.len() - 2);
        self.across.lent_at = line_above;
        self.across.borrowing.pop();
        let known = returned.iter().find(|value| value.constant.is_some()).cloned();
        if known.is_none() && done == self.calls.len() && layers == self.layers.len() {
            function.fruitless.set(function.fruitless.get() + 1);
            return None;
        }
        let all = Value::of(&returned);
        known.map(|known| Value { taint: known.taint | all.taint, ..known })
    }

    /// Remembers which classes of other modules one is made of.
    pub(super) fn keep_bases_elsewhere(&mut self, class: &Rc<str>, bases: &[Rc<str>]) {
        let foreign = bases.iter().filter(|base| self.local(base).is_none() && self.task.modules.hold(base));
        let foreign: Vec<Rc<str>> = foreign.take(MAX_BASES).cloned().collect();
        if !foreign.is_empty() {
            self.across.bases.insert(class.clone(), foreign);
        }
    }

    /// What a method gives that a class of this module has from one of another.
    pub(super) fn inherited(&mut self, name: &str, given: Given<'_>, line: u32) -> Option<Value> {
        let (class, method) = name.rsplit_once('.')?;
        let bases = self.across.bases.get(class)?.clone();
        for base in bases {
            let full: Rc<str> = joined([&base, ".", method]);
            if self.task.lent.contains_key(&full) {
                self.leads_to_name(line, &full);
                let value = self.borrowed(&full, Some(Value::name(class)), given, line);
                return value.or_else(|| self.task.results.get(&full).cloned());
            }
        }
        None
    }

    /// What a module of the package holds by this name, as far as that is known.
    pub(super) fn of_module(&self, module: &Value, name: &str) -> Option<Value> {
        let module = module.name.as_deref().filter(|module| self.task.modules.may_hold(module))?;
        let of = |module: &str, name: &str| self.task.exports.get(module)?.get(name);
        let Some(value) = of(module, name) else {
            // What stands in a class of one.
            let (module, class) = module.rsplit_once('.')?;
            let value = of(module, &format!("{class}.{name}"))?;
            return value.constant.is_some().then(|| value.clone());
        };
        if self.task.left.is_empty() {
            return value.constant.is_some().then(|| value.clone());
        }
        let full = format!("{module}.{name}");
        let is_known = value.constant.is_some() || self.task.left.contains_key(full.as_str());
        is_known.then(|| self.with_gathered(value.clone(), &full))
    }

    /// Whether an argument tells enough for what a function does with it to matter.
    fn is_told(&self, value: &Value, decodes: bool) -> bool {
        if value.taint.has(Taint::FETCHED) {
            return true;
        }
        match &value.constant {
            Some(Constant::List(items)) => items.len() >= MIN_LIST,
            Some(_) => value.as_bytes().is_some_and(|text| {
                // Sentences are for people; of a cipher of letters much is needed.
                let is_encoded = || if decodes { !text.contains(&b' ') } else { text.iter().all(is_digit) };
                text.len() >= LONG_TEXT
                    || text.len() >= MIN_TEXT && is_encoded()
                    || self.task.data.iter().any(|data| is_part_of_name(data, text))
            }),
            None => false,
        }
    }

    /// Whether classes of this module hold something that a method which they have from another has of its object: a
    /// text, or a method of their own.
    fn completes(&self, own: &[Box<str>]) -> bool {
        own.iter().any(|path| {
            let known = self.scopes.first().zip(self.task.symbols.find(path));
            let is_text = known
                .and_then(|(names, symbol)| names.get(symbol))
                .is_some_and(|value| value.as_bytes().is_some_and(|text| text.len() >= MIN_TEXT));
            let name = path.strip_prefix("self.").unwrap_or(path);
            is_text || self.methods.keys().any(|method| dotted::last(method) == name)
        })
    }

    /// What a lent function mentions of its module.
    fn mentioned(&self, lender: &Lent) -> Scope {
        let Some(names) = self.task.exports.get(&lender.module) else { return Scope::default() };
        let words = lender.source().split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words
            .filter_map(|word| names.get_key_value(word))
            .map(|(name, value)| (self.task.symbols.of(name), value.clone()))
            .collect()
    }

    /// What becomes of what a function of another module is handed; of one that is not known, it may run, unless its
    /// name says that it registers it.
    pub(super) fn lent_fate(
        &mut self,
        name: &Rc<str>,
        (places, are_classes): (&[Place<'_>], bool),
        registers: bool,
    ) -> Fate {
        let lent = self.task.lent;
        let makes = || lent.get(&*joined([name, ".", "__init__"])).filter(|_| are_classes);
        let Some(lender) = lent.get(name).or_else(makes) else {
            return if registers { Fate::Kept } else { Fate::Runs };
        };
        let (left, is_new) = lender.leaves(places, are_classes);
        if is_new {
            self.steps = self.steps.saturating_sub(lender.source().len() as u64 / 4);
        }
        match left {
            Some(left) if self.has_one_of(left.handed_to.iter().map(|name| &**name)) => Fate::Runs,
            Some(left) if left.is_put_away => Fate::PutAway(lender.keeper()),
            Some(_) => Fate::Kept,
            None => Fate::Runs,
        }
    }

    /// Whether a function of another module only looks up names in all variables that it is given.
    pub(super) fn lent_looks_up(&self, name: &Rc<str>, given: Given<'_>) -> bool {
        let suite = self.task.lent.get(name).and_then(|lender| parsed(lender.source()));
        let Some([Stmt::FunctionDef(s)]) = suite.as_deref() else { return false };
        let has_all = |value: &Value| value.whole_taint().has(Taint::ALL_VARIABLES);
        let positional = given.args.iter().enumerate().map(|(at, value)| (Place::At(at), value));
        let named = given.kwargs.iter().map(|(name, value)| (Place::Named(name), value));
        let places: Vec<Place<'_>> =
            positional.chain(named).filter(|(_, value)| has_all(value)).map(|(place, _)| place).collect();
        // Names that were read from the variables themselves lead to all of them.
        if given.values().any(|value| !has_all(value) && value.whole_taint().has(Taint::ENVIRONMENT)) {
            return false;
        }
        let names = parameters_at(&s.parameters, false, &places);
        names.is_some_and(|names| names.iter().all(|name| is_looked_up(name, &s.body)))
    }

    /// The function's definition, parsed once.
    fn parsed(&mut self, name: &Rc<str>, lender: &Lent) -> Option<Rc<Borrowed<'a>>> {
        if let Some(known) = self.across.parsed.get(name) {
            return known.clone();
        }
        let source = lender.source();
        self.steps = self.steps.saturating_sub(source.len() as u64 / 4);
        let suite: Option<&'a [Stmt]> = parsed(source).map(|suite| &**self.arena.alloc(suite));
        let mut function = None;
        if let Some([Stmt::FunctionDef(s)]) = suite {
            let (scope, fruitless) = (self.mentioned(lender), Cell::new(0));
            function = Some(Rc::new(Borrowed { parameters: &s.parameters, body: &s.body, scope, fruitless }));
        }
        self.across.parsed.insert(name.clone(), function.clone());
        function
    }
}

/// A function of which only this is known.
fn written<'a>(parameters: &'a Parameters, body: &'a [Stmt]) -> Function<'a> {
    Function {
        parameters: Some(parameters),
        body: Body::Statements(body),
        is_method: false,
        node: None,
        is_told: false,
        executed_at: None,
    }
}

/// What a function's source, from its parameters on, is parsed to.
fn parsed(source: &str) -> Option<Suite> {
    let parsed = ruff_python_parser::parse_module(&format!("async def lent{source}"));
    parsed.ok().map(|parsed| parsed.into_suite())
}

/// A digit of the usual encodings.
fn is_digit(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}
