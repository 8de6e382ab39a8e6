//! `fondaco admin who-fetched`: whom to warn when a file turns out bad.

use anyhow::{Context, bail};
use fondaco_pydist::{DistFilename, ProjectName, Sha256};
use fondaco_server::observations::served_earlier;
use fondaco_store::Store;
use fondaco_wire::journal_v1::{Fetched, ServedEarlier};

use super::output::{Format, print, short};

/// Downloads that are looked through for one content.
const MOST: u32 = 1_000_000;

#[derive(clap::Args)]
pub(super) struct Args {
    /// NAME==VERSION, or a sha256
    what: String,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let mut downloads = Vec::new();
    let mut earlier = Vec::new();
    for digest in contents(store, &args.what).await? {
        downloads.append(&mut store.downloads(Some(digest), MOST).await?);
        earlier.append(&mut served_earlier(store, digest).await?);
    }
    let fetched = Fetched::by_client(downloads);
    if let Some(since) = store.downloads_known_since().await? {
        // Beside the list, so that whoever reads that with a program is told as well.
        eprintln!("note: who was served what is known since {}", since.strftime("%Y-%m-%d"));
    }
    for one in &earlier {
        let ServedEarlier { installer, times, first_day, last_day } = one;
        eprintln!("note: before that it was served {times} x to {installer}, {first_day} to {last_day}");
    }
    if fetched.is_empty() && earlier.is_empty() && args.format == Format::Text {
        println!("nobody was served it");
    }
    print(args.format, &fetched, |f| {
        format!(
            "{:39}  {:>4} x  last {}  {}  {}",
            f.client,
            f.times,
            short(&f.last),
            f.file_name,
            f.user_agent
        )
    })
}

/// The contents that are meant.
async fn contents(store: &Store, what: &str) -> anyhow::Result<Vec<Sha256>> {
    if let Ok(digest) = what.parse() {
        return Ok(vec![digest]);
    }
    let Some((name, version)) = what.split_once("==") else {
        bail!(
            "{what:?} is neither NAME==VERSION nor a sha256\nhint: e.g. fondaco admin who-fetched requests==2.0"
        );
    };
    let project: ProjectName = name.trim().parse().with_context(|| format!("{name:?}"))?;
    // A file's name brings its version into the form in which releases are kept.
    let file_name = format!("{}-{}.tar.gz", project.as_dist_info_name(), version.trim());
    let release = DistFilename::of_project(&file_name, &project)
        .map_err(|_| anyhow::anyhow!("{version:?} is no version\nhint: PEP 440, e.g. 2.0 or 2.0.post1"))?
        .release();
    let files = store.files_of_release(&project, &release).await?;
    if files.is_empty() {
        bail!("no file of {project} {version} is known here");
    }
    Ok(files.into_iter().flat_map(|file| [file.sha256, file.conflict]).flatten().collect())
}
