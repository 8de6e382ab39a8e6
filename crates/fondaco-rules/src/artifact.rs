use fondaco_pydist::{MemberPath, ProjectName};

/// What is known of an artifact besides what its members say.
#[derive(Debug, Clone, Default)]
pub struct Artifact {
    /// The project that its file name claims, where the name can be read.
    pub project: Option<ProjectName>,
    /// Members that are neither Python nor [paperwork](is_paperwork): sources of other languages,
    /// data, libraries.
    pub payload: u64,
    /// Whether a member is a licence.
    pub licence: bool,
    /// Whether the build's own list of requirements (`*.egg-info/requires.txt`) holds any: metadata before
    /// version 2.2 is mostly silent on them.
    pub requires: bool,
    /// How its installed Python is written; nothing of large packages.
    pub style: crate::Style,
    /// The well-known project that most of its modules are of, where it isn't that project.
    pub copied: Option<crate::Copied>,
}

/// Whether a member only describes the package or how it is built.
pub fn is_paperwork(path: &MemberPath) -> bool {
    let in_metadata = |part: &str| part.ends_with(".egg-info") || part.ends_with(".dist-info");
    let name = path.file_name().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    const STEMS: [&str; 13] = [
        "readme",
        "license",
        "licence",
        "copying",
        "changelog",
        "changes",
        "history",
        "news",
        "authors",
        "contributing",
        "requirements",
        "notice",
        "manifest",
    ];
    path.parts().any(in_metadata)
        || STEMS.contains(&stem)
        || name.starts_with('.')
        || matches!(
            name.as_str(),
            "pkg-info"
                | "setup.cfg"
                | "pyproject.toml"
                | "tox.ini"
                | "makefile"
                | "pipfile"
                | "pipfile.lock"
                | "py.typed"
                | "poetry.lock"
                | "uv.lock"
                | "package.json"
        )
}

/// Whether a member is a licence.
pub fn is_licence(path: &MemberPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    ["license", "licence", "copying"].iter().any(|stem| name.starts_with(stem))
}
