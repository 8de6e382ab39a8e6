//! What all formats share: limits, the offer of a member, and archives within archives.

use std::io::{self, Cursor, Read};
use std::rc::Rc;

use fondaco_pydist::MemberPath;

use crate::budget::Budget;
use crate::content::Content;
use crate::format::{self, DETECT_BYTES};
use crate::input::{Input, Source};
use crate::names::{self, Names};
use crate::report::Report;
use crate::{AnomalyKind, ArchiveError, Format, Limits, Link, Member, Visitor, Walk, compressed, zip};

/// Content that the visitor left is drained in pieces of this size.
const SCRATCH: usize = 64 << 10;

/// Where an archive lies.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p> {
    /// What its members' paths begin with: empty, or `outer.zip!/`.
    pub(crate) prefix: &'p str,
    pub(crate) nesting: u8,
    /// The same bytes are walked as another format too, so that what is outside is known there.
    pub(crate) polyglot: bool,
}

/// A member as a format's reader found it.
pub(crate) struct Found {
    pub(crate) path: MemberPath,
    pub(crate) declared_size: Option<u64>,
    pub(crate) executable: bool,
    /// Whether it is walked if it is an archive.
    pub(crate) unpack: bool,
}

pub(crate) struct Walker<'v> {
    pub(crate) report: Report,
    pub(crate) links: Vec<Link>,
    pub(crate) budget: Rc<Budget>,
    limits: &'v Limits,
    visitor: &'v mut dyn Visitor,
    entries: u32,
    members: u32,
    scratch: Vec<u8>,
}

impl<'v> Walker<'v> {
    pub(crate) fn new(limits: &'v Limits, length: u64, visitor: &'v mut dyn Visitor) -> Self {
        Self {
            report: Report::default(),
            links: Vec::new(),
            budget: Budget::new(limits, length),
            limits,
            visitor,
            entries: 0,
            members: 0,
            scratch: vec![0; SCRATCH],
        }
    }

    pub(crate) fn finish(mut self, format: Format) -> Walk {
        if self.budget.is_exhausted() {
            self.report.unscanned("", "everything after the member that inflates past the limit");
        }
        if self.entries > self.limits.max_members {
            let why = format!("everything after the first {} members", self.limits.max_members);
            self.report.unscanned("", why);
        }
        Walk {
            format,
            members: self.members,
            inflated: self.budget.inflated(),
            anomalies: self.report.anomalies,
            notes: self.report.notes,
            links: self.links,
            unscanned: self.report.unscanned,
        }
    }

