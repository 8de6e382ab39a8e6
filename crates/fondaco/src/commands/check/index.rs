//! What the index says of a project.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use anyhow::{Context, bail, ensure};
use fondaco_model::{MetadataFile, Page, PageFile, Timestamp};
use fondaco_provenance::{Publisher, Trust, check_provenance};
use fondaco_pydist::{CoreMetadata, DistFilename, DistKind, ProjectName, Sha256, Sha256Hasher, Version};
use fondaco_upstream::{UpstreamClient, UpstreamConfig, discovery};
use futures_util::StreamExt;

use crate::config::Config;

/// Largest file that is fetched to be inspected, in bytes.
const LARGEST: u64 = 1 << 30;

/// The index: as given, else as configured, else what pip or uv uses here.
pub(super) async fn client(given: Option<&str>, config: &Config) -> anyhow::Result<UpstreamClient> {
    let variable = |name: &str| std::env::var(name).ok();
    let url = match given.or(config.upstream.url.as_deref()) {
        Some(text) => discovery::index_url(text)
            .context("the index is no address\nhint: it has the form https://index.example/simple/")?,
        None => match discovery::candidates(&variable).await.into_iter().next() {
            Some(found) => found.url,
            None => bail!(
                "no index was found: neither pip nor uv on this machine names one\n\
                 hint: name one with --index-url URL, or ask none with --offline"
            ),
        },
    };
    Ok(UpstreamClient::new(UpstreamConfig {
        url,
        allow_hosts: config.upstream.allow_hosts.clone(),
        certificates: discovery::certificates(&variable).await.filter(|path| path.is_file()),
        instance: "check".to_owned(),
    })?)
}

/// When the oldest file of a project was uploaded, as far as the index says.
pub(super) fn since(page: &Page) -> Option<Timestamp> {
    page.files.iter().filter_map(|file| file.upload_time).min()
}

/// The file that an installer would take first: of the version asked for, else of the newest that
/// is neither yanked nor a pre-release where there is one; a wheel before an sdist, one for every
/// platform before others.
pub(super) fn chosen<'p>(
    page: &'p Page,
    project: &ProjectName,
    version: Option<&Version>,
) -> Option<(&'p PageFile, DistFilename)> {
    let parsed = page.files.iter().filter_map(|file| {
        let name = DistFilename::of_project(&file.file_name, project).ok()?;
        let is_wanted = version.is_none_or(|version| version == name.version());
        (is_wanted && name.kind() != DistKind::Legacy).then_some((file, name))
    });
    parsed.max_by_key(|(file, name)| {
        let is_universal = name.tags().is_some_and(|tags| tags.ends_with("-none-any"));
        let is_offered = file.yanked.is_none();
        (is_offered, !name.version().any_prerelease(), name.version().clone(), is_universal, name.is_wheel())
    })
}

/// The source repository that a file's metadata names.
pub(super) async fn repository(client: &UpstreamClient, file: &PageFile) -> Option<String> {
    if file.core_metadata == MetadataFile::Absent {
        return None;
    }
    let metadata = CoreMetadata::parse(&client.metadata(&file.url).await.ok()?);
    let label = |entry: &String| {
        let (label, url) = entry.split_once(',')?;
        let label = label.trim().to_ascii_lowercase();
        let is_source =
            ["source", "repository", "code", "github", "gitlab"].iter().any(|word| label.contains(word));
        is_source.then(|| url.trim().to_owned())
    };
    let home = Some(metadata.home_page.clone()).filter(|page| page.contains("git"));
    metadata.project_urls.iter().find_map(label).or(home)
}

/// What the provenance of a file (PEP 740) comes to.
pub(super) enum Proof {
    /// The index gives none.
    Nothing,
    /// It can't be had; why.
    Unknown(String),
    /// It proves nothing; why.
    Broken(String),
    /// It is verified.
    By(Publisher),
}

/// Fetches and verifies the provenance of a file.
pub(super) async fn proof(
    (client, trust): (&UpstreamClient, &Trust),
    file: &PageFile,
    sha256: Option<Sha256>,
) -> Proof {
    let Some(url) = file.provenance.as_deref() else { return Proof::Nothing };
    let Some(sha256) = sha256.or(file.sha256) else {
        return Proof::Unknown("the file's digest is not known".to_owned());
    };
    let object = match client.provenance(url).await {
        Ok(object) => object,
        Err(error) => return Proof::Unknown(error.to_string()),
    };
    match check_provenance(trust, (&file.file_name, sha256), &object) {
        Ok(provenance) => Proof::By(provenance.publisher),
        Err(error) => Proof::Broken(error.to_string()),
    }
}

/// Fetches a file to where nobody else sees it; its digest is compared with the listed one.
pub(super) async fn fetched(client: &UpstreamClient, file: &PageFile) -> anyhow::Result<(File, Sha256)> {
    let mut target = tempfile::tempfile().context("no temporary file can be made")?;
    let (mut hasher, mut length) = (Sha256Hasher::default(), 0);
    let mut stream = client.open(&file.url).await?.stream();
    while let Some(piece) = stream.next().await {
        let piece = piece?;
        length += piece.len() as u64;
        ensure!(length <= LARGEST, "it is larger than {LARGEST} bytes");
        hasher.update(&piece);
        target.write_all(&piece)?;
    }
    let digest = hasher.finish();
    ensure!(file.sha256.is_none_or(|listed| listed == digest), "its sha256 is {digest}, and not as listed");
    target.seek(SeekFrom::Start(0))?;
    Ok((target, digest))
}
