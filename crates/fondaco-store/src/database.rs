use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::any::AnyConnectOptions;
use url::Url;

use crate::dialect::Dialect;

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// SQLite, in this file.
    File(PathBuf),
    /// PostgreSQL, at this address: `postgres://USER@HOST/NAME`.
    Postgres(Url),
}

/// An address that is none of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a database's address is postgres://USER@HOST/NAME, and not {0}")]
pub struct DatabaseError(String);

impl FromStr for Database {
    type Err = DatabaseError;

    fn from_str(text: &str) -> Result<Self, DatabaseError> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => Ok(Self::Postgres(url)),
            // Whatever it is, it may hold a password.
            Ok(url) => Err(DatabaseError(format!("of {:?}", url.scheme()))),
            Err(error) => Err(DatabaseError(error.to_string())),
        }
    }
}

impl Database {
    /// The address as it may be shown: without user, password and parameters.
    pub fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Postgres(url) => {
                let host = url.host_str().unwrap_or_default();
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                format!("postgres://{host}{port}{}", url.path())
            }
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::File(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// How it is connected to; a file that is missing may be made.
    pub(crate) fn options(&self, may_make: bool) -> Result<AnyConnectOptions, sqlx::Error> {
        match self {
            Self::File(path) => file_address(path, may_make)?.as_str().parse(),
            Self::Postgres(url) => url.as_str().parse(),
        }
    }
}

/// The address by which sqlx knows a file of SQLite.
fn file_address(path: &Path, may_make: bool) -> Result<Url, sqlx::Error> {
    let no_address =
        || sqlx::Error::Configuration(format!("{} can't be the path of a database", path.display()).into());
    let absolute = std::path::absolute(path).map_err(sqlx::Error::Io)?;
    let encoded = Url::from_file_path(absolute).map_err(|()| no_address())?;
    let mut address = Url::parse(&format!("sqlite://{}", encoded.path())).map_err(|_| no_address())?;
    address.set_query(Some(if may_make { "mode=rwc" } else { "mode=rw" }));
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let database: Database =
            "postgres://me:secret@db.example:6543/fondaco?sslmode=require".parse().unwrap();
        assert_eq!(database.shown(), "postgres://db.example:6543/fondaco");
        assert_eq!(database.dialect(), Dialect::Postgres);
        for wrong in ["mysql://me:secret@host/name", "fondaco.db", ""] {
            let said = wrong.parse::<Database>().unwrap_err().to_string();
            assert!(said.contains("postgres://USER@HOST/NAME") && !said.contains("secret"), "{said}");
        }
        let odd = file_address(Path::new("/a b/c?d#e/ä%20.db"), true).unwrap();
        assert_eq!(odd.as_str(), "sqlite:///a%20b/c%3Fd%23e/%C3%A4%2520.db?mode=rwc");
    }
}
