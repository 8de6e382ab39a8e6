//! Functions of the module: defined, found by their names, and evaluated where they are called.

use std::rc::Rc;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use aho_corasick::packed::Searcher;
use memchr::memmem::find;
use ruff_python_ast::{Expr, Parameters};

use super::entrusted::credential;
use super::names::named;
use super::{Body, Eval, Function, Given, RememberedCall, is_build_hook};
use crate::catalog::api_of;
use crate::maps::Set;
use crate::scope::Scope;
use crate::{Taint, Value, dotted, fold, marks};

/// Calls of local functions that are followed into each other.
const MAX_INLINE: usize = 5;
/// Times that a local function is evaluated with equal arguments.
const MAX_REPEATED: u32 = 1;
/// What the source of a module about wallets speaks of.
const WALLETS: [&str; 16] = [
    "wallet",
    "Wallet",
    "eth_account",
    "web3",
    "solders",
    "solana",
    "bip_utils",
    "blockchain",
    "ethereum",
    "Ethereum",
    "bitcoin",
    "Bitcoin",
    "secp256k1",
    "SECP256k1",
    "tron",
    "mnemonic",
];
/// What makes an account of its private key, or of the phrase that stands for it.
const WALLET_KEYS: [&str; 7] = [
    ".from_key",
    ".from_mnemonic",
    ".to_seed",
    ".privateKeyToAccount",
    ".from_base58_string",
    ".from_secret_key",
    ".from_private_key",
];
/// Calls of a local function that did nothing and gave nothing, after which it is followed no more.
const MAX_FRUITLESS: u32 = 12;
/// Values that a generator gives which is followed.
const MAX_YIELDED: u64 = 20_000;
/// Different arguments of a local function that are remembered.
const MAX_REMEMBERED: usize = 16;

