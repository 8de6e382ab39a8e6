//! The weights of the score, fitted to packages whose nature is known.
//!
//! The score is `1 - exp(-evidence)`, so the model is a noisy or: each piece of evidence finds an
//! attack by itself with the probability `1 - exp(-weight)`, and an innocent package shows none.
//! Its likelihood has no intercept and no negative weights, which keeps the score a sum that a
//! person can follow; a logistic model would need both an intercept and another scale. What
//! authors declared is the mean of a normal prior (L2 towards it), so that a rule with few hits
//! stays where its author put it. Projected gradient, a fixed number of steps: deterministic.

use std::collections::BTreeMap;

use fondaco_verdict::{Finding, Part, Severity, Trigger, Weights, parts, stages};

/// One package.
pub(crate) struct Case<'o> {
    pub(crate) findings: &'o [Finding],
    pub(crate) is_malicious: bool,
    /// How much it counts: families count the same, however many samples they have.
    pub(crate) counts: f64,
}

const STEPS: usize = 600;
/// Length of the first steps; each parameter's own shrink with what it has moved (Adagrad).
const PACE: f64 = 0.08;
/// How strongly a weight is held at what its author declared.
const HOLD: f64 = 1.5;
/// How strongly factors are held: they are judgement about all rules.
const HOLD_FACTOR: f64 = 40.0;
/// How much more a benign project counts than a family: blocking honest work costs more.
pub(crate) const BENIGN_COUNTS: f64 = 2.5;
/// Where an innocent package begins to cost: just below suspicious (ln 2), and again below
/// malicious. What lies far above costs no more, so that an odd one doesn't silence a rule.
const STEPS_OF_COST: [f64; 2] = [0.64, 1.8];
/// How gradually each step of the cost sets in, in nats.
const SOFTNESS: f64 = 0.1;
/// Evidence that a package without any finding is taken to have, so that none has no likelihood.
const FLOOR: f64 = 0.02;
/// How much more it counts that a family is malicious and not only suspicious.
const SURELY: f64 = 0.3;
/// How far from malicious that is felt, in nats.
const SURELY_WITHIN: f64 = 0.3;
/// Benign projects that a rule may hit and still block by itself.
const MOST_WRONG: f64 = 2.0;
/// The least weight: a rule at zero would never be fitted again.
const LEAST: f64 = 0.02;

const FACTORS: [&str; 5] = ["trigger:import", "trigger:entry-point", "trigger:call", "chain:2", "chain:3"];
/// They overlap nowhere: less asked for never counts less, a longer chain never adds less.
const FACTOR_BOUNDS: [(f64, f64); 5] = [(0.9, 1.0), (0.35, 0.6), (0.3, 0.4), (0.1, 0.5), (0.5, 1.0)];

/// The most that a rule may weigh, by its severity: below suspicious when low, below malicious
/// when medium, and below malicious for every rule that has hit benign projects where it weighs
/// in full: code that runs unasked, or a fact.
fn ceiling(severity: Severity, hits_benign: bool) -> f64 {
    let most: f64 = match severity {
        Severity::Info => 0.0,
        Severity::Low => 0.6,
        Severity::Medium => 1.2,
        Severity::High => 2.4,
        Severity::Critical => 3.0,
    };
    if hits_benign { most.min(1.8) } else { most }
}

/// The least part of its declared weight that a rule keeps: a few odd benign packages must not
/// silence what is an attack nearly everywhere.
fn floor(severity: Severity) -> f64 {
    match severity {
        Severity::Info | Severity::Low => 0.0,
        Severity::Medium => 0.25,
        Severity::High => 0.6,
        Severity::Critical => 0.7,
    }
}

struct Parameter {
    value: f64,
    declared: f64,
    low: f64,
    high: f64,
    hold: f64,
    moved: f64,
}

