//! What a build of native code runs, as far as its description says so: the Python and the scripts that
//! `meson.build`, `CMakeLists.txt` and `build.rs` start.
//!
//! Backends such as meson-python, scikit-build-core and maturin read these during an installation from
//! source, and nothing in `pyproject.toml` names what they run.

use std::collections::BTreeSet;

use crate::ScriptLanguage;

/// What files that are run end in.
const ENDS: [&str; 6] = [".py", ".sh", ".bash", ".bat", ".cmd", ".ps1"];

/// Calls whose arguments are run, or may be.
fn runners(language: ScriptLanguage) -> &'static [&'static str] {
    match language {
        ScriptLanguage::Meson => &[
            "run_command",
            "custom_target",
            "run_target",
            "generator",
            "find_program",
            "add_install_script",
            "add_postconf_script",
            "add_dist_script",
        ],
        ScriptLanguage::CMake => &["execute_process", "add_custom_command", "add_custom_target"],
        // A build script may put its command together anywhere.
        ScriptLanguage::BuildRs => &["main"],
        _ => &[],
    }
}

/// The paths of Python files and scripts that a description has run, as it writes them, without the variables
/// in front.
pub fn builds_run(language: ScriptLanguage, text: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for arguments in runners(language).iter().flat_map(|name| calls(language, text, name)) {
        let words = arguments.split(|c: char| c.is_whitespace() || "'\"(),;[]=".contains(c));
        for path in words.filter(|word| ENDS.iter().any(|end| word.ends_with(end))) {
            paths.insert(plain(path).to_owned());
        }
    }
    paths
}

/// The arguments of each call of this name; of a build script all of it.
fn calls<'t>(language: ScriptLanguage, text: &'t str, name: &str) -> Vec<&'t str> {
    if language == ScriptLanguage::BuildRs {
        return vec![text];
    }
    // CMake's commands are written in whatever case.
    let low = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = low.get(from..).and_then(|rest| rest.find(name)) {
        from += at + name.len();
        let Some(rest) = text.get(from..).map(str::trim_start).filter(|rest| rest.starts_with('(')) else {
            continue;
        };
        found.push(rest.get(1..closing(rest)).unwrap_or_default());
    }
    found
}

/// Where the parenthesis is closed with which a text begins; its end where it isn't.
fn closing(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth <= 1 => return at,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// A path without the folder's variable in front: `${CMAKE_CURRENT_SOURCE_DIR}/a.py`, `@SOURCE_ROOT@/a.py`.
fn plain(path: &str) -> &str {
    let path = path.rsplit_once('}').or_else(|| path.rsplit_once('@')).map_or(path, |(_, rest)| rest);
    path.trim_start_matches(['.', '/'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_descriptions_run() {
        let builds_run = |language, text| builds_run(language, text).into_iter().collect::<Vec<_>>();
        let meson = "project('x', version: run_command(['tools/version.py'], check: true).stdout())\n\
                     py.install_sources(['x/__init__.py', 'x/core.py'])\n\
                     gen = find_program('tools/gen.py')\n";
        assert_eq!(builds_run(ScriptLanguage::Meson, meson), ["tools/gen.py", "tools/version.py"]);
        let cmake = "Execute_Process (COMMAND ${Python_EXECUTABLE}\n  ${CMAKE_CURRENT_SOURCE_DIR}/tools/gen.py)\n\
                     install(FILES x/core.py DESTINATION x)\n";
        assert_eq!(builds_run(ScriptLanguage::CMake, cmake), ["tools/gen.py"]);
        let rust = "fn main() { Command::new(\"python3\").arg(\"tools/gen.py\").status(); }";
        assert_eq!(builds_run(ScriptLanguage::BuildRs, rust), ["tools/gen.py"]);
        let cmake = "add_custom_command(OUTPUT x COMMAND sh ${CMAKE_SOURCE_DIR}/tools/a.sh)";
        assert_eq!(builds_run(ScriptLanguage::CMake, cmake), ["tools/a.sh"]);
        assert_eq!(builds_run(ScriptLanguage::Shell, "python3 a.py"), [""; 0]);
        assert_eq!(
            builds_run(ScriptLanguage::Meson, "run_command('a.py'"),
            ["a.py"],
            "also where it isn't closed"
        );
    }
}
