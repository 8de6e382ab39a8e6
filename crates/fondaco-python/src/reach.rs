//! What runs when: from the triggers along imports and calls.

use std::collections::VecDeque;
use std::rc::Rc;

use fondaco_verdict::Trigger;

use crate::analysis::{Role, SourceFile, Unit};
use crate::dotted;
use crate::maps::{Map, Set};
use crate::run::EntryPoints;

/// A function of a unit, or its top level (an empty name).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Node {
    pub(crate) unit: usize,
    pub(crate) function: Rc<str>,
}

impl Node {
    pub(crate) fn top(unit: usize) -> Self {
        Self { unit, function: "".into() }
    }

    /// What stands under `if __name__ == "__main__"`.
    pub(crate) fn main(unit: usize) -> Self {
        Self { unit, function: MAIN.into() }
    }

    /// What stands under `if "publish" in sys.argv`.
    pub(crate) fn typed(unit: usize) -> Self {
        Self { unit, function: TYPED.into() }
    }
}

/// Edges between nodes; those that cross modules go by dotted names.
#[derive(Default)]
pub(crate) struct Graph {
    /// A name can be defined twice: by a module and by its bytecode.
    names: Map<Rc<str>, Vec<Node>>,
    /// How those names begin, up to their first dot: most names that are called are somebody else's.
    roots: Set<Rc<str>>,
    edges: Map<Node, Vec<(u32, Node)>>,
    named: Map<Node, Vec<(u32, Rc<str>)>>,
    /// Methods of classes that the installer calls (`cmdclass`).
    hooks: Vec<Node>,
    /// Names, nodes and edges.
    size: usize,
    /// Functions that a build calls by their names, where they stand in a backend of the package's own.
    build_hooks: Vec<Node>,
    /// Files that are evaluated only where something leads to them, by their names and modules.
    watched: Map<Rc<str>, Vec<usize>>,
    /// Those of them that something has led to.
    led_to: Vec<usize>,
}

/// Bytes that a name, a node or an edge takes, roughly.
const ENTRY: usize = 120;

/// The function that stands for what is run only when its file is the program.
pub(crate) const MAIN: &str = "<main>";
/// The same for what is run only when somebody has typed a word that no installer does.
pub(crate) const TYPED: &str = "<typed>";

/// The latest edges and nodes, among which one is looked for before it is added again.
const MAX_RECENT: usize = 16;
/// Hops kept of a path.
const MAX_HOPS: usize = 12;

impl Graph {
    /// Bytes of memory that it holds, roughly.
    pub(crate) fn footprint(&self) -> usize {
        self.size * ENTRY
    }

    pub(crate) fn define(&mut self, name: &str, node: Node) {
        match self.names.get_mut(name) {
            Some(nodes) if nodes.iter().rev().take(MAX_RECENT).any(|known| *known == node) => {}
            Some(nodes) => {
                self.size += 1;
                nodes.push(node);
            }
            None => {
                self.size += 2;
                self.names.insert(name.into(), vec![node]);
                let root = dotted::root(name);
                if !self.roots.contains(root) {
                    self.size += 1;
                    self.roots.insert(root.into());
                }
            }
        }
    }

    pub(crate) fn edge(&mut self, from: Node, line: u32, to: Node) {
        let edges = self.edges.entry(from).or_default();
        let is_known = edges.iter().rev().take(MAX_RECENT).any(|(at, known)| *at == line && *known == to);
        if !is_known {
            self.size += 1;
            edges.push((line, to));
        }
    }

    /// An edge to whatever has this name; what a call gives counts as what is called.
    pub(crate) fn named(&mut self, from: Node, line: u32, to: &str) {
        let to = dotted::uncalled(to);
        let edges = self.named.entry(from).or_default();
        let is_known = edges.iter().rev().take(MAX_RECENT).any(|(at, known)| *at == line && **known == *to);
        if !is_known {
            self.size += 2;
            edges.push((line, to.as_ref().into()));
            self.lead_to(&to);
        }
    }

    pub(crate) fn hook(&mut self, node: Node) {
        self.hooks.push(node);
    }

    pub(crate) fn build_hook(&mut self, node: Node) {
        self.build_hooks.push(node);
    }

    /// Watches for the names of files that are evaluated only where something leads to them.
    pub(crate) fn watch(&mut self, files: &[SourceFile<'_>], apart: &[usize]) {
        for at in apart {
            let file = &files[*at];
            self.watched.entry(format!("file:{}", file.path.file_name()).into()).or_default().push(*at);
            if !file.module.is_empty() {
                self.watched.entry(file.module.into()).or_default().push(*at);
            }
        }
    }

    /// Notes which of the watched files a name leads to: a module, those that it lies in, or a file.
    pub(crate) fn lead_to(&mut self, name: &str) {
        if self.watched.is_empty() {
            return;
        }
        let ends = name.match_indices('.').map(|(dot, _)| dot).chain([name.len()]);
        for end in ends {
            self.led_to.extend(self.watched.remove(&name[..end]).into_iter().flatten());
        }
    }

    /// The watched files that something has led to since the last time.
    pub(crate) fn led_to(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.led_to)
    }

