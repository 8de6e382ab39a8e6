use std::io::Read;

use fondaco_pydist::{MemberPath, Unscanned};

use crate::{Anomaly, Format, Link};

/// What is known of a member before its content is read.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its path; for a member of an inner archive `outer.zip!/inner.py`. A name that is unsafe is
    /// escaped here, under `unsafe/`, so that its content is inspected all the same. Bytes of the
    /// archive that belong to no member come as `!prepended`, `!gap`, `!trailing` and `!comment`.
    pub path: &'a MemberPath,
    /// The size that the archive declares, in bytes. A claim.
    pub declared_size: Option<u64>,
    /// Whether its mode has an execute bit.
    pub executable: bool,
    /// How many archives it lies in, beyond the outermost.
    pub nesting: u8,
}

/// Receives the members of an archive.
pub trait Visitor {
    /// Called once for each member. What is not read here is drained and checked by the walker.
    ///
    /// # Errors
    /// An error of `content` should be passed on; it is reported in any case. An error of the
    /// visitor's own reports the member as unscanned, and the walk goes on.
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) -> std::io::Result<()>;
}

/// The result of walking one archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// The outermost format.
    pub format: Format,
    /// Members offered, nested ones included.
    pub members: u32,
    /// Bytes that came out of the decoders.
    pub inflated: u64,
    /// What is wrong with the framing.
    pub anomalies: Vec<Anomaly>,
    /// What honest packers write too ([`Weight::Note`](crate::Weight::Note)), one for each
    /// archive: strict framing of own uploads refuses some of it.
    pub notes: Vec<Anomaly>,
    /// Links that lead to something in this archive itself (not in one within it): under their
    /// names what they lead to was not offered.
    pub links: Vec<Link>,
    /// What was not offered to the visitor, and why.
    pub unscanned: Vec<Unscanned>,
}
