//! Which findings are evidence for one and the same act.
//!
//! What runs unasked runs in one go, so all of it counts. What somebody has to ask for does not: a
//! large tool has a command that edits cron tables and another, in a module that knows nothing of the
//! first, that starts what it has fetched, and nobody who asks for one gets the other. The more a
//! project can do, the more such evidence it would gather. And what honest tools do when they are told to they do
//! beside each other in one program, so of that only the strongest counts; what nobody has a reason to ask for
//! (`asked:RULE` in the weights) counts beside it, and so does what is hidden.

use std::collections::{BTreeMap, HashMap};

use crate::{Finding, RuleId, Severity, Weights};

/// The findings that count: those that need no asking, and of the others the group that weighs most
/// among groups with no module in common, neither their own nor one through which they are reached; of
/// what honest tools do as well one rule in that.
pub(crate) fn counted<'f>(findings: &'f [Finding], weights: &Weights) -> Vec<&'f Finding> {
    let all = findings.iter().filter(|f| f.severity > Severity::Info && f.weight > 0.0);
    let is_asked = |finding: &&Finding| finding.trigger.is_some_and(|trigger| !trigger.is_unasked());
    let (asked, mut counted): (Vec<&Finding>, Vec<&Finding>) = all.partition(is_asked);
    let mut groups = Groups::default();
    for finding in &asked {
        let modules =
            finding.reach.iter().map(|step| step.rsplit_once(':').map_or(step.as_str(), |(m, _)| m));
        groups.join(&finding.member, modules);
    }
    // What is hidden, in a layer or an archive within the package, is no tool's way to do what it is told.
    let is_hidden = |f: &Finding| f.layer > 0 || f.member.contains('!');
    let is_told = |f: &Finding| !is_hidden(f) && !weights.is_never_asked_for(f.rule, f.confidence);
    let mut strengths: BTreeMap<usize, Strengths> = BTreeMap::new();
    for finding in &asked {
        let strength = weights.of(finding.rule, finding.weight)
            * weights.factor(finding.rule, finding.trigger, finding.confidence);
        let group = strengths.entry(groups.of(&finding.member)).or_default();
        let rules = if is_told(finding) { &mut group.told } else { &mut group.others };
        let best = rules.entry(finding.rule).or_default();
        *best = best.max(strength);
    }
    // Of equals the first, whatever the order of the findings.
    let strongest = strengths.iter().max_by(|a, b| a.1.sum().total_cmp(&b.1.sum()).then(b.0.cmp(a.0)));
    if let Some((group, strengths)) = strongest {
        let told = strengths.strongest_told().map(|(rule, _)| rule);
        let counts = |f: &Finding| !is_told(f) || told == Some(f.rule);
        counted.extend(asked.iter().filter(|f| groups.of(&f.member) == *group && counts(f)));
    }
    counted
}

/// What the rules find in modules that belong together.
#[derive(Default)]
struct Strengths {
    told: BTreeMap<RuleId, f32>,
    others: BTreeMap<RuleId, f32>,
}

impl Strengths {
    fn strongest_told(&self) -> Option<(RuleId, f32)> {
        let told = self.told.iter().map(|(rule, weight)| (*rule, *weight));
        told.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    fn sum(&self) -> f32 {
        self.others.values().sum::<f32>() + self.strongest_told().map_or(0.0, |(_, weight)| weight)
    }
}

/// Modules that belong together: union-find.
#[derive(Default)]
struct Groups<'f> {
    numbers: HashMap<&'f str, usize>,
    parents: Vec<usize>,
}

impl<'f> Groups<'f> {
    fn number(&mut self, module: &'f str) -> usize {
        let next = self.parents.len();
        let number = *self.numbers.entry(module).or_insert(next);
        if number == next {
            self.parents.push(next);
        }
        self.root(number)
    }

    fn join(&mut self, member: &'f str, modules: impl Iterator<Item = &'f str>) {
        let mut first = self.number(member);
        for module in modules {
            let other = self.number(module);
            let (low, high) = (first.min(other), first.max(other));
            self.parents[high] = low;
            first = low;
        }
    }

    fn root(&self, mut number: usize) -> usize {
        while self.parents[number] != number {
            number = self.parents[number];
        }
        number
    }

    fn of(&self, member: &str) -> usize {
        self.numbers.get(member).map_or(usize::MAX, |number| self.root(*number))
    }
}
