//! Whom to warn when something turns out bad.

use std::collections::BTreeMap;

use fondaco_model::{Download, Scope, rfc3339};
use fondaco_store::{Store, StoreError};
use fondaco_wire::journal_v1::Fetched;

/// Downloads that are looked through for one content.
const MOST: u32 = 100_000;

/// Which clients were served files of a scope, and how often.
///
/// # Errors
/// When the database fails.
pub async fn fetched_by(store: &Store, scope: &Scope) -> Result<Vec<Fetched>, StoreError> {
    let mut clients: BTreeMap<(String, String, String), Vec<Download>> = BTreeMap::new();
    for file in store.files_of_project(&scope.project).await? {
        if !scope.has(&file.release, &file.key.file_name) {
            continue;
        }
        for digest in [file.sha256, file.conflict].into_iter().flatten() {
            let mut downloads = store.downloads(Some(digest), MOST).await?;
            downloads.retain(|one| one.project == scope.project && one.file_name == file.key.file_name);
            for one in downloads {
                let key = (one.client.clone(), one.user_agent.clone(), one.file_name.clone());
                clients.entry(key).or_default().push(one);
            }
        }
    }
    let told = |((client, user_agent, file_name), downloads): (_, Vec<Download>)| Fetched {
        client,
        user_agent,
        file_name,
        sha256: downloads.first().map(|one| one.sha256.to_string()).unwrap_or_default(),
        times: downloads.len() as u64,
        first: downloads.iter().map(|one| one.at).min().map(rfc3339).unwrap_or_default(),
        last: downloads.iter().map(|one| one.at).max().map(rfc3339).unwrap_or_default(),
    };
    Ok(clients.into_iter().map(told).collect())
}
