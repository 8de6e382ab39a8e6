//! What runs when: from the triggers along imports and calls.

use std::collections::VecDeque;
use std::rc::Rc;

use fondaco_verdict::Trigger;

use crate::analysis::{Role, Unit};
use crate::graph::{Graph, Node, NodeId, Ways};
use crate::maps::{Map, Set};
use crate::run::EntryPoints;

/// Hops kept of a path.
const MAX_HOPS: usize = 12;

/// A hop of a path, and the one before it.
struct Hop {
    unit: usize,
    line: u32,
    before: Option<usize>,
    /// How many there are with those before it.
    count: usize,
}

/// When a node runs, and the last hop to it.
#[derive(Clone, Copy)]
struct Reached {
    trigger: Trigger,
    last: Option<usize>,
}

/// When, and by which hops.
type Path = (Trigger, Rc<[String]>);

/// What is reached so far, by the numbers of nodes.
struct All {
    reached: Vec<Option<Reached>>,
    hops: Vec<Hop>,
}

impl All {
    fn none(graph: &Graph) -> Self {
        Self { reached: vec![None; graph.len()], hops: Vec::new() }
    }

    fn of(&self, id: NodeId) -> Option<Reached> {
        self.reached.get(id.index()).copied().flatten()
    }

    /// Reaches what these lead to.
    fn spread(&mut self, graph: &Graph, ways: &mut Ways<'_>, trigger: Trigger, starts: &[NodeId]) {
        let mut queue: VecDeque<(NodeId, Reached)> = VecDeque::new();
        for start in starts {
            let place = &mut self.reached[start.index()];
            if place.is_none() {
                let reached = Reached { trigger, last: None };
                *place = Some(reached);
                queue.push_back((*start, reached));
            }
        }
        while let Some((id, from)) = queue.pop_front() {
            let unit = graph.node(id).unit;
            ways.out_of(id, |line, to| {
                if self.reached[to.index()].is_none() {
                    let step = self.step(from, unit, line);
                    self.reached[to.index()] = Some(step);
                    queue.push_back((to, step));
                }
            });
        }
    }

    /// What is reached from here, by a line of this unit; of a long path the beginning is kept.
    fn step(&mut self, from: Reached, unit: usize, line: u32) -> Reached {
        let count = from.last.map_or(0, |last| self.hops[last].count);
        if count >= MAX_HOPS {
            return from;
        }
        self.hops.push(Hop { unit, line, before: from.last, count: count + 1 });
        Reached { last: Some(self.hops.len() - 1), ..from }
    }

    /// When a node runs, and the path to it, outermost first.
    fn path_to(&self, id: NodeId, units: &[Unit]) -> Option<(Trigger, Vec<String>)> {
        let reached = self.of(id)?;
        let last = reached.last.map(|last| &self.hops[last]);
        let hops = std::iter::successors(last, |hop| hop.before.map(|before| &self.hops[before]));
        let mut path: Vec<String> =
            hops.map(|hop| format!("{}:{}", units[hop.unit].member, hop.line)).collect();
        path.reverse();
        Some((reached.trigger, path))
    }
}

