use std::collections::BTreeMap;

use crate::{Behaviour, Confidence, Finding, RuleId, Severity, Stage, Trigger, Weights, together};

/// A score from here on is suspicious.
pub const SUSPICIOUS: f32 = 0.5;
/// A score from here on is malicious.
pub const MALICIOUS: f32 = 0.85;
/// The most that facts about metadata and framing add together, in nats: they may make an artifact
/// suspicious, but without anything that it does it is no attack.
pub(crate) const FACTS_AT_MOST: f32 = 1.5;

/// How the score came about; its parts add up to `evidence`.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredChain {
    /// 0 to 1: `1 - exp(-evidence)`.
    pub total: f32,
    /// The sum, in nats.
    pub evidence: f32,
    /// What each rule added, after its trigger's factor.
    pub rules: BTreeMap<RuleId, f32>,
    /// What the chain added beyond its parts.
    pub chain: f32,
}

/// What one rule adds: `weight * factor(trigger) * share`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The rule.
    pub rule: RuleId,
    /// Its weight, in nats.
    pub weight: f32,
    /// When the code of its strongest hit runs.
    pub trigger: Option<Trigger>,
    /// How sure that hit is.
    pub confidence: Confidence,
    /// 1 for the strongest evidence of a behaviour, then 1/2, 1/4, ...
    pub share: f32,
}

/// The score by the weights that are committed.
pub fn score(findings: &[Finding]) -> ScoredChain {
    score_by(findings, Weights::fitted())
}

/// Adds up the evidence. Additive, so that a person can follow it: each rule counts once, at its
/// strongest hit; evidence for the same behaviour adds less each time (1, 1/2, 1/4, ...); the
/// stages of a chain that runs unasked add more than their parts. Findings of information level
/// add nothing: a single capability is no evidence.
pub fn score_by(findings: &[Finding], weights: &Weights) -> ScoredChain {
    let mut rules = BTreeMap::new();
    for part in parts(findings, weights) {
        rules.insert(
            part.rule,
            part.weight * weights.factor(part.rule, part.trigger, part.confidence) * part.share,
        );
    }
    let sum: f32 = rules.values().sum();
    let chain = sum * weights.chain(stages(findings));
    let evidence = sum + chain;
    ScoredChain { total: 1.0 - (-evidence).exp(), evidence, rules, chain }
}

/// What the rules add, strongest first. Of code that somebody has to ask for only what belongs
/// together is added up. Facts about framing and metadata stand for no behaviour: each counts in
/// full, up to `FACTS_AT_MOST` in all.
pub fn parts(findings: &[Finding], weights: &Weights) -> Vec<Part> {
    let mut best: BTreeMap<RuleId, (f32, Part, Option<Behaviour>)> = BTreeMap::new();
    for finding in together::counted(findings, weights) {
        let weight = weights.of(finding.rule, finding.weight);
        let (rule, trigger, confidence) = (finding.rule, finding.trigger, finding.confidence);
        let part = Part { rule, weight, trigger, confidence, share: 1.0 };
        let strength = weight * weights.factor(rule, trigger, confidence);
        let entry = best.entry(finding.rule).or_insert((strength, part, finding.behaviour));
        if strength > entry.0 {
            *entry = (strength, part, finding.behaviour);
        }
    }
    let mut strongest_first: Vec<_> = best.into_values().collect();
    strongest_first.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.rule.cmp(&b.1.rule)));
    let mut seen: BTreeMap<Behaviour, i32> = BTreeMap::new();
    let mut parts = Vec::new();
    let facts: f32 =
        strongest_first.iter().filter(|(_, _, b)| b.is_none()).map(|(strength, ..)| strength).sum();
    for (_, mut part, behaviour) in strongest_first {
        if behaviour.is_none() && facts > FACTS_AT_MOST {
            part.share = FACTS_AT_MOST / facts;
        }
        if let Some(behaviour) = behaviour {
            let nth = seen.entry(behaviour).or_insert(0);
            part.share = 0.5f32.powi(*nth);
            *nth += 1;
        }
        parts.push(part);
    }
    parts
}

