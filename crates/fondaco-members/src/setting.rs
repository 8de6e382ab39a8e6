//! Settings that run or fetch something: of builds, of node, of editors, agents and containers, of
//! continuous integration.
//!
//! Only what names a command or an address is kept. Whether that is bad is for rules: most of these
//! files are for the project's own people, and run nothing where a package is installed.

use serde_json::Value as Json;

/// What a settings file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingKind {
    /// `pyproject.toml`.
    Pyproject,
    /// `setup.cfg`, `pydistutils.cfg`.
    SetupCfg,
    /// `package.json`.
    Npm,
    /// `tasks.json` of an editor.
    EditorTask,
    /// `devcontainer.json`.
    DevContainer,
    /// Settings of a coding agent.
    Agent,
    /// `tox.ini`, pre-commit, workflows: read as text.
    Checks,
}

/// What a setting does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingUse {
    /// Runs a command when the package is built or installed from source.
    RunsAtBuild,
    /// Runs a command when somebody opens the folder in a program.
    RunsWhenOpened,
    /// Runs a command when somebody asks for it.
    RunsWhenAsked,
    /// Has a build take something from this address.
    Fetches,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The member.
    pub member: String,
    /// What file it is.
    pub kind: SettingKind,
    /// The key: `scripts.preinstall`.
    pub key: String,
    /// The command or address.
    pub text: String,
    /// The line that it begins in, from 1; 0 where that isn't known.
    pub line: u32,
    /// What it does.
    pub does: SettingUse,
}

/// Settings kept of one file.
const MAX_SETTINGS: usize = 64;
/// Bytes kept of one command.
const MAX_COMMAND: usize = 4096;

impl SettingKind {
    /// Told by the member's path.
    pub fn of(path: &str) -> Option<Self> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let within = folder.rsplit('/').next().unwrap_or_default();
        Some(match (within, name) {
            (_, "pyproject.toml") => Self::Pyproject,
            (_, "setup.cfg" | "pydistutils.cfg") => Self::SetupCfg,
            (_, "package.json") => Self::Npm,
            (".vscode", "tasks.json") => Self::EditorTask,
            (_, "devcontainer.json" | ".devcontainer.json") => Self::DevContainer,
            (".claude" | ".gemini", "settings.json") | (".cursor", "mcp.json") | (_, ".mcp.json") => {
                Self::Agent
            }
            (_, "tox.ini" | ".pre-commit-config.yaml") => Self::Checks,
            ("workflows", name) if name.ends_with(".yml") || name.ends_with(".yaml") => Self::Checks,
            _ => return None,
        })
    }
}

/// The settings of a file that run or fetch something. What can't be read has none.
pub fn settings(member: &str, kind: SettingKind, bytes: &[u8]) -> Vec<Setting> {
    let text = String::from_utf8_lossy(bytes);
    let found = match kind {
        SettingKind::Pyproject => of_pyproject(&text),
        SettingKind::SetupCfg => of_setup_cfg(&text),
        SettingKind::Npm => of_npm(&text),
        SettingKind::EditorTask => of_tasks(&text),
        SettingKind::DevContainer => of_container(&text),
        SettingKind::Agent => of_agent(&text),
        SettingKind::Checks => vec![("text".to_owned(), text.to_string(), SettingUse::RunsWhenAsked)],
    };
    found
        .into_iter()
        .take(MAX_SETTINGS)
        .map(|(key, command, does)| {
            let head: String = command.chars().take(24).collect();
            let at = text.lines().position(|line| line.contains(&head));
            let cut = if kind == SettingKind::Checks { command.len() } else { MAX_COMMAND };
            let line = at.map_or(0, |at| u32::try_from(at + 1).unwrap_or(0));
            let text = command.chars().take(cut).collect();
            Setting { member: member.to_owned(), kind, key, text, line, does }
        })
        .collect()
}

type Found = Vec<(String, String, SettingUse)>;

fn is_address(text: &str) -> bool {
    text.contains("://")
}

fn of_pyproject(text: &str) -> Found {
    let Ok(table) = text.parse::<toml::Table>() else { return Vec::new() };
    let requires =
        table.get("build-system").and_then(|build| build.get("requires")).and_then(toml::Value::as_array);
    requires
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .filter(|requirement| is_address(requirement))
        .map(|requirement| ("build-system.requires".to_owned(), requirement.to_owned(), SettingUse::Fetches))
        .collect()
}

/// Section, key and value of each line, values that go on included.
fn ini(text: &str) -> Vec<(String, String, String)> {
    let (mut section, mut key) = (String::new(), String::new());
    let mut found = Vec::new();
    for line in text.lines() {
        let plain = line.trim();
        if plain.is_empty() || plain.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim().to_ascii_lowercase();
        } else if line.starts_with([' ', '\t']) {
            found.push((section.clone(), key.clone(), plain.to_owned()));
        } else if let Some((name, value)) = plain.split_once(['=', ':']) {
            key = name.trim().to_ascii_lowercase().replace('-', "_");
            found.push((section.clone(), key.clone(), value.trim().to_owned()));
        }
    }
    found
}

fn of_setup_cfg(text: &str) -> Found {
    let known = |(section, key, value): (String, String, String)| {
        let fetches = matches!(
            (section.as_str(), key.as_str()),
            ("easy_install", "index_url" | "find_links" | "allow_hosts")
                | ("options", "dependency_links" | "setup_requires")
        );
        (fetches && is_address(&value)).then(|| (format!("{section}.{key}"), value, SettingUse::Fetches))
    };
    ini(text).into_iter().filter_map(known).collect()
}

