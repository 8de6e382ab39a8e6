//! The names that others are made to pass for.

use std::sync::OnceLock;

use crate::index::{Builder, Index, Key, MOST_TARGETS, hash};
use crate::popular::Popular;
use crate::reading::Reading;
use crate::skeleton::{skeleton, sound};
use crate::spelling::Spelling;
use crate::techniques::{
    affix, import_name, other_ecosystem, requirements_file, standard_library, word_order,
};
use crate::words::ByHash;

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// A project of the operator's.
    Own,
    /// A much downloaded project.
    Popular,
    /// A module that comes with Python.
    StandardLibrary,
    /// What is imported of a popular project.
    ImportName,
    /// A tool or package of another ecosystem.
    OtherEcosystem,
    /// A requirements file, whose name is installed where `-r` was forgotten.
    RequirementsFile,
}

impl TargetKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Popular => "popular",
            Self::StandardLibrary => "standard-library",
            Self::ImportName => "import-name",
            Self::OtherEcosystem => "other-ecosystem",
            Self::RequirementsFile => "requirements-file",
        }
    }

    /// Whether something can be installed in the place of what resembles such a target.
    pub(crate) fn can_be_installed(self) -> bool {
        !matches!(self, Self::StandardLibrary | Self::RequirementsFile)
    }
}

/// One target. Texts lie in [`Targets::texts`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    name: (u32, u8),
    skeleton: (u32, u8),
    pub(crate) kind: TargetKind,
    /// By downloads, from 1; for others what they count as.
    pub(crate) rank: u32,
    /// What one should install instead, by its number among `instead`.
    instead: Option<u16>,
}

impl Target {
    /// Whether it is something to install.
    pub(crate) fn is_project(&self) -> bool {
        matches!(self.kind, TargetKind::Own | TargetKind::Popular)
    }
}

/// What modules of the standard library count as, among the popular projects.
const STANDARD_LIBRARY: u32 = 500;
/// What import names and foreign tools count as where nothing is known of their project.
const UNRANKED: u32 = 3_000;

/// All targets, and the index of them.
#[derive(Debug, Clone)]
pub(crate) struct Targets {
    texts: String,
    skeletons: Vec<u8>,
    all: Vec<Target>,
    /// How each of them reads, where it was asked for.
    readings: Vec<OnceLock<Reading>>,
    instead: Vec<&'static str>,
    ranks: ByHash<u32>,
    pub(crate) index: Index,
}

impl Targets {
    /// Of a list of popular names, the operator's own names, and what is embedded.
    pub(crate) fn of(popular: &Popular, own: &[String]) -> Self {
        let mut maker = Maker::default();
        for (rank, name) in (1..).zip(popular.names()) {
            maker.ranks.insert(hash(name.as_bytes()), rank);
        }
        for name in own {
            maker.collect(name, TargetKind::Own, 1, None);
        }
        for (rank, name) in (1..).zip(popular.names()) {
            maker.collect(name, TargetKind::Popular, rank, None);
        }
        for name in standard_library::all() {
            maker.collect(name, TargetKind::StandardLibrary, STANDARD_LIBRARY, Some("python"));
        }
        for (name, project) in import_name::all() {
            let rank = maker.ranks.get(&hash(project.as_bytes())).copied().unwrap_or(UNRANKED);
            maker.collect(name, TargetKind::ImportName, rank, Some(project));
        }
        for (name, _, project) in other_ecosystem::all() {
            maker.collect(name, TargetKind::OtherEcosystem, UNRANKED, project);
        }
        // They are typed wherever pip is.
        let pip = maker.ranks.get(&hash(b"pip")).copied().unwrap_or(UNRANKED);
        for name in requirements_file::all() {
            maker.collect(name, TargetKind::RequirementsFile, pip, None);
        }
        maker.lift();
        maker.made()
    }

    /// Of the operator's own names and nothing else.
    pub(crate) fn of_own(names: &[String]) -> Self {
        let mut maker = Maker::default();
        for name in names {
            maker.collect(name, TargetKind::Own, 1, None);
        }
        maker.made()
    }

    /// A target's name.
    pub(crate) fn name(&self, target: &Target) -> &str {
        let (start, length) = target.name;
        self.texts.get(start as usize..start as usize + usize::from(length)).unwrap_or_default()
    }

    /// How a target reads, whose name is this.
    pub(crate) fn reading(&self, id: u32, name: &str) -> &Reading {
        self.readings[id as usize].get_or_init(|| Reading::of(name.as_bytes()))
    }

