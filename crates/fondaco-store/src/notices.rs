use fondaco_model::{Delivery, Notice, NoticeKind, Timestamp};

use crate::row::{count, instant, known};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    subject: String,
    text: String,
    made_at: i64,
}

impl Row {
    fn record(self) -> Result<Notice, StoreError> {
        Ok(Notice {
            id: self.id,
            kind: known(&self.kind, NoticeKind::from_id)?,
            subject: self.subject,
            text: self.text,
            made_at: instant(self.made_at)?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct Due {
    id: i64,
    kind: String,
    subject: String,
    text: String,
    made_at: i64,
    endpoint: String,
    attempts: i64,
}

impl Store {
    /// Whether a notice waits to be addressed, or a delivery is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notices_wait(&self, now: Timestamp) -> Result<bool, StoreError> {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM notices WHERE addressed = 0)
                  + (SELECT COUNT(*) FROM deliveries WHERE run_at <= $1)",
        )
        .bind(now.as_microsecond())
        .fetch_one(&self.readers)
        .await?;
        Ok(waiting > 0)
    }

    /// The newest notices, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notices(&self, limit: u32) -> Result<Vec<Notice>, StoreError> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT id, kind, subject, text, made_at FROM notices ORDER BY id DESC LIMIT $1")
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(Row::record).collect()
    }
}

impl Tx {
    /// Writes down what somebody has to be told; it is sent once this transaction is true.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_notice(&mut self, notice: &Notice) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO notices (kind, subject, text, made_at, addressed) VALUES ($1, $2, $3, $4, 0)",
        )
        .bind(notice.kind.id())
        .bind(&notice.subject)
        .bind(&notice.text)
        .bind(notice.made_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The notices that are addressed to nobody yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unaddressed_notices(&mut self) -> Result<Vec<Notice>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, kind, subject, text, made_at FROM notices WHERE addressed = 0 ORDER BY id LIMIT 100",
        )
        .fetch_all(&mut *self.inner)
        .await?;
        rows.into_iter().map(Row::record).collect()
    }

    /// Addresses a notice to endpoints; each has it sent at `at` or later.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn address_notice(
        &mut self,
        notice: i64,
        endpoints: &[&str],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        for endpoint in endpoints {
            sqlx::query("INSERT INTO deliveries (notice, endpoint, attempts, run_at) VALUES ($1, $2, 0, $3)")
                .bind(notice)
                .bind(*endpoint)
                .bind(at.as_microsecond())
                .execute(&mut *self.inner)
                .await?;
        }
        sqlx::query("UPDATE notices SET addressed = 1 WHERE id = $1")
            .bind(notice)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The deliveries that are due, at most `limit`. They are not due again before `until`: whoever has
    /// them sends them, and no other replica does meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_deliveries(
        &mut self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows: Vec<Due> = sqlx::query_as(
            "SELECT n.id, n.kind, n.subject, n.text, n.made_at, d.endpoint, d.attempts
             FROM deliveries d JOIN notices n ON n.id = d.notice
             WHERE d.run_at <= $1 ORDER BY d.run_at, d.notice, d.endpoint LIMIT $2",
        )
        .bind(now.as_microsecond())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.inner)
        .await?;
        let mut taken = Vec::new();
        for row in rows {
            let Due { id, kind, subject, text, made_at, endpoint, attempts } = row;
            self.postpone_delivery(id, &endpoint, until).await?;
            let notice = Row { id, kind, subject, text, made_at }.record()?;
            taken.push(Delivery {
                notice,
                endpoint,
                attempts: u32::try_from(count(attempts)).unwrap_or(u32::MAX),
            });
        }
        Ok(taken)
    }

    async fn postpone_delivery(
        &mut self,
        notice: i64,
        endpoint: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE deliveries SET run_at = $3 WHERE notice = $1 AND endpoint = $2")
            .bind(notice)
            .bind(endpoint)
            .bind(at.as_microsecond())
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// A delivery has failed and is tried again at `at`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_delivery(
        &mut self,
        notice: i64,
        endpoint: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE deliveries SET attempts = attempts + 1 WHERE notice = $1 AND endpoint = $2")
            .bind(notice)
            .bind(endpoint)
            .execute(&mut *self.inner)
            .await?;
        self.postpone_delivery(notice, endpoint, at).await
    }

    /// A delivery has arrived, or is given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_delivery(&mut self, notice: i64, endpoint: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM deliveries WHERE notice = $1 AND endpoint = $2")
            .bind(notice)
            .bind(endpoint)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Forgets notices from before an instant that wait for nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_notices(&mut self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM notices WHERE made_at < $1 AND addressed = 1
             AND id NOT IN (SELECT notice FROM deliveries)",
        )
        .bind(before.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
