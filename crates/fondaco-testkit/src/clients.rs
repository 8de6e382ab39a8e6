use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::Run;

/// An index that nobody offers.
const NOWHERE: &str = "http://127.0.0.1:9/simple/";

/// A client that installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installer {
    /// `pip`
    Pip,
    /// `uv`
    Uv,
}

/// A tool that is no installer, or one that keeps its own environments. `clients/NAME.txt` says which
/// version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// `poetry`
    Poetry,
    /// `pdm`
    Pdm,
    /// `hatch`
    Hatch,
    /// `flit`
    Flit,
    /// `bandersnatch`
    Bandersnatch,
    /// `pip-audit`
    PipAudit,
    /// `schemathesis`
    Schemathesis,
    /// `stix2_validator`
    StixValidator,
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Poetry => "poetry",
            Self::Pdm => "pdm",
            Self::Hatch => "hatch",
            Self::Flit => "flit",
            Self::Bandersnatch => "bandersnatch",
            Self::PipAudit => "pip-audit",
            Self::Schemathesis => "schemathesis",
            Self::StixValidator => "stix2_validator",
        }
    }
}

/// The real clients (`clients.txt` says which versions), each with a new target environment,
/// a home, caches and a working folder of their own. They know nothing of this machine's settings,
/// and their own defaults apply, timeouts included. Dropping it removes all of that.
pub struct Clients {
    /// Where the clients themselves are installed.
    tools: PathBuf,
    folder: TempDir,
    pip_target: OnceLock<PathBuf>,
    uv_target: OnceLock<PathBuf>,
}

impl Default for Clients {
    fn default() -> Self {
        Self::new()
    }
}

impl Clients {
    /// Finds the clients that `cargo xtask test` installed.
    pub fn new() -> Self {
        let tools = std::env::var_os("FONDACO_TEST_TOOLS").map(PathBuf::from);
        let Some(tools) = tools.filter(|tools| tools.join("venv/bin/python").exists()) else {
            panic!("this test needs real clients: run it by `cargo xtask test`, which installs them");
        };
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "work", "bin"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { tools, folder, pip_target: OnceLock::new(), uv_target: OnceLock::new() }
    }

    /// The program of a tool that is a server.
    pub(crate) fn tool_program(name: &str) -> PathBuf {
        let tools = std::env::var_os("FONDACO_TEST_TOOLS").map(PathBuf::from).unwrap_or_default();
        let program = tools.join(name).join("venv/bin").join(name);
        assert!(program.exists(), "{name} is missing: run this by `cargo xtask test`");
        program
    }

    /// The folder that the clients run in.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Writes the `.netrc` of the home that the clients have.
    #[track_caller]
    pub fn netrc(&self, text: &str) {
        write(&self.folder.path().join("home/.netrc"), text, 0o600);
    }

    /// Puts a program of this text before all others that the clients find.
    #[track_caller]
    pub fn program(&self, name: &str, text: &str) {
        write(&self.folder.path().join("bin").join(name), text, 0o700);
    }

    /// Runs pip on its target environment, e.g. `&["install", "--index-url", url, "x"]`.
    #[track_caller]
    pub fn pip(&self, args: &[&str]) -> Run {
        let target = python_of(self.target(Installer::Pip));
        let mut command = self.command("python");
        Run::of(command.args(["-m", "pip", "--python"]).arg(target).args(args))
    }

    /// Runs uv with its target environment active, e.g. `&["pip", "install", "--index-url", url, "x"]`.
    #[track_caller]
    pub fn uv(&self, args: &[&str]) -> Run {
        self.uv_with(&[], args)
    }

    /// The same with more in its environment.
    #[track_caller]
    pub fn uv_with(&self, environment: &[(&str, &str)], args: &[&str]) -> Run {
        let mut command = self.command("uv");
        command.env("VIRTUAL_ENV", self.target(Installer::Uv)).envs(environment.iter().copied());
        Run::of(command.args(args))
    }

