//! Servers that the tests run: PostgreSQL of the system's packages, and one that speaks S3.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use super::check;

/// The server of S3, and its version.
const S3: (&str, &str) = ("s3s-fs", "0.14.1");

/// Installs PostgreSQL, unless it is there.
pub(crate) fn postgres() -> anyhow::Result<()> {
    let on_path = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join("initdb").exists()));
    // Debian keeps it off the path.
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .is_ok_and(|versions| versions.flatten().any(|version| version.path().join("bin/initdb").exists()));
    if on_path || debian {
        return Ok(());
    }
    println!("installing PostgreSQL");
    // A fresh machine may have no list of packages yet.
    let steps: [&[&str]; 2] = [&["update"], &["install", "--yes", "--no-install-recommends", "postgresql"]];
    for step in steps {
        let mut apt = Command::new("apt-get");
        check(apt.args(step).env("DEBIAN_FRONTEND", "noninteractive")).context(
            "this needs PostgreSQL; as root on Debian: apt-get update && apt-get install postgresql",
        )?;
    }
    Ok(())
}

/// Installs the server of S3 into `tools`, unless it is there.
pub(crate) fn s3(tools: &Path) -> anyhow::Result<()> {
    let (name, version) = S3;
    let (root, build) = (tools.join("s3s"), tools.join("s3s-build"));
    let stamp = root.join("stamp");
    let up_to_date = std::fs::read_to_string(&stamp).is_ok_and(|is| is == version);
    if up_to_date && root.join("bin").join(name).exists() {
        return Ok(());
    }
    println!("installing {name} {version} into {}", root.display());
    let mut install = Command::new("cargo");
    install.args(["install", name, "--version", version, "--locked", "--debug", "--features", "binary"]);
    install.arg("--force").arg("--root").arg(&root).arg("--target-dir").arg(&build);
    check(&mut install).with_context(|| format!("{name} could not be installed"))?;
    if let Err(error) = std::fs::remove_dir_all(&build) {
        bail!("{} can't be removed: {error}", build.display());
    }
    std::fs::write(&stamp, version).with_context(|| stamp.display().to_string())
}
