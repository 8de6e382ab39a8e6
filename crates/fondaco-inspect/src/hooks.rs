//! Code of an sdist that a build runs because its configuration names it.
//!
//! Sources: PEP 517 (`backend-path`), setuptools (`cmdclass`, `attr:`), and the build hooks of
//! hatchling, PDM, Poetry and Flit's kin.

use toml::{Table, Value};

/// Dotted names of the modules that `pyproject.toml` has run at build time.
pub(crate) fn of_pyproject(bytes: &[u8]) -> Vec<String> {
    let Ok(table) = String::from_utf8_lossy(bytes).parse::<Table>() else { return Vec::new() };
    let mut modules = in_tree_backend(&table);
    let text = |path: &[&str]| at(&table, path).and_then(Value::as_str).map(str::to_owned);
    for targets in ["build", "build.targets.wheel", "build.targets.sdist"] {
        let path: Vec<&str> =
            ["tool", "hatch"].into_iter().chain(targets.split('.')).chain(["hooks", "custom"]).collect();
        if let Some(hook) = at(&table, &path) {
            let file = hook.get("path").and_then(Value::as_str).unwrap_or("hatch_build.py");
            modules.push(module_of(file));
        }
    }
    for path in [
        &["tool", "hatch", "metadata", "hooks", "custom"][..],
        &["tool", "pdm", "build", "custom-hook"],
        &["tool", "poetry", "build"],
    ] {
        let found = at(&table, path);
        let file = found.and_then(|value| {
            value
                .as_str()
                .or_else(|| value.get("script").or_else(|| value.get("path")).and_then(Value::as_str))
        });
        modules.extend(file.map(module_of));
    }
    modules.extend(text(&["tool", "poetry", "build", "script"]).map(|file| module_of(&file)));
    let backend = text(&["build-system", "build-backend"]).unwrap_or_default();
    modules.extend(backend.starts_with("pdm.").then(|| "pdm_build".to_owned()));
    let commands = at(&table, &["tool", "setuptools", "cmdclass"]).and_then(Value::as_table);
    modules.extend(commands.into_iter().flatten().filter_map(|(_, class)| class.as_str()).map(holder_of));
    modules
}

/// The function that PDM calls for the version, as `module:function`.
pub(crate) fn version_getter(bytes: &[u8]) -> Option<String> {
    let table = String::from_utf8_lossy(bytes).parse::<Table>().ok()?;
    at(&table, &["tool", "pdm", "version", "getter"])?.as_str().map(str::to_owned)
}

/// Group and target of each entry point that `pyproject.toml` declares (PEP 621).
pub(crate) fn plugins_of_pyproject(bytes: &[u8]) -> Vec<(String, String)> {
    let Ok(table) = String::from_utf8_lossy(bytes).parse::<Table>() else { return Vec::new() };
    let groups = at(&table, &["project", "entry-points"]).and_then(Value::as_table);
    let targets = |(group, points): (&String, &Value)| -> Vec<(String, String)> {
        let points = points.as_table().into_iter().flatten();
        points.filter_map(|(_, target)| Some((group.clone(), target.as_str()?.to_owned()))).collect()
    };
    groups.into_iter().flatten().flat_map(targets).collect()
}

/// Dotted names of the modules whose commands `setup.cfg` registers.
pub(crate) fn of_setup_cfg(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut modules = Vec::new();
    let (mut in_section, mut in_commands) = (false, false);
    for line in text.lines() {
        if line.starts_with('[') {
            in_section = matches!(line.trim(), "[options]" | "[global]");
            in_commands = false;
        } else if in_section {
            let is_continued = line.starts_with([' ', '\t']);
            let key = line.split_once('=').map(|(key, _)| key.trim()).unwrap_or_default();
            in_commands = if is_continued { in_commands } else { key == "cmdclass" };
            if let (true, Some((_, class))) = (in_commands, line.rsplit_once('=')) {
                let class = class.trim();
                modules.extend((!class.is_empty()).then(|| holder_of(class)));
            }
        }
    }
    modules
}

fn at<'t>(table: &'t Table, path: &[&str]) -> Option<&'t Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(key))
}

fn module_of(file: &str) -> String {
    let file = file.trim_start_matches("./");
    file.strip_suffix(".py").unwrap_or(file).replace('/', ".")
}

/// The module of a class.
fn holder_of(class: &str) -> String {
    class.rsplit_once('.').map_or("", |(module, _)| module).to_owned()
}

/// The module of a build backend that lies in the sdist itself.
fn in_tree_backend(table: &Table) -> Vec<String> {
    let Some(build) = table.get("build-system").and_then(Value::as_table) else { return Vec::new() };
    let backend = build.get("build-backend").and_then(Value::as_str).unwrap_or_default();
    let backend = backend.split(':').next().unwrap_or_default();
    let paths = build.get("backend-path").and_then(Value::as_array).cloned().unwrap_or_default();
    paths
        .iter()
        .filter_map(Value::as_str)
        .map(|path| match path.trim_matches(['.', '/']) {
            "" => backend.to_owned(),
            folder => format!("{}.{backend}", folder.replace('/', ".")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_runs() {
        let toml = b"[build-system]\nbuild-backend = 'evil'\nbackend-path = ['.', 'build']\n";
        assert_eq!(of_pyproject(toml), ["evil", "build.evil"]);
        assert_eq!(of_pyproject(b"[tool.hatch.build.hooks.custom]\n"), ["hatch_build"]);
        assert_eq!(
            of_pyproject(b"[tool.hatch.build.targets.wheel.hooks.custom]\npath = 'a/b.py'\n"),
            ["a.b"]
        );
        assert_eq!(of_pyproject(b"[tool.poetry]\nbuild = 'build.py'\n"), ["build"]);
        assert_eq!(of_pyproject(b"[tool.setuptools.cmdclass]\nsdist = 'pkg.cmd.S'\n"), ["pkg.cmd"]);
        let toml = b"[project.entry-points.pytest11]\nx = 'pkg.plugin'\n";
        assert_eq!(plugins_of_pyproject(toml), [("pytest11".to_owned(), "pkg.plugin".to_owned())]);
        let cfg = b"[metadata]\nname = x\n[options]\ncmdclass =\n    build_py = pkg.build.B\nzip_safe = 1\n";
        assert_eq!(of_setup_cfg(cfg), ["pkg.build"]);
    }
}