    /// Runs another tool in `folder`, with more in its environment. What it starts by itself (pip, uv)
    /// finds no index but the one that it is told.
    #[track_caller]
    pub fn tool(&self, tool: Tool, folder: &Path, environment: &[(&str, &str)], args: &[&str]) -> Run {
        let name = tool.name();
        let venv = self.tools.join(name).join("venv");
        assert!(venv.join("bin").join(name).exists(), "{name} is missing: run this by `cargo xtask test`");
        let mut command = self.clean(Command::new(venv.join("bin").join(name)), &venv);
        command.current_dir(folder).env("PIP_INDEX_URL", NOWHERE).env("UV_DEFAULT_INDEX", NOWHERE);
        command.envs(environment.iter().copied());
        Run::of(command.args(args))
    }

    /// A new environment with a pip of its own, by its interpreter.
    #[track_caller]
    pub fn environment(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        Run::of(self.command("python").args(["-m", "venv"]).arg(&folder)).ok();
        python_of(&folder)
    }

    /// Where uv is, for tools that want to be told.
    pub fn uv_program(&self) -> PathBuf {
        self.venv().join("bin/uv")
    }

    /// Runs twine, e.g. `&["check", path]`.
    #[track_caller]
    pub fn twine(&self, args: &[&str]) -> Run {
        Run::of(self.command("python").args(["-m", "twine"]).args(args))
    }

    /// `twine upload` of files to an address, by a token.
    #[track_caller]
    pub fn twine_upload(&self, address: &str, token: &str, files: &[&str]) -> Run {
        let by = ["upload", "--non-interactive", "--repository-url", address, "-u", "__token__", "-p", token];
        self.twine(&[&by[..], files].concat())
    }

    /// Runs the interpreter of an installer's target environment.
    #[track_caller]
    pub fn python(&self, of: Installer, args: &[&str]) -> Run {
        Run::of(self.clean(Command::new(python_of(self.target(of))), &self.venv()).args(args))
    }

    /// What an installer has installed so far, as `name-version`, sorted.
    pub fn installed(&self, by: Installer) -> Vec<String> {
        let libraries = self.target(by).join("lib");
        let mut found = Vec::new();
        for library in entries(&libraries) {
            for path in entries(&library.join("site-packages")) {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                found.extend(name.strip_suffix(".dist-info").map(str::to_owned));
            }
        }
        found.sort();
        found
    }

    /// The target environment of an installer, made by uv on first use.
    #[track_caller]
    fn target(&self, of: Installer) -> &Path {
        let (cell, name) = match of {
            Installer::Pip => (&self.pip_target, "pip-target"),
            Installer::Uv => (&self.uv_target, "uv-target"),
        };
        cell.get_or_init(|| {
            let target = self.folder.path().join(name);
            let mut command = self.command("uv");
            Run::of(command.args(["venv", "--python"]).arg(python_of(&self.venv())).arg(&target)).ok();
            target
        })
    }

    fn command(&self, program: &str) -> Command {
        let venv = self.venv();
        self.clean(Command::new(venv.join("bin").join(program)), &venv)
    }

    /// The environment that pip, uv and twine are installed in.
    fn venv(&self) -> PathBuf {
        self.tools.join("venv")
    }

    /// The command with an environment that says where to find programs and to keep to itself.
    fn clean(&self, mut command: Command, venv: &Path) -> Command {
        let folder = self.folder.path();
        command
            .env_clear()
            .current_dir(self.folder())
            .env(
                "PATH",
                format!(
                    "{}:{}:/usr/local/bin:/usr/bin:/bin",
                    folder.join("bin").display(),
                    venv.join("bin").display()
                ),
            )
            .env("HOME", folder.join("home"))
            .env("PIP_CONFIG_FILE", "/dev/null")
            .env("PIP_NO_CACHE_DIR", "1")
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .env("UV_NO_CONFIG", "1")
            .env("UV_CACHE_DIR", folder.join("uv-cache"))
            .env("UV_PYTHON_DOWNLOADS", "never");
        command
    }
}

#[track_caller]
fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn python_of(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

/// The paths in a folder; none when it can't be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).collect()
}
