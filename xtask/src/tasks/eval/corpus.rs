//! The two corpora.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use fondaco_pydist::{DistFilename, Sha256};

pub(crate) type Archive = zip::ZipArchive<File>;

/// One package.
pub(crate) struct Sample {
    /// The family, or for a benign package the project.
    pub(crate) group: String,
    pub(crate) file_name: String,
    pub(crate) is_malicious: bool,
    pub(crate) is_sealed: bool,
    place: Place,
}

enum Place {
    Member(usize),
    File(PathBuf),
    Nowhere,
}

/// A third of the groups, by the digest of the name: the same on every machine, for ever.
fn is_sealed(group: &str) -> bool {
    Sha256::of(group.as_bytes()).as_bytes()[0].is_multiple_of(3)
}

pub(crate) fn open(path: impl AsRef<Path>) -> anyhow::Result<Archive> {
    let path = path.as_ref();
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    zip::ZipArchive::new(file).with_context(|| format!("{} is no zip", path.display()))
}

pub(crate) fn malicious(path: &Path) -> anyhow::Result<Vec<Sample>> {
    let archive = open(path)?;
    let mut samples = Vec::new();
    for index in 0..archive.len() {
        let Some(name) = archive.name_for_index(index).transpose()? else { continue };
        if name.ends_with('/') {
            continue;
        }
        let (Some((family, _)), Some((_, file))) = (name.split_once('/'), name.rsplit_once('/')) else {
            continue;
        };
        samples.push(Sample {
            group: family.to_owned(),
            file_name: file.to_owned(),
            is_malicious: true,
            is_sealed: is_sealed(family),
            place: Place::Member(index),
        });
    }
    Ok(samples)
}

pub(crate) fn benign(folder: &Path) -> anyhow::Result<Vec<Sample>> {
    let mut samples = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let file_name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let named = file_name.parse::<DistFilename>();
        let group = named.map_or_else(|_| file_name.clone(), |name| name.project().to_string());
        samples.push(Sample {
            is_sealed: is_sealed(&group),
            group,
            file_name,
            is_malicious: false,
            place: Place::File(path),
        });
    }
    samples.sort_by(|a, b| a.file_name.cmp(&b.file_name));
    Ok(samples)
}

impl Sample {
    /// One of the open part that is known by its findings alone.
    pub(crate) fn noted(group: &str, file_name: &str, is_malicious: bool) -> Self {
        let (group, file_name) = (group.to_owned(), file_name.to_owned());
        Self { group, file_name, is_malicious, is_sealed: false, place: Place::Nowhere }
    }

    /// A place in an order that is the same each time.
    pub(crate) fn order(&self) -> (bool, &str, &str, usize) {
        let index = if let Place::Member(index) = self.place { index } else { 0 };
        (self.is_malicious, &self.group, &self.file_name, index)
    }

    /// Its bytes, in memory.
    pub(crate) fn read(&self, archive: Option<&mut Archive>, password: &str) -> anyhow::Result<Vec<u8>> {
        match (&self.place, archive) {
            (Place::File(path), _) => Ok(std::fs::read(path)?),
            (Place::Member(index), Some(archive)) => {
                let mut bytes = Vec::new();
                archive.by_index_decrypt(*index, password.as_bytes())?.read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            (Place::Nowhere, _) => anyhow::bail!("only its findings are known"),
            (Place::Member(_), None) => anyhow::bail!("the malicious corpus is not open"),
        }
    }
}
