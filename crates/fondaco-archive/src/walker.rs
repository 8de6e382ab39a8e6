//! What all formats share: names, budgets, and archives within archives.

use std::collections::HashMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use fondaco_pydist::{MemberPath, Unscanned};

use crate::format::DETECT_BYTES;
use crate::{
    Anomaly, AnomalyKind, ArchiveError, Format, Limits, Member, Visitor, Walk, decode, tarball, zip,
};

/// A member as a format's reader found it.
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) declared_size: Option<u64>,
    pub(crate) executable: bool,
}

/// The names seen in one archive, lower case, with the name as first written.
#[derive(Default)]
pub(crate) struct Names(HashMap<String, String>);

pub(crate) struct Walker<'v> {
    limits: &'v Limits,
    visitor: &'v mut dyn Visitor,
    meter: Meter,
    members: u32,
    anomalies: Vec<Anomaly>,
    unscanned: Vec<Unscanned>,
}

/// Counts what comes out of the decoders.
struct Meter {
    inflated: u64,
    max: u64,
    exhausted: bool,
}

struct Metered<'m, 'r> {
    inner: &'r mut dyn Read,
    meter: &'m mut Meter,
}

impl Read for Metered<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.exhausted {
            return Err(io::Error::other("inflates to more than the limit"));
        }
        let read = self.inner.read(buffer)?;
        self.meter.inflated += read as u64;
        if self.meter.inflated > self.meter.max {
            self.meter.exhausted = true;
            return Err(io::Error::other("inflates to more than the limit"));
        }
        Ok(read)
    }
}

impl<'v> Walker<'v> {
    pub(crate) fn new(limits: &'v Limits, length: u64, visitor: &'v mut dyn Visitor) -> Self {
        let by_ratio = length.saturating_mul(limits.max_ratio).max(limits.ratio_floor);
        let meter = Meter { inflated: 0, max: limits.max_inflated.min(by_ratio), exhausted: false };
        Self { limits, visitor, meter, members: 0, anomalies: Vec::new(), unscanned: Vec::new() }
    }

