//! `fondaco diff OLD NEW`: what the second artifact has that the first had not.

use std::path::{Path, PathBuf};

use anyhow::bail;
use fondaco_verdict::printable;
use fondaco_wire::diff_v1::{Diff, Side};
use fondaco_wire::report_v1::{Finding, Report, Verdict};

use super::scan::artifact;
use super::scan::{Inspector, Options};
use crate::exit::Exit;

/// Entries of each kind that the text shows.
const MAX_SHOWN: usize = 20;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What is compared with: the earlier release
    old: PathBuf,
    /// What is looked at: the later release
    new: PathBuf,
    /// How to print what is new
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    options: Options,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For a person
    Text,
    /// One JSON object
    Json,
}

/// Exit code 1 if the new one does something new or has new evidence of at least medium severity,
/// else 2 if one of them was not looked at in full, else 0.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let inspector = Inspector::new(&args.options)?;
    let (old, new) = (one(&inspector, &args.old)?, one(&inspector, &args.new)?);
    let diff = Diff::of(&old, &new);
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&diff)?),
        Format::Text => text(&diff, [&old, &new]),
    }
    Ok(match (diff.is_alarming(), diff.complete) {
        (true, _) => Exit::Findings,
        (false, false) => Exit::Error,
        (false, true) => Exit::Clean,
    })
}

fn one(inspector: &Inspector, path: &Path) -> anyhow::Result<Report> {
    match artifact::find(path).as_mut_slice() {
        [artifact] => {
            // There is a release before: what both are made like is no news.
            artifact.established = true;
            Ok(inspector.inspect(artifact))
        }
        several => bail!(
            "{} stands for {} artifacts\nhint: name one sdist, wheel, file or unpacked folder",
            path.display(),
            several.len()
        ),
    }
}

fn text(diff: &Diff, reports: [&Report; 2]) {
    println!("{} → {}", side(&diff.old), side(&diff.new));
    if diff.is_empty() {
        println!("  nothing is new");
    }
    let layer = |layer: &fondaco_wire::report_v1::Layer| {
        let encoders = layer.encoders.join(", ");
        format!("{}:{}: {encoders} gives {}, {} bytes", layer.member, layer.line, layer.language, layer.size)
    };
    section("runs by itself", diff.triggers.iter().cloned());
    section("behaviours", diff.behaviours.iter().map(|b| format!("{} [{}]", b.title, b.attack.join(", "))));
    section("findings", diff.findings.iter().map(finding));
    section("hosts", diff.hosts.iter().map(|h| format!("{} ({}:{})", h.host, h.member, h.line)));
    section("binaries", diff.binaries.iter().map(|b| format!("{} {}", b.member, b.format)));
    section("unfolded code", diff.layers.iter().map(layer));
    section("scripts", diff.entry_points.iter().cloned());
    section("requirements", diff.requires.iter().cloned());
    for report in reports {
        for unscanned in report.unscanned.iter().take(MAX_SHOWN) {
            let member = if unscanned.member.is_empty() { "the artifact" } else { &unscanned.member };
            println!("  not analysed in {}: {member}: {}", printable(&report.path), unscanned.why);
        }
    }
    if !diff.complete && reports.iter().all(|report| report.unscanned.is_empty()) {
        println!("  not everything could be compared: there is more than a report carries");
    }
}

fn side(side: &Side) -> String {
    let verdict = match side.verdict {
        Verdict::Clean => "clean",
        Verdict::Incomplete => "incomplete",
        Verdict::Suspicious => "suspicious",
        Verdict::Malicious => "malicious",
    };
    format!("{} ({verdict}, score {:.2})", printable(&side.path), side.score)
}

fn finding(finding: &Finding) -> String {
    let when = finding.trigger.as_deref().map(|t| format!(" at {t}")).unwrap_or_default();
    let place = if finding.member.is_empty() {
        String::new()
    } else {
        format!(" ({}:{}) {}", finding.member, finding.line, finding.excerpt)
    };
    format!("{} {}{when}: {}{place}", finding.severity, finding.rule, finding.message)
}

fn section(title: &str, entries: impl ExactSizeIterator<Item = String>) {
    let all = entries.len();
    if all == 0 {
        return;
    }
    println!("  new {title}:");
    entries.take(MAX_SHOWN).for_each(|entry| println!("    {}", printable(&entry)));
    if all > MAX_SHOWN {
        println!("    and {} more; --format json shows all", all - MAX_SHOWN);
    }
}
