//! Commands that an installed wheel would put on a user's path.

use fondaco_pydist::ProjectName;

use crate::Rejection;

/// Commands of the system, and of Python's own tools, that a script must not stand for.
const COMMANDS: [&str; 40] = [
    "python",
    "python2",
    "python3",
    "pip",
    "pip2",
    "pip3",
    "uv",
    "uvx",
    "easy_install",
    "twine",
    "sh",
    "bash",
    "zsh",
    "dash",
    "fish",
    "env",
    "ls",
    "cat",
    "cp",
    "mv",
    "rm",
    "cd",
    "sudo",
    "su",
    "ssh",
    "scp",
    "git",
    "curl",
    "wget",
    "node",
    "npm",
    "docker",
    "kubectl",
    "make",
    "gcc",
    "cc",
    "grep",
    "find",
    "kill",
    "gpg",
];

/// Checks the names in `entry_points.txt`.
///
/// # Errors
/// [`Rejection::EntryPoints`] and [`Rejection::Shadowing`].
pub(crate) fn check(text: &str, project: &ProjectName) -> Result<(), Rejection> {
    let mut section = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = trimmed.strip_prefix('[') {
            let name = rest.strip_suffix(']').ok_or(Rejection::EntryPoints("It is no INI file in UTF-8."))?;
            section = Some(name.trim().to_owned());
            continue;
        }
        let name = trimmed.split_once(['=', ':']).map(|(name, _)| name.trim());
        let (Some(section), Some(name)) = (&section, name) else {
            return Err(Rejection::EntryPoints("It is no INI file in UTF-8."));
        };
        if matches!(section.as_str(), "console_scripts" | "gui_scripts") {
            let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
            if name.is_empty() || !name.chars().all(fits) {
                return Err(Rejection::EntryPoints(
                    "Script names have letters, digits, '.', '_' and '-' only.",
                ));
            }
            check_name(name, project)?;
        }
    }
    Ok(())
}

/// Checks the files in `.data/scripts`.
///
/// # Errors
/// [`Rejection::Shadowing`]
pub(crate) fn check_scripts(names: &[String], project: &ProjectName) -> Result<(), Rejection> {
    names.iter().try_for_each(|name| check_name(name, project))
}

/// A project may have a command of its own name.
fn check_name(name: &str, project: &ProjectName) -> Result<(), Rejection> {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_suffix(".exe").unwrap_or(&lower);
    let own = bare.parse::<ProjectName>().is_ok_and(|name| name == *project);
    match COMMANDS.iter().find(|command| **command == bare) {
        Some(command) if !own => Err(Rejection::Shadowing((*command).to_owned())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_scripts() {
        let check = |text: &str| super::check(text, &"my-tool".parse().unwrap()).map_err(|r| r.to_string());
        assert_eq!(
            check("# c\n[console_scripts]\nmy-tool = a:b\nx.y=a:b\n\n[other]\nany thing = a:b\n"),
            Ok(())
        );
        let no_ini = "Invalid entry_points.txt. It is no INI file in UTF-8.";
        assert_eq!(check("[console_scripts\n").unwrap_err(), no_ini);
        assert_eq!(check("x = a:b\n").unwrap_err(), no_ini);
        let names = "Invalid entry_points.txt. Script names have letters, digits, '.', '_' and '-' only.";
        assert_eq!(check("[gui_scripts]\na/b = a:b\n").unwrap_err(), names);
        let shadows = "Invalid script name: 'pip' would stand for a command of the system.";
        assert_eq!(check("[console_scripts]\nPIP = a:b\n").unwrap_err(), shadows);
        assert!(check_scripts(&["ls".into()], &"my-tool".parse().unwrap()).is_err());
        assert!(check_scripts(&["uv".into()], &"uv".parse().unwrap()).is_ok());
    }
}
