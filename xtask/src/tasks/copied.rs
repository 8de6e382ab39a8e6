//! `cargo xtask copied FOLDER`: writes the table of projects that are copied most, from archives of
//! theirs. The archives are fetched by hand: wheels of a few versions of each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;

use anyhow::Context;
use fondaco_archive::Limits;
use fondaco_inspect::{fingerprints, on_large_stack};
use fondaco_pydist::{DistFilename, DistKind};
use fondaco_verdict::ArtifactKind;

use super::root;

/// Where the table lies.
const TABLE: &str = "crates/fondaco-rules/data/copied.txt";
/// A project of more modules is copied by nobody, and would fill the table.
const MAX_MODULES: usize = 400;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A folder of archives of the projects
    folder: PathBuf,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let mut projects: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for entry in std::fs::read_dir(&args.folder).with_context(|| args.folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Ok(named) = name.parse::<DistFilename>() else { continue };
        let kind = if named.kind() == DistKind::Wheel { ArtifactKind::Wheel } else { ArtifactKind::Sdist };
        let file = File::open(&path).with_context(|| name.clone())?;
        let found = on_large_stack(move || fingerprints(file, kind, &Limits::default()))?;
        projects.entry(named.project().to_string()).or_default().extend(found.with_context(|| name)?);
    }
    let mut times: BTreeMap<u64, usize> = BTreeMap::new();
    for print in projects.values().flatten() {
        *times.entry(*print).or_default() += 1;
    }
    let mut text = String::new();
    for (project, prints) in &projects {
        // What several have is nobody's.
        let own: Vec<String> =
            prints.iter().filter(|print| times[print] == 1).map(|print| format!("{print:016x}")).collect();
        if (3..=MAX_MODULES).contains(&own.len()) {
            text.push_str(&format!("{project} {}\n", own.concat()));
        } else {
            println!("copied: {project} has {} modules of its own, left out", own.len());
        }
    }
    std::fs::write(root().join(TABLE), &text).with_context(|| TABLE.to_owned())?;
    println!("copied: {} projects, {} bytes", text.lines().count(), text.len());
    Ok(())
}
