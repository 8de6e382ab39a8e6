//! `fondaco admin osv-import`: known malware and vulnerabilities, from OSV records.

use std::path::Path;

use anyhow::{Context, bail};
use fondaco_model::SystemClock;
use fondaco_server::feeds::{self, FeedPlace, Fetched, Imported};
use fondaco_store::Store;

use crate::config;
use crate::data_folder::DataFolder;
use crate::outbound::Outbound;

#[derive(clap::Args)]
pub(super) struct Args {
    /// An OSV record, a zip of records (such as OSV's `all.zip`), a folder of either, or the address
    /// of one
    source: String,
}

pub(super) async fn run(store: &Store, data: &DataFolder, args: &Args) -> anyhow::Result<()> {
    let folder = data.make()?;
    let config = config::read(None, &folder)?;
    let instance = store.instance().await?.context("this Fondaco has never served")?;
    let outbound = Outbound::new(&instance, &config.upstream.allow_hosts).await;
    let (clock, actor) = (&SystemClock, super::actor());
    let imported = match outbound.feed(&args.source, Path::new(""))? {
        FeedPlace::Path(path) => {
            feeds::import(store, clock, &path, &path.display().to_string(), &actor).await?
        }
        FeedPlace::Address(url, client) => match feeds::fetch(&client, &url, None, &folder).await? {
            Fetched::Content(file, _) => {
                feeds::import(store, clock, file.path(), &client.shown(), &actor).await?
            }
            Fetched::NotModified => bail!("{} says that nothing has changed", client.shown()),
        },
    };
    report(&imported)
}

fn report(imported: &Imported) -> anyhow::Result<()> {
    println!("{imported}");
    for served in &imported.served {
        println!(
            "{} was served from here and is {}; see: fondaco admin who-fetched {}",
            served.file_name, served.advisory, served.sha256
        );
    }
    if let Some(first) = &imported.first_unreadable {
        bail!("{} records could not be read, the first: {first}", imported.unreadable);
    }
    Ok(())
}
