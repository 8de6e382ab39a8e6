use fondaco_model::{FoundMalicious, MaliciousSpan, Timestamp};
use fondaco_pydist::ProjectName;
use fondaco_verdict::Verdict;
use sqlx::AssertSqlSafe;

use crate::row::{instant, known, parsed};
use crate::{Store, StoreError};

/// Which files that were found malicious are wanted.
#[derive(Debug, Clone, Copy)]
pub enum FoundWanted<'a> {
    /// All of them.
    All,
    /// Those of one project.
    Of(&'a ProjectName),
    /// Those whose digest begins so: hex digits.
    Begin(&'a str),
}

#[derive(sqlx::FromRow)]
struct Row {
    sha256: String,
    upstream: String,
    project: String,
    file_name: String,
    release: String,
    verdict: String,
    titles: String,
    inspected_at: i64,
}

impl Row {
    fn is_of(&self, other: &Self) -> bool {
        (&self.sha256, &self.upstream, &self.project, &self.file_name)
            == (&other.sha256, &other.upstream, &other.project, &other.file_name)
    }
}

/// The inspections of one file, the oldest first, as one.
fn gathered(rows: &[Row]) -> Result<Option<FoundMalicious>, StoreError> {
    let mut inspections: Vec<(Verdict, Timestamp)> = Vec::with_capacity(rows.len());
    for row in rows {
        inspections.push((known(&row.verdict, Verdict::from_id)?, instant(row.inspected_at)?));
    }
    let (Some(row), Some((newest, _))) = (rows.last(), inspections.last().copied()) else { return Ok(None) };
    let bad = inspections.iter().rposition(|(verdict, _)| *verdict == Verdict::Malicious);
    let (Some(bad), Some(span)) = (bad, MaliciousSpan::of(inspections)) else { return Ok(None) };
    Ok(Some(FoundMalicious {
        sha256: parsed(&row.sha256)?,
        layer: parsed(&row.upstream)?,
        project: parsed(&row.project)?,
        release: row.release.clone(),
        span,
        titles: rows.get(bad).map(|row| row.titles.lines().map(str::to_owned).collect()).unwrap_or_default(),
        newest,
    }))
}

impl Store {
    /// The files that an inspection here has found malicious, now or once, by content, layer, project and
    /// name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn found_malicious(&self, wanted: FoundWanted<'_>) -> Result<Vec<FoundMalicious>, StoreError> {
        // A text for each, because with one for all an index would be of no use.
        let (which, first, last) = match wanted {
            FoundWanted::All => {
                ("f.sha256 IN (SELECT sha256 FROM evidence WHERE verdict = 'malicious')", None, None)
            }
            FoundWanted::Of(project) => ("f.project = $1", Some(project.as_str().to_owned()), None),
            // No hex digit comes after `f`.
            FoundWanted::Begin(digits) => {
                ("f.sha256 >= $1 AND f.sha256 < $2", Some(digits.to_owned()), Some(format!("{digits}g")))
            }
        };
        let mut query = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT f.sha256, f.upstream, f.project, f.file_name, f.release, e.verdict, e.titles, e.inspected_at
             FROM files f JOIN evidence e ON e.sha256 = f.sha256 AND e.file_name = f.file_name
             WHERE {which} AND EXISTS (SELECT 1 FROM evidence b WHERE b.verdict = 'malicious'
                 AND b.sha256 = f.sha256 AND b.file_name = f.file_name)
             ORDER BY f.sha256, f.upstream, f.project, f.file_name, e.inspected_at, e.engine"
        )));
        for value in [first, last].into_iter().flatten() {
            query = query.bind(value);
        }
        let rows: Vec<Row> = query.fetch_all(&self.readers).await?;
        let of_files = rows.chunk_by(Row::is_of).map(gathered);
        of_files.filter_map(Result::transpose).collect()
    }

    /// How the digests of contents begin that an inspection has found malicious, in order: so many digits
    /// of each, after these, at most `limit`. Of some there may be no file here, but a release that was
    /// only watched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn malicious_begins(
        &self,
        digits: u8,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT substr(sha256, 1, $1) FROM evidence
             WHERE verdict = 'malicious' AND sha256 > $2 ORDER BY 1 LIMIT $3",
        )
        .bind(i32::from(digits))
        // After everything that begins so.
        .bind(after.map(|digits| format!("{digits}g")).unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        Ok(rows)
    }
}
