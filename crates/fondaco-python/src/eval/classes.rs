//! Classes of the module: what making one runs, and what they have from others.

use std::cell::OnceCell;
use std::rc::Rc;

use ruff_python_ast::StmtClassDef;

use super::entrusted::Party;
use super::{Eval, Given};
use crate::catalog::api_of;
use crate::maps::{Map, Set};
use crate::scope::Scope;
use crate::value::{Constant, joined};
use crate::{Api, Taint, Value, dotted, fold};

/// Methods that are taken over from classes of the module.
const MAX_INHERITED: usize = 2_000;

/// What is known of the classes of a module, and of its context managers.
#[derive(Default)]
pub(super) struct Classes {
    /// The built-in type that a class of the module is made of, `class Text(str)`.
    pub(super) built_on: Map<Rc<str>, Rc<str>>,
    /// The classes of the module.
    pub(super) own: Set<Rc<str>>,
    /// Those that keep what they are made with, and do nothing else then: tuples with names.
    pub(super) records: Set<Rc<str>>,
    /// Classes of the module of which an object was made.
    pub(super) made: Set<Rc<str>>,
    /// What the members of an enumeration of the module are.
    pub(super) enumerations: Map<Rc<str>, Value>,
    /// Classes of the module that load modules: what their methods give is executed.
    pub(super) loaders: Set<Rc<str>>,
    /// The names of keys that the module signs with, once somebody has asked.
    pub(super) signing: OnceCell<Set<String>>,
    /// Where sessions are kept that sign in with a credential of the caller.
    pub(super) sessions: Set<String>,
    /// Names that are handed to what makes accounts of wallets, once somebody has asked.
    pub(super) taken: OnceCell<Set<String>>,
    /// Whom the methods of each class gave the credentials that it was handed.
    pub(super) parties: Map<Rc<str>, Vec<Party>>,
    /// Methods of any name that are being looked up within each other.
    pub(super) naming: usize,
    /// Whether the module makes buffers in memory, once somebody has asked.
    pub(super) buffers: OnceCell<bool>,
    /// Functions that are made context managers: what they yield is what one works with.
    pub(super) managers: Set<Rc<str>>,
}

/// What the bases of a class make of it.
#[derive(Default)]
struct Bases {
    names: Vec<Rc<str>>,
    is_command: bool,
    is_thread: bool,
    is_enumeration: bool,
    /// Whether a framework calls `ready` once it starts.
    is_application: bool,
    /// Whether a server has it answer whoever connects.
    is_handler: bool,
}

/// What a handler of the standard library's servers reads from and writes to (`socketserver`).
const CONNECTION: [(&str, &str); 3] = [
    ("self.rfile", "socketserver.StreamRequestHandler().rfile"),
    ("self.wfile", "socketserver.StreamRequestHandler().wfile"),
    ("self.request", "socket.socket()"),
];