/// The weights that fit `cases` best. Rules that hit nothing are left out.
pub(crate) fn fit(cases: &[Case<'_>]) -> Weights {
    let mut parameters = start(cases);
    for _ in 0..STEPS {
        let weights = weights_of(&parameters);
        let mut slope: BTreeMap<&str, f64> = BTreeMap::new();
        for case in cases {
            add_slope(case, &weights, &mut slope);
        }
        for (name, parameter) in &mut parameters {
            let pull = parameter.hold * (parameter.value - parameter.declared);
            let slope = slope.get(name).copied().unwrap_or_default() + pull;
            parameter.moved += slope * slope;
            if parameter.moved > 0.0 {
                let step = PACE * slope / parameter.moved.sqrt();
                parameter.value = (parameter.value - step).clamp(parameter.low, parameter.high);
            }
        }
    }
    weights_of(&parameters)
}

fn start(cases: &[Case<'_>]) -> BTreeMap<&'static str, Parameter> {
    let mut parameters = BTreeMap::new();
    // What a finding says itself is fitted elsewhere.
    for rule in fondaco_rules::all().filter(|rule| rule.severity > Severity::Info && rule.weight > 0.0) {
        let hit = |case: &&Case<'_>| case.findings.iter().any(|f| f.rule == rule.id);
        if cases.iter().any(|case| hit(&case)) {
            let full = |f: &Finding| f.rule == rule.id && f.trigger.is_none_or(Trigger::is_unasked);
            let wrongly = cases.iter().filter(|c| !c.is_malicious && c.findings.iter().any(full));
            let high =
                ceiling(rule.severity, wrongly.map(|c| c.counts).sum::<f64>() > MOST_WRONG * BENIGN_COUNTS);
            let declared = f64::from(rule.weight);
            let value = declared.clamp(LEAST, high);
            // How many honest projects share a fact depends on how far down the index's tail the sample
            // reaches: that is for the author to judge.
            let is_fact = rule.behaviour.is_none() && rule.severity >= Severity::Medium;
            let part = if is_fact { 1.0 } else { floor(rule.severity) };
            let low = (declared * part).clamp(LEAST, high);
            let rule_parameter = Parameter { value, declared, low, high, hold: HOLD, moved: 0.0 };
            parameters.insert(rule.id.as_str(), rule_parameter);
        }
    }
    let base = Weights::declared();
    let values = [base.import, base.entry_point, base.call, base.two_stages, base.three_stages];
    for ((name, value), (low, high)) in FACTORS.into_iter().zip(values).zip(FACTOR_BOUNDS) {
        let value = f64::from(value);
        parameters
            .insert(name, Parameter { value, declared: value, low, high, hold: HOLD_FACTOR, moved: 0.0 });
    }
    parameters
}

fn weights_of(parameters: &BTreeMap<&'static str, Parameter>) -> Weights {
    let factor = |name: &str| parameters.get(name).map_or(0.0, |p| p.value as f32);
    let mut weights = Weights {
        rules: BTreeMap::new(),
        import: factor("trigger:import"),
        entry_point: factor("trigger:entry-point"),
        call: factor("trigger:call"),
        asked: Weights::fitted().asked.clone(),
        two_stages: factor("chain:2"),
        three_stages: factor("chain:3"),
    };
    for (name, parameter) in parameters.iter().filter(|(name, _)| !FACTORS.contains(name)) {
        weights.rules.insert((*name).to_owned(), parameter.value as f32);
    }
    weights
}

/// Adds the slope of a case's negative log-likelihood along every parameter.
fn add_slope(case: &Case<'_>, weights: &Weights, slope: &mut BTreeMap<&'static str, f64>) {
    let parts = parts(case.findings, weights);
    if parts.is_empty() {
        return;
    }
    let stages = stages(case.findings);
    let chain = 1.0 + f64::from(weights.chain(stages));
    let factor = |part: &Part| f64::from(weights.factor(part.rule, part.trigger, part.confidence));
    let sum: f64 = parts.iter().map(|p| f64::from(p.weight * p.share) * factor(p)).sum();
    let evidence = sum * chain + FLOOR;
    // Of -ln(1 - exp(-e)) for a malicious case; for a benign one, of a cost in two steps.
    let step = |at: f64| 1.0 / (1.0 + ((at - evidence) / SOFTNESS).exp());
    let over: f64 = STEPS_OF_COST.iter().map(|at| step(*at) * (1.0 - step(*at)) / SOFTNESS).sum();
    // Found, and found surely: the second draws a family on until it is malicious (1.9 nats).
    let short = SURELY / (1.0 + ((evidence - 2.0) / SURELY_WITHIN).exp()) / SURELY_WITHIN;
    let along = if case.is_malicious { -1.0 / evidence.exp_m1() - short } else { over } * case.counts;
    let mut add = |name: &'static str, by: f64| *slope.entry(name).or_default() += along * by;
    for part in &parts {
        add(part.rule.as_str(), f64::from(part.share) * factor(part) * chain);
        let by_factor = f64::from(part.weight * part.share) * chain;
        let is_judged = weights.is_never_asked_for(part.rule, part.confidence);
        match part.trigger {
            Some(Trigger::EntryPoint | Trigger::Call) if is_judged => {}
            Some(Trigger::Import) => add(FACTORS[0], by_factor),
            Some(Trigger::EntryPoint) => add(FACTORS[1], by_factor),
            Some(Trigger::Call) => add(FACTORS[2], by_factor),
            Some(Trigger::Startup | Trigger::Install) | None => {}
        }
    }
    match stages {
        0 | 1 => {}
        2 => add(FACTORS[3], sum),
        _ => add(FACTORS[4], sum),
    }
}
