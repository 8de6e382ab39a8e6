use fondaco_campaign::{CampaignId, MemberId, State};
use fondaco_model::{CampaignRecord, CampaignSummary};
use fondaco_pydist::{ProjectName, Sha256};

use crate::row::{count, flag, instant, known, maybe, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    state: String,
    opened_at: i64,
    changed_at: i64,
    merged_into: Option<String>,
    has_core: i64,
}

#[derive(sqlx::FromRow)]
struct Counted {
    #[sqlx(flatten)]
    row: Row,
    members: i64,
    projects: i64,
}

impl Row {
    fn record(self) -> Result<CampaignRecord, StoreError> {
        Ok(CampaignRecord {
            id: parsed(&self.id)?,
            state: known(&self.state, State::from_id)?,
            opened_at: instant(self.opened_at)?,
            changed_at: instant(self.changed_at)?,
            merged_into: maybe(self.merged_into.as_deref())?,
            has_core: flag(self.has_core),
        })
    }
}

impl Store {
    /// The campaigns that are not merged into others, the one that changed last first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaigns(&self, limit: u32) -> Result<Vec<CampaignSummary>, StoreError> {
        let rows: Vec<Counted> = sqlx::query_as(
            "SELECT c.id, c.state, c.opened_at, c.changed_at, c.merged_into, c.has_core,
                 (SELECT COUNT(*) FROM fingerprints f WHERE f.campaign = c.id) AS members,
                 (SELECT COUNT(DISTINCT f.project) FROM fingerprints f WHERE f.campaign = c.id) AS projects
             FROM campaigns c WHERE c.merged_into IS NULL ORDER BY c.changed_at DESC, c.id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let summary = |row: Counted| {
            let (members, projects) = (count(row.members), count(row.projects));
            Ok(CampaignSummary { record: row.row.record()?, members, projects })
        };
        rows.into_iter().map(summary).collect()
    }

    /// Every campaign there ever was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_campaigns(&self) -> Result<Vec<CampaignRecord>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT * FROM campaigns ORDER BY opened_at, id").fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// One campaign.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<CampaignRecord>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM campaigns WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.map(Row::record).transpose()
    }

    /// The contents of a project that are held because an open campaign with a core has them. What was
    /// established when it came is held by no campaign.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_by_campaigns(
        &self,
        project: &ProjectName,
    ) -> Result<Vec<(Sha256, CampaignId)>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT f.sha256, c.id FROM fingerprints f JOIN campaigns c ON c.id = f.campaign
             WHERE f.project = $1 AND f.established = $2 AND c.state = $3 AND c.has_core = $4",
        )
        .bind(project.as_str())
        .bind(0_i64)
        .bind(State::Open.id())
        .bind(1_i64)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|(sha256, id)| Ok((parsed(sha256)?, parsed(id)?))).collect()
    }

    /// Campaigns that an analyst keeps apart.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaigns_apart(&self) -> Result<Vec<(CampaignId, CampaignId)>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT one, other FROM campaigns_apart").fetch_all(&self.readers).await?;
        rows.iter().map(|(one, other)| Ok((parsed(one)?, parsed(other)?))).collect()
    }
}

impl Store {
    /// Changes of campaigns so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaigns_epoch(&self) -> Result<u64, StoreError> {
        let epoch: i64 = sqlx::query_scalar("SELECT epoch FROM campaigns_epoch WHERE id = 1")
            .fetch_one(&self.readers)
            .await?;
        Ok(count(epoch))
    }
}

impl Tx {
    /// How often campaigns were changed so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaigns_epoch(&mut self) -> Result<u64, StoreError> {
        let epoch: i64 = sqlx::query_scalar("SELECT epoch FROM campaigns_epoch WHERE id = 1")
            .fetch_one(&mut *self.inner)
            .await?;
        Ok(count(epoch))
    }

    /// Counts a change of campaigns.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_campaigns_epoch(&mut self) -> Result<(), StoreError> {
        sqlx::query("UPDATE campaigns_epoch SET epoch = epoch + 1 WHERE id = 1")
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Keeps a campaign as it stands. When it was opened stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_campaign(&mut self, campaign: &CampaignRecord) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO campaigns (id, state, opened_at, changed_at, merged_into, has_core)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at,
                 merged_into = excluded.merged_into, has_core = excluded.has_core",
        )
        .bind(campaign.id.to_string())
        .bind(campaign.state.id())
        .bind(campaign.opened_at.as_microsecond())
        .bind(campaign.changed_at.as_microsecond())
        .bind(campaign.merged_into.map(|id| id.to_string()))
        .bind(i64::from(campaign.has_core))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Puts a member into a campaign, or into none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_campaign_of(
        &mut self,
        member: MemberId,
        campaign: Option<CampaignId>,
        pinned: bool,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE fingerprints SET campaign = $2, pinned = $3 WHERE member = $1")
            .bind(member.to_string())
            .bind(campaign.map(|id| id.to_string()))
            .bind(i64::from(pinned))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Writes down that an analyst keeps two campaigns apart.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_campaigns_apart(
        &mut self,
        one: CampaignId,
        other: CampaignId,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO campaigns_apart (one, other) VALUES ($1, $2) ON CONFLICT (one, other) DO NOTHING",
        )
        .bind(one.min(other).to_string())
        .bind(one.max(other).to_string())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Forgets which campaigns an analyst kept apart from this one; they are given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_apart(&mut self, id: CampaignId) -> Result<Vec<CampaignId>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT one, other FROM campaigns_apart WHERE one = $1 OR other = $1")
                .bind(id.to_string())
                .fetch_all(&mut *self.inner)
                .await?;
        sqlx::query("DELETE FROM campaigns_apart WHERE one = $1 OR other = $1")
            .bind(id.to_string())
            .execute(&mut *self.inner)
            .await?;
        let other = |(one, other): &(String, String)| {
            let (one, other) = (parsed(one)?, parsed(other)?);
            Ok(if one == id { other } else { one })
        };
        rows.iter().map(other).collect()
    }

    /// How many members a campaign has, and of how many projects.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaign_size(&mut self, id: CampaignId) -> Result<(u64, u64), StoreError> {
        let (members, projects): (i64, i64) =
            sqlx::query_as("SELECT COUNT(*), COUNT(DISTINCT project) FROM fingerprints WHERE campaign = $1")
                .bind(id.to_string())
                .fetch_one(&mut *self.inner)
                .await?;
        Ok((count(members), count(projects)))
    }
}
