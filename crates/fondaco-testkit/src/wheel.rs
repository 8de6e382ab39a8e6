use std::fmt::Write as _;
use std::io::{Cursor, Write};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fondaco_pydist::{Sha256, Sha256Hasher};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::Dist;
use crate::core_metadata::CoreMetadata;
use crate::noise::Noise;

/// Bytes of a filler that are made at a time.
const PIECE: usize = 1 << 20;

/// Builds a wheel (PEP 427) that installers take. The same calls give the same bytes.
#[derive(Debug, Clone)]
pub struct Wheel {
    core: CoreMetadata,
    tag: String,
    files: Vec<(String, Vec<u8>)>,
    filler: usize,
}

impl Wheel {
    /// A pure wheel for Python 3. Without a [`Wheel::file`] it gets one package of its own name.
    pub fn new(name: &str, version: &str) -> Self {
        let core = CoreMetadata::new(name, version);
        Self { core, tag: "py3-none-any".to_owned(), files: Vec::new(), filler: 0 }
    }

    /// Adds a member. One at the path of `METADATA` or `WHEEL` stands for what would be written there.
    pub fn file(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.files.push((path.to_owned(), bytes.as_ref().to_vec()));
        self
    }

    /// Adds a `Requires-Dist`.
    pub fn requires(mut self, requirement: &str) -> Self {
        self.core.requires.push(requirement.to_owned());
        self
    }

    /// Sets `Summary`.
    pub fn summary(mut self, summary: &str) -> Self {
        self.core.summary = summary.to_owned();
        self
    }

    /// Sets `Requires-Python`.
    pub fn requires_python(mut self, specifiers: &str) -> Self {
        self.core.requires_python = Some(specifiers.to_owned());
        self
    }

    /// Sets the compatibility tags, `python-abi-platform`.
    pub fn tag(mut self, tag: &str) -> Self {
        self.tag = tag.to_owned();
        self
    }

    /// Adds a stored member `filler.bin` of so many bytes that don't compress. They are held in
    /// memory once, as part of the wheel.
    pub fn filler(mut self, bytes: usize) -> Self {
        self.filler = bytes;
        self
    }

    /// The finished wheel.
    pub fn build(self) -> Dist {
        let stem = self.core.file_stem();
        let info = format!("{stem}-{}.dist-info", self.core.version);
        let metadata_path = format!("{info}/METADATA");
        let given = |path: &str| self.files.iter().find(|(one, _)| one == path).map(|(_, bytes)| bytes);
        let metadata = given(&metadata_path).cloned().unwrap_or_else(|| self.core.text().into_bytes());
        let mut archive = Archive::with_capacity(self.filler + 4096);
        if self.files.is_empty() {
            let init = format!("__version__ = \"{}\"\n", self.core.version);
            archive.add(&format!("{stem}/__init__.py"), init.as_bytes());
        }
        for (path, bytes) in &self.files {
            archive.add(path, bytes);
        }
        if self.filler > 0 {
            archive.add_noise(&format!("{stem}/filler.bin"), self.filler);
        }
        let tag = &self.tag;
        let wheel =
            format!("Wheel-Version: 1.0\nGenerator: fondaco-testkit\nRoot-Is-Purelib: true\nTag: {tag}\n");
        for (path, bytes) in
            [(metadata_path, metadata.as_slice()), (format!("{info}/WHEEL"), wheel.as_bytes())]
        {
            if given(&path).is_none() {
                archive.add(&path, bytes);
            }
        }
        Dist {
            file_name: format!("{stem}-{}-{tag}.whl", self.core.version),
            bytes: Arc::new(archive.finish(&format!("{info}/RECORD"))),
            metadata: Some(metadata),
            requires_python: self.core.requires_python,
        }
    }
}

/// A zip in the making and the lines of its `RECORD`.
struct Archive {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    record: String,
}

impl Archive {
    fn with_capacity(bytes: usize) -> Self {
        Self { zip: ZipWriter::new(Cursor::new(Vec::with_capacity(bytes))), record: String::new() }
    }

    fn start(&mut self, path: &str, method: CompressionMethod) {
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(path, options).unwrap();
    }

    fn add(&mut self, path: &str, bytes: &[u8]) {
        self.start(path, CompressionMethod::Deflated);
        self.zip.write_all(bytes).unwrap();
        self.record(path, Sha256::of(bytes), bytes.len());
    }

    fn add_noise(&mut self, path: &str, length: usize) {
        self.start(path, CompressionMethod::Stored);
        let (mut noise, mut hasher, mut left) = (Noise::new(), Sha256Hasher::default(), length);
        let mut piece = vec![0; PIECE];
        while left > 0 {
            let piece = &mut piece[..left.min(PIECE)];
            noise.fill(piece);
            hasher.update(piece);
            self.zip.write_all(piece).unwrap();
            left -= piece.len();
        }
        self.record(path, hasher.finish(), length);
    }

    fn record(&mut self, path: &str, digest: Sha256, length: usize) {
        let digest = URL_SAFE_NO_PAD.encode(digest.as_bytes());
        // Writing to a string doesn't fail.
        let _ = writeln!(self.record, "{path},sha256={digest},{length}");
    }

    fn finish(mut self, record_path: &str) -> Vec<u8> {
        let record = format!("{}{record_path},,\n", self.record);
        self.start(record_path, CompressionMethod::Deflated);
        self.zip.write_all(record.as_bytes()).unwrap();
        self.zip.finish().unwrap().into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_calls_give_the_same_bytes() {
        let build =
            || Wheel::new("A.b", "1.0").requires("c>=1").requires_python(">=3.8").filler(3001).build();
        let (one, two) = (build(), build());
        assert_eq!(one.file_name, "a_b-1.0-py3-none-any.whl");
        assert_eq!(one.sha256(), two.sha256());
        let metadata = String::from_utf8(one.metadata.unwrap()).unwrap();
        assert!(metadata.contains("\nRequires-Python: >=3.8\nRequires-Dist: c>=1\n"), "{metadata}");
    }
}
