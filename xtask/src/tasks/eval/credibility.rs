//! The score card of credibility: fitted, and judged by packages that it was not fitted to.
//!
//! Logistic regression with an L2 prior: unlike evidence of an attack, signs may speak for a package
//! as well as against it, and there is an intercept. Families and honest projects count the same in
//! all, so that the doubt is the log-odds at even odds before. Plain gradient descent with a fixed
//! number of steps: the same corpora give the same file.

use std::collections::BTreeMap;

use fondaco_pydist::Sha256;
use fondaco_rules::{SIGNS, evidence};
use fondaco_verdict::{Finding, MALICIOUS, SUSPICIOUS, Weights, score_by};

use super::Outcome;
use super::crossval::{benign, families};
use crate::tasks::root;

const FOLDS: u8 = 10;
const STEPS: usize = 20_000;
const PACE: f64 = 0.02;
/// How strongly a weight is held at nothing.
const HOLD: f64 = 1.0;
/// The rule whose findings weigh what the card says.
const RULE: &str = "low-credibility";

/// The intercept, then a weight for each sign.
type Card = Vec<f64>;

/// Another partition than that of the rules' weights: the two are judged apart.
fn fold(group: &str) -> u8 {
    Sha256::of(group.as_bytes()).as_bytes()[2] % FOLDS
}

/// Cross-validates the card on the open part, prints how it does, and writes it.
pub(crate) fn run(outcomes: &[Outcome]) -> anyhow::Result<()> {
    let open: Vec<&Outcome> = outcomes.iter().filter(|o| !o.sample.is_sealed).collect();
    let has = |malicious: bool| open.iter().any(|o| o.sample.is_malicious == malicious && o.signs.is_some());
    anyhow::ensure!(
        has(true) && has(false),
        "the card is fitted to both kinds: give --malicious and --benign"
    );
    let mut doubts: Vec<(&Outcome, Option<f64>)> = Vec::new();
    for this in 0..FOLDS {
        let (test, train): (Vec<_>, Vec<_>) = open.iter().partition(|o| fold(&o.sample.group) == this);
        let card = fit(&train);
        doubts.extend(test.into_iter().map(|o| (o, doubt(&card, o))));
    }
    print!("{}", alone(&doubts));
    let scored: Vec<_> =
        doubts.iter().map(|(outcome, doubt)| (*outcome, rescored(outcome, *doubt))).collect();
    println!("all rules, with a card that was not fitted to what is counted");
    for (level, least) in [("suspicious", SUSPICIOUS), ("malicious", MALICIOUS)] {
        println!("  at least {level:11} {} {}", families(&scored, least), benign(&scored, least));
    }
    let path = root().join("crates/fondaco-rules/src/credibility.tsv");
    std::fs::write(&path, render(&fit(&open)))?;
    println!("wrote {}", path.display());
    Ok(())
}

/// What the card would find without any other rule, at growing doubts.
fn alone(doubts: &[(&Outcome, Option<f64>)]) -> String {
    let mut text = "the card alone, cross-validated: doubt, families, benign archives, open\n".to_owned();
    for step in 0..9 {
        let least = f64::from(step) * 0.5 - 1.0;
        let found = |doubt: &Option<f64>| if doubt.is_some_and(|doubt| doubt >= least) { 1.0 } else { 0.0 };
        let scored: Vec<_> = doubts.iter().map(|(outcome, doubt)| (*outcome, found(doubt))).collect();
        text.push_str(&format!("  {least:4.1} {} {}\n", families(&scored, 0.5), benign(&scored, 0.5)));
    }
    let mut honest: Vec<_> = doubts.iter().filter(|(o, _)| !o.sample.is_malicious).collect();
    honest.retain(|(_, doubt)| doubt.is_some());
    honest.sort_by(|a, b| b.1.unwrap_or_default().total_cmp(&a.1.unwrap_or_default()));
    text.push_str(&format!("  {} benign archives are small enough; the most doubtful:\n", honest.len()));
    for (outcome, doubt) in honest.iter().take(6) {
        text.push_str(&format!("  {:5.2} {}\n", doubt.unwrap_or_default(), outcome.sample.file_name));
    }
    text
}

