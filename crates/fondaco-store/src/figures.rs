use crate::row::count;
use crate::{Store, StoreError};

/// How much there is of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Projects of our own.
    pub own_projects: u64,
    /// Files of our own that are not deleted.
    pub own_files: u64,
    /// Projects that were pulled through.
    pub pulled_projects: u64,
    /// Uploads that were taken.
    pub uploads_taken: u64,
    /// Uploads that were blocked.
    pub uploads_blocked: u64,
    /// Contents that were inspected.
    pub files_inspected: u64,
    /// Contents that an inspection found malicious.
    pub files_malicious: u64,
    /// Files that were served.
    pub downloads: u64,
    /// Quarantines in force.
    pub quarantines: u64,
}

impl Store {
    /// Counts everything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        Ok(Figures {
            own_projects: self.counted("SELECT COUNT(*) FROM own_projects WHERE lifted_at IS NULL").await?,
            own_files: self.counted("SELECT COUNT(*) FROM own_files WHERE deleted_at IS NULL").await?,
            pulled_projects: self
                .counted("SELECT COUNT(DISTINCT project) FROM pages WHERE listing IS NOT NULL")
                .await?,
            uploads_taken: self.counted("SELECT COUNT(*) FROM uploads WHERE taken = 1").await?,
            uploads_blocked: self.counted("SELECT COUNT(*) FROM uploads WHERE taken = 0").await?,
            files_inspected: self.counted("SELECT COUNT(DISTINCT sha256) FROM evidence").await?,
            files_malicious: self
                .counted("SELECT COUNT(DISTINCT sha256) FROM evidence WHERE verdict = 'malicious'")
                .await?,
            downloads: self
                .counted(
                    "SELECT (SELECT COUNT(*) FROM downloads)
                          + (SELECT CAST(COALESCE(SUM(downloads), 0) AS BIGINT) FROM download_counts)",
                )
                .await?,
            quarantines: self.counted("SELECT COUNT(*) FROM quarantines").await?,
        })
    }

    async fn counted(&self, query: &'static str) -> Result<u64, StoreError> {
        let number: i64 = sqlx::query_scalar(query).fetch_one(&self.readers).await?;
        Ok(count(number))
    }
}
