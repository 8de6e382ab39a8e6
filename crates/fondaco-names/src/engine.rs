//! The engine: targets, index, words and weights.

use crate::answer::{Answer, Match};
use crate::gates::{Facts, Gate};
use crate::invented::Invented;
use crate::lookup::{Lookup, Near};
use crate::model::{THRESHOLD, Weights, certain};
use crate::popular::Popular;
use crate::spelling::Spelling;
use crate::targets::{Target, TargetKind, Targets};
use crate::techniques::{Technique, import_name, reserved_prefix};

/// Other resemblances that an answer names.
const MOST_NEAR: usize = 5;
/// Below this a resemblance is chance, and not worth a suggestion.
const FAINT: f32 = 0.02;

/// What belongs to the operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// Names of own projects.
    pub projects: Vec<String>,
    /// Beginnings of names that nobody else may use, normalised, e.g. `acme` or `acme-`.
    pub prefixes: Vec<String>,
}

/// Says which name a name can be mistaken for. Making one takes some milliseconds.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) targets: Targets,
    pub(crate) weights: Weights,
    own: Own,
}

impl Engine {
    /// With a list of popular names and what belongs to the operator.
    pub fn new(popular: &Popular, own: Own) -> Self {
        Self { targets: Targets::of(popular, &own.projects), weights: Weights::embedded(), own }
    }

    /// That knows the operator's own names and nothing else.
    pub fn of_own(names: &[String]) -> Self {
        Self { targets: Targets::of_own(names), weights: Weights::embedded(), own: Own::default() }
    }

    /// With other weights: for fitting.
    #[must_use]
    pub fn with(self, weights: Weights) -> Self {
        Self { weights, ..self }
    }

    /// A name's rank by downloads, normalised names only.
    pub fn rank(&self, name: &str) -> Option<u32> {
        self.targets.rank(name.as_bytes())
    }

    /// The names that others can be mistaken for, with their ranks or what counts as such.
    pub fn targets(&self) -> impl Iterator<Item = (&str, TargetKind, u32)> {
        self.targets.all().iter().map(|target| (self.targets.name(target), target.kind, target.rank))
    }

    /// For many names: keeps what look-ups need from one to the next.
    pub fn lookup(&self) -> Lookup<'_> {
        Lookup::new(self)
    }

    /// Judges a name by its spelling, and by what is known of it and of the targets it resembles.
    pub fn judge<'f>(&self, name: &str, facts: &Facts<'_>, of_target: &dyn Fn(&str) -> Facts<'f>) -> Answer {
        self.lookup().judge(name, facts, of_target)
    }

    /// Judges a name by its spelling alone.
    pub fn spelling(&self, name: &str) -> Answer {
        self.judge(name, &Facts::default(), &|_| Facts::default())
    }

    /// All that a name can be mistaken for by its spelling, the likeliest first.
    pub fn confusable_with(&self, name: &str) -> Vec<Match> {
        let Some(name) = Spelling::of(name) else { return Vec::new() };
        let mut all = self.certain(&name);
        self.lookup().each(&name, |near, _| {
            if near.score >= THRESHOLD {
                all.extend(self.found(&near));
            }
        });
        all.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.target.cmp(&b.target)));
        all.dedup_by(|a, b| a.target == b.target);
        all
    }

    /// The popular project that installs a module of this name (normalised), and its rank.
    pub fn provider<'m>(&self, module: &'m str) -> Option<(&'m str, u32)> {
        let known = import_name::all().find(|(name, _)| *name == module);
        let project = known.map_or(module, |(_, project)| project);
        self.rank(project).map(|rank| (project, rank))
    }

    /// Whether a module comes with Python, or with a project that many use.
    pub fn knows_module(&self, module: &str) -> bool {
        let name = module.to_ascii_lowercase().replace('_', "-");
        self.provider(&name).is_some() || self.invented(module).contains(&Invented::Module)
    }

    /// Names that somebody may have meant who typed this one, the likeliest first, at most three.
    pub fn meant(&self, name: &str) -> Vec<String> {
        let answer = self.spelling(name);
        let all = answer.confusable.iter().chain(&answer.near);
        let can_install = all.filter(|found| found.kind.can_be_installed() && found.score >= FAINT);
        let mut names: Vec<String> =
            can_install.map(|found| found.instead.map_or(found.target.clone(), str::to_owned)).collect();
        for form in self.invented(name) {
            match form {
                Invented::Joined(parts) => names.extend(parts),
                Invented::Added(project) => names.push(project),
                Invented::Imported(project) => names.insert(0, project.to_owned()),
                Invented::Elsewhere(_) | Invented::Module | Invented::RequirementsFile => {}
            }
        }
        let mut seen = std::collections::HashSet::new();
        names.retain(|meant| meant != name && seen.insert(meant.clone()));
        names.truncate(3);
        names
    }

    /// How a name that nobody uses may have come about.
    pub fn invented(&self, name: &str) -> Vec<Invented> {
        Spelling::of(name).map(|spelling| Invented::forms(self, &spelling)).unwrap_or_default()
    }

    fn found(&self, near: &Near) -> Option<Match> {
        let target = self.targets.get(near.target)?;
        Some(self.matched(target, near.techniques.list(), near.score))
    }

    fn matched(&self, target: &Target, techniques: Vec<Technique>, score: f32) -> Match {
        Match {
            target: self.targets.name(target).to_owned(),
            kind: target.kind,
            rank: (target.kind == TargetKind::Popular).then_some(target.rank),
            instead: self.targets.instead(target),
            techniques,
            score,
        }
    }

    /// What needs no model.
    fn certain(&self, name: &Spelling) -> Vec<Match> {
        let mut all = Vec::new();
        for target in self.targets.exactly(name.as_str()) {
            if name.is_disguised {
                all.push(self.matched(target, vec![Technique::Homoglyph], certain::DISGUISED));
                continue;
            }
            let (technique, score) = match target.kind {
                TargetKind::Own | TargetKind::Popular => continue,
                TargetKind::StandardLibrary => (Technique::StandardLibrary, certain::MODULE),
                TargetKind::ImportName => (Technique::ImportName, certain::MODULE),
                TargetKind::OtherEcosystem => (Technique::OtherEcosystem, certain::TOOL),
                TargetKind::RequirementsFile => (Technique::RequirementsFile, certain::FILE),
            };
            if target.kind == TargetKind::RequirementsFile {
                all.push(self.matched(target, vec![technique], score));
                continue;
            }
            // A wrapper may well be called like the tool that it wraps.
            let Some(instead) = self.targets.instead(target) else { continue };
            all.push(Match { target: instead.to_owned(), ..self.matched(target, vec![technique], score) });
        }
        all
    }

    fn reserved(&self, name: &Spelling) -> Option<Match> {
        let prefix = self.own.prefixes.iter().find(|prefix| reserved_prefix::has(name.as_str(), prefix))?;
        let is_own = self.own.projects.iter().any(|own| own == name.as_str());
        (!is_own).then(|| Match {
            target: prefix.clone(),
            kind: TargetKind::Own,
            rank: None,
            instead: None,
            techniques: vec![Technique::ReservedPrefix],
            score: certain::RESERVED,
        })
    }

    fn itself(&self, name: &Spelling) -> Option<Gate> {
        if name.is_disguised {
            return None;
        }
        let is_own = self.own.projects.iter().any(|own| own == name.as_str());
        is_own.then_some(Gate::ItselfOwn).or_else(|| self.rank(name.as_str()).map(Gate::ItselfPopular))
    }
}

