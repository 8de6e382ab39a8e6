//! `fondaco names update FROM`.

use std::io::Write;

use anyhow::{Context, bail};
use fondaco_names::Popular;
use fondaco_upstream::{UpstreamClient, UpstreamConfig, discovery};
use futures_util::StreamExt;

use crate::data_folder::DataFolder;
use crate::exit::Exit;
use crate::popular_list;

/// Longest list, in bytes.
const LONGEST: u64 = 8 << 20;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A file or an http(s) address: lines of NAME or of RANK, a tab and NAME, the most popular first
    from: String,
}

pub(super) fn run(data: &DataFolder, args: &Args) -> anyhow::Result<Exit> {
    let text = match discovery::index_url(&args.from) {
        Some(url) => {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
            runtime.block_on(fetched(url))?
        }
        None => {
            let length = std::fs::metadata(&args.from).map(|file| file.len());
            if length.with_context(|| format!("{} can't be read", args.from))? > LONGEST {
                bail!("{} is longer than any list of names", args.from);
            }
            std::fs::read_to_string(&args.from).with_context(|| format!("{} can't be read", args.from))?
        }
    };
    let list = Popular::read(&text).with_context(|| {
        format!("{} is no list of popular names\nhint: lines of NAME, the most popular first", args.from)
    })?;
    let folder = data.make()?;
    let path = popular_list::path(&folder);
    let mut file = tempfile::NamedTempFile::new_in(&folder).context("the data folder can't be written")?;
    file.write_all(list.as_str().as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .context("the list can't be written")?;
    file.persist(&path).with_context(|| format!("{} can't be replaced", path.display()))?;
    println!("{} popular names: {}", list.names().count(), path.display());
    Ok(Exit::Clean)
}

async fn fetched(url: fondaco_upstream::Url) -> anyhow::Result<String> {
    let client = UpstreamClient::new(UpstreamConfig {
        url: url.clone(),
        allow_hosts: Vec::new(),
        certificates: None,
        instance: String::new(),
    })?;
    let mut stream = client.open(url.as_str()).await?.stream();
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        bytes.extend_from_slice(&piece?);
        if bytes.len() as u64 > LONGEST {
            bail!("{} is longer than any list of names", fondaco_upstream::redacted(&url));
        }
    }
    String::from_utf8(bytes).context("the list is no text")
}
