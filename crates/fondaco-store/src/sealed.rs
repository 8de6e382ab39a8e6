//! Which keys seal the secrets in the database: looked at when a server starts, which seals anew what is
//! plain, or was sealed with another key than the first.

use std::collections::BTreeSet;
use std::fmt;

use fondaco_model::Timestamp;
use sqlx::AnyConnection;

use crate::dialect::Dialect;
use crate::keys::{Column, Keys};
use crate::{Store, StoreError, Tx, pepper};

/// What a server that starts has done with the secrets that it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sealed {
    /// Those that stood in the database as they are.
    pub plain: u64,
    /// Those that another key had sealed.
    pub anew: u64,
    /// Whether the database's files may still hold, in parts that are not in use, secrets as they were.
    pub unscrubbed: bool,
}

/// What can't be opened any more and was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Apps for one-time passwords.
    pub apps: u64,
    /// Tokens.
    pub tokens: u64,
    /// Passwords, which can't be checked without their pepper.
    pub passwords: u64,
    /// Mails that waited.
    pub mails: u64,
}

/// The id of every key that has sealed something, or is to.
const KEYS_IN_USE: &str = "SELECT id FROM sealing_keys
    UNION SELECT sealed_by FROM totp WHERE sealed_by IS NOT NULL
    UNION SELECT sealed_by FROM totp_offers WHERE sealed_by IS NOT NULL
    UNION SELECT sealed_by FROM issued_tokens WHERE sealed_by IS NOT NULL
    UNION SELECT sealed_by FROM pepper
    UNION SELECT sealed_by FROM mails WHERE sealed_by IS NOT NULL";

/// Columns of bytes: those of rows that are to be sealed anew, by what a row is known and bound to.
const BYTES: [(Column, &str, &str); 3] = [
    (
        Column::Totp,
        "SELECT user_id, secret, sealed_by FROM totp WHERE sealed_by IS NULL OR sealed_by <> $1",
        "UPDATE totp SET secret = $2, sealed_by = $3 WHERE user_id = $1",
    ),
    (
        Column::TotpOffer,
        "SELECT session_id, secret, sealed_by FROM totp_offers WHERE sealed_by IS NULL OR sealed_by <> $1",
        "UPDATE totp_offers SET secret = $2, sealed_by = $3 WHERE session_id = $1",
    ),
    (
        Column::Pepper,
        "SELECT id, secret, sealed_by FROM pepper WHERE sealed_by <> $1",
        "UPDATE pepper SET secret = $2, sealed_by = $3 WHERE id = $1",
    ),
];

/// Columns of text: by what a row is known, what it is bound to, and what is sealed.
const TEXTS: [(Column, &str, &str); 2] = [
    (
        Column::RootKey,
        "SELECT id, id, root_key, sealed_by FROM issued_tokens WHERE sealed_by IS NULL OR sealed_by <> $1",
        "UPDATE issued_tokens SET root_key = $2, sealed_by = $3 WHERE id = $1",
    ),
    (
        Column::Mail,
        "SELECT CAST(id AS TEXT), recipient, body, sealed_by FROM mails
         WHERE sealed_by IS NULL OR sealed_by <> $1",
        "UPDATE mails SET body = $2, sealed_by = $3 WHERE CAST(id AS TEXT) = $1",
    ),
];

impl Store {
    /// The same with keys, for whoever reads or writes secrets beside a server.
    #[must_use]
    pub fn with_keys(self, keys: Keys) -> Self {
        Self { keys: Some(keys), ..self }
    }

    /// The ids of the keys that the secrets here need; none where nothing was ever sealed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys_in_use(&self) -> Result<BTreeSet<String>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(KEYS_IN_USE).fetch_all(&self.readers).await?;
        Ok(ids.into_iter().collect())
    }

    /// Takes the keys, as a server does that starts: seals what is plain, and with the first key what
    /// another one had sealed.
    ///
    /// # Errors
    /// When something is sealed with a key that is not among them ([`StoreError::OtherKeys`]), or the
    /// database fails; nothing has changed then.
    pub async fn unlock(self, keys: Keys, now: Timestamp) -> Result<(Self, Sealed), StoreError> {
        let store = self.with_keys(keys.clone());
        let mut tx = store.begin().await?;
        let in_use: Vec<String> = sqlx::query_scalar(KEYS_IN_USE).fetch_all(&mut *tx.inner).await?;
        let missing: Vec<String> = in_use.into_iter().filter(|id| !keys.ids().any(|own| own == id)).collect();
        if !missing.is_empty() {
            return Err(StoreError::OtherKeys { missing });
        }
        let mut sealed = Sealed::default();
        for place in BYTES {
            seal_bytes(&mut tx.inner, &keys, place, &mut sealed).await?;
        }
        for place in TEXTS {
            seal_texts(&mut tx.inner, &keys, place, &mut sealed).await?;
        }
        pepper::make(&mut tx.inner, &keys, now).await?;
        let unscrubbed: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sealing_keys WHERE scrubbed = 0")
            .fetch_one(&mut *tx.inner)
            .await?;
        sealed.unscrubbed = unscrubbed > 0 || sealed.plain > 0;
        sqlx::query("DELETE FROM sealing_keys WHERE id <> $1")
            .bind(keys.sealing())
            .execute(&mut *tx.inner)
            .await?;
        sqlx::query(
            "INSERT INTO sealing_keys (id, made_at, scrubbed) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET scrubbed = excluded.scrubbed",
        )
        .bind(keys.sealing())
        .bind(now.as_microsecond())
        .bind(i64::from(!sealed.unscrubbed))
        .execute(&mut *tx.inner)
        .await?;
        tx.commit().await?;
        if sealed.unscrubbed && store.scrub().await? {
            let mut tx = store.begin().await?;
            sqlx::query("UPDATE sealing_keys SET scrubbed = 1").execute(&mut *tx.inner).await?;
            tx.commit().await?;
            sealed.unscrubbed = false;
        }
        Ok((store, sealed))
    }

    /// Writes the database's files anew, so that nothing of what stood in them before is left; `false`
    /// where somebody else reads an older state, or the disk has no room, and it has to be done another time.
    async fn scrub(&self) -> Result<bool, StoreError> {
        let mut connection = self.writer.acquire().await?;
        for statement in self.dialect.rewrite_secrets() {
            match sqlx::query(*statement).execute(&mut *connection).await.map_err(StoreError::from) {
                // Everything is sealed all the same, and the index serves.
                Err(error) if error.is_disk_full() || error.is_busy() => return Ok(false),
                done => done?,
            };
        }
        match self.dialect {
            Dialect::Postgres => Ok(true),
            Dialect::Sqlite => {
                let busy: i64 =
                    sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
                Ok(busy == 0)
            }
        }
    }
}

