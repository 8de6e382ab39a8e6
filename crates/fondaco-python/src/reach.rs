//! What runs when: from the triggers along imports and calls.

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use fondaco_verdict::Trigger;

use crate::analysis::{Role, Unit};

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
}

/// Edges between nodes; those that cross modules go by dotted names.
#[derive(Default)]
pub(crate) struct Graph {
    /// A name can be defined twice: by a module and by its bytecode.
    names: HashMap<Rc<str>, Vec<Node>>,
    edges: HashMap<Node, Vec<(u32, Node)>>,
    named: HashMap<Node, Vec<(u32, Rc<str>)>>,
    /// Methods of classes that the installer calls (`cmdclass`).
    hooks: Vec<Node>,
    /// Functions that a build calls by their names, where they stand in a backend of the package's own.
    build_hooks: Vec<Node>,
}

/// The function that stands for what is run only when its file is the program.
pub(crate) const MAIN: &str = "<main>";

/// Hops kept of a path.
const MAX_HOPS: usize = 12;

impl Graph {
    pub(crate) fn define(&mut self, name: &str, node: Node) {
        self.names.entry(name.into()).or_default().push(node);
    }

    pub(crate) fn edge(&mut self, from: Node, line: u32, to: Node) {
        self.edges.entry(from).or_default().push((line, to));
    }

    pub(crate) fn named(&mut self, from: Node, line: u32, to: Rc<str>) {
        self.named.entry(from).or_default().push((line, to));
    }

    pub(crate) fn hook(&mut self, node: Node) {
        self.hooks.push(node);
    }

    pub(crate) fn build_hook(&mut self, node: Node) {
        self.build_hooks.push(node);
    }

    fn named_so(&self, name: &str) -> impl Iterator<Item = &Node> {
        self.names.get(name).into_iter().flatten()
    }

    fn next(&self, node: &Node) -> Vec<(u32, Node)> {
        let mut next = self.edges.get(node).cloned().unwrap_or_default();
        for (line, name) in self.named.get(node).into_iter().flatten() {
            next.extend(self.named_so(name).map(|to| (*line, to.clone())));
            // Importing `a.b.c` runs `a` and `a.b` first.
            let mut parent: &str = name;
            while let Some((head, _)) = parent.rsplit_once('.') {
                let modules = self.named_so(head).filter(|to| to.function.is_empty());
                next.extend(modules.map(|to| (*line, to.clone())));
                parent = head;
            }
        }
        next
    }
}

type Reached = HashMap<Node, (Trigger, Vec<String>)>;

/// Sets the trigger and the path of every unit and call.
pub(crate) fn mark(units: &mut [Unit], graph: &Graph, entry_points: &[String]) {
    let mut reached: Reached = HashMap::new();
    // The least asked for first: what is reached once keeps its trigger.
    let of = |role: Role, node: fn(usize) -> Node| -> Vec<Node> {
        (0..units.len()).filter(|i| units[*i].layer == 0 && units[*i].role == role).map(node).collect()
    };
    let top = |role: Role| of(role, Node::top);
    let program = |role: Role| [of(role, Node::top), of(role, Node::main)].concat();
    spread(&mut reached, units, graph, Trigger::Startup, top(Role::Startup));
    spread(&mut reached, units, graph, Trigger::Install, program(Role::Setup));
    // Commands count as hooks where setup.py can hand them over: in it, or in what it imports.
    let is_handed_over = |node: &&Node| {
        reached.get(&Node::top(node.unit)).is_some_and(|(trigger, _)| *trigger == Trigger::Install)
    };
    let is_backend =
        |node: &&Node| units[node.unit].role == Role::Setup && !units[node.unit].member.ends_with("setup.py");
    let own = graph.build_hooks.iter().filter(is_backend);
    let hooks: Vec<Node> = graph.hooks.iter().filter(is_handed_over).chain(own).cloned().collect();
    let entry = entry_points.iter().flat_map(|point| {
        let (module, function) = point.split_once(':').unwrap_or((point, ""));
        let dotted = format!("{module}.{function}");
        graph.named_so(&dotted).chain(graph.named_so(module)).cloned().collect::<Vec<_>>()
    });
    // In a package's own module, and where it is hidden code that runs so, it counts as an import:
    // attackers forget the difference, and nobody runs such a file as a program.
    let unfolds: HashSet<usize> = units
        .iter()
        .filter(|unit| !unit.encoders.is_empty())
        .filter_map(|unit| unit.origin.as_ref().map(|origin| origin.unit))
        .collect();
    let is_package = |unit: &Unit| unit.member.ends_with("/__init__.py");
    let mistaken = of(Role::Module, Node::main)
        .into_iter()
        .filter(|node| unfolds.contains(&node.unit) || is_package(&units[node.unit]));
    let starts: [(Trigger, Vec<Node>); 3] = [
        (Trigger::Install, hooks),
        (Trigger::Import, top(Role::Module).into_iter().chain(mistaken).collect()),
        (
            Trigger::EntryPoint,
            entry.chain(program(Role::Script)).chain(of(Role::Module, Node::main)).collect(),
        ),
    ];
    for (trigger, nodes) in starts {
        spread(&mut reached, units, graph, trigger, nodes);
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
    spread(&mut reached, units, graph, Trigger::Call, rest);
    for (index, unit) in units.iter_mut().enumerate() {
        if let Some((trigger, path)) = reached.get(&Node::top(index)) {
            unit.trigger = Some(*trigger);
            unit.reach.clone_from(path);
        }
        for call in &mut unit.calls {
            let node = Node { unit: index, function: call.function.clone() };
            if let Some((trigger, path)) = reached.get(&node) {
                call.trigger = Some(*trigger);
                call.reach.clone_from(path);
            }
        }
    }
}

fn spread(reached: &mut Reached, units: &[Unit], graph: &Graph, trigger: Trigger, nodes: Vec<Node>) {
    let mut queue: VecDeque<Node> = VecDeque::new();
    for node in nodes {
        if !reached.contains_key(&node) {
            reached.insert(node.clone(), (trigger, Vec::new()));
            queue.push_back(node);
        }
    }
    while let Some(node) = queue.pop_front() {
        let path = reached.get(&node).map(|(_, path)| path.clone()).unwrap_or_default();
        for (line, to) in graph.next(&node) {
            if reached.contains_key(&to) {
                continue;
            }
            let mut path = path.clone();
            if path.len() < MAX_HOPS {
                path.push(format!("{}:{line}", units[node.unit].member));
            }
            reached.insert(to.clone(), (trigger, path));
            queue.push_back(to);
        }
    }
}
