//! Brings a database up to date: one set of files for both dialects.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, MigrateError, Migration, Migrator};
use sqlx::{AnyConnection, AssertSqlSafe, SqlSafeStr};

use crate::dialect::Dialect;

/// As written; the digests of these texts stand in each database.
static WRITTEN: Migrator = sqlx::migrate!("./migrations");

/// Whether nothing is to be done. What can't be read is not up to date; why is then said by [`run`].
pub(crate) async fn are_done(connection: &mut AnyConnection) -> bool {
    let Ok(applied) = connection.list_applied_migrations(&WRITTEN.table_name).await else { return false };
    let same = |(applied, written): (&sqlx::migrate::AppliedMigration, &Migration)| {
        applied.version == written.version && applied.checksum == written.checksum
    };
    applied.len() == WRITTEN.iter().count() && applied.iter().zip(WRITTEN.iter()).all(same)
}

/// The migration that makes the audit log a chain.
pub(crate) const AUDIT_CHAIN: i64 = 22;

/// Whether a migration has been done.
pub(crate) async fn is_done(connection: &mut AnyConnection, version: i64) -> Result<bool, MigrateError> {
    connection.ensure_migrations_table(&WRITTEN.table_name).await?;
    let applied = connection.list_applied_migrations(&WRITTEN.table_name).await?;
    Ok(applied.iter().any(|one| one.version == version))
}

/// Brings the database up to date, within the transaction that the connection is in: nobody else
/// does so at the same time, and it is done in full or not at all.
pub(crate) async fn run(connection: &mut AnyConnection, dialect: Dialect) -> Result<(), MigrateError> {
    let spoken = |written: &Migration| Migration {
        sql: AssertSqlSafe(dialect.migration(written.sql.as_str())).into_sql_str(),
        ..written.clone()
    };
    let migrator = Migrator {
        migrations: Cow::Owned(WRITTEN.iter().map(spoken).collect()),
        // The transaction is the lock.
        locking: false,
        ..Migrator::DEFAULT
    };
    migrator.run_direct(None, connection, false).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_written_with_what_both_databases_have() {
        for migration in WRITTEN.iter().filter(|migration| migration.version > 3) {
            let mut words = migration.sql.as_str().split(|c: char| !c.is_ascii_alphanumeric());
            let others = ["BOOLEAN", "SERIAL", "BYTEA", "TIMESTAMP", "REAL", "DATE", "JSON", "VARCHAR"];
            let other = words.find(|word| others.contains(word));
            assert_eq!(other, None, "migration {}", migration.version);
        }
    }
}