/// Where the entry points of a package begin.
struct Points {
    entry: Vec<NodeId>,
    plugins: Vec<NodeId>,
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
            [graph.named_so(&dotted), graph.named_so(&module)].concat()
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
pub(crate) fn mark(units: &mut [Unit], graph: &mut Graph, entry_points: &EntryPoints) {
    graph.settle();
    // All nodes have a number before any is reached: also those that lead nowhere.
    let starts = Starts::of(units, graph);
    let all = reach(units, graph, entry_points, &starts);
    note(units, &all, &starts);
}

/// Where what runs of the units begins, by their numbers.
struct Starts {
    tops: Vec<NodeId>,
    mains: Vec<NodeId>,
    typed: Vec<NodeId>,
    /// The functions of the calls of each.
    calls: Vec<Vec<NodeId>>,
}

/// The functions in which the calls of a unit stand: mostly one is that of the call before.
fn nodes_of(graph: &mut Graph, at: usize, unit: &Unit) -> Vec<NodeId> {
    let mut last: Option<(&Rc<str>, NodeId)> = None;
    let mut nodes = Vec::with_capacity(unit.calls.len());
    for call in &unit.calls {
        let id = match last {
            Some((known, id)) if Rc::ptr_eq(known, &call.function) => id,
            _ => graph.id(Node { unit: at, function: call.function.clone() }),
        };
        last = Some((&call.function, id));
        nodes.push(id);
    }
    nodes
}

impl Starts {
    fn of(units: &[Unit], graph: &mut Graph) -> Self {
        let mut all = |node: fn(usize) -> Node| (0..units.len()).map(|unit| graph.id(node(unit))).collect();
        let (tops, mains, typed) = (all(Node::top), all(Node::main), all(Node::typed));
        let calls = units.iter().enumerate().map(|(at, unit)| nodes_of(graph, at, unit));
        Self { tops, mains, typed, calls: calls.collect() }
    }
}

fn reach(units: &[Unit], graph: &Graph, entry_points: &EntryPoints, starts: &Starts) -> All {
    let mut all = All::none(graph);
    let mut ways = graph.ways();
    // The least asked for first: what is reached once keeps its trigger.
    let of = |role: Role, nodes: &[NodeId]| -> Vec<NodeId> {
        let of_role = units.iter().zip(nodes).filter(|(unit, _)| unit.layer == 0 && unit.role == role);
        of_role.map(|(_, id)| *id).collect()
    };
    let program = |role: Role| [of(role, &starts.tops), of(role, &starts.mains)].concat();
    let startup = [of(Role::Startup, &starts.tops), of(Role::Startup, &starts.typed)].concat();
    all.spread(graph, &mut ways, Trigger::Startup, &startup);
    all.spread(graph, &mut ways, Trigger::Install, &program(Role::Setup));
    // Commands count as hooks where setup.py can hand them over: in it, or in what it imports.
    let is_handed_over = |id: &&NodeId| {
        let top = starts.tops[graph.node(**id).unit];
        all.of(top).is_some_and(|reached| reached.trigger == Trigger::Install)
    };
    let is_backend = |id: &&NodeId| {
        let unit = &units[graph.node(**id).unit];
        unit.role == Role::Setup && !unit.member.ends_with("setup.py")
    };
    let own = graph.build_hooks().iter().filter(is_backend);
    let hooks: Vec<NodeId> = graph.hooks().iter().filter(is_handed_over).chain(own).copied().collect();
    let Points { entry, plugins } = Points::of(graph, entry_points);
    // Where it is hidden code that runs so, it counts as an import: attackers forget the difference.
    let unfolds: Set<usize> = units
        .iter()
        .filter(|unit| !unit.encoders.is_empty())
        .filter_map(|unit| unit.origin.as_ref().map(|origin| origin.unit))
        .collect();
    let mains = of(Role::Module, &starts.mains);
    let mistaken = mains.iter().copied().filter(|id| unfolds.contains(&graph.node(*id).unit));
    // To a setup script or a program one says such a word to have just that done; a module that is
    // imported sees what was said to somebody else.
    let typed = [Role::Setup, Role::Script].into_iter().flat_map(|role| of(role, &starts.typed));
    let overheard = of(Role::Module, &starts.typed);
    let on_import =
        of(Role::Module, &starts.tops).into_iter().chain(mistaken).chain(overheard).chain(plugins);
    let by_name = entry.into_iter().chain(program(Role::Script)).chain(mains.iter().copied()).chain(typed);
    let (on_import, by_name): (Vec<NodeId>, Vec<NodeId>) = (on_import.collect(), by_name.collect());
    all.spread(graph, &mut ways, Trigger::Install, &hooks);
    all.spread(graph, &mut ways, Trigger::Import, &on_import);
    all.spread(graph, &mut ways, Trigger::EntryPoint, &by_name);
    // What nothing reaches runs when something calls it.
    let calls = units.iter().zip(&starts.calls).filter(|(unit, _)| unit.role != Role::Other);
    let calls = calls.flat_map(|(_, calls)| calls.iter().copied());
    let leading = graph.leading().filter(|id| units[graph.node(*id).unit].role != Role::Other);
    let rest: Vec<NodeId> = calls.chain(leading).collect();
    all.spread(graph, &mut ways, Trigger::Call, &rest);
    all
}

/// Tells units and calls when they run, and how they are reached.
fn note(units: &mut [Unit], all: &All, starts: &Starts) {
    let tops: Vec<_> = starts.tops.iter().map(|top| all.path_to(*top, units)).collect();
    for (unit, top) in units.iter_mut().zip(tops) {
        if let Some((trigger, path)) = top {
            unit.trigger = Some(trigger);
            unit.reach = path;
        }
    }
    for (index, functions) in starts.calls.iter().enumerate() {
        // Calls of a function share the way to it.
        let mut paths: Map<NodeId, Option<Path>> = Map::default();
        let mut calls = std::mem::take(&mut units[index].calls);
        for (call, function) in calls.iter_mut().zip(functions) {
            let path = paths.entry(*function).or_insert_with(|| {
                all.path_to(*function, units).map(|(trigger, path)| (trigger, path.into()))
            });
            if let Some((trigger, path)) = path {
                call.trigger = Some(*trigger);
                call.reach = path.clone();
            }
        }
        units[index].calls = calls;
    }
}
