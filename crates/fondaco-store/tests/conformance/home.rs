use fondaco_store::{Database, Store};
use fondaco_testkit::Postgres;
use tempfile::TempDir;

/// Thirty-two bytes of zero: what a key is does not matter here.
pub(crate) const KEYS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A new, empty database.
pub(crate) struct Home {
    pub(crate) database: Database,
    _folder: Option<TempDir>,
}

impl Home {
    /// SQLite in a temporary folder.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { database: Database::File(folder.path().join("fondaco.db")), _folder: Some(folder) }
    }

    /// One of PostgreSQL.
    pub(crate) fn postgres() -> Self {
        Self { database: Postgres::shared().database().parse().unwrap(), _folder: None }
    }

    /// Opens it; again, as another process would.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.database).await.unwrap().with_keys(KEYS.parse().unwrap())
    }
}
