//! The index's records in a database: SQLite in the data folder.
//!
//! The only crate that knows SQL. Reading is done by methods of [`Store`], one file a table;
//! every change is a method of [`Tx`], so that a row, its journal entry, its audit event and its
//! job are one transaction or nothing. A row that no record can be made of is an error of its
//! own, [`StoreError::Inconsistent`], never a default.

mod advisories;
mod audit;
mod changes;
mod claims;
mod downloads;
mod evidence;
mod figures;
mod files;
mod instance;
mod jobs;
mod journal;
mod own_files;
mod own_projects;
mod pages;
mod provenance;
mod quarantines;
mod row;
mod rulings;
mod switches;
mod teams;
mod tokens;
mod uploads;
mod upstreams;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

pub use changes::SEEN_WITHIN;
pub use downloads::DayCount;
pub use figures::Figures;
pub use pages::StoredPage;
pub use uploads::Wanted;

use changes::Changes;

/// Why the database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It can't be opened: unwritable, or no database.
    #[error("{path}: {source}")]
    Open {
        /// The database's file.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// It is of another version than this program.
    #[error("the database can't be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
    /// A row that no record can be made of.
    #[error("the database is inconsistent: {0}")]
    Inconsistent(String),
}

impl StoreError {
    /// Whether it is for want of room on the disk.
    pub fn is_disk_full(&self) -> bool {
        // SQLITE_FULL
        let code =
            |error: &sqlx::Error| error.as_database_error().and_then(|error| error.code().map(|c| c == "13"));
        matches!(self, Self::Sql(error) if code(error) == Some(true))
    }

    /// Whether another time it may go well: somebody else holds the database, or too many wait for
    /// it.
    pub fn is_busy(&self) -> bool {
        // SQLITE_BUSY, with what SQLite adds in the upper bytes.
        let busy = |code: &str| code.parse::<u32>().is_ok_and(|code| code & 0xff == 5);
        match self {
            Self::Sql(sqlx::Error::PoolTimedOut) => true,
            Self::Sql(error) => {
                error.as_database_error().and_then(|error| error.code()).is_some_and(|code| busy(&code))
            }
            _ => false,
        }
    }
}

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
    changes: Changes,
}

/// Changes that become true together, with [`Tx::commit`], or not at all.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Sqlite>,
    changes: Changes,
}

impl Store {
    /// Opens the database `file`, making it where there is none, and brings it up to date.
    ///
    /// # Errors
    /// When it can't be opened, is damaged, or was written by a later version.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Open { path: file.to_owned(), source };
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(failed)?;
        sqlx::migrate!("./migrations").run(&writer).await?;
        let readers =
            SqlitePoolOptions::new().max_connections(8).connect_with(options).await.map_err(failed)?;
        Ok(Self { readers, writer, changes: Changes::default() })
    }

    /// Begins a set of changes. One at a time, in this process and among processes.
    ///
    /// # Errors
    /// When the database is busy for too long or fails.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let inner = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Tx { inner, changes: self.changes.clone() })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it doesn't.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM instance").execute(&self.readers).await?;
        Ok(())
    }

    /// Writes everything out and closes.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Tx {
    /// Makes the changes true.
    ///
    /// # Errors
    /// When the database fails; nothing has changed then.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().await?;
        self.changes.count();
        Ok(())
    }
}
