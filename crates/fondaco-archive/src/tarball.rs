//! Tar streams, parsed here: a library would settle the contradictions that are looked for.

mod header;
mod pax;

use std::io::{self, Read};

use fondaco_pydist::MemberPath;

use crate::format::checksum_holds;
use crate::links::{Followed, Links};
use crate::names::{Names, decode};
use crate::walker::{Found, Place, Walker};
use crate::{AnomalyKind, Format};
use header::{BLOCK, Header, Kind};
use pax::Extended;

/// Largest extension header that is held in memory.
const MAX_EXTENSION: u64 = 1 << 20;

/// Walks a tar stream to its end. Damage ends the walk and is reported.
pub(crate) fn walk(walker: &mut Walker<'_>, source: &mut dyn Read, place: Place<'_>) {
    let mut tar = Tar {
        walker,
        source,
        place,
        names: Names::default(),
        links: Links::default(),
        extended: Extended::default(),
    };
    let read = tar.read();
    // Nobody extracts an archive within another one.
    let links = if place.nesting == 0 { tar.links.found } else { Vec::new() };
    walker.links.extend(links);
    if let Err(error) = read {
        let why = error.to_string();
        walker.stopped(place.prefix, error.kind(), &why);
        if !walker.budget.is_exhausted() {
            walker.report.unscanned(place.prefix, format!("the rest of a damaged tar: {why}"));
        }
    }
}

struct Tar<'t, 'v> {
    walker: &'t mut Walker<'v>,
    source: &'t mut dyn Read,
    place: Place<'t>,
    names: Names,
    links: Links,
    /// What the extension headers say about the next member.
    extended: Extended,
}

impl Tar<'_, '_> {
    fn read(&mut self) -> io::Result<()> {
        let mut ended = false;
        let mut hidden = false;
        while let Some(block) = self.block()? {
            if block.iter().all(|byte| *byte == 0) {
                ended = true;
                continue;
            }
            let is_header = checksum_holds(&block);
            if ended && !is_header {
                return self.trailing(&block);
            }
            if ended && !hidden {
                hidden = true;
                let detail = "members after the end of the tar";
                self.walker.report.anomaly(AnomalyKind::HiddenEntry, self.place.prefix, detail);
            }
            if !is_header {
                let report = &mut self.walker.report;
                report.anomaly(AnomalyKind::DamagedHeader, self.place.prefix, "wrong checksum");
                report.unscanned(self.place.prefix, "the rest of a tar after a damaged header");
                return self.trailing(&block);
            }
            self.header(&Header::parse(&block))?;
            if self.walker.is_spent() {
                return Ok(());
            }
        }
        if !ended {
            let report = &mut self.walker.report;
            report.anomaly(AnomalyKind::Truncated, self.place.prefix, "no end-of-archive blocks");
        }
        Ok(())
    }

    /// The next block; `None` at the end of the stream.
    fn block(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut block = [0u8; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.source.read(&mut block[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "ends within a block")),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(block))
    }

    /// Offers what follows the tar in its stream.
    fn trailing(&mut self, block: &[u8]) -> io::Result<()> {
        self.walker.report.anomaly(AnomalyKind::Trailing, self.place.prefix, "after the end of the tar");
        // A damaged header isn't tried again as a tar of its own.
        let unpack = !self.place.polyglot && Format::detect(block) != Some(Format::Tar);
        let mut rest = block.chain(&mut self.source);
        self.walker.outside(self.place, "!trailing", &mut rest, unpack);
        Ok(())
    }

    fn header(&mut self, header: &Header) -> io::Result<()> {
        match header.kind {
            Kind::Pax | Kind::GlobalPax | Kind::LongName | Kind::LongLink => self.extension(header),
            _ => {
                let extended = std::mem::take(&mut self.extended);
                // Extension headers are no members; the budget of bytes bounds them.
                if self.walker.entry() { self.member(header, &extended) } else { Ok(()) }
            }
        }
    }

