//! Whom to warn when something turns out bad.

use fondaco_model::Scope;
use fondaco_store::{Store, StoreError};
use fondaco_wire::journal_v1::Fetched;

/// Downloads that are looked through for one content.
const MOST: u32 = 100_000;

/// Which clients were served files of a scope, and how often.
///
/// # Errors
/// When the database fails.
pub async fn fetched_by(store: &Store, scope: &Scope) -> Result<Vec<Fetched>, StoreError> {
    let mut all = Vec::new();
    for file in store.files_of_project(&scope.project).await? {
        if !scope.has(&file.release, &file.key.file_name) {
            continue;
        }
        for digest in [file.sha256, file.conflict].into_iter().flatten() {
            let mut downloads = store.downloads(Some(digest), MOST).await?;
            downloads.retain(|one| one.project == scope.project && one.file_name == file.key.file_name);
            all.append(&mut downloads);
        }
    }
    Ok(Fetched::by_client(all))
}
