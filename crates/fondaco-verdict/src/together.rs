//! Which findings are evidence for one and the same act.
//!
//! What runs unasked runs in one go, so all of it counts. What somebody has to ask for does not: a
//! large tool has a command that edits cron tables and another, in a module that knows nothing of the
//! first, that starts what it has fetched, and nobody who asks for one gets the other. The more a
//! project can do, the more such evidence it would gather.

use std::collections::{BTreeMap, HashMap};

use crate::{Finding, RuleId, Severity, Weights};

/// The findings that count: those that need no asking, and of the others the group that weighs most
/// among groups with no module in common, neither their own nor one through which they are reached.
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
    let mut strengths: BTreeMap<usize, BTreeMap<RuleId, f32>> = BTreeMap::new();
    for finding in &asked {
        let strength =
            weights.of(finding.rule, finding.weight) * weights.factor(finding.rule, finding.trigger);
        let rules = strengths.entry(groups.of(&finding.member)).or_default();
        let best = rules.entry(finding.rule).or_default();
        *best = best.max(strength);
    }
    let sum = |rules: &BTreeMap<RuleId, f32>| rules.values().sum::<f32>();
    // Of equals the first, whatever the order of the findings.
    let strongest = strengths.iter().max_by(|a, b| sum(a.1).total_cmp(&sum(b.1)).then(b.0.cmp(a.0)));
    if let Some((group, _)) = strongest {
        counted.extend(asked.iter().filter(|finding| groups.of(&finding.member) == *group));
    }
    counted
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
