use std::collections::BTreeMap;

use fondaco_model::{Advisory, AdvisoryId, AdvisoryKind, Affected, FileKey, RangeEnd, Releases, Timestamp};
use fondaco_pydist::{ProjectName, Sha256};

use crate::row::{flag, instant, known, maybe, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    own: i64,
    modified: i64,
    withdrawn: Option<i64>,
    record: String,
    project: String,
    version: Option<String>,
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

impl Row {
    fn affected(&self) -> Result<Affected, StoreError> {
        let releases = match &self.version {
            Some(version) => Releases::Version(parsed(version)?),
            None => Releases::Range {
                introduced: maybe(self.introduced.as_deref())?,
                end: match (&self.fixed, &self.last_affected) {
                    (Some(fixed), _) => RangeEnd::Before(parsed(fixed)?),
                    (None, Some(last)) => RangeEnd::With(parsed(last)?),
                    (None, None) => RangeEnd::Open,
                },
            },
        };
        Ok(Affected { project: parsed(&self.project)?, releases })
    }
}

fn gathered(rows: &[Row]) -> Result<Vec<Advisory>, StoreError> {
    let mut found: BTreeMap<&str, Advisory> = BTreeMap::new();
    for row in rows {
        if !found.contains_key(row.id.as_str()) {
            let advisory = Advisory {
                id: parsed(&row.id)?,
                kind: known(&row.kind, AdvisoryKind::from_id)?,
                own: flag(row.own),
                modified: instant(row.modified)?,
                withdrawn: row.withdrawn.map(instant).transpose()?,
                affected: Vec::new(),
                record: row.record.clone(),
            };
            found.insert(&row.id, advisory);
        }
        if let Some(advisory) = found.get_mut(row.id.as_str()) {
            advisory.affected.push(row.affected()?);
        }
    }
    Ok(found.into_values().collect())
}

impl Store {
    /// The advisories about a project, by id, without what they say of others.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advisories_of(&self, project: &ProjectName) -> Result<Vec<Advisory>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT a.id, a.kind, a.own, a.modified, a.withdrawn, a.record, r.project, r.version, r.introduced, r.fixed,
                 r.last_affected
             FROM advisory_releases r JOIN advisories a ON a.id = r.id WHERE r.project = $1 ORDER BY a.id",
        )
        .bind(project.as_str())
        .fetch_all(&self.readers)
        .await?;
        gathered(&rows)
    }

    /// One advisory's record, as imported.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advisory_record(&self, id: &AdvisoryId) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT record FROM advisories WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await?)
    }

    /// The projects that an advisory which is here is about, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects_of_advisory(&self, id: &AdvisoryId) -> Result<Vec<ProjectName>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT project FROM advisory_releases WHERE id = $1 ORDER BY project",
        )
        .bind(id.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|name| parsed(name)).collect()
    }

    /// When an advisory that is here last changed, and whether it is our own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advisory_state(&self, id: &AdvisoryId) -> Result<Option<(Timestamp, bool)>, StoreError> {
        let found: Option<(i64, i64)> = sqlx::query_as("SELECT modified, own FROM advisories WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await?;
        found.map(|(modified, own)| Ok((instant(modified)?, flag(own)))).transpose()
    }

    /// Projects of which files are known here and malware is known elsewhere, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects_with_known_malware(&self) -> Result<Vec<ProjectName>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT r.project FROM advisory_releases r JOIN advisories a ON a.id = r.id
             WHERE a.kind = 'malware' AND a.withdrawn IS NULL
                 AND EXISTS (SELECT 1 FROM files f WHERE f.project = r.project)
             ORDER BY r.project",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|name| parsed(name)).collect()
    }

    /// Records of our own, by id, after this one, at most `limit`: the records alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_advisories(
        &self,
        after: Option<&AdvisoryId>,
        limit: u32,
    ) -> Result<Vec<(AdvisoryId, Timestamp, String)>, StoreError> {
        let rows: Vec<(String, i64, String)> = sqlx::query_as(
            "SELECT id, modified, record FROM advisories WHERE own = 1 AND id > $1 ORDER BY id LIMIT $2",
        )
        .bind(after.map_or("", AdvisoryId::as_str))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|(id, at, record)| Ok((parsed(&id)?, instant(at)?, record))).collect()
    }
}

impl Store {
    /// The files whose newest inspection here was not clean, or whose content campaigns or rulings hold,
    /// each with when it was inspected: the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suspected_files(&self, limit: u32) -> Result<Vec<(FileKey, Sha256, Timestamp)>, StoreError> {
        let rows: Vec<(String, String, String, String, i64)> = sqlx::query_as(
            "SELECT f.upstream, f.project, f.file_name, f.sha256, MAX(e.inspected_at)
             FROM files f JOIN evidence e ON e.sha256 = f.sha256 AND e.file_name = f.file_name
             WHERE e.verdict <> 'clean'
                 OR EXISTS (SELECT 1 FROM rulings r WHERE r.sha256 = f.sha256 AND r.withdrawn_at IS NULL)
                 OR EXISTS (SELECT 1 FROM fingerprints p WHERE p.sha256 = f.sha256 AND p.campaign IS NOT NULL)
             GROUP BY f.upstream, f.project, f.file_name, f.sha256 ORDER BY 5 DESC LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(upstream, project, file_name, sha256, at)| {
                let key = FileKey { upstream: parsed(&upstream)?, project: parsed(&project)?, file_name };
                Ok((key, parsed(&sha256)?, instant(at)?))
            })
            .collect()
    }
}

impl Tx {
    /// One advisory's record.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advisory_record(&mut self, id: &AdvisoryId) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT record FROM advisories WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *self.inner)
            .await?)
    }

    /// Keeps an advisory, in the place of an older state of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_advisory(&mut self, advisory: &Advisory) -> Result<(), StoreError> {
        let id = advisory.id.as_str();
        sqlx::query("DELETE FROM advisories WHERE id = $1").bind(id).execute(&mut *self.inner).await?;
        sqlx::query(
            "INSERT INTO advisories (id, kind, modified, withdrawn, record, own)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id)
        .bind(advisory.kind.id())
        .bind(advisory.modified.as_microsecond())
        .bind(advisory.withdrawn.map(Timestamp::as_microsecond))
        .bind(&advisory.record)
        .bind(i64::from(advisory.own))
        .execute(&mut *self.inner)
        .await?;
        for Affected { project, releases } in &advisory.affected {
            let (version, introduced, end) = match releases {
                Releases::Version(version) => (Some(version), None, &RangeEnd::Open),
                Releases::Range { introduced, end } => (None, introduced.as_ref(), end),
            };
            let (fixed, last) = match end {
                RangeEnd::Open => (None, None),
                RangeEnd::Before(fixed) => (Some(fixed), None),
                RangeEnd::With(last) => (None, Some(last)),
            };
            sqlx::query(
                "INSERT INTO advisory_releases (id, project, version, introduced, fixed, last_affected)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(project.as_str())
            .bind(version.map(ToString::to_string))
            .bind(introduced.map(ToString::to_string))
            .bind(fixed.map(ToString::to_string))
            .bind(last.map(ToString::to_string))
            .execute(&mut *self.inner)
            .await?;
        }
        Ok(())
    }
}
