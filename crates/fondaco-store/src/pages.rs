use fondaco_model::{Timestamp, UpstreamName};
use fondaco_pydist::{ProjectName, ProjectStatus};

use crate::row::{count, instant, parsed};
use crate::{Store, StoreError, Tx};

/// What an upstream said last of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPage {
    /// Upstream's ETag.
    pub etag: Option<String>,
    /// The listing, as JSON by PEP 691; `None` where upstream has no such project.
    pub listing: Option<Vec<u8>>,
    /// The project's status there.
    pub status: ProjectStatus,
    /// When upstream was last asked.
    pub checked_at: Timestamp,
    /// When the answer last differed from the one before.
    pub changed_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    etag: Option<String>,
    listing: Option<Vec<u8>>,
    status: String,
    checked_at: i64,
    changed_at: i64,
}

impl Store {
    /// What `upstream` said last of `project`; `None` if it was never asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(
        &self,
        upstream: &UpstreamName,
        project: &ProjectName,
    ) -> Result<Option<StoredPage>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT etag, listing, status, checked_at, changed_at FROM pages WHERE upstream = $1 AND project = $2",
        )
        .bind(upstream.as_str())
        .bind(project.as_str())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| {
            Ok(StoredPage {
                etag: row.etag,
                listing: row.listing,
                status: parsed(&row.status)?,
                checked_at: instant(row.checked_at)?,
                changed_at: instant(row.changed_at)?,
            })
        })
        .transpose()
    }

    /// Every project that was pulled through, is none of our own and is not in quarantine, by name,
    /// with the last serial that concerns it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pulled_projects(&self) -> Result<Vec<(ProjectName, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT DISTINCT p.project, COALESCE((SELECT MAX(j.serial) FROM journal j WHERE j.project = p.project), 0)
             FROM pages p WHERE p.listing IS NOT NULL AND p.status <> 'quarantined'
                 AND NOT EXISTS (SELECT 1 FROM own_projects o WHERE o.project = p.project AND o.lifted_at IS NULL)
                 AND NOT EXISTS (SELECT 1 FROM quarantines q WHERE q.project = p.project AND q.release = ''
                     AND q.file_name = '')
             ORDER BY p.project",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|(name, serial)| Ok((parsed(&name)?, count(serial)))).collect()
    }
}

impl Tx {
    /// Remembers what `upstream` says of `project`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_page(
        &mut self,
        upstream: &UpstreamName,
        project: &ProjectName,
        page: &StoredPage,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO pages (upstream, project, etag, listing, status, checked_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (upstream, project) DO UPDATE SET etag = excluded.etag, listing = excluded.listing,
                 status = excluded.status, checked_at = excluded.checked_at, changed_at = excluded.changed_at",
        )
        .bind(upstream.as_str())
        .bind(project.as_str())
        .bind(&page.etag)
        .bind(&page.listing)
        .bind(page.status.as_str())
        .bind(page.checked_at.as_microsecond())
        .bind(page.changed_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes that upstream says the same as before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_page(
        &mut self,
        upstream: &UpstreamName,
        project: &ProjectName,
        page: &StoredPage,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE pages SET etag = $3, checked_at = $4 WHERE upstream = $1 AND project = $2")
            .bind(upstream.as_str())
            .bind(project.as_str())
            .bind(&page.etag)
            .bind(page.checked_at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Makes every page of an upstream be asked for anew, in full: its addresses are those of a
    /// place that it has left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_pages(&mut self, upstream: &UpstreamName) -> Result<(), StoreError> {
        sqlx::query("UPDATE pages SET etag = NULL, checked_at = 0 WHERE upstream = $1")
            .bind(upstream.as_str())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