    pub(crate) fn limits(&self) -> &'v Limits {
        self.limits
    }

    /// Whether a limit has been reached, after which nothing more is read.
    pub(crate) fn is_spent(&self) -> bool {
        self.budget.is_exhausted() || self.entries > self.limits.max_members
    }

    /// Counts an entry of any kind. `false` if it is one too many.
    pub(crate) fn entry(&mut self) -> bool {
        if self.is_spent() {
            return false;
        }
        self.entries += 1;
        if self.entries > self.limits.max_members {
            let detail = format!("more than {}", self.limits.max_members);
            self.report.anomaly(AnomalyKind::TooManyMembers, "", &detail);
            return false;
        }
        true
    }

    /// The path of an entry with this name, whose oddities are reported. Only what has content is
    /// compared with the names before it.
    pub(crate) fn path(&mut self, place: Place<'_>, raw: &[u8], seen: Option<&mut Names>) -> MemberPath {
        let (name, is_text) = names::decode(raw);
        let (path, wrong) = names::path(place.prefix, &name);
        if !is_text {
            self.report.anomaly(AnomalyKind::NameEncoding, path.as_str(), "not UTF-8");
        }
        if names::is_other_on_windows(&name) {
            let detail = "written under another name on Windows";
            self.report.anomaly(AnomalyKind::OtherOnWindows, path.as_str(), detail);
        }
        if let Some((kind, error)) = wrong {
            self.report.anomaly(kind, &format!("{}{name}", place.prefix), &error.to_string());
        }
        if let Some((kind, detail)) = seen.and_then(|seen| seen.see(&path)) {
            self.report.anomaly(kind, path.as_str(), &detail);
        }
        path
    }

    /// Walks one archive, the outermost or an inner one.
    pub(crate) fn archive(
        &mut self,
        source: &mut dyn Source,
        mut place: Place<'_>,
    ) -> Result<Format, ArchiveError> {
        let mut input = Input::new(source)?;
        let head = input.bytes_at(0, DETECT_BYTES)?;
        if head.is_empty() {
            return Err(ArchiveError::Empty);
        }
        let format = match Format::detect(&head) {
            Some(format) => format,
            // A zip is found from its end, so it may begin with anything (PEP 441).
            None if zip::has_directory(&mut input, Format::Zip)? => Format::Zip,
            None => return Err(ArchiveError::NotAnArchive),
        };
        let second = if format == Format::Zip {
            format::is_tar_header(&head).then_some(Format::Tar)
        } else {
            zip::has_directory(&mut input, format)?.then_some(Format::Zip)
        };
        if let Some(second) = second {
            let detail = format!("{} and {}", format.id(), second.id());
            self.report.anomaly(AnomalyKind::Polyglot, place.prefix, &detail);
            place.polyglot = true;
            if let Err(error) = self.as_format(second, &mut input, place) {
                self.report.unscanned(place.prefix, format!("read as {}: {error}", second.id()));
            }
        }
        self.as_format(format, &mut input, place)?;
        Ok(format)
    }

    fn as_format(
        &mut self,
        format: Format,
        input: &mut Input<'_>,
        place: Place<'_>,
    ) -> Result<(), ArchiveError> {
        input.seek_to(0)?;
        match format {
            Format::Zip => zip::walk(self, input, place),
            Format::Tar => {
                compressed::plain_tar(self, input, place);
                Ok(())
            }
            _ => {
                compressed::walk(self, format, input, place);
                Ok(())
            }
        }
    }

    /// Offers one member to the visitor, drains it, and walks it if it is an archive itself.
    /// Whether its content was read to the end.
    pub(crate) fn member(&mut self, found: &Found, place: Place<'_>, content: &mut dyn Read) -> bool {
        self.members += 1;
        let member = Member {
            path: &found.path,
            declared_size: found.declared_size,
            executable: found.executable,
            nesting: place.nesting,
        };
        let mut content = Content::new(content);
        let mut head = [0u8; DETECT_BYTES];
        let filled = content.fill(&mut head);
        let head = &head[..filled];
        let inner = if found.unpack && Format::detect(head).is_some() {
            self.buffered(&member, head, &mut content)
        } else {
            self.streamed(&member, head, &mut content);
            None
        };
        if let Some((kind, why)) = content.failure() {
            self.failed(&found.path, *kind, why);
            return false;
        }
        if let Some(bytes) = inner {
            self.inner(&member, bytes);
        } else if Format::is_unread(head) {
            self.report.anomaly(AnomalyKind::UnreadFormat, found.path.as_str(), "7z, RAR or cabinet");
            self.report.unscanned(found.path.as_str(), "an inner archive of a format that is not read");
        } else if found.unpack && Format::detect(head).is_none() && content.ends_like_a_zip() {
            self.report.anomaly(AnomalyKind::AppendedZip, found.path.as_str(), "ends like a zip");
            self.report.unscanned(found.path.as_str(), "a zip at its end was not walked");
        }
        true
    }

    fn streamed(&mut self, member: &Member<'_>, head: &[u8], content: &mut Content<'_>) {
        let mut whole = head.chain(&mut *content);
        let visited = self.visitor.member(member, &mut whole);
        content.drain(&mut self.scratch);
        self.visited(member, visited, content);
    }

    /// Offers an inner archive and returns its bytes, unless it is too large to hold.
    fn buffered(&mut self, member: &Member<'_>, head: &[u8], content: &mut Content<'_>) -> Option<Vec<u8>> {
        let max = self.limits.max_nested_bytes;
        let mut bytes = head.to_vec();
        // An error stays in the content.
        let rest = (max + 1).saturating_sub(head.len() as u64);
        let _ = content.by_ref().take(rest).read_to_end(&mut bytes);
        if bytes.len() as u64 > max || content.failure().is_some() {
            self.streamed(member, &bytes, content);
            if content.failure().is_none() {
                let why = format!("an inner archive of more than {max} bytes");
                self.report.unscanned(member.path.as_str(), why);
            }
            return None;
        }
        let visited = self.visitor.member(member, &mut bytes.as_slice());
        self.visited(member, visited, content);
        Some(bytes)
    }

    /// Reports a visitor that gave up for a reason of its own.
    fn visited(&mut self, member: &Member<'_>, visited: io::Result<()>, content: &Content<'_>) {
        if let (Err(error), None) = (visited, content.failure()) {
            self.report.unscanned(member.path.as_str(), error.to_string());
        }
    }

    fn inner(&mut self, member: &Member<'_>, bytes: Vec<u8>) {
        let path = member.path.as_str();
        if member.nesting >= self.limits.max_nesting {
            let why = format!("archives nested deeper than {}", self.limits.max_nesting);
            return self.report.unscanned(path, why);
        }
        let prefix = format!("{path}!/");
        let place = Place { prefix: &prefix, nesting: member.nesting + 1, polyglot: false };
        if let Err(error) = self.archive(&mut Cursor::new(bytes), place) {
            self.report.unscanned(path, format!("inner archive: {error}"));
        }
    }

    /// Reports content that ended with an error.
    pub(crate) fn failed(&mut self, path: &MemberPath, kind: io::ErrorKind, why: &str) {
        self.stopped(path.as_str(), kind, why);
        self.report.unscanned(path.as_str(), why);
    }

    /// The anomaly behind a read that failed.
    pub(crate) fn stopped(&mut self, member: &str, kind: io::ErrorKind, why: &str) {
        let kind = match kind {
            _ if self.budget.is_exhausted() => AnomalyKind::Bomb,
            io::ErrorKind::UnexpectedEof => AnomalyKind::Truncated,
            _ => AnomalyKind::Damaged,
        };
        self.report.anomaly(kind, member, why);
    }

    /// Offers bytes of the archive that belong to no member.
    pub(crate) fn outside(&mut self, place: Place<'_>, name: &str, content: &mut dyn Read, unpack: bool) {
        if self.entry() {
            let path = names::path(place.prefix, name).0;
            let found = Found { path, declared_size: None, executable: false, unpack };
            self.member(&found, place, content);
        }
    }
}
