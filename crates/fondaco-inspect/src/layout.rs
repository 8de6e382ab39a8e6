//! What each file is to the package once it is installed.

use std::collections::HashSet;

use fondaco_members::{Facts, builds_run};
use fondaco_pydist::MemberPath;
use fondaco_python::{EntryPoints, Form, Role};
use fondaco_verdict::ArtifactKind;

use crate::hooks;
use crate::members::{Kept, Members, has_bytecode_name};

/// A Python file and what it is.
pub(crate) struct File<'m> {
    pub(crate) path: &'m MemberPath,
    pub(crate) bytes: &'m [u8],
    pub(crate) form: Form,
    pub(crate) role: Role,
    pub(crate) module: String,
}

pub(crate) struct Layout<'m> {
    pub(crate) files: Vec<File<'m>>,
    pub(crate) metadata: Option<&'m [u8]>,
    /// The `METADATA` that installers read: of a wheel's one `.dist-info` at the top.
    pub(crate) wheel_metadata: Option<&'m [u8]>,
    /// What runs when its command is typed, and what other programs load.
    pub(crate) entry_points: EntryPoints,
}

/// Groups of entry points that pytest and setuptools load wherever they find them.
const LOADED: [&str; 6] = [
    "pytest11",
    "distutils.setup_keywords",
    "egg_info.writers",
    "setuptools.file_finders",
    "setuptools.finalize_distribution_options",
    "setuptools.finalize_distribution",
];

/// Folders of an sdist that are not installed.
const APART: [&str; 11] = [
    "tests",
    "test",
    "unittests",
    "testing",
    "docs",
    "doc",
    "examples",
    "example",
    "benchmarks",
    "tools",
    "ci",
];
/// Folders of an sdist whose Python is for the project's own people; scripts there may be installed.
const FOR_MAINTAINERS: [&str; 6] = ["contrib", "continuous_integration", "scripts", "misc", "release", "dev"];

impl<'m> Layout<'m> {
    /// Also tells the facts what is installed as a command and what lies apart.
    pub(crate) fn of(kind: ArtifactKind, members: &'m Members, facts: &mut Facts) -> Self {
        let root = common_root(&members.kept);
        let local =
            |kept: &'m Kept| kept.path.as_str().strip_prefix(root.as_str()).unwrap_or(kept.path.as_str());
        let mut layout = Self {
            files: Vec::new(),
            metadata: None,
            wheel_metadata: None,
            entry_points: EntryPoints::default(),
        };
        let mut backends: HashSet<String> = HashSet::new();
        for kept in members.kept.iter().filter(|kept| kept.nesting == 0) {
            match kept.path.file_name() {
                "METADATA" | "PKG-INFO" => {
                    if kind == ArtifactKind::Wheel && is_wheel_metadata(&kept.path) {
                        layout.wheel_metadata = Some(&kept.bytes);
                    }
                    // The one nearest to the root is the artifact's own.
                    let depth = kept.path.parts().count();
                    if layout.metadata.is_none() || depth <= 2 {
                        layout.metadata = Some(&kept.bytes);
                    }
                }
                // That of the project itself; what it carries along is installed by nobody.
                "entry_points.txt" if is_own_entry_points(kind, local(kept)) => {
                    for (group, name, target) in entry_points(&kept.bytes) {
                        if matches!(&*group, "console_scripts" | "gui_scripts") {
                            facts.commands.push(name);
                            layout.entry_points.commands.push(target);
                        } else if LOADED.contains(&&*group) {
                            layout.entry_points.plugins.push(target);
                        }
                    }
                }
                "pyproject.toml" if local(kept) == "pyproject.toml" => {
                    backends.extend(hooks::of_pyproject(&kept.bytes));
                    let declared = hooks::plugins_of_pyproject(&kept.bytes).into_iter();
                    let loaded = declared.filter(|(group, _)| LOADED.contains(&&**group));
                    let called = hooks::version_getter(&kept.bytes);
                    layout.entry_points.plugins.extend(loaded.map(|(_, target)| target).chain(called));
                }
                "setup.cfg" if local(kept) == "setup.cfg" => {
                    backends.extend(hooks::of_setup_cfg(&kept.bytes));
                }
                _ => {}
            }
        }
        backends.extend(run_by_builds(facts, &root).iter().map(|path| dotted(path)));
        for kept in &members.kept {
            let is_source = matches!(kept.path.extension().as_str(), "py" | "pyw" | "pth" | "ipynb")
                || kept.path.as_str().contains(".data/scripts/");
            if kept.form == Form::Source && !is_source {
                continue;
            }
            let compiled_from = (kept.form == Form::Bytecode).then(|| source_of(local(kept)));
            let local = compiled_from.as_deref().unwrap_or_else(|| local(kept));
            let module = dotted(local);
            let role = if backends.contains(&module) {
                Role::Setup
            } else if kept.form == Form::Bytecode && !has_bytecode_name(&kept.path) {
                // No import finds it; some code may load it.
                Role::Script
            } else {
                role(kind, kept.nesting, local)
            };
            layout.files.push(File { path: &kept.path, bytes: &kept.bytes, form: kept.form, role, module });
        }
        facts.apart = members_of(facts).filter(|member| is_apart(member)).map(str::to_owned).collect();
        let scripts = members_of(facts).chain(members.kept.iter().map(|kept| kept.path.as_str()));
        let commands: Vec<String> = scripts
            .filter_map(|member| member.split_once(".data/scripts/"))
            .map(|(_, command)| command.to_owned())
            .collect();
        facts.commands.extend(commands);
        // Modules before the scripts that import them, so that their values are known; bytecode
        // before source, whose values count where a module has both.
        layout.files.sort_by_key(|file| (file.role == Role::Setup, file.form == Form::Source));
        layout
    }
}