    fn named_so(&self, name: &str) -> impl Iterator<Item = &Node> {
        self.names.get(name).into_iter().flatten()
    }

    /// The function of a plugin, and the hooks of pytest in its module.
    fn called_by_name(&self, module: &str, function: &str) -> Vec<Node> {
        let tops = self.named_so(module);
        let units: Set<usize> = tops.map(|node| node.unit).collect();
        let is_hook = |node: &&Node| {
            let name = node.function.strip_prefix(module).and_then(|name| name.strip_prefix('.'));
            units.contains(&node.unit)
                && name.is_some_and(|name| name == function || name.starts_with("pytest_"))
        };
        self.names.values().flatten().filter(is_hook).cloned().collect()
    }

    /// Shows each node that this one leads to, with the line.
    fn next(&self, node: &Node, mut show: impl FnMut(u32, &Node)) {
        self.edges.get(node).into_iter().flatten().for_each(|(line, to)| show(*line, to));
        for (line, name) in self.named.get(node).into_iter().flatten() {
            if !self.roots.contains(dotted::root(name)) {
                continue;
            }
            self.named_so(name).for_each(|to| show(*line, to));
            // Importing `a.b.c` runs `a` and `a.b` first.
            let mut parent: &str = name;
            while let Some((head, _)) = parent.rsplit_once('.') {
                let modules = self.named_so(head).filter(|to| to.function.is_empty());
                modules.for_each(|to| show(*line, to));
                parent = head;
            }
        }
    }
}

/// A name up to its first dot.
/// A hop of a path, and those before it.
struct Hop {
    unit: usize,
    line: u32,
    before: Option<Rc<Self>>,
    /// How many there are with those before it.
    count: usize,
}

/// When a node runs, and how it is reached.
#[derive(Clone)]
struct Reached {
    trigger: Trigger,
    last: Option<Rc<Hop>>,
}

impl Reached {
    /// What is reached from here, by a line of this unit; of a long path the beginning is kept.
    fn step(&self, unit: usize, line: u32) -> Self {
        let count = self.last.as_ref().map_or(0, |hop| hop.count);
        let last = if count < MAX_HOPS {
            Some(Rc::new(Hop { unit, line, before: self.last.clone(), count: count + 1 }))
        } else {
            self.last.clone()
        };
        Self { trigger: self.trigger, last }
    }

    /// The path, outermost first.
    fn path(&self, units: &[Unit]) -> Vec<String> {
        let hops = std::iter::successors(self.last.as_ref(), |hop| hop.before.as_ref());
        let mut path: Vec<String> =
            hops.map(|hop| format!("{}:{}", units[hop.unit].member, hop.line)).collect();
        path.reverse();
        path
    }
}

type All = Map<Node, Reached>;
/// When, and by which hops.
type Path = (Trigger, Rc<[String]>);

/// Where the entry points of a package begin.
struct Points {
    entry: Vec<Node>,
    plugins: Vec<Node>,
}

impl Points {
    fn of(graph: &Graph, declared: &EntryPoints) -> Self {
        let parts = |point: &str| -> (String, String) {
            let (module, function) = point.split_once(':').unwrap_or((point, ""));
            (module.to_owned(), function.to_owned())
        };
        let entry = declared.commands.iter().flat_map(|point| {
            let (module, function) = parts(point);
            let dotted = format!("{module}.{function}");
            graph.named_so(&dotted).chain(graph.named_so(&module)).cloned().collect::<Vec<_>>()
        });
        // A plugin of a test runner is its module, whose hooks are called by their names.
        let plugins = declared.plugins.iter().flat_map(|point| {
            let (module, function) = parts(point);
            graph.called_by_name(&module, &function)
        });
        Self { entry: entry.collect(), plugins: plugins.collect() }
    }
}

