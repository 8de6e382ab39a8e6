//! One task per file.

pub(crate) mod bench;
pub(crate) mod campaigns;
pub(crate) mod copied;
pub(crate) mod docs;
pub(crate) mod eval;
pub(crate) mod fuzz;
pub(crate) mod names;
pub(crate) mod replay;
pub(crate) mod servers;
pub(crate) mod simulate;
pub(crate) mod test;
pub(crate) mod tidy;
pub(crate) mod venv;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or_else(|| manifest.clone(), PathBuf::from)
}

/// Runs a command in the workspace's root and fails unless it succeeds.
pub(crate) fn check(command: &mut Command) -> anyhow::Result<()> {
    let shown = format!("{command:?}");
    let status = command.current_dir(root()).status().with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown} failed: {status}");
    }
    Ok(())
}

/// Where cargo builds to, whether by `CARGO_TARGET_DIR` or a configuration.
pub(crate) fn target_directory() -> anyhow::Result<PathBuf> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .context("cannot start cargo")?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let folder = metadata["target_directory"].as_str().context("cargo metadata names no target_directory")?;
    Ok(PathBuf::from(folder))
}
