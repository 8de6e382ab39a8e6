use std::fmt;
use std::str::FromStr;

use pep440_rs::Version;

use crate::ProjectName;

/// What a distribution's file name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DistKind {
    /// A built distribution (PEP 427).
    Wheel,
    /// A source distribution (PEP 625 and the older forms).
    Sdist(SdistFormat),
    /// A form that installers no longer take (`.egg`, `.exe`, `.msi`, `.rpm`, ...).
    Legacy,
}

/// The archive format of an sdist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SdistFormat {
    /// `.tar.gz`, `.tgz`
    TarGz,
    /// `.tar.bz2`, `.tbz`
    TarBz2,
    /// `.tar.xz`, `.txz`
    TarXz,
    /// `.tar`
    Tar,
    /// `.tar.zst`
    TarZst,
    /// `.zip`
    Zip,
}

/// Why a file name is no distribution's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilenameError {
    /// A separator, a control character or a leading dot: never a file name on an index.
    #[error("unsafe characters in the file name")]
    Unsafe,
    /// No extension that an index offers.
    #[error("not the extension of a Python distribution")]
    Extension,
    /// A wheel's name without its five or six parts.
    #[error("a wheel's name has the form name-version[-build]-python-abi-platform.whl")]
    WheelParts,
    /// The project's part of the name is no name.
    #[error("no project name in the file name")]
    Name,
    /// The version's part of the name is no version.
    #[error("no PEP 440 version in the file name")]
    Version,
}

/// A distribution's file name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DistFilename {
    raw: String,
    project: ProjectName,
    version: Version,
    kind: DistKind,
    tags: Option<String>,
}

const SDIST_EXTENSIONS: [(&str, SdistFormat); 9] = [
    (".tar.gz", SdistFormat::TarGz),
    (".tgz", SdistFormat::TarGz),
    (".tar.bz2", SdistFormat::TarBz2),
    (".tbz", SdistFormat::TarBz2),
    (".tar.xz", SdistFormat::TarXz),
    (".txz", SdistFormat::TarXz),
    (".tar.zst", SdistFormat::TarZst),
    (".tar", SdistFormat::Tar),
    (".zip", SdistFormat::Zip),
];

impl DistFilename {
    /// Parses `raw`, a file of `project`. Knowing the project settles where a name such as
    /// `a-1-2.tar.gz` splits.
    ///
    /// # Errors
    /// See [`FilenameError`]; also when the name belongs to another project ([`FilenameError::Name`]).
    pub fn of_project(raw: &str, project: &ProjectName) -> Result<Self, FilenameError> {
        let parsed = Self::split(raw, |stem| {
            stem.match_indices('-').find_map(|(at, _)| {
                let name: ProjectName = stem[..at].parse().ok()?;
                (name == *project).then(|| stem[at + 1..].parse().ok().map(|version| (name, version)))?
            })
        })?;
        if parsed.project == *project { Ok(parsed) } else { Err(FilenameError::Name) }
    }

    fn split(
        raw: &str,
        sdist: impl Fn(&str) -> Option<(ProjectName, Version)>,
    ) -> Result<Self, FilenameError> {
        let is_unsafe = |c: char| c.is_control() || matches!(c, '/' | '\\');
        if raw.starts_with('.') || raw.len() > 255 || raw.chars().any(is_unsafe) {
            return Err(FilenameError::Unsafe);
        }
        if let Some(stem) = raw.strip_suffix(".whl") {
            return Self::wheel(raw, stem);
        }
        let lower = raw.to_ascii_lowercase();
        for (extension, format) in SDIST_EXTENSIONS {
            if lower.ends_with(extension) {
                let stem = &raw[..raw.len() - extension.len()];
                let (project, version) = sdist(stem).ok_or(FilenameError::Version)?;
                let kind = DistKind::Sdist(format);
                return Ok(Self { raw: raw.to_owned(), project, version, kind, tags: None });
            }
        }
        for extension in [".egg", ".exe", ".msi", ".rpm", ".deb", ".dmg"] {
            if let Some(stem) = lower.strip_suffix(extension) {
                let mut parts = stem.split('-');
                let project = parts.next().and_then(|p| p.parse().ok()).ok_or(FilenameError::Name)?;
                let version = parts.next().unwrap_or_default();
                let version = version.split(".win").next().unwrap_or(version);
                let version = version.parse().map_err(|_| FilenameError::Version)?;
                return Ok(Self {
                    raw: raw.to_owned(),
                    project,
                    version,
                    kind: DistKind::Legacy,
                    tags: None,
                });
            }
        }
        Err(FilenameError::Extension)
    }

