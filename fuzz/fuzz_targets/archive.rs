//! The archive reader, with a visitor that reads every member.
#![no_main]

use std::io::{Cursor, Read};

use fondaco_archive::{Limits, Member, Visitor, walk};
use libfuzzer_sys::fuzz_target;

struct ReadAll;

impl Visitor for ReadAll {
    fn member(&mut self, _: &Member<'_>, content: &mut dyn Read) -> std::io::Result<()> {
        std::io::copy(content, &mut std::io::sink()).map(|_| ())
    }
}

fuzz_target!(|bytes: &[u8]| {
    // What can't be read is an error, never a panic.
    let _ = walk(Cursor::new(bytes), &Limits::default(), &mut ReadAll);
});