async fn seal_bytes(
    connection: &mut AnyConnection,
    keys: &Keys,
    (column, read, write): (Column, &'static str, &'static str),
    sealed: &mut Sealed,
) -> Result<(), StoreError> {
    let rows: Vec<(String, Vec<u8>, Option<String>)> =
        sqlx::query_as(read).bind(keys.sealing()).fetch_all(&mut *connection).await?;
    for (row, secret, by) in rows {
        sealed.count(by.as_deref());
        let plain = match by {
            Some(by) => keys.open((column, &row), &by, &secret)?,
            None => secret,
        };
        let (id, secret) = keys.seal((column, &row), &plain)?;
        sqlx::query(write).bind(&row).bind(secret).bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn seal_texts(
    connection: &mut AnyConnection,
    keys: &Keys,
    (column, read, write): (Column, &'static str, &'static str),
    sealed: &mut Sealed,
) -> Result<(), StoreError> {
    let rows: Vec<(String, String, String, Option<String>)> =
        sqlx::query_as(read).bind(keys.sealing()).fetch_all(&mut *connection).await?;
    for (row, bound_to, secret, by) in rows {
        sealed.count(by.as_deref());
        let plain = match by {
            Some(by) => keys.open_text((column, &bound_to), &by, &secret)?,
            None => secret,
        };
        let (id, secret) = keys.seal_text((column, &bound_to), &plain)?;
        sqlx::query(write).bind(&row).bind(secret).bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

impl fmt::Display for Forgotten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { apps, tokens, passwords, mails } = self;
        write!(f, "{apps} authenticator apps, {tokens} tokens, {passwords} passwords, {mails} waiting mails")
    }
}

impl Sealed {
    fn count(&mut self, by: Option<&str>) {
        match by {
            Some(_) => self.anew += 1,
            None => self.plain += 1,
        }
    }
}

impl Tx {
    /// Forgets what is sealed with any other key: those keys are lost, and so is this.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_sealed(&mut self, keys: &Keys) -> Result<Forgotten, StoreError> {
        let in_use: Vec<String> = sqlx::query_scalar(KEYS_IN_USE).fetch_all(&mut *self.inner).await?;
        let mut forgotten = Forgotten::default();
        for lost in in_use.iter().filter(|id| !keys.ids().any(|own| own == id.as_str())) {
            let mut gone = [0; 4];
            let deletions = [
                "DELETE FROM totp WHERE sealed_by = $1",
                "DELETE FROM issued_tokens WHERE sealed_by = $1",
                "DELETE FROM mails WHERE sealed_by = $1",
                "DELETE FROM totp_offers WHERE sealed_by = $1",
            ];
            for (count, deletion) in gone.iter_mut().zip(deletions) {
                *count = sqlx::query(deletion).bind(lost).execute(&mut *self.inner).await?.rows_affected();
            }
            forgotten.apps += gone[0];
            forgotten.tokens += gone[1];
            forgotten.mails += gone[2];
            forgotten.passwords += pepper::forget(&mut self.inner, lost).await?;
            sqlx::query("DELETE FROM sealing_keys WHERE id = $1")
                .bind(lost)
                .execute(&mut *self.inner)
                .await?;
        }
        Ok(forgotten)
    }

    /// The keys, where there are some.
    pub(crate) fn keys(&self) -> Result<&Keys, StoreError> {
        self.keys.as_ref().ok_or(StoreError::NoKeys)
    }
}

/// The id of the key by which something is sealed.
pub(crate) fn by(sealed_by: Option<&str>) -> Result<&str, StoreError> {
    sealed_by.ok_or_else(|| StoreError::Inconsistent("a secret that is not sealed".to_owned()))
}