    fn extension(&mut self, header: &Header) -> io::Result<()> {
        if header.size > MAX_EXTENSION {
            let why = format!("an extension header of {} bytes", header.size);
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let mut bytes = Vec::new();
        (&mut *self.source).take(header.size).read_to_end(&mut bytes)?;
        self.whole(bytes.len() as u64, header.size)?;
        self.skip_padding(header.size)?;
        let conflict = match header.kind {
            Kind::Pax => self.extended.pax(&bytes),
            Kind::LongName => self.extended.long_name(&bytes),
            Kind::LongLink => self.extended.long_link(&bytes),
            _ => {
                if Extended::default().pax(&bytes).is_some() || pax::overrides(&bytes) {
                    let detail = "a global header with a path, link or size";
                    self.walker.report.anomaly(AnomalyKind::PaxGlobalOverride, self.place.prefix, detail);
                }
                None
            }
        };
        if let Some(detail) = conflict {
            self.walker.report.anomaly(AnomalyKind::PaxConflict, self.place.prefix, detail);
        }
        Ok(())
    }

    fn member(&mut self, header: &Header, extended: &Extended) -> io::Result<()> {
        let raw = extended.path.as_deref().unwrap_or(&header.name);
        let size = extended.size.unwrap_or(header.size);
        let is_folder = header.kind == Kind::Folder || (header.kind == Kind::Regular && raw.ends_with(b"/"));
        let has_content = header.kind.has_content() && !(is_folder && size == 0);
        // The folder that was packed, as `tar c .` names it.
        if is_folder && size == 0 && matches!(raw, b"." | b"./") {
            return Ok(());
        }
        let is_link = matches!(header.kind, Kind::Symlink | Kind::HardLink);
        let seen = (has_content || is_link).then_some(&mut self.names);
        let path = self.walker.path(self.place, raw, seen);
        if self.links.is_behind(&path) {
            let detail = "its folder is a link";
            self.walker.report.anomaly(AnomalyKind::BehindLink, path.as_str(), detail);
        }
        self.check(header, extended, &path);
        self.link(header, extended, &path);
        if !header.kind.has_content() {
            if size != 0 {
                let report = &mut self.walker.report;
                report.anomaly(AnomalyKind::SizeWithoutContent, path.as_str(), &format!("{size} bytes"));
                report.unscanned(path.as_str(), "content of a link, folder or device, to some readers");
            }
            return Ok(());
        }
        if header.has_more_sparse_blocks {
            self.sparse_blocks()?;
        }
        if is_folder && size > 0 {
            self.walker.report.anomaly(AnomalyKind::FolderWithContent, path.as_str(), "");
        }
        let mut content = Exact { inner: self.source, left: size };
        if has_content {
            let executable = header.mode & 0o111 != 0;
            let found = Found { path, declared_size: Some(size), executable, unpack: true };
            if !self.walker.member(&found, self.place, &mut content) {
                // What failed is reported; after a bomb or a truncation nothing follows.
                return Ok(());
            }
        }
        self.skip_padding(size)
    }

    /// Reports what is odd about an entry apart from its name and content.
    fn check(&mut self, header: &Header, extended: &Extended, path: &MemberPath) {
        let report = &mut self.walker.report;
        let path = path.as_str();
        // Of what can't be run the bits mean nothing.
        if header.mode & 0o6000 != 0 && header.mode & 0o111 != 0 && header.kind.has_content() {
            report.anomaly(AnomalyKind::SetUid, path, &format!("mode {:o}", header.mode));
        }
        if let Some(detail) = extended.contradicts(header) {
            report.anomaly(AnomalyKind::PaxConflict, path, detail);
        }
        match header.kind {
            Kind::Device => report.anomaly(AnomalyKind::SpecialFile, path, "a device or FIFO"),
            Kind::Unknown => report.anomaly(AnomalyKind::SpecialFile, path, "an unknown type"),
            _ => {}
        }
        if header.kind == Kind::Sparse || extended.sparse {
            report.anomaly(AnomalyKind::Sparse, path, "");
            report.unscanned(path, "sparse: inspected as stored, without its holes");
        }
    }

    /// Notes a link, and reports one that can't be followed.
    fn link(&mut self, header: &Header, extended: &Extended, path: &MemberPath) {
        let (kind, is_symbolic) = match header.kind {
            Kind::Symlink => (AnomalyKind::SymbolicLink, true),
            Kind::HardLink => (AnomalyKind::HardLink, false),
            _ => return,
        };
        let target = decode(extended.link.as_deref().unwrap_or(&header.link)).0;
        let report = &mut self.walker.report;
        report.anomaly(kind, path.as_str(), &target);
        if self.place.nesting > 0 && extension(path.as_str()) != extension(&target) {
            let why = "a link under which its target's content becomes another kind of file";
            report.unscanned(path.as_str(), why);
        }
        match self.links.see(path, &target, is_symbolic) {
            Followed::Within => {}
            Followed::Outside => report.anomaly(AnomalyKind::LinkOut, path.as_str(), &target),
            Followed::TooMany => report.unscanned(path.as_str(), "more links than are followed"),
        }
    }

    /// The blocks that go on with an old GNU sparse map.
    fn sparse_blocks(&mut self) -> io::Result<()> {
        while let Some(block) = self.block()? {
            if block[504] == 0 {
                return Ok(());
            }
        }
        self.whole(0, 1)
    }

    fn skip_padding(&mut self, size: u64) -> io::Result<()> {
        let padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
        let mut block = [0u8; BLOCK];
        let mut left = padding as usize;
        while left > 0 {
            match self.source.read(&mut block[..left]) {
                // Some packers leave the last padding out.
                Ok(0) => return Ok(()),
                Ok(read) => left -= read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn whole(&self, read: u64, size: u64) -> io::Result<()> {
        let early = || io::Error::new(io::ErrorKind::UnexpectedEof, "ends within a member");
        if read == size { Ok(()) } else { Err(early()) }
    }
}

fn extension(path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, end)| end.to_ascii_lowercase())
}

/// Exactly so many bytes; fewer are an error.
struct Exact<'e> {
    inner: &'e mut dyn Read,
    left: u64,
}

impl Read for Exact<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let read = self.inner.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the tar ends within this member"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}
