//! What the outcomes add up to.

use std::collections::BTreeMap;
use std::fmt;

use fondaco_verdict::Verdict;
use serde_json::{Value, json};

use super::Outcome;
use super::rule_table;
use super::share::Share;

/// Samples that are named of each kind.
const NAMED: usize = 20;

/// One measure, open and sealed.
struct Row {
    name: &'static str,
    open: Share,
    sealed: Share,
}

pub(crate) struct Figures {
    rows: Vec<Row>,
    false_positives: Vec<Value>,
    missed: Vec<Value>,
    unread: Vec<Value>,
    slowest: Vec<Value>,
    seconds: f64,
    cpu_seconds: f64,
    samples: usize,
    rules: Vec<Value>,
}

impl Figures {
    pub(crate) fn of(outcomes: &[Outcome], seconds: f64) -> Self {
        let row =
            |name, measure: &dyn Fn(bool) -> Share| Row { name, open: measure(false), sealed: measure(true) };
        let by_family = |least| move |sealed| families(outcomes, sealed, least);
        let by_sample = |bad, least| move |sealed| samples(outcomes, sealed, bad, |o| o.verdict >= least);
        let rows = vec![
            row("families at least suspicious", &by_family(Verdict::Suspicious)),
            row("families malicious", &by_family(Verdict::Malicious)),
            row("samples at least suspicious", &by_sample(true, Verdict::Suspicious)),
            row("samples malicious", &by_sample(true, Verdict::Malicious)),
            row("benign at least suspicious", &by_sample(false, Verdict::Suspicious)),
            row("benign malicious", &by_sample(false, Verdict::Malicious)),
            row("benign not fully analysed", &|sealed| samples(outcomes, sealed, false, |o| !o.complete)),
            row("malicious not fully analysed", &|sealed| samples(outcomes, sealed, true, |o| !o.complete)),
        ];
        let open = |keep: &dyn Fn(&Outcome) -> bool| -> Vec<Value> {
            outcomes.iter().filter(|o| !o.sample.is_sealed && keep(o)).map(shown).collect()
        };
        let mut by_time: Vec<&Outcome> = outcomes.iter().filter(|o| !o.sample.is_sealed).collect();
        by_time.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        Self {
            rows,
            false_positives: open(&|o| !o.sample.is_malicious && o.verdict >= Verdict::Suspicious),
            missed: open(&|o| o.sample.is_malicious && o.verdict < Verdict::Suspicious),
            unread: open(&|o| !o.complete),
            slowest: by_time.into_iter().take(NAMED).map(shown).collect(),
            seconds,
            cpu_seconds: outcomes.iter().map(|o| o.seconds).sum(),
            samples: outcomes.len(),
            rules: rule_table::rows(outcomes),
        }
    }

    /// The measures, a line each.
    pub(crate) fn table(&self) -> String {
        let mut table = format!("{:30} {:32} sealed\n", "", "open");
        for row in &self.rows {
            table.push_str(&format!("{:30} {} {}\n", row.name, row.open, row.sealed));
        }
        table
    }

    pub(crate) fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| json!({"measure": row.name, "open": row.open.json(), "sealed": row.sealed.json()}))
            .collect();
        json!({
            "measures": rows,
            "false_positives": self.false_positives,
            "missed": self.missed,
            "not_fully_analysed": self.unread,
            "slowest": self.slowest,
            "rules": self.rules,
            "samples": self.samples,
            "seconds": self.seconds,
            "inspection_seconds": self.cpu_seconds,
        })
    }
}

fn shown(outcome: &Outcome) -> Value {
    json!({
        "file": outcome.sample.file_name,
        "group": outcome.sample.group,
        "verdict": outcome.verdict.id(),
        "score": outcome.score,
        "rules": outcome.rules,
        "why": outcome.why,
        "seconds": outcome.seconds,
    })
}

fn samples(outcomes: &[Outcome], sealed: bool, malicious: bool, hit: impl Fn(&Outcome) -> bool) -> Share {
    let of: Vec<_> = outcomes
        .iter()
        .filter(|o| o.sample.is_sealed == sealed && o.sample.is_malicious == malicious)
        .collect();
    Share { part: of.iter().filter(|o| hit(o)).count() as f64, whole: of.len() }
}

/// The mean over families of the share that is found, so that one campaign counts once.
fn families(outcomes: &[Outcome], sealed: bool, least: Verdict) -> Share {
    let mut families: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| o.sample.is_sealed == sealed && o.sample.is_malicious) {
        let (found, all) = families.entry(&outcome.sample.group).or_default();
        *found += f64::from(u8::from(outcome.verdict >= least));
        *all += 1.0;
    }
    Share { part: families.values().map(|(found, all)| found / all).sum(), whole: families.len() }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.table())?;
        writeln!(
            f,
            "{} samples in {:.1} s, {:.1} s of inspection, {:.1} samples a second",
            self.samples,
            self.seconds,
            self.cpu_seconds,
            self.samples as f64 / self.seconds
        )?;
        let lists = [
            ("false positives", &self.false_positives),
            ("not fully analysed", &self.unread),
            ("slowest", &self.slowest),
        ];
        for (title, list) in lists {
            writeln!(f, "{title} (open only): {}", list.len())?;
            for item in list.iter().take(NAMED) {
                let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
                let rules = if title == "slowest" { String::new() } else { item["rules"].to_string() };
                writeln!(
                    f,
                    "  {:50} {:10} {:.2} {:7.3} s {rules} {}",
                    text("file"),
                    text("verdict"),
                    item["score"].as_f64().unwrap_or_default(),
                    item["seconds"].as_f64().unwrap_or_default(),
                    text("why")
                )?;
            }
        }
        Ok(())
    }
}
