//! Reports on standard output.

use fondaco_wire::report_v1::{Finding, Report, Verdict};
use fondaco_wire::sarif;

/// How reports are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For a person
    Text,
    /// One JSON array
    Json,
    /// One JSON object a line, each as soon as it is known
    Ndjson,
    /// SARIF 2.1.0
    Sarif,
}

/// Prints reports; keeps those that can only be printed together.
pub(crate) struct Renderer {
    format: Format,
    colours: bool,
    kept: Vec<Report>,
}

/// Findings that the text shows of one artifact.
const MAX_SHOWN: usize = 12;

impl Renderer {
    pub(crate) fn new(format: Format, colours: bool) -> Self {
        Self { format, colours: colours && std::env::var_os("NO_COLOR").is_none(), kept: Vec::new() }
    }

    pub(crate) fn report(&mut self, report: Report) {
        match self.format {
            Format::Text => self.text(&report),
            Format::Ndjson => match serde_json::to_string(&report) {
                Ok(line) => println!("{line}"),
                Err(error) => eprintln!("fondaco: {}: {error}", report.path),
            },
            Format::Json | Format::Sarif => self.kept.push(report),
        }
    }

    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        self.kept.sort_by(|a, b| a.path.cmp(&b.path));
        match self.format {
            Format::Json => println!("{}", serde_json::to_string_pretty(&self.kept)?),
            Format::Sarif => {
                let docs: Vec<(&str, &str, String)> = fondaco_rules::all()
                    .map(|rule| {
                        let id = rule.id.as_str();
                        (id, rule.title, fondaco_rules::explain(id).unwrap_or_default())
                    })
                    .collect();
                let rules: Vec<_> =
                    docs.iter().map(|(id, title, help)| sarif::RuleText { id, title, help }).collect();
                let log = sarif::log(&self.kept, &rules, env!("CARGO_PKG_VERSION"));
                println!("{}", serde_json::to_string_pretty(&log)?);
            }
            Format::Text | Format::Ndjson => {}
        }
        Ok(())
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn text(&self, report: &Report) {
        let (code, verdict) = match report.verdict {
            Verdict::Malicious => ("1;31", "malicious"),
            Verdict::Suspicious => ("1;33", "suspicious"),
            Verdict::Incomplete => ("1;35", "incomplete"),
            Verdict::Clean => ("32", "clean"),
        };
        let path = fondaco_verdict::printable(&report.path);
        println!(
            "{} {path} (score {:.2}, {} ms)",
            self.paint(code, verdict),
            report.score,
            report.elapsed_ms
        );
        if report.verdict >= Verdict::Suspicious {
            for behaviour in &report.behaviours {
                println!("  {} [{}]", behaviour.title, behaviour.attack.join(", "));
            }
            self.story(report);
            let shown: Vec<_> = report.findings.iter().filter(|finding| finding.is_evidence()).collect();
            shown.iter().take(MAX_SHOWN).for_each(|finding| self.finding(finding));
            if shown.len() > MAX_SHOWN {
                println!("  and {} more; --format json shows all", shown.len() - MAX_SHOWN);
            }
        }
        let ruled_out = report.findings.iter().filter(|finding| finding.suppressed.is_some());
        for finding in ruled_out.take(MAX_SHOWN) {
            let reason = finding.suppressed.as_deref().unwrap_or_default();
            println!("  suppressed: {} at {}:{}: {reason}", finding.rule, finding.member, finding.line);
        }
        for unscanned in report.unscanned.iter().take(MAX_SHOWN) {
            let member = if unscanned.member.is_empty() { "the artifact" } else { &unscanned.member };
            println!("  not analysed: {}: {}", fondaco_verdict::printable(member), unscanned.why);
        }
    }

    fn story(&self, report: &Report) {
        if report.story.is_empty() {
            return;
        }
        println!("  {}", self.paint("1", "what happens:"));
        for (at, sentence) in (1..).zip(&report.story) {
            println!("   {at:>2}. {}", fondaco_verdict::printable(sentence));
        }
    }

    fn finding(&self, finding: &Finding) {
        let when = finding.trigger.as_deref().map(|t| format!(" at {t}")).unwrap_or_default();
        println!("  {} {}{when}: {}", self.paint("1", &finding.severity), finding.rule, finding.message);
        if finding.member.is_empty() {
            return;
        }
        let layer = if finding.layer > 0 { format!(" (layer {})", finding.layer) } else { String::new() };
        let from = if finding.reach.is_empty() {
            String::new()
        } else {
            format!(" from {}", finding.reach.join(" → "))
        };
        println!("   --> {}:{}{layer}{from}", finding.member, finding.line);
        if !finding.excerpt.is_empty() {
            println!("{:>5} | {}", finding.line, finding.excerpt);
        }
    }
}
