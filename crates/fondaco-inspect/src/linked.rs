//! What links of a tar lead to, read once more under the links' names: an installer that follows
//! them runs `setup.py -> docs/example.py` as `setup.py`.

use std::io::{self, Read};

use fondaco_archive::{Aliases, Link, Member, Visitor};
use fondaco_pydist::Unscanned;

use crate::members::Members;

/// Larger members are not read under other names, in bytes.
const MAX_SIZE: u64 = 24 << 20;
/// Names that are followed, in all.
const MOST: usize = 20_000;
/// Bytes that are read under other names, in all.
const MAX_ALL: u64 = 128 << 20;

/// Offers members under the names that links give them.
pub(crate) struct Linked<'m> {
    aliases: Aliases,
    members: &'m mut Members,
    offered: usize,
    bytes: u64,
}

impl<'m> Linked<'m> {
    pub(crate) fn new(links: Vec<Link>, members: &'m mut Members) -> Self {
        Self { aliases: Aliases::of(links), members, offered: 0, bytes: 0 }
    }

    fn unscanned(&mut self, member: &Member<'_>, why: String) {
        self.members.unscanned.push(Unscanned { member: member.path.to_string(), why });
    }
}

impl Visitor for Linked<'_> {
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        if member.nesting > 0 || member.path.as_str().starts_with('!') {
            return Ok(());
        }
        let Some(names) = self.aliases.names(member.path) else {
            self.unscanned(member, "links give it more names than are followed".to_owned());
            return Ok(());
        };
        if names.is_empty() {
            return Ok(());
        }
        self.offered += names.len();
        if self.offered > MOST {
            self.unscanned(member, format!("links give members more than {MOST} names"));
            return Ok(());
        }
        let mut bytes = Vec::new();
        content.take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_SIZE {
            self.unscanned(member, format!("more than {MAX_SIZE} bytes: not read under the names of links"));
            return Ok(());
        }
        self.bytes += bytes.len() as u64 * names.len() as u64;
        if self.bytes > MAX_ALL {
            self.unscanned(
                member,
                format!("more than {MAX_ALL} bytes are to be read under the names of links"),
            );
            return Ok(());
        }
        for path in &names {
            let member = Member { path, ..*member };
            // What this walk reports nobody reads: the first has reported it, but for this.
            if let Err(error) = self.members.member(&member, &mut bytes.as_slice()) {
                self.unscanned(&member, error.to_string());
            }
        }
        Ok(())
    }
}
