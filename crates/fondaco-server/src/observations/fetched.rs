//! Whom to warn when something turns out bad.

use fondaco_model::Scope;
use fondaco_pydist::Sha256;
use fondaco_store::{Store, StoreError};
use fondaco_wire::journal_v1::{Fetched, ServedEarlier};

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

/// How often a content was served before it is known to whom, by kind of installer.
///
/// # Errors
/// When the database fails.
pub async fn served_earlier(store: &Store, sha256: Sha256) -> Result<Vec<ServedEarlier>, StoreError> {
    let day = |at: fondaco_model::Timestamp| at.strftime("%Y-%m-%d").to_string();
    let told = |one: fondaco_store::RolledUp| ServedEarlier {
        installer: one.installer.id(),
        times: one.downloads,
        first_day: day(one.first),
        last_day: day(one.last),
    };
    Ok(store.rolled_up_downloads(sha256).await?.into_iter().map(told).collect())
}
