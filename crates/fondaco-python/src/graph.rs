//! The call graph of a package: its functions, and which of them lead to which.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::analysis::SourceFile;
use crate::dotted;
use crate::maps::{Map, Set, with_room};

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

/// The function that stands for what is run only when its file is the program.
pub(crate) const MAIN: &str = "<main>";
/// The same for what is run only when somebody has typed a word that no installer does.
pub(crate) const TYPED: &str = "<typed>";

/// A node by its number: names are long, and each is looked up once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(u32);

impl NodeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A dotted name that something leads to, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameId(u32);

/// A node, and what it leads to from which line.
struct Place {
    node: Node,
    edges: Vec<(u32, NodeId)>,
    named: Vec<(u32, NameId)>,
}

/// The nodes of a name: one, hardly ever more.
type Nodes = SmallVec<[NodeId; 2]>;

/// Edges between nodes; those that cross modules go by dotted names.
#[derive(Default)]
pub(crate) struct Graph {
    places: Vec<Place>,
    ids: Map<Node, NodeId>,
    /// What is defined under which names, in that order.
    defined: Vec<(Rc<str>, NodeId)>,
    /// The same by the names, once all are there. A name can be defined twice: by a module and by its bytecode.
    names: Map<Rc<str>, Nodes>,
    /// The modules among them.
    modules: Map<Rc<str>, Nodes>,
    /// How those names begin, up to their first dot: most names that are called are somebody else's.
    roots: Set<Rc<str>>,
    /// Names that something leads to, in the order in which they were first met.
    targets: Vec<Rc<str>>,
    target_ids: Map<Rc<str>, NameId>,
    /// Methods of classes that the installer calls (`cmdclass`).
    hooks: Vec<NodeId>,
    /// Functions that a build calls by their names, where they stand in a backend of the package's own.
    build_hooks: Vec<NodeId>,
    /// Names, nodes and edges.
    size: usize,
    /// Files that are evaluated only where something leads to them, by their names and modules.
    watched: Map<Rc<str>, Vec<usize>>,
    /// Those of them that something has led to.
    led_to: Vec<usize>,
}

/// Bytes that a name, a node or an edge takes, roughly.
const ENTRY: usize = 120;
/// The latest edges and nodes, among which one is looked for before it is added again.
const MAX_RECENT: usize = 16;

impl Graph {
    /// That of sources of so many bytes in all.
    pub(crate) fn of(bytes: usize) -> Self {
        Self { ids: with_room(bytes, 512), target_ids: with_room(bytes, 512), ..Self::default() }
    }

    /// Bytes of memory that it holds, roughly.
    pub(crate) fn footprint(&self) -> usize {
        self.size * ENTRY
    }

    /// The number of a node, which is made where there is none yet.
    pub(crate) fn id(&mut self, node: Node) -> NodeId {
        let next = NodeId(self.places.len() as u32);
        let id = *self.ids.entry(node.clone()).or_insert(next);
        if id == next {
            self.places.push(Place { node, edges: Vec::new(), named: Vec::new() });
        }
        id
    }

