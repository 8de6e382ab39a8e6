//! Compressed streams: a tar mostly, else one member. And tars without compression.

use std::io::{BufRead, Cursor, Read};

use crate::budget::Metered;
use crate::content::Content;
use crate::decode::Streams;
use crate::format::DETECT_BYTES;
use crate::input::Input;
use crate::names;
use crate::walker::{Found, Place, Walker};
use crate::{AnomalyKind, Format, tarball};

/// Walks a compressed file. Damage ends the walk and is reported.
pub(crate) fn walk(walker: &mut Walker<'_>, format: Format, input: &mut Input<'_>, place: Place<'_>) {
    let streams = match Streams::new(format, &mut *input) {
        Ok(streams) => streams,
        Err(error) => {
            walker.stopped(place.prefix, error.kind(), &error.to_string());
            return walker.report.unscanned(place.prefix, format!("damaged {} stream: {error}", format.id()));
        }
    };
    let mut stream = Metered::new(streams, &walker.budget);
    let mut head = [0u8; DETECT_BYTES];
    let filled = Content::new(&mut stream).fill(&mut head);
    let head = &head[..filled];
    let mut whole = Cursor::new(head).chain(&mut stream);
    if Format::detect(head) == Some(Format::Tar) {
        tarball::walk(walker, &mut whole, place);
    } else if walker.entry() {
        let path = names::path(place.prefix, inner_name(place.prefix)).0;
        let found = Found { path, declared_size: None, executable: false, unpack: true };
        walker.member(&found, place, &mut whole);
    }
    let streams = stream.into_inner();
    if streams.count() > 1 {
        let detail = format!("{} {} streams", streams.count(), format.id());
        walker.report.anomaly(AnomalyKind::ConcatenatedStreams, place.prefix, &detail);
    }
    let Some(rest) = streams.into_rest() else { return };
    let is_more = rest.fill_buf().is_ok_and(|bytes| !bytes.is_empty());
    if is_more && !walker.is_spent() {
        let detail = format!("after the {} stream", format.id());
        walker.report.anomaly(AnomalyKind::Trailing, place.prefix, &detail);
        let mut rest = Metered::new(rest, &walker.budget);
        walker.outside(place, "!trailing", &mut rest, !place.polyglot);
    }
}

/// Walks a tar that is not compressed.
pub(crate) fn plain_tar(walker: &mut Walker<'_>, input: &mut Input<'_>, place: Place<'_>) {
    let mut metered = Metered::new(input, &walker.budget);
    tarball::walk(walker, &mut metered, place);
}

/// What the content of `x.gz` is called: `x`.
fn inner_name(prefix: &str) -> &str {
    let outer = prefix.trim_end_matches("!/").rsplit('/').next().unwrap_or_default();
    outer.rsplit_once('.').map(|(stem, _)| stem).filter(|stem| !stem.is_empty()).unwrap_or("content")
}