fn is_wheel_metadata(path: &MemberPath) -> bool {
    let mut parts = path.parts();
    matches!((parts.next(), parts.next(), parts.next()), (Some(top), Some("METADATA"), None) if top.ends_with(".dist-info"))
}

/// The folder that everything lies in, with its slash: `name-1.0/`.
fn common_root(kept: &[Kept]) -> String {
    let mut tops =
        kept.iter().filter(|k| k.nesting == 0).map(|k| k.path.as_str().split_once('/').map(|(top, _)| top));
    match tops.next().flatten() {
        Some(first) if tops.all(|top| top == Some(first)) && first.contains('-') => format!("{first}/"),
        _ => String::new(),
    }
}

/// The source that a `.pyc` was compiled from, by its place (PEP 3147):
/// `a/__pycache__/b.cpython-311.pyc` and `a/b.pyc` are of `a/b.py`.
fn source_of(local: &str) -> String {
    let (folder, name) = local.rsplit_once('/').unwrap_or(("", local));
    match folder.strip_suffix("__pycache__").filter(|above| above.is_empty() || above.ends_with('/')) {
        Some(above) => format!("{above}{}.py", name.split('.').next().unwrap_or_default()),
        None => format!("{}.py", local.strip_suffix(".pyc").or(local.strip_suffix(".pyo")).unwrap_or(local)),
    }
}

fn role(kind: ArtifactKind, nesting: u8, local: &str) -> Role {
    let name = local.rsplit('/').next().unwrap_or_default();
    let top = local.split('/').next().unwrap_or_default();
    let is_apart = kind != ArtifactKind::Wheel
        && local.contains('/')
        && (APART.contains(&top) || FOR_MAINTAINERS.contains(&top));
    if nesting > 0 || local.contains(".data/scripts/") || name.ends_with(".ipynb") {
        Role::Script
    } else if name.ends_with(".pth")
        || matches!(name, "sitecustomize.py" | "usercustomize.py") && is_importable_at_top(local)
    {
        Role::Startup
    } else if local == "setup.py" {
        Role::Setup
    } else if is_apart {
        Role::Other
    } else if matches!(name, "setup.py" | "__main__.py")
        || !local.contains('/') && kind != ArtifactKind::Wheel && is_for_maintainers(name)
    {
        Role::Script
    } else if is_test(local) {
        Role::Test
    } else {
        Role::Module
    }
}

/// Files beside `setup.py` that people run; none of them is installed.
fn is_for_maintainers(name: &str) -> bool {
    matches!(
        name,
        "conftest.py"
            | "noxfile.py"
            | "fabfile.py"
            | "tasks.py"
            | "bootstrap.py"
            | "ez_setup.py"
            | "release.py"
            | "runtests.py"
            | "run_tests.py"
    ) || name.starts_with("test_")
}

