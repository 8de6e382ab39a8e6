//! `fondaco watch stats`: how many releases did what, by day.

use anyhow::Context;
use fondaco_verdict::Behaviour;
use fondaco_watch::{Day, day_of, days};
use serde_json::json;

use crate::commands::admin::output::{Format, print};
use crate::config;
use crate::exit::Exit;
use crate::span;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The first day, e.g. 2026-01-31, or an age, e.g. 7d
    #[arg(long, default_value = "30d")]
    since: String,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(watch: &super::Args, args: &Args) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(async {
        let config = config::read(watch.config.as_deref(), &watch.storage.data.path())?;
        let store = watch.storage.existing_store(&config).await?;
        let days = days(&store, &first_day(&args.since)?).await?;
        match args.format {
            Format::Text => print!("{}", text(&days)),
            other => {
                let all: Vec<_> = days.iter().map(json).collect();
                print(other, &all, |_| String::new())?;
            }
        }
        store.close().await;
        Ok(Exit::Clean)
    })
}

/// The day that is meant: one by its name, or so long ago.
pub(super) fn first_day(text: &str) -> anyhow::Result<String> {
    let at = match span::age(text) {
        Ok(age) => super::run::now().checked_sub(age).context("that is too long ago")?,
        Err(_) => span::end(text, super::run::now())?,
    };
    Ok(day_of(at))
}

fn json(day: &Day) -> serde_json::Value {
    json!({
        "day": day.day,
        "releases": day.releases,
        "files": day.files,
        "left_out": day.left_out,
        "gone": day.gone,
        "given_up": day.given_up,
        "senseless": day.senseless,
        "lookalikes": day.lookalikes,
        "verdicts": day.verdicts,
        "behaviours": day.behaviours,
        "bad": day.bad,
    })
}

/// A table for people, the sum of all days last; Markdown as well.
pub(super) fn text(days: &[Day]) -> String {
    let mut out =
        "| day (UTC) | releases | malicious | suspicious | incomplete | lookalike names | not had |\n\
         |---|---|---|---|---|---|---|\n"
            .to_owned();
    let sum = Day::sum("all", days);
    for day in days.iter().chain([&sum]) {
        let verdict = |id: &str| day.verdicts.get(id).copied().unwrap_or(0);
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            day.day,
            day.releases,
            verdict("malicious"),
            verdict("suspicious"),
            verdict("incomplete"),
            day.lookalikes,
            day.gone + day.given_up + day.left_out,
        ));
    }
    out.push_str("\n| behaviour | share of releases | of those suspicious or malicious |\n|---|---|---|\n");
    let bad: u64 = ["suspicious", "malicious"].iter().filter_map(|id| sum.verdicts.get(*id)).sum();
    for behaviour in Behaviour::ALL {
        let many = |counts: &std::collections::BTreeMap<String, u64>| {
            counts.get(behaviour.id()).copied().unwrap_or(0)
        };
        if many(&sum.behaviours) > 0 {
            let share = |many: u64, of: u64| format!("{:.2} %", 100.0 * many as f64 / of.max(1) as f64);
            out.push_str(&format!(
                "| {} | {} | {} |\n",
                behaviour.title(),
                share(many(&sum.behaviours), sum.releases),
                share(many(&sum.bad), bad)
            ));
        }
    }
    out
}
