use std::collections::BTreeMap;

use anyhow::Context;
use fondaco_model::DeletionPolicy;
use fondaco_pydist::ProjectName;
use fondaco_server::ProhibitedNames;
use serde::Deserialize;

use crate::span;

/// `[uploads]`: what uploads may be.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Uploads {
    /// Largest file, in bytes.
    pub(crate) max_file: Option<u64>,
    /// Largest sum of a project's files, in bytes.
    pub(crate) max_project: Option<u64>,
    /// How long a release takes new files, e.g. `14d`; `always` for ever.
    pub(crate) release_open: Option<String>,
    /// How long after its upload owners may delete a file, e.g. `72h`; `always` for ever.
    pub(crate) deletable_for: Option<String>,
    /// Whether local versions (`1.0+corp.1`) are taken.
    pub(crate) local_versions: bool,
    /// Whether wheels for plain `linux_x86_64` are taken.
    pub(crate) linux_wheels: bool,
    /// Projects with other sizes.
    pub(crate) projects: BTreeMap<String, Sizes>,
    /// Names that no new project may have, each with the reason that uploaders are told.
    pub(crate) prohibited: BTreeMap<String, String>,
}

/// `[uploads.projects.NAME]`: the sizes of one project.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sizes {
    /// Largest file, in bytes.
    pub(crate) max_file: Option<u64>,
    /// Largest sum of its files, in bytes.
    pub(crate) max_project: Option<u64>,
}

impl Uploads {
    /// How long owners may delete what they have uploaded.
    pub(crate) fn deletion(&self) -> anyhow::Result<DeletionPolicy> {
        match self.deletable_for.as_deref() {
            None => Ok(DeletionPolicy::default()),
            Some("always") => Ok(DeletionPolicy::Always),
            Some(text) => Ok(DeletionPolicy::Within(
                span::age(text).context("[uploads] deletable_for is a time such as 72h, or \"always\"")?,
            )),
        }
    }

    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<fondaco_server::UploadOptions> {
        let defaults = fondaco_server::UploadOptions::default();
        Ok(fondaco_server::UploadOptions {
            local_versions: self.local_versions,
            linux_wheels: self.linux_wheels,
            max_file: self.max_file.unwrap_or(defaults.max_file),
            max_project: self.max_project.unwrap_or(defaults.max_project),
            sizes: self.projects.iter().map(sizes).collect::<anyhow::Result<_>>()?,
            open_for: match self.release_open.as_deref() {
                None => defaults.open_for,
                Some("always") => None,
                Some(text) => Some(span::age(text)?),
            },
            prohibited: ProhibitedNames::new(
                self.prohibited.iter().map(prohibited).collect::<anyhow::Result<Vec<_>>>()?,
            ),
        })
    }
}

fn sizes((name, sizes): (&String, &Sizes)) -> anyhow::Result<(ProjectName, fondaco_server::UploadSizes)> {
    let project = name.parse().with_context(|| format!("[uploads.projects] {name:?}"))?;
    let Sizes { max_file, max_project } = *sizes;
    Ok((project, fondaco_server::UploadSizes { max_file, max_project }))
}

fn prohibited((name, reason): (&String, &String)) -> anyhow::Result<(ProjectName, String)> {
    let reason = reason.trim().trim_end_matches('.');
    anyhow::ensure!(!reason.is_empty(), "[uploads.prohibited] {name:?} needs a reason");
    let project = name.parse().with_context(|| format!("[uploads.prohibited] {name:?}"))?;
    Ok((project, reason.to_owned()))
}