    fn wheel(raw: &str, stem: &str) -> Result<Self, FilenameError> {
        let parts: Vec<&str> = stem.split('-').collect();
        let tags = match parts.as_slice() {
            [_, _, python, abi, platform] => format!("{python}-{abi}-{platform}"),
            [_, _, build, python, abi, platform] if build.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("{python}-{abi}-{platform}")
            }
            _ => return Err(FilenameError::WheelParts),
        };
        let project = parts[0].parse().map_err(|_| FilenameError::Name)?;
        let version = parts[1].replace('_', "-").parse().map_err(|_| FilenameError::Version)?;
        Ok(Self { raw: raw.to_owned(), project, version, kind: DistKind::Wheel, tags: Some(tags) })
    }

    /// The file name as given.
    pub fn as_str(&self) -> &str {
        &self.raw
    }

    /// The project that the name claims.
    pub fn project(&self) -> &ProjectName {
        &self.project
    }

    /// The version that the name claims.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The release that the file belongs to: its version without trailing zeros, because installers
    /// take `1`, `1.0` and `1.0.0` for one release (PEP 440).
    pub fn release(&self) -> String {
        release_of(&self.version)
    }

    /// Wheel, sdist or legacy.
    pub fn kind(&self) -> DistKind {
        self.kind
    }

    /// A wheel's compatibility tags, `python-abi-platform`.
    pub fn tags(&self) -> Option<&str> {
        self.tags.as_deref()
    }

    /// Whether this is a wheel.
    pub fn is_wheel(&self) -> bool {
        self.kind == DistKind::Wheel
    }
}

/// The release that a version names: the version without trailing zeros, because installers take
/// `1`, `1.0` and `1.0.0` for one (PEP 440).
pub fn release_of(version: &Version) -> String {
    let segments = version.release();
    let kept = segments.iter().rposition(|segment| *segment != 0).map_or(1, |last| last + 1);
    version.clone().with_release(segments[..kept].iter().copied()).to_string()
}

impl FromStr for DistFilename {
    type Err = FilenameError;

    /// Parses without knowing the project: an sdist's name splits at the last `-` before a version.
    fn from_str(raw: &str) -> Result<Self, FilenameError> {
        Self::split(raw, |stem| {
            stem.rmatch_indices('-')
                .find_map(|(at, _)| Some((stem[..at].parse().ok()?, stem[at + 1..].parse().ok()?)))
        })
    }
}

impl fmt::Display for DistFilename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wheels() {
        let name: DistFilename = "Foo_Bar-1.0-1-py3-none-any.whl".parse().unwrap();
        assert_eq!(name.project().as_str(), "foo-bar");
        assert_eq!(name.version().to_string(), "1.0");
        assert_eq!(name.tags(), Some("py3-none-any"));
        assert!(name.is_wheel());
        assert_eq!("foo-1.0.whl".parse::<DistFilename>(), Err(FilenameError::WheelParts));
        assert_eq!("foo-x-py3-none-any.whl".parse::<DistFilename>(), Err(FilenameError::Version));
    }

    #[test]
    fn sdists_split_at_the_version_or_by_the_project() {
        let name: DistFilename = "a-b-1.0.post1.tar.gz".parse().unwrap();
        assert_eq!((name.project().as_str(), name.version().to_string()), ("a-b", "1.0.post1".to_owned()));
        let project: ProjectName = "a-1".parse().unwrap();
        let name = DistFilename::of_project("a-1-2.zip", &project).unwrap();
        assert_eq!(name.version().to_string(), "2");
        assert_eq!(name.kind(), DistKind::Sdist(SdistFormat::Zip));
        assert_eq!(DistFilename::of_project("c-2.zip", &project), Err(FilenameError::Version));
    }

    #[test]
    fn equal_versions_are_one_release() {
        let release = |raw: &str| raw.parse::<DistFilename>().unwrap().release();
        assert_eq!(release("x-1.0-py3-none-any.whl"), release("x-1.0.0.tar.gz"));
        assert_eq!(release("x-1.0.0+l.tar.gz"), release("x-1+l.zip"));
        assert_eq!(release("x-0.0.tar.gz"), "0");
        assert_ne!(release("x-1.0.1.tar.gz"), release("x-1.0.tar.gz"));
    }

    #[test]
    fn refuses_unsafe_names() {
        for raw in ["../a-1.tar.gz", "a/b-1.whl", ".hidden-1.tar.gz", "a\n-1.tar.gz"] {
            assert_eq!(raw.parse::<DistFilename>(), Err(FilenameError::Unsafe), "{raw:?}");
        }
        assert_eq!("a-1.txt".parse::<DistFilename>(), Err(FilenameError::Extension));
    }
}
