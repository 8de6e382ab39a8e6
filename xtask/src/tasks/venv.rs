//! Virtual environments below the target folder, with pinned requirements.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::{check, root, target_directory};

const HINT: &str = "this needs python3 (3.10 or newer) with its venv module; as root on Debian: \
    apt-get install -y python3-venv";

/// Installs what the file of `requirements` (a path in this repository) pins into `venv` below the
/// folder `below` of the target folder, unless it is there; gives that folder.
pub(crate) fn install(below: &str, requirements: &str) -> anyhow::Result<PathBuf> {
    let tools = target_directory()?.join(below);
    let (venv, stamp) = (tools.join("venv"), tools.join("venv.stamp"));
    let path = root().join(requirements);
    let wanted = std::fs::read_to_string(&path).with_context(|| requirements.to_owned())?;
    // The interpreter may have been removed or replaced since.
    let up_to_date = std::fs::read_to_string(&stamp).is_ok_and(|is| is == wanted) && runs(&venv);
    if up_to_date {
        return Ok(tools);
    }
    println!("installing {requirements} into {}", venv.display());
    create(&venv)?;
    check(
        Command::new(python_of(&venv))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&path),
    )
    .with_context(|| format!("what {requirements} pins could not be installed"))?;
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