    pub(crate) fn finish(self, format: Format) -> Walk {
        Walk {
            format,
            members: self.members,
            inflated: self.meter.inflated,
            anomalies: self.anomalies,
            unscanned: self.unscanned,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.limits
    }

    pub(crate) fn anomaly(&mut self, kind: AnomalyKind, member: &str, detail: impl Into<String>) {
        self.anomalies.push(Anomaly { kind, member: escape(member), detail: detail.into() });
    }

    pub(crate) fn unscanned(&mut self, member: &str, why: impl Into<String>) {
        self.unscanned.push(Unscanned { member: escape(member), why: why.into() });
    }

    /// Whether a limit has been reached, after which nothing more is read.
    pub(crate) fn is_spent(&self) -> bool {
        self.meter.exhausted || self.members >= self.limits.max_members
    }

    /// Walks one archive, the outermost or an inner one, whose members' names begin with `prefix`.
    pub(crate) fn archive<R: Read + Seek>(
        &mut self,
        source: &mut R,
        prefix: &str,
        nesting: u8,
    ) -> Result<Format, ArchiveError> {
        let mut head = Vec::with_capacity(DETECT_BYTES);
        source.by_ref().take(DETECT_BYTES as u64).read_to_end(&mut head)?;
        if head.is_empty() {
            return Err(ArchiveError::Empty);
        }
        let format = match Format::detect(&head) {
            Some(format) => format,
            // A zip is found from its end, so it may begin with anything (PEP 441).
            None if zip::has_directory(source)? => Format::Zip,
            None => return Err(ArchiveError::NotAnArchive),
        };
        if format != Format::Zip && zip::has_directory(source)? {
            self.anomaly(
                AnomalyKind::Polyglot,
                prefix,
                format!("{} with a zip directory at its end", format.id()),
            );
            zip::walk(self, source, prefix, nesting)?;
        }
        source.seek(SeekFrom::Start(0))?;
        match format {
            Format::Zip => zip::walk(self, source, prefix, nesting)?,
            Format::Tar => tarball::walk(self, source, prefix, nesting),
            _ => self.compressed(format, source, prefix, nesting)?,
        }
        Ok(format)
    }

    /// A compressed stream: a tar mostly, else one member.
    fn compressed<R: Read>(
        &mut self,
        format: Format,
        source: &mut R,
        prefix: &str,
        nesting: u8,
    ) -> Result<(), ArchiveError> {
        let Some(mut stream) = decode::stream(format, source)? else { return Ok(()) };
        let mut head = Vec::with_capacity(DETECT_BYTES);
        if let Err(error) = stream.by_ref().take(DETECT_BYTES as u64).read_to_end(&mut head) {
            self.anomaly(AnomalyKind::Truncated, prefix, error.to_string());
            self.unscanned(prefix, format!("damaged {} stream: {error}", format.id()));
            return Ok(());
        }
        let is_tar = Format::detect(&head) == Some(Format::Tar);
        let mut content = Cursor::new(head).chain(stream);
        if is_tar {
            tarball::walk(self, &mut content, prefix, nesting);
        } else {
            let name = prefix.trim_end_matches("!/").rsplit('/').next().unwrap_or_default();
            let name = name.rsplit_once('.').map_or("content", |(stem, _)| stem);
            let found = Found { name: format!("{prefix}{name}"), declared_size: None, executable: false };
            self.member(&found, &mut Names::default(), &mut content, nesting);
        }
        Ok(())
    }

    /// Offers one member to the visitor, drains it, and walks it if it is an archive itself.
    pub(crate) fn member(&mut self, found: &Found, names: &mut Names, content: &mut dyn Read, nesting: u8) {
        if self.members >= self.limits.max_members {
            return;
        }
        self.members += 1;
        if self.members == self.limits.max_members {
            self.anomaly(AnomalyKind::TooManyMembers, "", format!("more than {}", self.limits.max_members));
            self.unscanned("", format!("everything after the first {} members", self.limits.max_members));
        }
        let path = self.checked_path(&found.name, names);
        let member =
            Member { path: &path, declared_size: found.declared_size, executable: found.executable, nesting };
        if let Err(error) = self.offer(&member, content) {
            let kind = if self.meter.exhausted { AnomalyKind::Bomb } else { AnomalyKind::Truncated };
            self.anomaly(kind, path.as_str(), error.to_string());
            self.unscanned(path.as_str(), error.to_string());
            if self.meter.exhausted {
                self.unscanned("", "everything after the member that inflates past the limit");
            }
        }
    }

    fn offer(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        let mut head = Vec::with_capacity(DETECT_BYTES);
        let mut content = Metered { inner: content, meter: &mut self.meter };
        content.by_ref().take(DETECT_BYTES as u64).read_to_end(&mut head)?;
        if Format::detect(&head).is_none() {
            let mut whole = Cursor::new(head).chain(content);
            self.visitor.member(member, &mut whole)?;
            io::copy(&mut whole, &mut io::sink())?;
            return Ok(());
        }
        let max = self.limits.max_nested_bytes;
        let mut rest = content.by_ref().take(max.saturating_sub(head.len() as u64));
        rest.read_to_end(&mut head)?;
        let mut probe = [0u8; 1];
        if content.read(&mut probe)? != 0 {
            head.push(probe[0]);
            let mut whole = Cursor::new(head).chain(content);
            self.visitor.member(member, &mut whole)?;
            io::copy(&mut whole, &mut io::sink())?;
            self.unscanned(member.path.as_str(), format!("an inner archive of more than {max} bytes"));
            return Ok(());
        }
        self.visitor.member(member, &mut head.as_slice())?;
        self.nested(member, head);
        Ok(())
    }

    fn nested(&mut self, member: &Member<'_>, bytes: Vec<u8>) {
        if member.nesting >= self.limits.max_nesting {
            self.unscanned(
                member.path.as_str(),
                format!("archives nested deeper than {}", self.limits.max_nesting),
            );
            return;
        }
        let prefix = format!("{}!/", member.path);
        if let Err(error) = self.archive(&mut Cursor::new(bytes), &prefix, member.nesting + 1) {
            self.unscanned(member.path.as_str(), format!("inner archive: {error}"));
        }
    }

    fn checked_path(&mut self, name: &str, names: &mut Names) -> MemberPath {
        let path = name.parse::<MemberPath>().unwrap_or_else(|error| {
            self.anomaly(AnomalyKind::UnsafePath, name, error.to_string());
            safe_path(name)
        });
        let folded = path.as_str().to_lowercase();
        match names.0.get(&folded) {
            Some(first) if first == path.as_str() => {
                self.anomaly(AnomalyKind::Duplicate, path.as_str(), "two members of this name");
            }
            Some(first) => {
                let detail = format!("differs from {} in case only", escape(first));
                self.anomaly(AnomalyKind::CaseDuplicate, path.as_str(), detail);
            }
            None => {
                names.0.insert(folded, path.as_str().to_owned());
            }
        }
        path
    }
}

/// A name made printable for a report.
fn escape(name: &str) -> String {
    name.chars()
        .take(300)
        .flat_map(|c| {
            if c.is_control() { c.escape_default().to_string() } else { c.to_string() }
                .chars()
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A safe path that still shows what the name was.
fn safe_path(name: &str) -> MemberPath {
    let plain =
        |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/') { c } else { '_' };
    let mut safe = String::from("unsafe");
    for part in name.chars().take(1000).map(plain).collect::<String>().split('/') {
        let part = if part == ".." { "__" } else { part };
        if !part.is_empty() && part != "." {
            safe.push('/');
            safe.push_str(part);
        }
    }
    // Only plain characters and no dots alone are left, so this parses.
    safe.parse().unwrap_or_else(|_| unreachable_path())
}

fn unreachable_path() -> MemberPath {
    "unsafe".parse().unwrap_or_else(|_| unreachable!("a plain word is a path"))
}