impl<'a> Eval<'a, '_> {
    pub(super) fn define(&mut self, name: &str, mut function: Function<'a>) -> Rc<str> {
        let qualified: Rc<str> = self.qualified(name).into();
        if !self.function.is_empty() {
            self.closures.within.push(qualified.clone());
        }
        let known = self.functions.get(&qualified).and_then(|known| known.node);
        let node = known.unwrap_or_else(|| self.graph.id(self.node_of(qualified.clone())));
        function.node = Some(node);
        self.functions.insert(qualified.clone(), function);
        // Again, it is what it was.
        if known.is_some() {
            return qualified;
        }
        if self.executed_at.is_none() {
            self.defined.push(qualified.clone());
        }
        self.graph.define(qualified.clone(), node);
        if self.path.is_empty() && is_build_hook(name) {
            self.graph.build_hook(node);
        }
        let class = self.path.last().and_then(|p| p.strip_prefix("class ")).map(str::to_owned);
        if let Some(class) = class {
            let last = self.path.pop();
            let owner: Rc<str> = self.qualified(&class).into();
            self.path.extend(last);
            let plain: Rc<str> = format!("{owner}.{name}").into();
            self.graph.define(plain.clone(), node);
            self.methods.insert(plain, qualified.clone());
            self.owners.insert(qualified.clone(), owner);
        }
        qualified
    }

    /// The name of something defined here, unique in the package.
    pub(super) fn qualified(&self, name: &str) -> String {
        let length: usize = self.path.iter().map(|part| part.len() + 1).sum();
        let mut all = String::with_capacity(self.prefix().len() + length + name.len() + 1);
        all.push_str(self.prefix());
        for part in self.path.iter().map(AsRef::as_ref).chain([name]) {
            all.push('.');
            all.push_str(part);
        }
        all
    }

    /// What the names of all that is defined here begin with.
    pub(super) fn prefix(&self) -> &str {
        if self.task.module.is_empty() { "<layer>" } else { self.task.module }
    }

    /// The local function that a name means: its own name, or `Class().method`.
    pub(super) fn local(&self, name: &str) -> Option<Rc<str>> {
        if !name.starts_with(self.prefix()) {
            return None;
        }
        if let Some((known, _)) = self.functions.get_key_value(name) {
            return Some(known.clone());
        }
        self.methods.get(&*dotted::uncalled(name)).cloned()
    }

    /// Evaluates each function by itself. Bodies may define more functions while they are evaluated.
    pub(super) fn definitions(&mut self) {
        let mut next = 0;
        while let Some(name) = self.defined.get(next).cloned() {
            self.definition(&name);
            next += 1;
        }
    }

    /// Evaluates a function's body once with unknown parameters, so that its calls are known.
    fn definition(&mut self, name: &Rc<str>) {
        let Some(function) = self.functions.get(name).copied() else { return };
        self.parties.clear();
        let value = self.inline(name, function, None);
        self.settle(name);
        self.loaded(name, &value);
        self.reduced(name);
        self.results.insert(dotted::classless(name), value);
    }

    /// The parameters of a function as names in its body.
    pub(super) fn parameters(
        &self,
        name: &Rc<str>,
        function: Function<'a>,
        given: Option<Given<'_>>,
        receiver: Option<Value>,
    ) -> Scope {
        let Some(parameters) = function.parameters else { return Scope::default() };
        let mut scope = Scope::with_capacity(parameters.len() * 2);
        let skip = usize::from(function.is_method && given.is_some());
        for (at, parameter) in parameters.iter_non_variadic_params().enumerate() {
            let own = parameter.parameter.name.as_str();
            let named =
                |given: Given<'_>| given.kwargs.iter().find(|(k, _)| k == own).map(|(_, v)| v.clone());
            let value = if at == 0 && function.is_method {
                receiver.clone().or_else(|| self.owners.get(name).map(|class| Value::name(class.clone())))
            } else {
                given
                    .and_then(|given| named(given).or_else(|| given.args.get(at.checked_sub(skip)?).cloned()))
            };
            let default = || parameter.default.as_deref().map(|d| self.default_value(d));
            let told = if function.is_told {
                Taint::NETWORK
            } else {
                self.key_of(name, own) | self.handed(own) | self.signing(own)
            };
            let mut value = value.or_else(default).unwrap_or_else(|| Value::tainted(Taint::PARAMETER));
            value.taint |= told;
            scope.set(self.task.symbols.parameter(&parameter.parameter.name), value);
        }
        for rest in parameters.vararg.iter().chain(&parameters.kwarg) {
            let value =
                given.map_or_else(|| Value::tainted(Taint::PARAMETER), |given| Value::of(given.values()));
            scope.set(self.task.symbols.parameter(&rest.name), value);
        }
        if let Some((rest, given)) = parameters.vararg.as_deref().zip(given) {
            let positional = parameters.posonlyargs.len() + parameters.args.len();
            let left = given.args.get(positional.saturating_sub(skip)..).unwrap_or_default();
            // Of a list of unknown length each is like all.
            if !left.is_empty() && left.iter().all(|value| value.constant.is_some()) {
                scope.set(self.task.symbols.parameter(&rest.name), fold::display(left.to_vec()));
            }
        }
        scope
    }

    /// Calls a local function. One that was called with equal arguments many times gives what it
    /// gave: calls of calls of calls would grow without bound. One that did nothing and gave nothing
    /// by many different calls is followed no more, in a module that neither decodes nor does anything:
    /// anywhere else calls for show would hide the one that counts.
    pub(super) fn call_local(&mut self, name: &Rc<str>, function: Function<'a>, given: Given<'_>) -> Value {
        let Given { args, kwargs } = given;
        let is_small = given.values().all(|arg| crate::fold::weight(arg) < 16);
        if is_small && self.is_given_up(name) {
            return Value::of(given.values());
        }
        if let Some(known) = self.memory.get_mut(name) {
            self.steps = self.steps.saturating_sub(known.calls.len() as u64);
            let same = |call: &&mut RememberedCall| call.args == args && call.kwargs == kwargs;
            if is_small && let Some(call) = known.calls.iter_mut().find(same) {
                call.times += 1;
                if call.times > MAX_REPEATED {
                    return call.value.clone();
                }
            }
        }
        let (done, followed) = (self.done, self.followed);
        let value = self.inline(name, function, Some(given));
        // One that was too deep, or within itself, was not looked at.
        let is_fruitless = followed != self.followed && done == self.done && self.says_nothing(name, &value);
        if is_small || is_fruitless {
            let known = self.memory.entry(name.clone()).or_default();
            known.fruitless += u32::from(is_fruitless);
            let is_new = !known.calls.iter().any(|call| call.args == args && call.kwargs == kwargs);
            if is_small && is_new && known.calls.len() < MAX_REMEMBERED {
                known.calls.push(RememberedCall {
                    args: args.to_vec(),
                    kwargs: kwargs.to_vec(),
                    value: value.clone(),
                    times: 1,
                });
            }
        }
        value
    }

    fn is_given_up(&self, name: &Rc<str>) -> bool {
        self.memory.get(name).is_some_and(|known| known.fruitless >= MAX_FRUITLESS) && self.is_inert()
    }

    /// Whether nothing of a decoder or of what executes, fetches or sends stands in the module: looked for
    /// once.
    fn is_inert(&self) -> bool {
        *self.inert.get_or_init(|| !marks::may_act(self.task.text))
    }

    /// Whether a value that this function gave tells nothing that its definition didn't.
    fn says_nothing(&self, name: &Rc<str>, value: &Value) -> bool {
        value.constant.is_none()
            && value.taint.without(Taint::PARAMETER) == Taint::NONE
            && value.fragments().is_empty()
            && (value.name.is_none()
                || self.results.get(name).is_some_and(|defined| defined.name == value.name))
    }

    /// Evaluates a function's body with these arguments, or with unknown ones.
    pub(super) fn inline(
        &mut self,
        name: &Rc<str>,
        function: Function<'a>,
        given: Option<Given<'_>>,
    ) -> Value {
        if let Some(given) = given
            && !given.is_telling()
            && let Some(known) = self.results.get(name)
        {
            return known.clone();
        }
        // Following a call is for its value; with half of the budget gone only definitions are.
        let is_spent = given.is_some() && self.steps <= self.task.steps / 2;
        if self.inlining.len() >= MAX_INLINE || self.inlining.contains(name) || is_spent || !self.step() {
            return given.map_or_else(Value::default, |given| Value::of(given.values()));
        }
        let receiver = self.receiver.take();
        let scope = self.parameters(name, function, given, receiver);
        self.followed += 1;
        let around = self.surroundings(name);
        let is_within = around.is_some();
        if let Some(names) = around {
            self.steps = self.steps.saturating_sub(names.len() as u64 / 4);
            self.scopes.push((*names).clone());
        }
        let within_above = std::mem::take(&mut self.closures.within);
        self.inlining.push(name.clone());
        self.scopes.push(scope);
        let executed_above = self.executed_at;
        self.executed_at = executed_above.or(function.executed_at);
        let control_above = self.control.enter(given.is_some());
        let function_above = std::mem::replace(&mut self.function, name.clone());
        let at = function.node.map(|node| (name.clone(), node));
        let at_above = std::mem::replace(&mut self.at, at);
        let returned_above = std::mem::take(&mut self.returned);
        let yields_above = std::mem::take(&mut self.yields);
        let branches_above = std::mem::take(&mut self.branches);
        let local: Rc<str> = dotted::last(name).into();
        self.path.push(local);
        let value = match function.body {
            Body::Statements(body) => {
                self.body(body);
                None
            }
            Body::Expression(body) => Some(self.expression(body)),
        };
        self.path.pop();
        self.branches = branches_above;
        self.executed_at = executed_above;
        self.control.leave(control_above);
        let returned = std::mem::replace(&mut self.returned, returned_above);
        let yields = std::mem::replace(&mut self.yields, yields_above);
        (self.function, self.at) = (function_above, at_above);
        let scope = self.scopes.pop().unwrap_or_default();
        if is_within {
            self.scopes.pop();
        }
        self.inlining.pop();
        let within = std::mem::replace(&mut self.closures.within, within_above);
        self.close_over(name, within, scope, given.is_some());
        let is_generator =
            given.is_some() && yields > 0 && yields == returned.len() as u64 && yields <= MAX_YIELDED;
        value.unwrap_or_else(|| result(returned, is_generator))
    }

    /// What a parameter that is named for a credential holds, in a module that talks to anybody: looked for once.
    fn handed(&self, parameter: &str) -> Taint {
        let talks = || {
            ["://", "socket", "urlopen", "requests", "http"]
                .iter()
                .any(|mark| find(self.task.text.as_bytes(), mark.as_bytes()).is_some())
        };
        if *self.talks.get_or_init(talks) { credential(parameter) } else { Taint::NONE }
    }

    /// Whether the module speaks of wallets: looked for once.
    pub(super) fn is_of_wallets(&self) -> bool {
        static ANY: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(WALLETS).ok());
        let speaks = || ANY.as_ref().is_none_or(|any| any.is_match(self.task.text));
        *self.of_wallets.get_or_init(speaks)
    }

    /// What a parameter that is named for the key of a wallet holds, or that of a function which is.
    fn key_of(&self, function: &str, parameter: &str) -> Taint {
        const PHRASES: [&str; 7] = [
            "mnemonic",
            "mnemonics",
            "mnemonic_phrase",
            "seed_phrase",
            "seedphrase",
            "recovery_phrase",
            "secret_phrase",
        ];
        const KEYS: [&str; 5] = ["private_key", "privatekey", "priv_key", "privkey", "wallet_key"];
        let name = parameter.trim_start_matches('_');
        let is_one_of = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        let (is_phrase, is_key) = (is_one_of(&PHRASES), is_one_of(&KEYS));
        let is_told = || matches!(parameter, "secret" | "phrase" | "seed" | "words") && makes_keys(function);
        let is_taken = || self.classes.taken.get_or_init(|| taken_keys(self.task.text)).contains(parameter);
        if is_phrase || (is_key || is_told() || is_taken()) && self.is_of_wallets() {
            Taint::BROWSER
        } else {
            Taint::NONE
        }
    }

    /// What parameters are by default is computed where the function is defined.
    pub(super) fn defaults(&mut self, parameters: &'a Parameters) {
        for default in
            parameters.iter_non_variadic_params().filter_map(|parameter| parameter.default.as_deref())
        {
            let Expr::Call(call) = default else { continue };
            let callee = self.expression(&call.func);
            // What libraries make of the parameters of a command line is no matter.
            if callee.hidden || callee.name.as_deref().is_some_and(|name| api_of(name).is_some()) {
                self.expression(default);
            }
        }
    }

    /// A default is a literal mostly; anything else is unknown here.
    pub(super) fn default_value(&self, default: &Expr) -> Value {
        match default {
            Expr::StringLiteral(literal) => {
                let text = literal.value.to_str();
                named(Value::str(text), marks::secret_of(text))
            }
            _ => Value::tainted(Taint::PARAMETER),
        }
    }
}

