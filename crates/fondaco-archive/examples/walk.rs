//! Walks archives and prints what is odd about them: `walk FILE...`
#![expect(clippy::print_stdout, reason = "an example")]

use std::io::Read;

use fondaco_archive::{Limits, Member, Visitor, walk};

struct Nothing;

impl Visitor for Nothing {
    fn member(&mut self, _: &Member<'_>, _: &mut dyn Read) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        match walk(std::fs::File::open(&path)?, &Limits::default(), &mut Nothing) {
            Ok(found) if found.anomalies.is_empty() && found.unscanned.is_empty() => {}
            Ok(found) => println!("{path}: {:?} {:?}", found.anomalies, found.unscanned),
            Err(error) => println!("{path}: {error}"),
        }
    }
    Ok(())
}
