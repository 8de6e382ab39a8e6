use fondaco_model::{
    Decided, Observation, ObservationKind, Observer, Outcome, Scope, Timestamp, TrackRecord,
};
use fondaco_pydist::ProjectName;
use sqlx::AnyConnection;

use crate::row::{count, flag, instant, known, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    project: String,
    release: String,
    file_name: String,
    kind: String,
    summary: String,
    evidence: Option<String>,
    account: String,
    observer: String,
    trusted: i64,
    made_at: i64,
    outcome: Option<String>,
    note: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<Observation, StoreError> {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        let decision = match self.outcome {
            Some(outcome) => Some(Decided {
                outcome: known(&outcome, Outcome::from_id)?,
                note: self.note.unwrap_or_default(),
                by: self.decided_by.unwrap_or_default(),
                at: instant(self.decided_at.unwrap_or_default())?,
            }),
            None => None,
        };
        Ok(Observation {
            id: self.id,
            scope: Scope {
                project: parsed(&self.project)?,
                release: given(self.release),
                file_name: given(self.file_name),
            },
            kind: known(&self.kind, ObservationKind::from_id)?,
            summary: self.summary,
            evidence: self.evidence,
            observer: Observer { account: self.account, name: self.observer },
            trusted: flag(self.trusted),
            made_at: instant(self.made_at)?,
            decision,
        })
    }
}

/// Which observations are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct ObservationsWanted<'a> {
    /// Only those about this project.
    pub project: Option<&'a ProjectName>,
    /// Only those of this account.
    pub account: Option<&'a str>,
    /// Only those without an outcome.
    pub open: bool,
}

async fn some(
    connection: &mut AnyConnection,
    wanted: ObservationsWanted<'_>,
) -> Result<Vec<Observation>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT * FROM observations WHERE ($1 IS NULL OR project = $1) AND ($2 IS NULL OR account = $2)
             AND ($3 = 0 OR outcome IS NULL) ORDER BY made_at DESC, id LIMIT 1000",
    )
    .bind(wanted.project.map(ProjectName::as_str))
    .bind(wanted.account)
    .bind(i64::from(wanted.open))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Row::record).collect()
}

/// A trusted observer, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedObserver {
    /// The account.
    pub account: String,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
}

impl Store {
    /// Observations, newest first, at most 1,000.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn observations(&self, wanted: ObservationsWanted<'_>) -> Result<Vec<Observation>, StoreError> {
        some(&mut *self.readers.acquire().await?, wanted).await
    }

    /// One observation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn observation(&self, id: &str) -> Result<Option<Observation>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM observations WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(Row::record).transpose()
    }

    /// The trusted observers, by account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trusted_observers(&self) -> Result<Vec<TrustedObserver>, StoreError> {
        let rows: Vec<(String, String, String, i64)> =
            sqlx::query_as("SELECT account, reason, made_by, made_at FROM observers ORDER BY account")
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter()
            .map(|(account, reason, made_by, at)| {
                Ok(TrustedObserver { account, reason, made_by, made_at: instant(at)? })
            })
            .collect()
    }
}

impl Tx {
    /// Observations, as [`Store::observations`] gives them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn observations(
        &mut self,
        wanted: ObservationsWanted<'_>,
    ) -> Result<Vec<Observation>, StoreError> {
        some(&mut self.inner, wanted).await
    }

    /// How the reports of an account turned out; `since` begins the last 24 hours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn track_record(&mut self, account: &str, since: Timestamp) -> Result<TrackRecord, StoreError> {
        let (confirmed, refuted, open, lately): (i64, i64, i64, i64) = sqlx::query_as(
            "SELECT COUNT(CASE WHEN outcome = 'confirmed' THEN 1 END),
                 COUNT(CASE WHEN outcome = 'not_malware' THEN 1 END),
                 COUNT(CASE WHEN outcome IS NULL THEN 1 END),
                 COUNT(CASE WHEN made_at >= $2 THEN 1 END)
             FROM observations WHERE account = $1",
        )
        .bind(account)
        .bind(since.as_microsecond())
        .fetch_one(&mut *self.inner)
        .await?;
        Ok(TrackRecord {
            confirmed: count(confirmed),
            refuted: count(refuted),
            open: count(open),
            lately: count(lately),
        })
    }

    /// Keeps an observation.
    ///
    /// # Errors
    /// When the database fails, also where the account has an open one about the same.
    pub async fn add_observation(&mut self, observation: &Observation) -> Result<(), StoreError> {
        let Scope { project, release, file_name } = &observation.scope;
        sqlx::query(
            "INSERT INTO observations (id, project, release, file_name, kind, summary, evidence, account,
                 observer, trusted, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&observation.id)
        .bind(project.as_str())
        .bind(release.as_deref().unwrap_or_default())
        .bind(file_name.as_deref().unwrap_or_default())
        .bind(observation.kind.id())
        .bind(&observation.summary)
        .bind(observation.evidence.as_deref())
        .bind(&observation.observer.account)
        .bind(&observation.observer.name)
        .bind(i64::from(observation.trusted))
        .bind(observation.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Gives an open observation its outcome; `false` where there is no such.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_observation(&mut self, id: &str, decided: &Decided) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE observations SET outcome = $2, note = $3, decided_by = $4, decided_at = $5
             WHERE id = $1 AND outcome IS NULL",
        )
        .bind(id)
        .bind(decided.outcome.id())
        .bind(&decided.note)
        .bind(&decided.by)
        .bind(decided.at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Whether an account is a trusted observer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_trusted_observer(&mut self, account: &str) -> Result<bool, StoreError> {
        let found: Option<String> = sqlx::query_scalar("SELECT account FROM observers WHERE account = $1")
            .bind(account)
            .fetch_optional(&mut *self.inner)
            .await?;
        Ok(found.is_some())
    }

    /// Makes an account a trusted observer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trust_observer(&mut self, observer: &TrustedObserver) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO observers (account, reason, made_by, made_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account) DO UPDATE SET reason = excluded.reason, made_by = excluded.made_by,
                 made_at = excluded.made_at",
        )
        .bind(&observer.account)
        .bind(&observer.reason)
        .bind(&observer.made_by)
        .bind(observer.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Makes an account a trusted observer no more; `false` where it was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn distrust_observer(&mut self, account: &str) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM observers WHERE account = $1")
            .bind(account)
            .execute(&mut *self.inner)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}