impl Lookup<'_> {
    /// As [`Engine::judge`].
    pub fn judge<'f>(
        &mut self,
        raw: &str,
        facts: &Facts<'_>,
        of_target: &dyn Fn(&str) -> Facts<'f>,
    ) -> Answer {
        let mut answer = Answer {
            name: raw.to_owned(),
            rank: None,
            confusable: None,
            near: Vec::new(),
            ruled_out: Vec::new(),
        };
        let Some(name) = Spelling::of(raw) else { return answer };
        let engine = self.engine;
        answer.rank = if name.is_disguised { None } else { engine.rank(name.as_str()) };
        let mut all: Vec<Match> = engine.reserved(&name).into_iter().chain(engine.certain(&name)).collect();
        let mut near = Vec::new();
        self.each(&name, |one, _| {
            if one.score >= FAINT / 2.0 {
                near.push(one);
            }
        });
        near.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
        all.extend(near.iter().take(2 * MOST_NEAR).filter_map(|one| engine.found(one)));
        // Of those that are as likely the one that takes least to explain.
        let percent = |found: &Match| (found.score * 100.0).round() as u32;
        all.sort_by(|a, b| {
            let simpler = || a.techniques.len().cmp(&b.techniques.len());
            percent(b).cmp(&percent(a)).then_with(simpler).then(b.score.total_cmp(&a.score))
        });
        let itself = engine.itself(&name);
        let mut seen = std::collections::HashSet::new();
        // A requirements file's name is no project's own.
        let is_other = |found: &Match| found.target != raw || found.kind == TargetKind::RequirementsFile;
        for found in all.into_iter().filter(is_other) {
            if !seen.insert(found.target.clone()) {
                continue;
            }
            if found.score >= THRESHOLD {
                let gate = itself.or_else(|| Gate::between(facts, &of_target(&found.target)));
                match gate {
                    Some(gate) => answer.ruled_out.push((found.target.clone(), gate)),
                    None if answer.confusable.is_none() => {
                        answer.confusable = Some(found);
                        continue;
                    }
                    None => {}
                }
            }
            if answer.near.len() < MOST_NEAR {
                answer.near.push(found);
            }
        }
        answer
    }
}