/// JSON with comments and commas before closing brackets, as editors read it.
fn json(text: &str) -> Option<Json> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_text = false;
    while let Some(c) = chars.next() {
        match (in_text, c, chars.peek()) {
            (true, '\\', Some(_)) => {
                plain.push(c);
                plain.extend(chars.next());
            }
            (_, '"', _) => {
                in_text = !in_text;
                plain.push(c);
            }
            (false, '/', Some('/')) => while chars.next_if(|c| *c != '\n').is_some() {},
            (false, '/', Some('*')) => {
                let mut last = ' ';
                for c in chars.by_ref().skip(1) {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            (false, ']' | '}', _) => {
                while plain.ends_with(|c: char| c.is_whitespace()) {
                    plain.pop();
                }
                if plain.ends_with(',') {
                    plain.pop();
                }
                plain.push(c);
            }
            _ => plain.push(c),
        }
    }
    serde_json::from_str(plain.trim_start_matches('\u{feff}')).ok()
}

fn of_npm(text: &str) -> Found {
    let Some(json) = json(text) else { return Vec::new() };
    let hook = |key: &str| {
        let command = json["scripts"][key].as_str()?;
        Some((format!("scripts.{key}"), command.to_owned(), SettingUse::RunsAtBuild))
    };
    ["preinstall", "install", "postinstall", "prepare"].into_iter().filter_map(hook).collect()
}

fn of_tasks(text: &str) -> Found {
    let Some(json) = json(text) else { return Vec::new() };
    let tasks = json["tasks"].as_array().cloned().unwrap_or_default();
    tasks
        .iter()
        .filter_map(|task| {
            let does = match task["runOptions"]["runOn"].as_str() {
                Some("folderOpen") => SettingUse::RunsWhenOpened,
                _ => SettingUse::RunsWhenAsked,
            };
            let mut command = words(&task["command"]);
            command.push_str(&format!(" {}", words(&task["args"])));
            (command.len() > 1).then(|| ("tasks.command".to_owned(), command.trim().to_owned(), does))
        })
        .collect()
}

/// A command as one line, however it is written: a text, words, or several by name.
fn words(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Json::Object(pairs) => pairs.values().map(words).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}

fn of_container(text: &str) -> Found {
    let Some(json) = json(text) else { return Vec::new() };
    let keys = [
        "initializeCommand",
        "onCreateCommand",
        "updateContentCommand",
        "postCreateCommand",
        "postStartCommand",
        "postAttachCommand",
    ];
    let command = |key: &str| {
        let command = words(&json[key]);
        // The first of them runs outside the container.
        let does =
            if key == "initializeCommand" { SettingUse::RunsWhenOpened } else { SettingUse::RunsWhenAsked };
        (!command.is_empty()).then(|| (key.to_owned(), command, does))
    };
    keys.into_iter().filter_map(command).collect()
}

/// Hooks and servers of agents: whatever is called `command` at any depth.
fn of_agent(text: &str) -> Found {
    let Some(json) = json(text) else { return Vec::new() };
    let (mut found, mut open) = (Vec::new(), vec![&json]);
    while let Some(value) = open.pop() {
        match value {
            Json::Array(items) => open.extend(items),
            Json::Object(pairs) => {
                if let Some(command) = pairs.get("command") {
                    let args = pairs.get("args").map(words).unwrap_or_default();
                    let command = format!("{} {args}", words(command)).trim().to_owned();
                    found.push(("command".to_owned(), command, SettingUse::RunsWhenOpened));
                }
                open.extend(pairs.values());
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(member: &str, text: &str) -> Vec<(String, SettingUse)> {
        let kind = SettingKind::of(member).unwrap();
        settings(member, kind, text.as_bytes()).into_iter().map(|s| (s.text, s.does)).collect()
    }

    #[test]
    fn commands_and_addresses() {
        use SettingUse::*;
        let one = |text: &str, does| vec![(text.to_owned(), does)];
        let npm = r#"{"scripts": {"test": "jest", "preinstall": "node x.js"}}"#;
        assert_eq!(of("x/package.json", npm), one("node x.js", RunsAtBuild));
        let tasks = r#"{ // tasks
            "tasks": [{"command": "sh", "args": ["-c", "echo // a"], "runOptions": {"runOn": "folderOpen"}},]}"#;
        assert_eq!(of(".vscode/tasks.json", tasks), one("sh -c echo // a", RunsWhenOpened));
        let container = r#"{"postCreateCommand": ["pip", "install"], "image": "x"}"#;
        assert_eq!(of(".devcontainer/devcontainer.json", container), one("pip install", RunsWhenAsked));
        let cfg = "[easy_install]\nindex-url = https://x.example.invalid/simple\n[options]\ninstall_requires =\n  a\n";
        assert_eq!(of("setup.cfg", cfg), one("https://x.example.invalid/simple", Fetches));
        let project = "[build-system]\nrequires = ['setuptools', 'a @ https://x.example.invalid/a.whl']\n";
        assert_eq!(of("pyproject.toml", project), one("a @ https://x.example.invalid/a.whl", Fetches));
        let agent =
            r#"{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "sh x.sh"}]}]}}"#;
        assert_eq!(of(".claude/settings.json", agent), one("sh x.sh", RunsWhenOpened));
        assert_eq!(of("package.json", "{"), []);
        assert_eq!(SettingKind::of("a/settings.json"), None);
    }
}