/// The stages of an attack that code which runs unasked goes through, its trigger not counted.
pub fn stages(findings: &[Finding]) -> usize {
    let mut stages: Vec<Stage> = findings
        .iter()
        .filter(|f| f.severity >= Severity::Medium && f.trigger.is_some_and(Trigger::is_unasked))
        .filter_map(Finding::stage)
        .filter(|stage| *stage != Stage::Trigger)
        .collect();
    stages.sort_unstable();
    stages.dedup();
    stages.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &'static str, behaviour: Behaviour, trigger: Trigger, weight: f32) -> Finding {
        Finding {
            rule: RuleId::new(rule),
            severity: Severity::High,
            confidence: Confidence::High,
            behaviour: Some(behaviour),
            trigger: Some(trigger),
            member: "setup.py".into(),
            line: 1,
            layer: 0,
            message: String::new(),
            excerpt: String::new(),
            reach: Vec::new(),
            weight,
        }
    }

    #[test]
    fn no_findings_no_score() {
        assert_eq!(score(&[]).total, 0.0);
    }

    #[test]
    fn information_adds_nothing() {
        let mut info = finding("a", Behaviour::CommandExecution, Trigger::Install, 3.0);
        info.severity = Severity::Info;
        assert_eq!(score(&[info]).total, 0.0);
    }

    #[test]
    fn a_rule_counts_once_and_a_chain_more_than_its_parts() {
        let fetch = finding("a", Behaviour::IngressTransfer, Trigger::Install, 0.6);
        let run = finding("b", Behaviour::CommandExecution, Trigger::Install, 0.6);
        let one = score(std::slice::from_ref(&fetch)).evidence;
        let twice = score(&[fetch.clone(), fetch.clone()]).evidence;
        assert_eq!(one, twice);
        let both = score(&[fetch, run]);
        assert!(both.evidence > 1.2, "{both:?}");
        assert!((both.rules.values().sum::<f32>() + both.chain - both.evidence).abs() < 1e-6);
    }

    #[test]
    fn facts_alone_are_no_attack() {
        let facts = ["a", "b", "c"].map(|rule| {
            let mut fact = finding(rule, Behaviour::Evasion, Trigger::Install, 1.0);
            (fact.behaviour, fact.trigger) = (None, None);
            fact
        });
        let total = score(&facts).total;
        assert!((SUSPICIOUS..MALICIOUS).contains(&total), "{total}");
    }

    #[test]
    fn what_is_asked_for_counts_where_it_belongs_together() {
        // Nobody has a reason to ask for it.
        let elsewhere = |member: &str, trigger, reach: &[&str]| Finding {
            member: member.into(),
            reach: reach.iter().map(|step| (*step).to_owned()).collect(),
            ..finding("silent-program", Behaviour::Persistence, trigger, 1.0)
        };
        let here = finding("a", Behaviour::Exfiltration, Trigger::Call, 3.0);
        let alone = score(std::slice::from_ref(&here)).evidence;
        let with = |other: Finding| {
            let [first, second] =
                [[here.clone(), other.clone()], [other, here.clone()]].map(|all| score(&all));
            assert_eq!(first, second);
            first.evidence
        };
        // Another module, and neither leads to the other.
        assert_eq!(with(elsewhere("pkg/cron.py", Trigger::Call, &[])), alone);
        assert_eq!(with(elsewhere("pkg/cron.py", Trigger::EntryPoint, &["pkg/cli.py:3"])), alone);
        // The same module, one that leads to the other, and what needs no asking.
        assert!(with(elsewhere("setup.py", Trigger::Call, &[])) > alone);
        assert!(with(elsewhere("pkg/cron.py", Trigger::EntryPoint, &["setup.py:3"])) > alone);
        assert!(with(elsewhere("pkg/cron.py", Trigger::Import, &[])) > alone);
        // The stronger of two counts, not the first.
        let strong = Finding { weight: 2.0, ..elsewhere("pkg/cron.py", Trigger::Call, &[]) };
        assert!(with(strong) > alone);
    }

    #[test]
    fn of_what_tools_do_when_told_the_strongest_counts() {
        let fetches = finding("a", Behaviour::IngressTransfer, Trigger::EntryPoint, 1.8);
        let persists = finding("b", Behaviour::Persistence, Trigger::EntryPoint, 1.0);
        let alone = score(std::slice::from_ref(&fetches)).evidence;
        assert_eq!(score(&[persists.clone(), fetches.clone()]).evidence, alone);
        // Hidden in a layer, it is no tool's way.
        let hidden = Finding { layer: 1, ..persists.clone() };
        assert!(score(&[fetches.clone(), hidden]).evidence > alone);
        let packed =
            Finding { member: "setup.py!/x.py".into(), reach: vec!["setup.py:1".into()], ..persists };
        assert!(score(&[fetches, packed]).evidence > alone);
    }

    #[test]
    fn what_is_not_sure_is_what_tools_do() {
        let sure = finding("mining", Behaviour::Impact, Trigger::Call, 2.0);
        let unsure = Finding { confidence: Confidence::Low, ..sure.clone() };
        assert!(score(&[sure]).total >= SUSPICIOUS && score(&[unsure]).total < SUSPICIOUS);
    }

    #[test]
    fn what_runs_unasked_weighs_more() {
        let install = score(&[finding("a", Behaviour::Exfiltration, Trigger::Install, 1.0)]).total;
        let call = score(&[finding("a", Behaviour::Exfiltration, Trigger::Call, 1.0)]).total;
        assert!(install > call);
    }
}