impl<'a> Eval<'a, '_> {
    pub(super) fn class_def(&mut self, s: &'a StmtClassDef) {
        let line = self.line(s);
        let bases = self.bases(s);
        let mut meta = None;
        let mut is_record = matches!(bases.names.as_slice(), [base] if &**base == "typing.NamedTuple");
        let mut given = Vec::new();
        for keyword in s.arguments.iter().flat_map(|a| a.keywords.iter()) {
            let value = self.expression(&keyword.value);
            let name = value.name.clone().unwrap_or_default();
            self.runs_of_class(&name, &["__new__", "__init__", "__prepare__"], line);
            match keyword.arg.as_deref() {
                Some("metaclass") => meta = Some(name),
                Some(key) => given.push((key.to_owned(), value)),
                None => {}
            }
        }
        let qualified: Rc<str> = self.qualified(s.name.as_str()).into();
        if self.classes.own.insert(qualified.clone()) {
            let node = self.graph.id(self.node_of(qualified.clone()));
            self.graph.define(qualified.clone(), node);
        }
        let before = self.defined.len();
        if bases.is_handler
            && let Some(module) = self.scopes.first_mut()
        {
            for (attribute, name) in CONNECTION {
                module.add(self.task.symbols.of(attribute), || Value::name(name));
            }
        }
        self.path.push(format!("class {}", s.name).into());
        self.scopes.push(Scope::default());
        self.body(&s.body);
        let attributes = self.scopes.pop().unwrap_or_default();
        self.path.pop();
        let objects = ["self", "cls", s.name.as_str()].map(|object| self.task.symbols.of(object));
        if let Some(module) = self.scopes.first_mut() {
            // Functions are methods, and found by their names.
            let is_data =
                |v: &Value| v.constant.is_some() || v.name.as_deref().is_none_or(|n| n.ends_with("()"));
            for (name, value) in attributes.iter().filter(|(_, value)| is_data(value)) {
                for object in objects {
                    module.add(self.task.symbols.attribute(object, name), || value.clone());
                }
            }
        }
        if bases.is_enumeration {
            let members = attributes.values().iter().filter(|v| v.as_bytes().is_some()).cloned().collect();
            self.classes.enumerations.insert(qualified.clone(), fold::display(members));
        }
        self.methods_of(&qualified, &bases, before, line);
        self.inherit(&qualified, &bases.names, line);
        self.keep_bases_elsewhere(&qualified, &bases.names);
        self.bind_named(s.name.as_str(), Value::name(qualified.clone()));
        self.made_class((s.name.as_str(), &attributes), meta, &bases.names, &given);
        for decorator in s.decorator_list.iter().rev() {
            let decorator = self.expression(&decorator.expression);
            let name = decorator.name.as_deref().unwrap_or_default();
            is_record |=
                s.arguments.is_none() && matches!(name, "dataclasses.dataclass" | "dataclasses.dataclass()");
            self.decorates(&decorator, &Value::name(qualified.clone()), line);
        }
        let has = |maker| self.methods.contains_key(&*joined([&qualified, ".", maker]));
        if is_record && !["__new__", "__init__", "__post_init__"].into_iter().any(has) {
            self.classes.records.insert(qualified);
        }
    }

    fn bases(&mut self, s: &'a StmtClassDef) -> Bases {
        let mut bases = Bases::default();
        let qualified: Rc<str> = self.qualified(s.name.as_str()).into();
        for base in s.arguments.iter().flat_map(|a| a.args.iter()) {
            let base = self.expression(base);
            let name = base.name.clone().unwrap_or_default();
            bases.is_command |= name.contains(".command.")
                || name.ends_with(".Command")
                || &*name == "builtins.install"
                || name.ends_with(".BuildHookInterface")
                || name.ends_with(".MetadataHookInterface");
            bases.is_thread |= ["Thread", "Process", "Timer"].iter().any(|kind| name.ends_with(kind));
            bases.is_application |= name.ends_with(".AppConfig");
            let serves = name.starts_with("socketserver.") || name.starts_with("http.server.");
            bases.is_handler |= serves && name.ends_with("RequestHandler");
            bases.is_enumeration |= name.starts_with("enum.");
            self.runs_of_class(&name, &["__init_subclass__"], self.line(s));
            if matches!(&*name, "builtins.bytes" | "builtins.str" | "builtins.bytearray") {
                self.classes.built_on.insert(qualified.clone(), name.clone());
            }
            if let Some(built_on) = self.classes.built_on.get(&name).cloned() {
                self.classes.built_on.insert(qualified.clone(), built_on);
            }
            let loads = name.starts_with("importlib.") && name.ends_with("Loader");
            if loads || self.classes.loaders.contains(&name) {
                self.classes.loaders.insert(qualified.clone());
            }
            bases.names.push(name);
        }
        bases
    }

    /// Which of its methods run without being called by their names.
    fn methods_of(&mut self, class: &Rc<str>, bases: &Bases, before: usize, line: u32) {
        let own = self.graph.id(self.node_of(class.clone()));
        for at in before..self.defined.len() {
            let method = self.defined[at].clone();
            let node = self.node_of(method.clone());
            let local = dotted::last(&method);
            if bases.is_command {
                self.graph.hook(node.clone());
            }
            if local.starts_with("__") {
                self.graph.edge(own, line, node.clone());
            }
            // Whoever makes a thread starts it; whoever makes a finder has it asked.
            let is_finder = matches!(
                local,
                "find_spec" | "find_module" | "load_module" | "exec_module" | "create_module"
            );
            let is_loader = matches!(local, "get_data" | "get_source" | "get_code")
                && self.classes.loaders.contains(class);
            if local == "run" && bases.is_thread || is_finder || is_loader {
                self.graph.edge(own, line, node.clone());
            }
            if bases.is_handler && (local == "handle" || local.starts_with("do_")) {
                self.graph.edge(own, line, node.clone());
            }
            if local == "ready" && bases.is_application {
                self.leads_to(line, method);
            }
        }
    }

    /// A class has what its bases have, unless it has its own.
    fn inherit(&mut self, class: &Rc<str>, bases: &[Rc<str>], line: u32) {
        let own = self.graph.id(self.node_of(class.clone()));
        for base in bases {
            if !self.task.modules.hold(base) && !base.starts_with(self.prefix()) {
                continue;
            }
            let target = self.graph.target(base);
            self.graph.named(own, line, target);
            if self.methods.len() > MAX_INHERITED {
                continue;
            }
            self.steps = self.steps.saturating_sub(self.methods.len() as u64 / 8);
            let from = format!("{base}.");
            let had: Vec<(Rc<str>, Rc<str>)> = self
                .methods
                .iter()
                .filter_map(|(plain, method)| {
                    let name = plain.strip_prefix(&*from).filter(|name| !name.contains('.'))?;
                    Some((joined([class, ".", name]), method.clone()))
                })
                .collect();
            for (plain, method) in had {
                if !self.methods.contains_key(&plain) {
                    let node = self.graph.id(self.node_of(method.clone()));
                    self.graph.define(plain.clone(), node);
                    self.methods.insert(plain, method);
                }
            }
        }
    }

    /// What a metaclass and the bases of a class are told of it once it is there.
    fn made_class(
        &mut self,
        (name, attributes): (&str, &Scope),
        meta: Option<Rc<str>>,
        bases: &[Rc<str>],
        given: &[(String, Value)],
    ) {
        let mut calls: Vec<(Rc<str>, Vec<Value>)> = Vec::new();
        if let Some(meta) = meta.filter(|meta| meta.starts_with(self.prefix())) {
            let text = |key| Value::str(self.task.symbols.text(key));
            let space = attributes.iter().map(|(key, value)| (text(key), value.clone()));
            let space = Value::constant(Constant::Dict(space.collect()));
            let args = vec![Value::str(name), Value::default(), space];
            for method in ["__new__", "__init__"] {
                calls.push((joined([&meta, ".", method]), args.clone()));
            }
        }
        if !given.is_empty() {
            calls.extend(bases.iter().map(|base| (joined([base, ".", "__init_subclass__"]), Vec::new())));
        }
        for (plain, args) in calls {
            let Some(method) = self.methods.get(&plain).cloned() else { continue };
            if let Some(function) = self.functions.get(&method).copied() {
                self.call_local(&method, function, Given { args: &args, kwargs: given });
            }
        }
    }

    /// What a decorator that is no function of the module does to what it is given: `@exec`, a lambda.
    pub(super) fn decorates(&mut self, decorator: &Value, decorated: &Value, line: u32) {
        let Some(name) = decorator.name.clone() else { return };
        let is_lambda = name.contains("<lambda:");
        let args = std::slice::from_ref(decorated);
        if is_lambda || self.functions.contains_key(&name) {
            self.leads_to(line, name.clone());
            if is_lambda {
                self.apply(&name, decorator, Given { args, kwargs: &[] }, line);
            }
        } else if self.is_ours(&name) {
            self.leads_to_name(line, &name);
        }
    }

    /// Methods that making a class of this kind runs.
    fn runs_of_class(&mut self, class: &str, methods: &[&str], line: u32) {
        if !class.is_empty() && !class.starts_with("builtins.") {
            for method in methods {
                self.leads_to_name(line, &format!("{class}.{method}"));
            }
        }
    }

    /// What a loader's method gives as a module's source is executed by whoever asks it.
    pub(super) fn loaded(&mut self, method: &Rc<str>, value: &Value) {
        let local = dotted::last(method);
        let is_source = matches!(local, "get_data" | "get_source" | "get_code");
        let is_foreign = value.taint.has(Taint::NETWORK | Taint::FETCHED | Taint::DECODED | Taint::DECRYPTED);
        if !is_source
            || !is_foreign
            || !self.owners.get(method).is_some_and(|class| self.classes.loaders.contains(class))
        {
            return;
        }
        let line = match self.functions.get(method).map(|function| function.body) {
            Some(super::Body::Statements([.., last])) => self.line(last),
            _ => return,
        };
        let above = std::mem::replace(&mut self.function, method.clone());
        self.record(LOADED, Some(Api::CodeExec), (std::slice::from_ref(value), &[]), line, false);
        self.function = above;
    }
}

impl Eval<'_, '_> {
    /// What an object says that it is made of again is called by whoever unpickles it.
    pub(super) fn reduced(&mut self, method: &Rc<str>) {
        if !matches!(dotted::last(method), "__reduce__" | "__reduce_ex__") {
            return;
        }
        let Some(super::Body::Statements([.., super::Stmt::Return(last)])) =
            self.functions.get(method).map(|function| function.body)
        else {
            return;
        };
        let (Some(value), line) = (last.value.as_deref(), self.line(last)) else { return };
        let above = std::mem::replace(&mut self.function, method.clone());
        let made = self.expression(value);
        if let Some([callee, args, ..]) = made.as_list()
            && let Some(name) = callee.name.clone()
            && matches!(api_of(&name), Some(Api::Shell | Api::CodeExec))
            && let Some(args) = args.as_list().filter(|args| args.iter().any(|arg| arg.constant.is_some()))
        {
            self.apply(&name, callee, Given { args, kwargs: &[] }, line);
        }
        self.function = above;
    }
}

/// How the execution of a module by its loader is called.
const LOADED: &str = "importlib.abc.InspectLoader().exec_module";
