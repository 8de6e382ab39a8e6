use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Dist;
use crate::core_metadata::CoreMetadata;

/// What an sdist without files of its own holds beside its metadata; twine refuses one that holds
/// nothing else.
const PYPROJECT: &str =
    "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n";

/// What a member is.
#[derive(Debug, Clone)]
enum Content {
    File(Vec<u8>),
    /// A symbolic link, with what it says.
    Symlink(String),
    /// A hard link to another member, by its path within the sdist's folder.
    HardLink(String),
}

/// Builds an sdist (PEP 625, `.tar.gz`) with a `PKG-INFO`; `setup.py` and `pyproject.toml` are
/// files like others. The same calls give the same bytes.
#[derive(Debug, Clone)]
pub struct Sdist {
    core: CoreMetadata,
    files: Vec<(String, Content)>,
}

impl Sdist {
    /// An sdist that holds its metadata. Without a [`Sdist::file`] it gets a `pyproject.toml`.
    pub fn new(name: &str, version: &str) -> Self {
        Self { core: CoreMetadata::new(name, version), files: Vec::new() }
    }

    /// Adds a member; the path is that within the sdist's folder.
    pub fn file(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.files.push((path.to_owned(), Content::File(bytes.as_ref().to_vec())));
        self
    }

    /// Adds a symbolic link.
    pub fn symlink(mut self, path: &str, target: &str) -> Self {
        self.files.push((path.to_owned(), Content::Symlink(target.to_owned())));
        self
    }

    /// Adds a hard link to another member, named by its path within the sdist's folder.
    pub fn hard_link(mut self, path: &str, target: &str) -> Self {
        self.files.push((path.to_owned(), Content::HardLink(target.to_owned())));
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

    /// The finished sdist.
    pub fn build(mut self) -> Dist {
        if self.files.is_empty() {
            self = self.file("pyproject.toml", PYPROJECT);
        }
        let root = format!("{}-{}", self.core.file_stem(), self.core.version);
        let metadata = ("PKG-INFO".to_owned(), Content::File(self.core.text().into_bytes()));
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
        for (path, content) in self.files.iter().chain([&metadata]) {
            let path = format!("{root}/{path}");
            let mut header = tar::Header::new_ustar();
            header.set_size(0);
            header.set_mode(0o644);
            match content {
                Content::File(bytes) => {
                    header.set_size(bytes.len() as u64);
                    tar.append_data(&mut header, path, bytes.as_slice()).unwrap();
                }
                Content::Symlink(target) => {
                    header.set_entry_type(tar::EntryType::Symlink);
                    tar.append_link(&mut header, path, target).unwrap();
                }
                Content::HardLink(target) => {
                    header.set_entry_type(tar::EntryType::Link);
                    tar.append_link(&mut header, path, format!("{root}/{target}")).unwrap();
                }
            }
        }
        let bytes = tar.into_inner().unwrap().finish().unwrap();
        Dist {
            file_name: format!("{root}.tar.gz"),
            bytes: Arc::new(bytes),
            metadata: None,
            requires_python: self.core.requires_python,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_calls_give_the_same_bytes() {
        let build = || Sdist::new("a-b", "1.0").file("setup.py", "x = 1\n").build();
        assert_eq!(build().file_name, "a_b-1.0.tar.gz");
        assert_eq!(build().sha256(), build().sha256());
    }
}
