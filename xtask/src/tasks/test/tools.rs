//! The tests' tools, below the target folder: a virtual environment with the real clients.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::super::{check, root};

/// The clients and their pinned versions.
const REQUIREMENTS: &str = "crates/fondaco-testkit/clients.txt";

const HINT: &str = "the tests need python3 (3.10 or newer) with its venv module; as root on Debian: \
    apt-get install -y python3-venv";

/// Installs the tools unless they are up to date, and gives the folder that they are in.
pub(crate) fn install() -> anyhow::Result<PathBuf> {
    let tools = target_directory()?.join("test-tools");
    let (venv, stamp) = (tools.join("venv"), tools.join("venv.stamp"));
    let requirements = root().join(REQUIREMENTS);
    let wanted = std::fs::read_to_string(&requirements).with_context(|| REQUIREMENTS.to_owned())?;
    // The interpreter may have been removed or replaced since.
    let up_to_date = std::fs::read_to_string(&stamp).is_ok_and(|is| is == wanted) && runs(&venv);
    if up_to_date {
        return Ok(tools);
    }
    println!("test: installing the clients of {REQUIREMENTS} into {}", venv.display());
    create(&venv)?;
    check(
        Command::new(python_of(&venv))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&requirements),
    )
    .with_context(|| format!("the clients of {REQUIREMENTS} could not be installed"))?;
    std::fs::write(&stamp, wanted).with_context(|| stamp.display().to_string())?;
    Ok(tools)
}

/// A new, empty environment; what was there is removed, its stamp first.
fn create(venv: &Path) -> anyhow::Result<()> {
    for old in [venv.with_extension("stamp"), venv.to_owned()] {
        let removed = if old.is_dir() { std::fs::remove_dir_all(&old) } else { std::fs::remove_file(&old) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", old.display()));
            }
            _ => {}
        }
    }
    let output = Command::new("python3").args(["-m", "venv"]).arg(venv).output().context(HINT)?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("{HINT}\npython3 -m venv said:\n{}", String::from_utf8_lossy(&said));
    }
    Ok(())
}

fn python_of(venv: &Path) -> PathBuf {
    venv.join("bin/python")
}

fn runs(venv: &Path) -> bool {
    let mut python = Command::new(python_of(venv));
    python.args(["-c", "import pip"]).stdout(Stdio::null()).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}

/// Where cargo builds to, whether by `CARGO_TARGET_DIR` or a configuration.
fn target_directory() -> anyhow::Result<PathBuf> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .context("cannot start cargo")?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let folder = metadata["target_directory"].as_str().context("cargo metadata names no target_directory")?;
    Ok(PathBuf::from(folder))
}
