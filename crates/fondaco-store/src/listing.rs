//! What lists of all projects are made from: set-based, because there may be very many.

use std::collections::HashSet;

use fondaco_model::OwnRelease;
use fondaco_pydist::{ProjectName, ProjectStatus};

use crate::row::{count, instant, parsed};
use crate::{Store, StoreError};

impl Store {
    /// The projects of our own that have a file which is not deleted and are not in quarantine by their
    /// status, by name, with the last serial that concerns each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_listing(&self) -> Result<Vec<(ProjectName, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT o.project, COALESCE((SELECT MAX(j.serial) FROM journal j WHERE j.project = o.project), 0)
             FROM own_projects o WHERE o.lifted_at IS NULL AND o.status <> $1
                 AND EXISTS (SELECT 1 FROM own_files f WHERE f.project = o.project AND f.deleted_at IS NULL)
             ORDER BY o.project",
        )
        .bind(ProjectStatus::Quarantined.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|(name, serial)| Ok((parsed(&name)?, count(serial)))).collect()
    }

    /// The projects of which something is said that may keep a file of our own from being served: a
    /// verdict that is not clean, a ruling, a quarantine, a campaign. Of every other one each file that is
    /// not deleted is served.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects_to_look_at(&self) -> Result<Vec<ProjectName>, StoreError> {
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT f.project FROM evidence e JOIN files f ON f.sha256 = e.sha256
             WHERE e.verdict IN ('suspicious', 'malicious', 'incomplete') AND f.upstream = 'own'
             UNION SELECT f.project FROM rulings r JOIN files f ON f.sha256 = r.sha256 WHERE f.upstream = 'own'
             UNION SELECT project FROM quarantines
             UNION SELECT project FROM fingerprints WHERE campaign IS NOT NULL",
        )
        .fetch_all(&self.readers)
        .await?;
        names.iter().map(|name| parsed(name)).collect()
    }

    /// The last serial that concerns a project, where [`Store::pulled_projects`] has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pulled_project(&self, project: &ProjectName) -> Result<Option<u64>, StoreError> {
        let serial: Option<i64> = sqlx::query_scalar(
            "SELECT COALESCE((SELECT MAX(j.serial) FROM journal j WHERE j.project = p.project), 0)
             FROM pages p WHERE p.project = $1 AND p.listing IS NOT NULL AND p.status <> 'quarantined'
                 AND NOT EXISTS (SELECT 1 FROM quarantines q WHERE q.project = p.project AND q.release = ''
                     AND q.file_name = '') LIMIT 1",
        )
        .bind(project.as_str())
        .fetch_optional(&self.readers)
        .await?;
        Ok(serial.map(count))
    }

    /// The names that no upstream's list may show: our own ones, and those in quarantine.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn names_kept_back(&self) -> Result<HashSet<ProjectName>, StoreError> {
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT project FROM own_projects WHERE lifted_at IS NULL
             UNION SELECT project FROM quarantines WHERE release = '' AND file_name = ''
             UNION SELECT project FROM pages WHERE status = 'quarantined'",
        )
        .fetch_all(&self.readers)
        .await?;
        names.iter().map(|name| parsed(name)).collect()
    }

    /// The names of a project's files of our own that are not deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_file_names(&self, project: &ProjectName) -> Result<Vec<String>, StoreError> {
        let names =
            sqlx::query_scalar("SELECT file_name FROM own_files WHERE project = $1 AND deleted_at IS NULL")
                .bind(project.as_str())
                .fetch_all(&self.readers)
                .await?;
        Ok(names)
    }

    /// Releases of our own, the newest first, from number `skip` on, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_own_releases(
        &self,
        (skip, limit): (u32, u32),
    ) -> Result<Vec<(ProjectName, OwnRelease)>, StoreError> {
        let rows: Vec<(String, String, String, i64, Option<String>)> = sqlx::query_as(
            "SELECT project, release, version, made_at, yanked FROM own_releases
             ORDER BY made_at DESC, project DESC LIMIT $1 OFFSET $2",
        )
        .bind(i64::from(limit))
        .bind(i64::from(skip))
        .fetch_all(&self.readers)
        .await?;
        let record =
            |(project, release, version, at, yanked): (String, String, String, i64, Option<String>)| {
                let (version, made_at) = (parsed(&version)?, instant(at)?);
                Ok((parsed(&project)?, OwnRelease { release, version, made_at, yanked }))
            };
        rows.into_iter().map(record).collect()
    }

    /// Projects of our own, the newest first, from number `skip` on, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_own_projects(
        &self,
        (skip, limit): (u32, u32),
    ) -> Result<Vec<ProjectName>, StoreError> {
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT project FROM own_projects WHERE lifted_at IS NULL
             ORDER BY made_at DESC, project DESC LIMIT $1 OFFSET $2",
        )
        .bind(i64::from(limit))
        .bind(i64::from(skip))
        .fetch_all(&self.readers)
        .await?;
        names.iter().map(|name| parsed(name)).collect()
    }
}