/// The score with the evidence that this doubt gives.
fn rescored(outcome: &Outcome, doubt: Option<f64>) -> f32 {
    let mut findings = outcome.findings.clone();
    findings.retain(|finding| finding.rule.as_str() != RULE);
    let weight =
        doubt.map_or(0.0, |doubt| evidence(outcome.signs.as_deref().unwrap_or_default(), doubt as f32));
    let rule = fondaco_rules::all().find(|rule| rule.id.as_str() == RULE).filter(|_| weight > 0.0);
    findings.extend(rule.map(|rule| Finding {
        rule: rule.id,
        severity: rule.severity,
        confidence: rule.confidence,
        behaviour: rule.behaviour,
        trigger: None,
        member: String::new(),
        line: 0,
        layer: 0,
        message: String::new(),
        excerpt: String::new(),
        reach: Vec::new(),
        weight,
    }));
    score_by(&findings, Weights::fitted()).total
}

fn doubt(card: &Card, outcome: &Outcome) -> Option<f64> {
    Some(dot(card, &row(outcome.signs.as_deref()?)))
}

/// 1 for the intercept, and 1 for each sign that shows.
fn row(signs: &[&str]) -> Vec<f64> {
    let shows = |sign: &fondaco_rules::Sign| if signs.contains(&sign.id) { 1.0 } else { 0.0 };
    std::iter::once(1.0).chain(SIGNS.iter().map(shows)).collect()
}

fn dot(card: &Card, row: &[f64]) -> f64 {
    card.iter().zip(row).map(|(weight, shows)| weight * shows).sum()
}

/// Packages that show the same count as one.
fn fit(outcomes: &[&Outcome]) -> Card {
    let weighed = outcomes.iter().filter(|o| o.signs.is_some());
    let mut sizes: BTreeMap<(bool, &str), f64> = BTreeMap::new();
    for outcome in weighed.clone() {
        *sizes.entry((outcome.sample.is_malicious, outcome.sample.group.as_str())).or_default() += 1.0;
    }
    let count = |malicious: bool| sizes.keys().filter(|(is, _)| *is == malicious).count() as f64;
    let (all, honest) = (count(true), count(false));
    let mut rows: BTreeMap<(bool, Vec<&'static str>), f64> = BTreeMap::new();
    for outcome in weighed {
        let is_malicious = outcome.sample.is_malicious;
        let signs = outcome.signs.clone().unwrap_or_default();
        let whole = if is_malicious { 1.0 } else { all / honest.max(1.0) };
        let size = sizes.get(&(is_malicious, outcome.sample.group.as_str())).copied().unwrap_or(1.0);
        *rows.entry((is_malicious, signs)).or_default() += whole / size;
    }
    let rows: Vec<(bool, Vec<f64>, f64)> =
        rows.into_iter().map(|((is_malicious, signs), counts)| (is_malicious, row(&signs), counts)).collect();
    let mut card = vec![0.0; SIGNS.len() + 1];
    for _ in 0..STEPS {
        let mut slope: Vec<f64> = card.iter().map(|weight| HOLD * weight).collect();
        slope[0] = 0.0;
        for (is_malicious, row, counts) in &rows {
            let likely = 1.0 / (1.0 + (-dot(&card, row)).exp());
            let over = counts * (likely - if *is_malicious { 1.0 } else { 0.0 });
            slope.iter_mut().zip(row).for_each(|(slope, shows)| *slope += over * shows);
        }
        card.iter_mut().zip(&slope).for_each(|(weight, slope)| *weight -= PACE * slope / all.max(1.0));
    }
    card
}

fn render(card: &Card) -> String {
    let mut text = "# Written by `cargo xtask eval --credibility`; see docs/detection.md.\n".to_owned();
    let names = std::iter::once("intercept").chain(SIGNS.iter().map(|sign| sign.id));
    for (name, weight) in names.zip(card) {
        text.push_str(&format!("{name}\t{weight:.2}\n"));
    }
    text
}
