//! The page of a project of our own, in the form in which upstreams give theirs.

use std::collections::HashMap;
use std::sync::Arc;

use fondaco_model::{MetadataFile, OwnFile, OwnRelease, Page, PageFile, Timestamp};
use fondaco_pydist::{FileType, ProjectName};

use crate::app::App;
use crate::pages::CurrentPage;
use crate::trouble::Trouble;

/// The page as the database has it now.
pub(crate) async fn current(app: &App, project: &ProjectName) -> Result<Arc<CurrentPage>, Trouble> {
    let store = &app.parts.store;
    let own = store.own_project(project).await?;
    let releases: HashMap<String, OwnRelease> = store
        .own_releases(project)
        .await?
        .into_iter()
        .map(|release| (release.release.clone(), release))
        .collect();
    let mut files: Vec<OwnFile> = store.own_files(project).await?;
    files.retain(|file| file.deleted_at.is_none());
    files.sort_by(|a, b| a.version.cmp(&b.version).then_with(|| a.file_name.cmp(&b.file_name)));
    let listed = |file: OwnFile| PageFile {
        url: String::new(),
        sha256: Some(file.sha256),
        size: Some(file.size),
        upload_time: Some(file.uploaded_at),
        requires_python: file.requires_python,
        yanked: file
            .yanked
            .or_else(|| releases.get(&file.release).and_then(|release| release.yanked.clone())),
        core_metadata: match file.kind {
            FileType::Wheel => MetadataFile::Hashed(file.metadata),
            FileType::Sdist => MetadataFile::Absent,
        },
        // A view knows what is verified.
        provenance: None,
        file_name: file.file_name,
    };
    let page = own.map(|own| {
        Arc::new(Page {
            status: own.status,
            status_reason: Some(own.status_reason).filter(|reason| !reason.is_empty()),
            files: files.into_iter().map(listed).collect(),
        })
    });
    Ok(Arc::new(CurrentPage { page, changed_at: app.now(), good_until: Timestamp::MAX, stale: false }))
}
