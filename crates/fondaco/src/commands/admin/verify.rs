//! `fondaco admin verify`: each stored file against its digest, each record against its file.

use std::collections::HashSet;

use fondaco_blobs::Blobs;
use fondaco_pydist::Sha256;
use fondaco_store::{Store, Stored};
use serde_json::{Value, json};

use super::progress;
use crate::exit::Exit;
use crate::storage::{FILES, METADATA};

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How what was found is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines, for a person
    Text,
    /// One JSON object
    Json,
}

/// What was found in one of the two stores.
struct Found {
    part: &'static str,
    checked: u64,
    bytes: u64,
    damaged: Vec<Sha256>,
    missing: Vec<Stored>,
    /// Blobs that no record names.
    unnamed: u64,
}

/// Exit code 1 if something is damaged or missing, else 0; 2 is for what could not be looked at.
pub(super) async fn run(store: &Store, [files, metadata]: &[Blobs; 2], args: &Args) -> anyhow::Result<Exit> {
    // First what is there: a file comes before the record that names it.
    let (files_there, metadata_there) = (files.digests().await?, metadata.digests().await?);
    let found = [
        part(FILES, files, files_there, store.stored_files().await?).await?,
        part(METADATA, metadata, metadata_there, store.stored_metadata().await?).await?,
    ];
    match args.format {
        Format::Text => found.iter().for_each(print),
        Format::Json => println!("{}", serde_json::to_string_pretty(&in_json(&found))?),
    }
    let sound = found.iter().all(|found| found.damaged.is_empty() && found.missing.is_empty());
    Ok(if sound { Exit::Clean } else { Exit::Findings })
}

async fn part(
    part: &'static str,
    blobs: &Blobs,
    there: Vec<Sha256>,
    records: Vec<Stored>,
) -> anyhow::Result<Found> {
    let named: HashSet<Sha256> = records.iter().map(|record| record.sha256).collect();
    let mut found =
        Found { part, checked: 0, bytes: 0, damaged: Vec::new(), missing: Vec::new(), unnamed: 0 };
    let bar = progress(there.len(), "checked");
    for digest in &there {
        bar.inc(1);
        // One that a server has set aside meanwhile is gone.
        let Some(verified) = blobs.read(*digest).await? else { continue };
        found.checked += 1;
        found.bytes += verified.size();
        found.unnamed += u64::from(!named.contains(digest));
        match verified.check().await {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => found.damaged.push(*digest),
            Err(error) => return Err(error.into()),
        }
    }
    bar.finish_and_clear();
    let there: HashSet<Sha256> = there.into_iter().collect();
    for record in records {
        let known = there.contains(&record.sha256) && record.size.is_none();
        let size = if known { None } else { blobs.size(record.sha256).await? };
        if !known && size.is_none_or(|size| record.size.is_some_and(|wanted| wanted != size)) {
            found.missing.push(record);
        }
    }
    Ok(found)
}

fn print(found: &Found) {
    for digest in &found.damaged {
        println!("{}: {digest} is damaged: its bytes have another digest", found.part);
    }
    for Stored { project, file_name, sha256, own, .. } in &found.missing {
        let what = if *own { "ours, and nobody else has it" } else { "fetched anew when it is asked for" };
        println!("{}: {project} {file_name} is missing ({sha256}); {what}", found.part);
    }
    println!(
        "{}: {} checked ({} bytes), {} damaged, {} missing, {} that no record names",
        found.part,
        found.checked,
        found.bytes,
        found.damaged.len(),
        found.missing.len(),
        found.unnamed
    );
}

fn in_json(found: &[Found]) -> Value {
    let part = |found: &Found| {
        let missing = |one: &Stored| {
            json!({
                "project": one.project.as_str(),
                "file_name": one.file_name,
                "sha256": one.sha256.to_string(),
                "own": one.own,
            })
        };
        json!({
            "checked": found.checked,
            "bytes": found.bytes,
            "damaged": found.damaged.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "missing": found.missing.iter().map(missing).collect::<Vec<_>>(),
            "unnamed": found.unnamed,
        })
    };
    let mut body = json!({"schema": "fondaco.verify/1"});
    for one in found {
        body[one.part] = part(one);
    }
    body
}
