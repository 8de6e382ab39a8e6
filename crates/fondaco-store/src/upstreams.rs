use fondaco_model::{Upstream, UpstreamName};

use crate::row::{instant, parsed};
use crate::{Store, StoreError, Tx};

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    url: String,
    source: String,
    set_at: i64,
}

impl Store {
    /// The upstream of this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upstream(&self, name: &UpstreamName) -> Result<Option<Upstream>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("SELECT name, url, source, set_at FROM upstreams WHERE name = $1")
                .bind(name.as_str())
                .fetch_optional(&self.readers)
                .await?;
        row.map(|row| {
            Ok(Upstream {
                name: parsed(&row.name)?,
                url: row.url,
                source: row.source,
                set_at: instant(row.set_at)?,
            })
        })
        .transpose()
    }
}

impl Tx {
    /// Sets an upstream's address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_upstream(&mut self, upstream: &Upstream) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO upstreams (name, url, source, set_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (name) DO UPDATE SET url = excluded.url, source = excluded.source, set_at = excluded.set_at",
        )
        .bind(upstream.name.as_str())
        .bind(&upstream.url)
        .bind(&upstream.source)
        .bind(upstream.set_at.as_microsecond())
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
