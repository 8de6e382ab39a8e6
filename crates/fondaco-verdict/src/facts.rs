/// What an artifact consists of and refers to, judged by nobody: `fondaco diff` compares it, and the
/// story names hosts by it. Sorted, without repetitions, all texts printable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// What runs without being asked before anything is imported: `install: setup.py`.
    pub triggers: Vec<String>,
    /// Hosts in addresses that the code holds, at any layer.
    pub hosts: Vec<Host>,
    /// Members that can run and are no Python source.
    pub binaries: Vec<Binary>,
    /// `module:function` of each script that is installed.
    pub entry_points: Vec<String>,
    /// What it requires, as its metadata says.
    pub requires: Vec<String>,
    /// What code that runs unasked does: `shell at import`.
    pub sinks: Vec<String>,
    /// Whether there was more of any of these than is kept.
    pub cut: bool,
}

/// A member's path without what changes with each version: the folder of an sdist, and the version in
/// that of a wheel's metadata.
pub fn without_version(member: &str, version: Option<&str>) -> String {
    let Some((top, rest)) = member.split_once('/') else { return member.to_owned() };
    match version.filter(|version| !version.is_empty() && top.contains(version)) {
        Some(version) if top.ends_with(".dist-info") || top.ends_with(".data") => {
            format!("{}/{rest}", top.replace(version, "*"))
        }
        Some(_) => rest.to_owned(),
        None => member.to_owned(),
    }
}

/// A host that the code names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host {
    /// Defanged.
    pub host: String,
    /// Where it stands.
    pub member: String,
    /// 0 for the source.
    pub layer: u16,
    /// Line there.
    pub line: u32,
}

/// A member that can run and is no Python source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Binary {
    /// The member.
    pub member: String,
    /// `ELF`, `PE`, `Mach-O`, `pyc`, `script`; empty where it has no known format.
    pub format: String,
}
