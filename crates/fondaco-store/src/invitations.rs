use fondaco_model::{Invitation, InvitationState, Invited, Timestamp, UserId};
use sqlx::AnyConnection;

use crate::row::{count, instant, known, maybe, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    name: String,
    role: String,
    user_id: String,
    made_by: Option<String>,
    made_at: i64,
    expires_at: i64,
    state: String,
}

impl Row {
    fn record(self) -> Result<Invitation, StoreError> {
        let to = match self.kind.as_str() {
            "project" => Invited::Project(parsed(&self.name)?, parsed(&self.role)?),
            "organisation" => Invited::Organisation(parsed(&self.name)?, parsed(&self.role)?),
            other => return Err(StoreError::Inconsistent(format!("an invitation to a {other:?}"))),
        };
        Ok(Invitation {
            id: self.id,
            to,
            user: parsed(&self.user_id)?,
            by: maybe(self.made_by.as_deref())?,
            made_at: instant(self.made_at)?,
            expires_at: instant(self.expires_at)?,
            state: known(&self.state, InvitationState::from_id)?,
        })
    }
}

async fn with_id(connection: &mut AnyConnection, id: &str) -> Result<Option<Invitation>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("SELECT * FROM invitations WHERE id = $1").bind(id).fetch_optional(connection).await?;
    row.map(Row::record).transpose()
}

/// The open ones to a project or an organisation, oldest first.
async fn open_to(
    connection: &mut AnyConnection,
    (kind, name): (&str, &str),
    now: Timestamp,
) -> Result<Vec<Invitation>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT * FROM invitations WHERE kind = $1 AND name = $2 AND state = 'open' AND expires_at > $3
         ORDER BY made_at, id",
    )
    .bind(kind)
    .bind(name)
    .bind(now.as_microsecond())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Row::record).collect()
}

impl Store {
    /// The invitation with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitation(&self, id: &str) -> Result<Option<Invitation>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        with_id(&mut connection, id).await
    }

    /// The open invitations of a person, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitations_of(&self, user: &UserId, now: Timestamp) -> Result<Vec<Invitation>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM invitations WHERE user_id = $1 AND state = 'open' AND expires_at > $2
             ORDER BY made_at, id",
        )
        .bind(user.to_string())
        .bind(now.as_microsecond())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// The open invitations to a project or an organisation, by the ids of [`Invited::kind`] and
    /// [`Invited::name`], oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitations_to(
        &self,
        to: (&str, &str),
        now: Timestamp,
    ) -> Result<Vec<Invitation>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        open_to(&mut connection, to, now).await
    }
}

impl Tx {
    /// The invitation with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitation(&mut self, id: &str) -> Result<Option<Invitation>, StoreError> {
        with_id(&mut self.inner, id).await
    }

    /// The open invitations to a project or an organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitations_to(
        &mut self,
        to: (&str, &str),
        now: Timestamp,
    ) -> Result<Vec<Invitation>, StoreError> {
        open_to(&mut self.inner, to, now).await
    }

    /// How often a person was invited since an instant, to whatever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_invitations_of(&mut self, user: &UserId, since: Timestamp) -> Result<u64, StoreError> {
        let made: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM invitations WHERE user_id = $1 AND made_at >= $2")
                .bind(user.as_str())
                .bind(since.as_microsecond())
                .fetch_one(&mut *self.inner)
                .await?;
        Ok(count(made))
    }

    /// Keeps an invitation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_invitation(&mut self, invitation: &Invitation) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO invitations (id, kind, name, role, user_id, made_by, made_at, expires_at, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&invitation.id)
        .bind(invitation.to.kind())
        .bind(invitation.to.name())
        .bind(invitation.to.role())
        .bind(invitation.user.to_string())
        .bind(invitation.by.as_ref().map(ToString::to_string))
        .bind(invitation.made_at.as_microsecond())
        .bind(invitation.expires_at.as_microsecond())
        .bind(invitation.state.id())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Says what became of an open invitation; `false` where it was open no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_invitation(&mut self, id: &str, state: InvitationState) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE invitations SET state = $2 WHERE id = $1 AND state = 'open'")
            .bind(id)
            .bind(state.id())
            .execute(&mut *self.inner)
            .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Takes everything from a person whose account is deleted: roles, teams, invitations to them and
    /// by them. That nothing loses its last owner is looked at before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_roles(&mut self, user: &UserId) -> Result<(), StoreError> {
        for emptied in [
            "DELETE FROM project_roles WHERE user_id = $1",
            "DELETE FROM organisation_members WHERE user_id = $1",
            "DELETE FROM team_people WHERE user_id = $1",
            "UPDATE invitations SET state = 'withdrawn'
             WHERE (user_id = $1 OR made_by = $1) AND state = 'open'",
        ] {
            sqlx::query(emptied).bind(user.to_string()).execute(&mut *self.inner).await?;
        }
        Ok(())
    }
}