    /// A target's skeleton.
    pub(crate) fn skeleton(&self, target: &Target) -> &[u8] {
        let (start, length) = target.skeleton;
        self.skeletons.get(start as usize..start as usize + usize::from(length)).unwrap_or_default()
    }

    /// What one should install instead of what is called like this.
    pub(crate) fn instead(&self, target: &Target) -> Option<&'static str> {
        target.instead.and_then(|at| self.instead.get(usize::from(at)).copied())
    }

    /// The target of this number.
    pub(crate) fn get(&self, id: u32) -> Option<&Target> {
        self.all.get(id as usize)
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Target] {
        &self.all
    }

    /// The rank of a popular name.
    pub(crate) fn rank(&self, name: &[u8]) -> Option<u32> {
        self.ranks.get(&hash(name)).copied()
    }

    /// The targets called exactly so.
    pub(crate) fn exactly(&self, name: &str) -> impl Iterator<Item = &Target> {
        self.index
            .get(name.as_bytes(), Key::Exact)
            .filter_map(|id| self.get(id))
            .filter(move |target| self.name(target) == name)
    }
}

/// What is known of a target before it has a number.
struct Collected<'n> {
    name: &'n str,
    kind: TargetKind,
    rank: u32,
    instead: Option<&'static str>,
}

#[derive(Default)]
struct Maker<'n> {
    texts: String,
    skeletons: Vec<u8>,
    all: Vec<Target>,
    instead: Vec<&'static str>,
    ranks: ByHash<u32>,
    builder: Builder,
    scratch: Vec<u8>,
    known: ByHash<()>,
    collected: Vec<Collected<'n>>,
}

impl<'n> Maker<'n> {
    /// Takes a target, once: the first kind counts.
    fn collect(&mut self, name: &'n str, kind: TargetKind, rank: u32, instead: Option<&'static str>) {
        if self.known.insert(hash(name.as_bytes()), ()).is_none() {
            self.collected.push(Collected { name, kind, rank, instead });
        }
    }

    /// Popular names that stand for a more popular project (`pytorch` for `torch`) are attacked as that.
    fn lift(&mut self) {
        let lifted = import_name::all()
            .filter_map(|(name, project)| Some((name, *self.ranks.get(&hash(project.as_bytes()))?)));
        let lifted: std::collections::HashMap<&str, u32> = lifted.collect();
        for one in &mut self.collected {
            one.rank = lifted.get(one.name).map_or(one.rank, |rank| one.rank.min(*rank));
        }
    }

    fn add(&mut self, one: &Collected<'_>) {
        let Some(spelling) = Spelling::of(one.name) else { return };
        let (name, id) = (spelling.as_str(), self.all.len() as u32);
        if id as usize >= MOST_TARGETS {
            return;
        }
        let (kind, rank, instead) = (one.kind, one.rank, one.instead);
        let instead = instead.and_then(|project| {
            self.instead.push(project);
            u16::try_from(self.instead.len() - 1).ok()
        });
        skeleton(name.as_bytes(), &mut self.scratch);
        self.builder.add_skeleton(&self.scratch, id);
        let at = (self.texts.len() as u32, name.len() as u8);
        let skeleton = (self.skeletons.len() as u32, self.scratch.len() as u8);
        self.skeletons.extend_from_slice(&self.scratch);
        self.texts.push_str(name);
        sound(name.as_bytes(), &mut self.scratch);
        self.builder.add(&self.scratch, Key::Sound, id);
        self.builder.add(name.as_bytes(), Key::Exact, id);
        if let Some(words) = word_order::sorted(name) {
            self.builder.add(words.as_bytes(), Key::Words, id);
        }
        if let Some(rest) = affix::left_out(name) {
            self.builder.add(rest.as_bytes(), Key::LeftOut, id);
        }
        self.all.push(Target { name: at, skeleton, kind, rank, instead });
    }

    fn made(mut self) -> Targets {
        // Names that begin alike are looked at together: they lie together.
        self.collected.sort_by(|a, b| a.name.cmp(b.name));
        for one in std::mem::take(&mut self.collected) {
            self.add(&one);
        }
        let Self { texts, skeletons, all, instead, ranks, builder, .. } = self;
        let readings = vec![OnceLock::new(); all.len()];
        Targets { texts, skeletons, all, readings, instead, ranks, index: builder.build() }
    }
}