/// Tests within a package: installed with it, imported by nothing but a test runner.
fn is_test(local: &str) -> bool {
    let mut parts = local.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let is_below = parts.clone().count() > 1;
    let is_folder = |part: &str| matches!(part, "tests" | "test");
    local.contains('/')
        && (name.starts_with("test_") || name == "conftest.py" || is_below && parts.any(is_folder))
}

/// Whether `site` finds the file at start: below a folder it waits for somebody to set the path.
fn is_importable_at_top(local: &str) -> bool {
    !dotted(local).contains('.')
}

/// The dotted name that a path is imported by.
/// The paths, below the root, of what descriptions of builds have run. Scripts among it are marked.
fn run_by_builds(facts: &mut Facts, root: &str) -> HashSet<String> {
    let local = |member: &str| member.strip_prefix(root).unwrap_or(member).to_owned();
    let mut paths = HashSet::new();
    for script in &mut facts.scripts {
        // Those of tests and examples are built by themselves, if at all.
        script.builds &= !is_apart(&script.member);
    }
    for script in facts.scripts.iter().filter(|script| script.builds) {
        let description = local(&script.member);
        let folder = description.rsplit_once('/').map(|(folder, _)| folder);
        for path in builds_run(script.language, &script.text) {
            // From its own folder, or from the root.
            paths.extend(folder.map(|folder| format!("{folder}/{path}")));
            paths.insert(path);
        }
    }
    for script in &mut facts.scripts {
        script.builds |= paths.contains(&local(&script.member));
    }
    paths
}

fn dotted(local: &str) -> String {
    let mut path = local;
    for place in [".data/purelib/", ".data/platlib/"] {
        if let Some((_, rest)) = path.split_once(place) {
            path = rest;
        }
    }
    let path = path.strip_prefix("src/").or_else(|| path.strip_prefix("lib/")).unwrap_or(path);
    let path = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    path.replace('/', ".")
}

/// The members that facts are about.
fn members_of(facts: &Facts) -> impl Iterator<Item = &str> {
    let natives = facts.natives.iter().map(|native| native.member.as_str());
    let scripts = facts.scripts.iter().map(|script| script.member.as_str());
    natives.chain(scripts).chain(facts.data.iter().map(|data| data.member.as_str()))
}

/// Whether a member lies in a folder of tests, documentation or examples, at any depth.
fn is_apart(member: &str) -> bool {
    let folders = member.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders
        .split('/')
        .any(|folder| APART.contains(&folder) || matches!(folder, "fixtures" | "testdata" | ".github"))
}

fn is_own_entry_points(kind: ArtifactKind, local: &str) -> bool {
    let mut folders = local.split('/').rev().skip(1);
    let holder = folders.next().unwrap_or_default();
    match kind {
        ArtifactKind::Wheel => {
            (holder.is_empty() || holder.ends_with(".dist-info")) && folders.next().is_none()
        }
        _ => holder.is_empty() || holder.ends_with(".egg-info") && folders.count() <= 1,
    }
}

/// Group, name and target of everything in an `entry_points.txt`.
fn entry_points(bytes: &[u8]) -> Vec<(String, String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let mut group = String::new();
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            group = name.trim().to_owned();
        } else if let Some((name, target)) = line.split_once('=') {
            let target = target.split('[').next().unwrap_or_default().trim();
            found.push((group.clone(), name.trim().to_owned(), target.replace(": ", ":")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_modules() {
        assert_eq!(dotted("src/pkg/__init__.py"), "pkg");
        assert_eq!(dotted("pkg/core.py"), "pkg.core");
        assert_eq!(dotted("x-1.data/purelib/pkg/a.py"), "pkg.a");
        assert_eq!(dotted("setup.py"), "setup");
    }

    #[test]
    fn bytecode_stands_for_its_source() {
        assert_eq!(source_of("a/__pycache__/b.cpython-311.opt-1.pyc"), "a/b.py");
        assert_eq!(source_of("__pycache__/b.cpython-311.pyc"), "b.py");
        assert_eq!(source_of("a/b.pyc"), "a/b.py");
        assert_eq!(source_of("a/not__pycache__/b.pyc"), "a/not__pycache__/b.py");
    }

    #[test]
    fn commands() {
        let found = entry_points(b"[console_scripts]\nx = pkg.cli:main [extra]\n[other]\ny = a:b\n");
        let of =
            |group: &str, name: &str, target: &str| (group.to_owned(), name.to_owned(), target.to_owned());
        assert_eq!(found[0], of("console_scripts", "x", "pkg.cli:main"));
    }
}
