//! Brings one file here, hashing it on the way.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use fondaco_pydist::{Sha256, Sha256Hasher};
use fondaco_upstream::{UpstreamClient, UpstreamError};
use futures_util::StreamExt;

/// After a minute a file must have come at this many bytes a second, or it is given up.
const SLOWEST: f64 = 4_096.0;
/// When that is first asked.
const GRACE: Duration = Duration::from_secs(60);

/// A file that is here, without a name.
pub(crate) struct Fetched {
    pub(crate) file: File,
    pub(crate) sha256: Sha256,
}

/// Why a file is not here.
#[derive(Debug)]
pub(crate) enum NotFetched {
    /// The index did not send it.
    Index(UpstreamError),
    /// It is larger than what is taken.
    TooLarge,
    /// It can't be written here.
    Io(std::io::Error),
}

/// Fetches a file of at most `most` bytes.
pub(crate) async fn fetch(
    client: &UpstreamClient,
    url: &str,
    most: u64,
    scratch: &Path,
) -> Result<Fetched, NotFetched> {
    let body = client.open(url).await.map_err(NotFetched::Index)?;
    if body.length.is_some_and(|length| length > most) {
        return Err(NotFetched::TooLarge);
    }
    let started = Instant::now();
    let mut file = tempfile::tempfile_in(scratch).map_err(NotFetched::Io)?;
    let (mut hasher, mut size, mut stream) = (Sha256Hasher::default(), 0u64, body.stream());
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(NotFetched::Index)?;
        size += piece.len() as u64;
        if size > most {
            return Err(NotFetched::TooLarge);
        }
        hasher.update(&piece);
        file.write_all(&piece).map_err(NotFetched::Io)?;
        let elapsed = started.elapsed();
        if elapsed > GRACE && size as f64 / elapsed.as_secs_f64() < SLOWEST {
            return Err(NotFetched::Index(UpstreamError::Timeout { url: client.shown() }));
        }
    }
    file.seek(SeekFrom::Start(0)).map_err(NotFetched::Io)?;
    Ok(Fetched { file, sha256: hasher.finish() })
}

/// Opens a file of a folder, of at most `most` bytes.
pub(crate) fn open(path: &Path, most: u64) -> Result<Fetched, NotFetched> {
    let mut file = File::open(path).map_err(NotFetched::Io)?;
    if file.metadata().map_err(NotFetched::Io)?.len() > most {
        return Err(NotFetched::TooLarge);
    }
    let mut hasher = Sha256Hasher::default();
    let mut buffer = vec![0u8; 256 << 10];
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer).map_err(NotFetched::Io)?;
        if read == 0 {
            break;
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
    file.seek(SeekFrom::Start(0)).map_err(NotFetched::Io)?;
    Ok(Fetched { file, sha256: hasher.finish() })
}