    /// The node of a number.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.places[id.index()].node
    }

    /// How many nodes there are: all numbers are below.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn define(&mut self, name: impl Into<Rc<str>>, id: NodeId) {
        self.size += 2;
        self.defined.push((name.into(), id));
    }

    /// Sorts what is defined by its names: once all is there.
    pub(crate) fn settle(&mut self) {
        self.names.reserve(self.defined.len());
        for (name, id) in self.defined.drain(..) {
            let root = dotted::root(&name);
            if !self.roots.contains(root) {
                self.roots.insert(root.into());
            }
            if self.places[id.index()].node.function.is_empty() {
                add(&mut self.modules, name.clone(), id);
            }
            add(&mut self.names, name, id);
        }
    }

    pub(crate) fn edge(&mut self, from: NodeId, line: u32, to: Node) {
        let places = &self.places;
        let recent = places[from.index()].edges.iter().rev().take(MAX_RECENT);
        if recent.into_iter().any(|(at, known)| *at == line && places[known.index()].node == to) {
            return;
        }
        self.size += 1;
        let to = self.id(to);
        self.places[from.index()].edges.push((line, to));
    }

    /// The number of a name that something leads to; what a call gives counts as what is called.
    pub(crate) fn target(&mut self, name: &str) -> NameId {
        let name = dotted::uncalled(name);
        if let Some(known) = self.target_ids.get(&*name) {
            return *known;
        }
        let (id, name): (NameId, Rc<str>) = (NameId(self.targets.len() as u32), name.into());
        self.targets.push(name.clone());
        self.target_ids.insert(name, id);
        id
    }

    /// An edge to whatever has this name.
    pub(crate) fn named(&mut self, from: NodeId, line: u32, to: NameId) {
        let named = &mut self.places[from.index()].named;
        if named.iter().rev().take(MAX_RECENT).any(|known| *known == (line, to)) {
            return;
        }
        self.size += 2;
        named.push((line, to));
        if !self.watched.is_empty() {
            let name = self.targets[to.0 as usize].clone();
            self.lead_to(&name);
        }
    }

    pub(crate) fn hook(&mut self, node: Node) {
        let id = self.id(node);
        self.hooks.push(id);
    }

    pub(crate) fn hooks(&self) -> &[NodeId] {
        &self.hooks
    }

    pub(crate) fn build_hook(&mut self, id: NodeId) {
        self.build_hooks.push(id);
    }

    pub(crate) fn build_hooks(&self) -> &[NodeId] {
        &self.build_hooks
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

    pub(crate) fn named_so(&self, name: &str) -> &[NodeId] {
        self.names.get(name).map_or(&[], |nodes| nodes)
    }

    /// The function of a plugin, and the hooks of pytest in its module.
    pub(crate) fn called_by_name(&self, module: &str, function: &str) -> Vec<NodeId> {
        let units: Set<usize> = self.named_so(module).iter().map(|id| self.node(*id).unit).collect();
        let is_hook = |id: &&NodeId| {
            let node = self.node(**id);
            let name = node.function.strip_prefix(module).and_then(|name| name.strip_prefix('.'));
            units.contains(&node.unit)
                && name.is_some_and(|name| name == function || name.starts_with("pytest_"))
        };
        self.names.values().flatten().filter(is_hook).copied().collect()
    }

    /// The nodes that lead anywhere.
    pub(crate) fn leading(&self) -> impl Iterator<Item = NodeId> {
        let leads = |place: &Place| !place.edges.is_empty();
        self.places.iter().enumerate().filter(move |(_, place)| leads(place)).map(|(at, _)| NodeId(at as u32))
    }

    /// Where names lead that something leads to: once all of them are defined.
    pub(crate) fn ways(&self) -> Ways<'_> {
        Ways { graph: self, by_name: vec![None; self.targets.len()] }
    }

    /// All nodes that a name leads to: importing `a.b.c` runs `a.b` and `a` too.
    fn led_to_by(&self, name: &str) -> Rc<[&[NodeId]]> {
        if !self.roots.contains(dotted::root(name)) {
            return Rc::default();
        }
        let above = std::iter::successors(name.rsplit_once('.'), |(above, _)| above.rsplit_once('.'));
        let modules = above.filter_map(|(above, _)| self.modules.get(above)).map(Nodes::as_slice);
        std::iter::once(self.named_so(name)).chain(modules).collect()
    }
}

/// Adds a node to those of a name.
fn add(nodes: &mut Map<Rc<str>, Nodes>, name: Rc<str>, id: NodeId) {
    let nodes = nodes.entry(name).or_default();
    if !nodes.iter().rev().take(MAX_RECENT).any(|known| *known == id) {
        nodes.push(id);
    }
}

/// The edges of a graph, each name looked up once.
pub(crate) struct Ways<'g> {
    graph: &'g Graph,
    by_name: Vec<Option<Rc<[&'g [NodeId]]>>>,
}

impl Ways<'_> {
    /// Shows each node that this one leads to, with the line.
    pub(crate) fn out_of(&mut self, id: NodeId, mut show: impl FnMut(u32, NodeId)) {
        let place = &self.graph.places[id.index()];
        place.edges.iter().for_each(|(line, to)| show(*line, *to));
        for (line, name) in &place.named {
            let at = name.0 as usize;
            let graph = self.graph;
            let nodes = self.by_name[at].get_or_insert_with(|| graph.led_to_by(&graph.targets[at]));
            nodes.iter().copied().flatten().for_each(|to| show(*line, *to));
        }
    }
}
