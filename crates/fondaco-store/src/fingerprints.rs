use fondaco_campaign::{CampaignId, MemberId};
use fondaco_model::{Fingerprint, Timestamp};
use fondaco_verdict::Verdict;

use crate::row::{flag, instant, known, maybe, parsed, signed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    member: String,
    place: i64,
    sha256: String,
    project: String,
    file_name: String,
    account: Option<String>,
    uploaded_at: i64,
    verdict: String,
    established: i64,
    target: Option<String>,
    prints: String,
    campaign: Option<String>,
    pinned: i64,
}

impl Row {
    fn record(self) -> Result<Fingerprint, StoreError> {
        Ok(Fingerprint {
            member: parsed(&self.member)?,
            sha256: parsed(&self.sha256)?,
            project: parsed(&self.project)?,
            file_name: self.file_name,
            account: self.account,
            uploaded_at: instant(self.uploaded_at)?,
            verdict: known(&self.verdict, Verdict::from_id)?,
            established: flag(self.established),
            target: self.target,
            prints: self.prints,
            campaign: maybe(self.campaign.as_deref())?,
            pinned: flag(self.pinned),
        })
    }
}

impl Store {
    /// Artifacts that campaigns are clustered by, in the order in which they came: those after a place
    /// (0 for the first), at most `limit`, and the place of the last. There is no more where there are
    /// none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fingerprints_after(
        &self,
        place: i64,
        limit: u32,
    ) -> Result<(Vec<Fingerprint>, i64), StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM fingerprints WHERE place > $1 ORDER BY place LIMIT $2")
                .bind(place)
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        let last = rows.last().map_or(place, |row| row.place);
        let records: Result<_, StoreError> = rows.into_iter().map(Row::record).collect();
        Ok((records?, last))
    }

    /// The members of a campaign, first to last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaign_members(&self, id: CampaignId) -> Result<Vec<Fingerprint>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM fingerprints WHERE campaign = $1 ORDER BY uploaded_at, place")
                .bind(id.to_string())
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Store {
    /// Malicious artifacts that are in no campaign and were uploaded since an instant, first to last, at
    /// most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn malicious_alone(
        &self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Fingerprint>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM fingerprints WHERE campaign IS NULL AND verdict = $1 AND uploaded_at >= $2
             ORDER BY uploaded_at, place LIMIT $3",
        )
        .bind(Verdict::Malicious.id())
        .bind(since.as_microsecond())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Tx {
    /// Remembers an artifact, after all others. Of one that is known only what its inspection now says
    /// is changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_fingerprint(&mut self, one: &Fingerprint) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO fingerprints (member, place, sha256, project, file_name, account, uploaded_at,
                 verdict, established, target, prints, campaign, pinned)
             VALUES ($1, (SELECT COALESCE(MAX(place), 0) + 1 FROM fingerprints), $2, $3, $4, $5, $6, $7, $8,
                 $9, $10, $11, $12)
             ON CONFLICT (member) DO UPDATE SET verdict = excluded.verdict, prints = excluded.prints",
        )
        .bind(one.member.to_string())
        .bind(one.sha256.to_string())
        .bind(one.project.as_str())
        .bind(&one.file_name)
        .bind(&one.account)
        .bind(one.uploaded_at.as_microsecond())
        .bind(one.verdict.id())
        .bind(i64::from(one.established))
        .bind(&one.target)
        .bind(&one.prints)
        .bind(one.campaign.map(|id| id.to_string()))
        .bind(i64::from(one.pinned))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The artifact with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fingerprint(&mut self, member: MemberId) -> Result<Option<Fingerprint>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM fingerprints WHERE member = $1")
            .bind(member.to_string())
            .fetch_optional(&mut *self.inner)
            .await?;
        row.map(Row::record).transpose()
    }

    /// The members of a campaign, within these changes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn members_of(&mut self, id: CampaignId) -> Result<Vec<Fingerprint>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM fingerprints WHERE campaign = $1 ORDER BY uploaded_at, place")
                .bind(id.to_string())
                .fetch_all(&mut *self.inner)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// The members of a campaign that came last, the last first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_members_of(
        &mut self,
        id: CampaignId,
        limit: u32,
    ) -> Result<Vec<Fingerprint>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM fingerprints WHERE campaign = $1 ORDER BY place DESC LIMIT $2")
                .bind(id.to_string())
                .bind(i64::from(limit))
                .fetch_all(&mut *self.inner)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// Forgets all but the last `keep` artifacts of those that are in no campaign.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_fingerprints(&mut self, keep: u64) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM fingerprints WHERE campaign IS NULL
                 AND place <= (SELECT COALESCE(MAX(place), 0) FROM fingerprints) - $1",
        )
        .bind(signed(keep))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
