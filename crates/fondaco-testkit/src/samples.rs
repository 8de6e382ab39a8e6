//! Six defanged attacks and six innocent lookalikes, whole packages. The attacks reach nothing
//! but `example.invalid`, which never resolves.

pub mod attacks;
pub mod lookalikes;

use crate::{Dist, Sdist, Wheel};

/// A package that is known to be malicious or innocent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The project's name; each sample has its own.
    pub project: &'static str,
    /// The version.
    pub version: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// Whether it is an attack.
    pub malicious: bool,
    /// Path within the package and content.
    pub files: &'static [(&'static str, &'static str)],
}

impl Sample {
    /// The sample as an sdist.
    pub fn sdist(&self) -> Dist {
        let start = Sdist::new(self.project, self.version);
        self.files.iter().fold(start, |sdist, (path, text)| sdist.file(path, text)).build()
    }

    /// The sample as a wheel; `None` where nothing is left without `setup.py`.
    pub fn wheel(&self) -> Option<Dist> {
        let mut files = self.files.iter().filter(|(path, _)| *path != "setup.py").peekable();
        files.peek()?;
        let start = Wheel::new(self.project, self.version);
        Some(files.fold(start, |wheel, (path, text)| wheel.file(path, text)).build())
    }

    /// The sample in every form that it has: sdist, and wheel where it makes sense.
    pub fn dists(&self) -> Vec<Dist> {
        [Some(self.sdist()), self.wheel()].into_iter().flatten().collect()
    }
}

/// All twelve.
pub fn all() -> impl Iterator<Item = &'static Sample> {
    attacks::ALL.iter().chain(lookalikes::ALL)
}
