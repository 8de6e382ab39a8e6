//! How much there is in a package apart from what installs and describes it.

use fondaco_pydist::CoreMetadata;
use fondaco_python::{Api, Call, Role, Taint, Unit, Value};
use fondaco_verdict::Trigger;

use crate::Package;

/// Up to here Python is an empty `__init__`, a version number, a greeting.
const HOLLOW: u64 = 400;
/// From here on a package is a program of many parts, or a client of many services.
const LARGE: u64 = 2_000_000;
/// Up to here a package is a sketch: one small file.
const TINY: u64 = 4_000;

impl<'a> Package<'a> {
    /// Bytes of Python that is installed.
    pub(crate) fn installed_python(&self) -> u64 {
        let files = self.analysis.units.iter().filter(|unit| unit.layer == 0);
        files.filter(|unit| !matches!(unit.role, Role::Setup | Role::Other)).map(|unit| unit.size).sum()
    }

    /// Whether there is nothing to install, or as good as nothing.
    pub fn is_hollow(&self) -> bool {
        self.artifact.payload == 0 && self.members.natives.is_empty() && self.installed_python() <= HOLLOW
    }

    /// Whether there is hardly more than one small file.
    pub fn is_tiny(&self) -> bool {
        self.members.natives.is_empty() && self.artifact.payload <= 2 && self.installed_python() <= TINY
    }

    /// Whether it is a program of many parts.
    pub(crate) fn is_large(&self) -> bool {
        self.installed_python() > LARGE
    }

    /// What acts by itself or when called: commands, network, execution, decoding, writing.
    pub(crate) fn acts(&self) -> impl Iterator<Item = (&'a Unit, &'a Call)> {
        // `exec(open("x/version.py").read(), about)`: its own file is read like the rest.
        let is_own_file = |call: &Call| {
            let other = Taint::NETWORK | Taint::DECODED | Taint::DECRYPTED | Taint::ENVIRONMENT;
            let code = call.args.first().map_or(Taint::NONE, |code| code.taint);
            call.api == Some(Api::CodeExec) && code.has(Taint::FILE) && !code.has(other)
        };
        self.calls().filter(move |(_, call)| !is_own_file(call)).filter(|(_, call)| {
            matches!(
                call.api,
                Some(
                    Api::Shell
                        | Api::CodeExec
                        | Api::NetworkFetch
                        | Api::NetworkSend
                        | Api::Socket
                        | Api::Decode(_)
                )
            )
        })
    }

    /// The setup script, where it replaces a step of the installation, and the line.
    pub(crate) fn install_hook(&self) -> Option<(&'a Unit, u32)> {
        let units = self.analysis.units.iter().filter(|unit| unit.trigger == Some(Trigger::Install));
        let hook = |unit: &'a Unit| {
            let steps = ["setuptools.command", "distutils.command"];
            // Building wheels and extensions is what such classes are mostly for.
            let builds = ["build_ext", "bdist_wheel", "test", "build_clib"];
            let import = unit.imports.iter().find(|import| {
                steps.iter().any(|step| import.module.starts_with(step))
                    && !builds.iter().any(|step| import.module.contains(step))
            })?;
            Some((unit, import.line))
        };
        units.into_iter().find_map(hook)
    }
}

/// Shorter descriptions say nothing that a summary doesn't.
pub(crate) const DESCRIBED: usize = 200;

pub(crate) fn has_address(metadata: &CoreMetadata) -> bool {
    metadata.home_page.trim().len() >= 4 || !metadata.project_urls.is_empty()
}

/// Whether a command only builds, checks or publishes the project, or reads its version: what
/// maintainers put into `setup.py`, mostly behind an argument of their own (`if sys.argv[-1] ==
/// "publish":`). Read word by word:
/// what begins with anything else, or goes on to another command, is none.
pub(crate) fn is_release_step(call: &Call) -> bool {
    const STEPS: [&[&str]; 16] = [
        &["setup.py", "sdist"],
        &["setup.py", "bdist_wheel"],
        &["setup.py", "bdist_egg"],
        &["setup.py", "register"],
        &["setup.py", "upload"],
        &["setup.py", "test"],
        &["setup.py", "check"],
        &["twine", "upload"],
        &["twine", "check"],
        &["git", "tag"],
        &["git", "push"],
        &["git", "describe"],
        &["git", "rev-parse"],
        &["git", "rev-list"],
        &["git", "log"],
        &["git", "status"],
    ];
    let text = call.args.first().map(|command| command.texts().join(" ")).unwrap_or_default();
    let mut words = text.split_whitespace().peekable();
    // The interpreter, also where its place is held for it: `{0} setup.py sdist`.
    let is_interpreter =
        |word: &&str| word.starts_with("python") || word.ends_with("sys.executable") || word.starts_with('{');
    words.next_if(is_interpreter);
    let words: Vec<&str> = words.collect();
    call.api == Some(Api::Shell) && !goes_on(&text) && STEPS.iter().any(|step| words.starts_with(step))
}

/// Whether a command line does more than its first words say.
fn goes_on(text: &str) -> bool {
    ["|", ";", "&", "`", "$(", ">", "<", "\n", "://", "@"].iter().any(|more| text.contains(more))
}

/// Whether a command does nothing but build by such a tool.
pub(crate) fn only_builds(call: &Call) -> bool {
    call.api == Some(Api::Shell) && is_build_tool(call) && !call.texts().iter().any(|text| goes_on(text))
}

/// Whether a command is one of the tools that projects are built with.
pub(crate) fn is_build_tool(call: &Call) -> bool {
    const TOOLS: [&str; 16] = [
        "git",
        "cmake",
        "make",
        "ninja",
        "gcc",
        "cc",
        "g++",
        "clang",
        "cargo",
        "rustc",
        "swig",
        "pkg-config",
        "cython",
        "nvcc",
        "meson",
        "llvm-config",
    ];
    let first = call.texts().into_iter().next().unwrap_or_default();
    let program = first.split_whitespace().next().unwrap_or_default();
    TOOLS.contains(&program.rsplit('/').next().unwrap_or_default())
}

/// Whether a command is `python -m pip ...`: files that it is given are read, not run.
pub(crate) fn is_pip(command: &Value) -> bool {
    let words: Vec<&str> = match command.as_list() {
        Some(items) => items.iter().map(|item| item.as_str().unwrap_or("?")).collect(),
        None => command.as_str().unwrap_or_default().split_whitespace().collect(),
    };
    let is_python = |word: &str| {
        matches!(word, "?" | "sys.executable")
            || word.rsplit('/').next().is_some_and(|name| name.starts_with("python"))
    };
    matches!(words.as_slice(), [program, "-m", "pip", ..] if is_python(program))
}
