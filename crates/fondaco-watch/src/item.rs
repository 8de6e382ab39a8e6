use std::fmt;
use std::str::FromStr;

use fondaco_pydist::{DistFilename, ProjectName, Version};

/// Something that a feed announces. Shown and parsed as one line, which also tells it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A project; of its releases the newest.
    Project(ProjectName),
    /// All files of a release.
    Release(ProjectName, Version),
    /// One file of a project.
    File(ProjectName, String),
    /// A file in a folder, with its size in bytes and when it was written, in nanoseconds since 1970.
    Path {
        /// Within the folder.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// When it was last written.
        modified: u128,
    },
}

/// The text is no item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidItem;

impl fmt::Display for InvalidItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing that a feed announces")
    }
}

impl std::error::Error for InvalidItem {}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(project) => write!(f, "project {project}"),
            Self::Release(project, version) => write!(f, "release {project} {version}"),
            Self::File(project, file_name) => write!(f, "file {project} {file_name}"),
            Self::Path { path, size, modified } => write!(f, "path {size} {modified} {path}"),
        }
    }
}

impl FromStr for Item {
    type Err = InvalidItem;

    fn from_str(text: &str) -> Result<Self, InvalidItem> {
        let (kind, rest) = text.split_once(' ').ok_or(InvalidItem)?;
        let project = |text: &str| text.parse::<ProjectName>().map_err(|_| InvalidItem);
        let pair = || rest.split_once(' ').ok_or(InvalidItem);
        match kind {
            "project" => Ok(Self::Project(project(rest)?)),
            "release" => {
                let (name, version) = pair()?;
                Ok(Self::Release(project(name)?, version.parse().map_err(|_| InvalidItem)?))
            }
            "file" => {
                let (name, file_name) = pair()?;
                file_name.parse::<DistFilename>().map_err(|_| InvalidItem)?;
                Ok(Self::File(project(name)?, file_name.to_owned()))
            }
            "path" => {
                let (size, rest) = pair()?;
                let (modified, path) = rest.split_once(' ').ok_or(InvalidItem)?;
                let size = size.parse().map_err(|_| InvalidItem)?;
                let modified = modified.parse().map_err(|_| InvalidItem)?;
                Ok(Self::Path { path: path.to_owned(), size, modified })
            }
            _ => Err(InvalidItem),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_round_trip_and_nothing_else_is_one() {
        let items = [
            Item::Project("some-lib".parse().unwrap()),
            Item::Release("some-lib".parse().unwrap(), "1.0rc1".parse().unwrap()),
            Item::File("some-lib".parse().unwrap(), "some_lib-1.0.tar.gz".to_owned()),
            Item::Path { path: "a b/c.whl".to_owned(), size: 7, modified: 9 },
        ];
        for item in items {
            assert_eq!(item.to_string().parse(), Ok(item));
        }
        for wrong in ["", "project", "release x", "release x y z", "file x y", "path 1 x", "other x"] {
            assert_eq!(wrong.parse::<Item>(), Err(InvalidItem), "{wrong}");
        }
    }
}