/// Whether a function is named for the keys that it makes: `keypair_from_base58`.
fn makes_keys(function: &str) -> bool {
    let name = dotted::last(function).to_ascii_lowercase();
    ["keypair", "mnemonic", "private_key", "wallet", "account_from"].iter().any(|mark| name.contains(mark))
}

/// What a function gives that has given these: one of them, but all where it is a generator that was
/// followed exactly.
fn result(returned: Vec<Value>, is_generator: bool) -> Value {
    if is_generator && returned.iter().all(|value| value.constant.is_some()) {
        return fold::display(returned);
    }
    match returned.as_slice() {
        [one] => one.clone(),
        many => {
            let all = Value::of(many);
            let known = many.iter().find(|v| v.as_bytes().is_some()).cloned();
            known.map_or(all.clone(), |known| Value { taint: known.taint | all.taint, ..known })
        }
    }
}

/// The names that are handed to what makes an account of its key, `Account.from_key(key)`.
fn taken_keys(text: &str) -> Set<String> {
    // Hardly any module has one of them.
    static ANY: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(WALLET_KEYS));
    if ANY.as_ref().is_some_and(|any| any.find(text).is_none()) {
        return Set::default();
    }
    let made = WALLET_KEYS.iter().flat_map(|made| text.match_indices(made).map(|(at, _)| at + made.len()));
    made.filter_map(|at| text[at..].strip_prefix('('))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}
