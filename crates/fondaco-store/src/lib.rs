//! The index's records in a database: SQLite in the data folder, or PostgreSQL.
//!
//! The only crate that knows SQL, and what it knows is one set of queries for both databases: what
//! they have to be told differently is in `dialect`. Reading is done by methods of [`Store`], one file
//! a table; every change is a method of [`Tx`], so that a row, its journal entry, its audit event and
//! its job are one transaction or nothing. A row that no record can be made of is an error of its
//! own, [`StoreError::Inconsistent`], never a default.

mod advisories;
mod appeals;
mod audit;
mod bans;
mod breaker;
mod campaigns;
mod changes;
mod claims;
mod database;
mod dialect;
mod download_counts;
mod downloads;
mod emails;
mod error;
mod evidence;
mod factor_recoveries;
mod factors;
mod figures;
mod files;
mod fingerprints;
mod found_malicious;
mod freezes;
mod instance;
mod issued_tokens;
mod jobs;
mod journal;
mod keys;
mod leases;
mod links;
mod listing;
mod lookalikes;
mod mails;
mod migrations;
mod notices;
mod observations;
mod origin;
mod own_files;
mod own_projects;
mod pages;
mod pepper;
mod persons;
mod place;
mod provenance;
mod publishers;
mod quarantines;
mod reinspections;
mod requirements;
mod row;
mod rulings;
mod sealed;
mod sessions;
mod shadows;
mod stored;
mod switches;
mod teams;
mod tokens;
mod totp;
mod upload_facts;
mod uploads;
mod upstreams;
mod users;
mod watch;
mod watch_alerts;
mod watch_retention;

mod holders;
mod invitations;
mod organisations;
mod sso;

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyPool, ConnectOptions, Connection, Executor, Transaction};

pub use audit::AuditWanted;
pub use changes::SEEN_WITHIN;
pub use database::{Database, DatabaseError};
pub use download_counts::RolledUp;
pub use downloads::DayCount;
pub use error::StoreError;
pub use figures::Figures;
pub use found_malicious::FoundWanted;
pub use keys::{Keys, KeysError};
pub use observations::{ObservationsWanted, TrustedObserver};
pub use origin::on_behalf_of;
pub use pages::StoredPage;
pub use sealed::{Forgotten, Sealed};
pub use shadows::Inspected;
pub use stored::Stored;
pub use uploads::Wanted;

pub use organisations::Team;

use changes::Changes;
use dialect::Dialect;
use place::Place;

/// Connections that read.
const READERS: u32 = 8;
/// How long a reader waits for its connection: clients wait for little more than ten seconds.
const READ_WITHIN: Duration = Duration::from_secs(8);
/// How long a writer waits for the others in this process.
const WRITE_WITHIN: Duration = Duration::from_secs(30);

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    dialect: Dialect,
    place: Place,
    readers: AnyPool,
    writer: AnyPool,
    changes: Changes,
    keys: Option<Keys>,
}

/// Changes that become true together, with [`Tx::commit`], or not at all.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Any>,
    changes: Changes,
    keys: Option<Keys>,
}

impl Store {
    /// Opens the database, making it where there is no such file, and brings it up to date. Secrets in
    /// it stay closed: [`Store::unlock`] and [`Store::with_keys`] open them.
    ///
    /// # Errors
    /// When it can't be opened, is damaged, or was written by a later version.
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let failed = |source| StoreError::Open { database: database.shown(), source };
        // A pool would try again until its time is up, and not say why. Later, no file is made in the
        // place of one that somebody has taken away.
        let first = database.options(true).map_err(failed)?;
        let options = database.options(false).map_err(failed)?;
        first.connect().await.map_err(failed)?.close().await.map_err(failed)?;
        let dialect = database.dialect();
        let pool = |connections, patience| {
            let settings = dialect.settings();
            AnyPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(patience)
                .after_connect(move |connection, _| {
                    Box::pin(async move {
                        for setting in settings {
                            connection.execute(*setting).await?;
                        }
                        Ok(())
                    })
                })
                // SQLite ends a transaction by itself where the disk is full. The driver's own end of it
                // fails then, and it would take the connection to be within it for ever.
                .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        };
        let writer = pool(1, WRITE_WITHIN).connect_with(options.clone()).await.map_err(failed)?;
        // A connection of SQLite that was there before would go on with the columns that it knew.
        let readers = pool(READERS, READ_WITHIN).connect_lazy_with(options);
        let place = Place::of(database)?;
        let store = Self { dialect, place, readers, writer, changes: Changes::default(), keys: None };
        store.migrate().await?;
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        if migrations::are_done(&mut *self.writer.acquire().await?).await {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let has_chain = migrations::is_done(&mut tx.inner, migrations::AUDIT_CHAIN).await?;
        migrations::run(&mut tx.inner, self.dialect).await?;
        if !has_chain {
            audit::chain_what_is_there(&mut tx.inner).await?;
        }
        tx.commit().await
    }

    /// Begins a set of changes. One at a time, in this process and among processes: serials come to
    /// sight in their order.
    ///
    /// # Errors
    /// When the database is busy for too long or fails.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.place.check()?;
        let mut inner = self.writer.begin_with(self.dialect.begin_changes()).await?;
        if let Some(turn) = self.dialect.take_turn() {
            inner.execute(turn).await?;
        }
        Ok(Tx { inner, changes: self.changes.clone(), keys: self.keys.clone() })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it doesn't.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.place.check()?;
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
    /// When the database fails; nothing has changed then, unless it was lost at this very moment.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().await?;
        self.changes.count();
        Ok(())
    }
}
