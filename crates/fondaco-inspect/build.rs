//! Fingerprints the sources that a report depends on, so that a rule whose code has changed is another engine
//! also where its version and its weight are the same (see `engine`).

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The crates between an artifact and its report.
const CRATES: [&str; 9] = [
    "fondaco-archive",
    "fondaco-campaign",
    "fondaco-inspect",
    "fondaco-members",
    "fondaco-names",
    "fondaco-pydist",
    "fondaco-python",
    "fondaco-rules",
    "fondaco-verdict",
];

fn main() -> io::Result<()> {
    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let crates = own.parent().unwrap_or(&own);
    let mut files = Vec::new();
    for name in CRATES {
        for part in ["src", "data"] {
            let folder = crates.join(name).join(part);
            if part == "src" || folder.exists() {
                println!("cargo::rerun-if-changed={}", folder.display());
                gather(&folder, &mut files)?;
            }
        }
    }
    files.sort();
    // FNV-1a: nobody has a reason to make two of one fingerprint.
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for path in &files {
        let name = path.strip_prefix(crates).unwrap_or(path).to_string_lossy().into_owned().into_bytes();
        for byte in name.into_iter().chain([0]).chain(fs::read(path)?) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("cargo::rustc-env=FONDACO_SOURCES={digest:016x}");
    Ok(())
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { gather(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
