use std::path::PathBuf;

use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

/// Why the database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It can't be opened: unreachable, unwritable, or no database.
    #[error("{database}: {source}")]
    Open {
        /// Which, as it may be shown.
        database: String,
        /// Why.
        source: sqlx::Error,
    },
    /// It is of another version than this program.
    #[error("the database can't be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
    /// The database's file is no longer where it was.
    #[error("{0} was moved or deleted")]
    Moved(PathBuf),
    /// Secrets are sealed with keys that were not given.
    #[error("secrets in the database are sealed with another key: {}", missing.join(", "))]
    OtherKeys {
        /// The ids of those keys.
        missing: Vec<String>,
    },
    /// A secret was asked for without any key.
    #[error("secrets in the database are sealed, and no key was given")]
    NoKeys,
    /// The system has no random bytes.
    #[error("this system gives no random bytes")]
    Randomness,
    /// A row that no record can be made of.
    #[error("the database is inconsistent: {0}")]
    Inconsistent(String),
}

/// What may pass, as far as it is told from other failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passing {
    Full,
    Busy,
    Gone,
}

impl StoreError {
    /// Whether it is for want of room on the disk.
    pub fn is_disk_full(&self) -> bool {
        self.passing() == Some(Passing::Full)
    }

    /// Whether another time it may go well: somebody else holds the database, or too many wait for
    /// it.
    pub fn is_busy(&self) -> bool {
        self.passing() == Some(Passing::Busy)
    }

    /// Whether the database is not to be reached, or ended what it was asked for.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Moved(_)) || self.passing() == Some(Passing::Gone)
    }

    fn passing(&self) -> Option<Passing> {
        let (Self::Sql(error) | Self::Open { source: error, .. }) = self else { return None };
        match error {
            sqlx::Error::PoolTimedOut => Some(Passing::Busy),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => Some(Passing::Gone),
            sqlx::Error::Database(error) => {
                let code = error.code()?;
                if error.try_downcast_ref::<SqliteError>().is_some() {
                    of_sqlite(code.parse().ok()?)
                } else if error.try_downcast_ref::<PgDatabaseError>().is_some() {
                    of_postgres(&code)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

/// By SQLite's result codes, whose lowest byte says the kind: <https://sqlite.org/rescode.html>.
fn of_sqlite(code: u32) -> Option<Passing> {
    /// The file was moved or deleted.
    const READONLY_DBMOVED: u32 = 1032;
    match (code & 0xff, code) {
        (13, _) => Some(Passing::Full),
        // BUSY and LOCKED
        (5 | 6, _) => Some(Passing::Busy),
        // IOERR and CANTOPEN
        (10 | 14, _) | (_, READONLY_DBMOVED) => Some(Passing::Gone),
        _ => None,
    }
}

/// By PostgreSQL's: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_postgres(code: &str) -> Option<Passing> {
    match code {
        "53100" => Some(Passing::Full),
        // Too many connections; a lock that was not to be had; serialization, deadlock; a time limit.
        "53300" | "55P03" | "40001" | "40P01" | "57014" => Some(Passing::Busy),
        // Shutting down or starting up; idle for too long; a standby that can't be written.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25006" => Some(Passing::Gone),
        code if code.starts_with("08") => Some(Passing::Gone),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_either_database_are_read_as_its_own() {
        assert_eq!(of_sqlite(5), Some(Passing::Busy));
        assert_eq!(of_sqlite(517), Some(Passing::Busy), "BUSY_SNAPSHOT");
        assert_eq!(of_sqlite(13), Some(Passing::Full));
        assert_eq!(of_sqlite(1032), Some(Passing::Gone));
        assert_eq!(of_sqlite(2067), None, "a constraint");
        assert_eq!(of_postgres("22021"), None, "whose lowest byte is 5");
        assert_eq!(of_postgres("23505"), None, "a constraint");
        assert_eq!(of_postgres("08006"), Some(Passing::Gone));
    }
}
