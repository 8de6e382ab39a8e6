//! `--offline --names-only`: what the spelling of names says. Nothing else is looked at: whether a
//! name exists is no input.

use std::io::{BufRead, BufWriter, Write};

use anyhow::{Context, bail};
use fondaco_names::{Answer, Engine, Facts, Lookup};
use fondaco_wire::check_v1::Spelling;

use super::{Args, Format};
use crate::exit::Exit;

/// Longest line that is read as a name, in bytes; the rest of it is left out.
const LONGEST: u64 = 4096;

pub(super) fn run(args: &Args, engine: &Engine) -> anyhow::Result<Exit> {
    if !args.requirements.is_empty() {
        bail!("names are judged one by one\nhint: give them as arguments, or one a line with -");
    }
    let mut printer = Printer {
        lookup: engine.lookup(),
        out: BufWriter::new(std::io::stdout().lock()),
        format: args.format,
        explain: args.explain,
        printed: 0,
        found: false,
    };
    printer.begin()?;
    for name in &args.names {
        if name == "-" {
            let mut input = std::io::stdin().lock();
            while let Some(line) = line(&mut input).context("standard input can't be read")? {
                printer.name(&line)?;
            }
        } else {
            printer.name(name)?;
        }
    }
    printer.end()
}

/// The next line without its end.
fn line(input: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut limited = std::io::Read::take(&mut *input, LONGEST);
    if limited.read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') && bytes.len() as u64 == LONGEST {
        input.skip_until(b'\n')?;
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()))
}

struct Printer<'e, W: Write> {
    lookup: Lookup<'e>,
    out: W,
    format: Format,
    explain: bool,
    printed: usize,
    found: bool,
}

impl<W: Write> Printer<'_, W> {
    fn begin(&mut self) -> anyhow::Result<()> {
        if self.format == Format::Json {
            self.out.write_all(b"[")?;
        }
        Ok(())
    }

    fn name(&mut self, name: &str) -> anyhow::Result<()> {
        let answer = self.lookup.judge(name, &Facts::default(), &|_| Facts::default());
        self.found |= answer.confusable.is_some();
        if self.format == Format::Text {
            let shown = fondaco_verdict::printable(name);
            let sentence = answer.sentence().unwrap_or_else(|| "resembles no known name too much".to_owned());
            writeln!(self.out, "{shown}: {sentence}")?;
            if self.explain {
                super::text::lines(&answer).iter().try_for_each(|line| writeln!(self.out, "  {line}"))?;
            }
            return Ok(());
        }
        if self.format == Format::Json && self.printed > 0 {
            self.out.write_all(b",\n")?;
        }
        self.printed += 1;
        serde_json::to_writer(&mut self.out, &form(&answer))?;
        if self.format == Format::Ndjson {
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn end(mut self) -> anyhow::Result<Exit> {
        if self.format == Format::Json {
            self.out.write_all(b"]\n")?;
        }
        self.out.flush()?;
        Ok(if self.found { Exit::Findings } else { Exit::Clean })
    }
}

fn form(answer: &Answer) -> Spelling<'_> {
    let found = answer.confusable.as_ref();
    Spelling {
        name: &answer.name,
        confusable_with: found.map(|found| found.target.as_str()),
        techniques: found.map(|f| f.techniques.iter().map(|t| t.id()).collect()).unwrap_or_default(),
        score: super::text::rounded(answer.score()),
    }
}