/// Sets the trigger and the path of every unit and call.
pub(crate) fn mark(units: &mut [Unit], graph: &Graph, entry_points: &EntryPoints) {
    let mut reached: All = Map::default();
    // The least asked for first: what is reached once keeps its trigger.
    let of = |role: Role, node: fn(usize) -> Node| -> Vec<Node> {
        (0..units.len()).filter(|i| units[*i].layer == 0 && units[*i].role == role).map(node).collect()
    };
    let top = |role: Role| of(role, Node::top);
    let program = |role: Role| [of(role, Node::top), of(role, Node::main)].concat();
    spread(
        &mut reached,
        graph,
        Trigger::Startup,
        [top(Role::Startup), of(Role::Startup, Node::typed)].concat(),
    );
    spread(&mut reached, graph, Trigger::Install, program(Role::Setup));
    // Commands count as hooks where setup.py can hand them over: in it, or in what it imports.
    let is_handed_over = |node: &&Node| {
        reached.get(&Node::top(node.unit)).is_some_and(|reached| reached.trigger == Trigger::Install)
    };
    let is_backend =
        |node: &&Node| units[node.unit].role == Role::Setup && !units[node.unit].member.ends_with("setup.py");
    let own = graph.build_hooks.iter().filter(is_backend);
    let hooks: Vec<Node> = graph.hooks.iter().filter(is_handed_over).chain(own).cloned().collect();
    let Points { entry, plugins } = Points::of(graph, entry_points);
    // Where it is hidden code that runs so, it counts as an import: attackers forget the difference.
    let unfolds: Set<usize> = units
        .iter()
        .filter(|unit| !unit.encoders.is_empty())
        .filter_map(|unit| unit.origin.as_ref().map(|origin| origin.unit))
        .collect();
    let mistaken = of(Role::Module, Node::main).into_iter().filter(|node| unfolds.contains(&node.unit));
    // To a setup script or a program one says such a word to have just that done; a module that is
    // imported sees what was said to somebody else.
    let typed = [Role::Setup, Role::Script].into_iter().flat_map(|role| of(role, Node::typed));
    let overheard = of(Role::Module, Node::typed);
    let starts: [(Trigger, Vec<Node>); 3] = [
        (Trigger::Install, hooks),
        (
            Trigger::Import,
            top(Role::Module).into_iter().chain(mistaken).chain(overheard).chain(plugins).collect(),
        ),
        (
            Trigger::EntryPoint,
            entry
                .into_iter()
                .chain(program(Role::Script))
                .chain(of(Role::Module, Node::main))
                .chain(typed)
                .collect(),
        ),
    ];
    for (trigger, nodes) in starts {
        spread(&mut reached, graph, trigger, nodes);
    }
    // What nothing reaches runs when something calls it.
    let rest: Vec<Node> = units
        .iter()
        .enumerate()
        .filter(|(_, unit)| unit.role != Role::Other)
        .flat_map(|(index, unit)| {
            unit.calls.iter().map(move |call| Node { unit: index, function: call.function.clone() })
        })
        .chain(graph.edges.keys().cloned())
        .filter(|node| units[node.unit].role != Role::Other)
        .collect();
    spread(&mut reached, graph, Trigger::Call, rest);
    note(units, &reached);
}

/// Tells units and calls when they run, and how they are reached.
fn note(units: &mut [Unit], reached: &All) {
    let tops: Vec<_> = (0..units.len()).map(|unit| path_of(reached, units, &Node::top(unit))).collect();
    for (unit, top) in units.iter_mut().zip(tops) {
        if let Some((trigger, path)) = top {
            unit.trigger = Some(trigger);
            unit.reach = path;
        }
    }
    for index in 0..units.len() {
        // Calls of a function share the way to it.
        let mut paths: Map<Rc<str>, Option<Path>> = Map::default();
        let mut calls = std::mem::take(&mut units[index].calls);
        for call in &mut calls {
            let path = paths.entry(call.function.clone()).or_insert_with(|| {
                let node = Node { unit: index, function: call.function.clone() };
                path_of(reached, units, &node).map(|(trigger, path)| (trigger, path.into()))
            });
            if let Some((trigger, path)) = path {
                call.trigger = Some(*trigger);
                call.reach = path.clone();
            }
        }
        units[index].calls = calls;
    }
}

fn path_of(reached: &All, units: &[Unit], node: &Node) -> Option<(Trigger, Vec<String>)> {
    reached.get(node).map(|reached| (reached.trigger, reached.path(units)))
}

fn spread(reached: &mut All, graph: &Graph, trigger: Trigger, nodes: Vec<Node>) {
    let mut queue: VecDeque<(Node, Reached)> = VecDeque::new();
    for node in nodes {
        if !reached.contains_key(&node) {
            let start = Reached { trigger, last: None };
            reached.insert(node.clone(), start.clone());
            queue.push_back((node, start));
        }
    }
    while let Some((node, from)) = queue.pop_front() {
        graph.next(&node, |line, to| {
            if !reached.contains_key(to) {
                let step = from.step(node.unit, line);
                reached.insert(to.clone(), step.clone());
                queue.push_back((to.clone(), step));
            }
        });
    }
}
