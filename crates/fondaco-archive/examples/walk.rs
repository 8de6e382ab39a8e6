//! Walks archives, prints what is odd about them, and how long it took: `walk FILE...`
#![expect(clippy::print_stdout, reason = "an example")]

use std::collections::BTreeMap;
use std::io::Read;
use std::time::Instant;

use fondaco_archive::{Limits, Member, Visitor, walk};

struct Nothing;

impl Visitor for Nothing {
    fn member(&mut self, _: &Member<'_>, _: &mut dyn Read) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() -> std::io::Result<()> {
    let begun = Instant::now();
    let (mut files, mut members, mut inflated) = (0u32, 0u64, 0u64);
    let mut counts = BTreeMap::<&str, u32>::new();
    for path in std::env::args().skip(1) {
        files += 1;
        match walk(std::fs::File::open(&path)?, &Limits::default(), &mut Nothing) {
            Ok(found) => {
                members += u64::from(found.members);
                inflated += found.inflated;
                for anomaly in found.anomalies.iter().chain(&found.notes) {
                    *counts.entry(anomaly.kind.id()).or_default() += 1;
                }
                for anomaly in &found.anomalies {
                    let mark = if anomaly.kind.ambiguous() { " (ambiguous)" } else { "" };
                    println!("{path}: {}{mark}: {}: {}", anomaly.kind.id(), anomaly.member, anomaly.detail);
                }
                for unscanned in &found.unscanned {
                    println!("{path}: unscanned: {}: {}", unscanned.member, unscanned.why);
                }
            }
            Err(error) => println!("{path}: {error}"),
        }
    }
    println!("{files} files, {members} members, {inflated} bytes inflated, {:?}", begun.elapsed());
    println!("{counts:?}");
    Ok(())
}
