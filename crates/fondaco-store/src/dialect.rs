//! What SQLite and PostgreSQL have to be told differently. Every query is one text for both.

/// Which of the two is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// What each connection begins with. Whoever waits for a lock waits 20 s.
    pub(crate) fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "PRAGMA busy_timeout = 20000",
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
            ],
            // A server that vanishes in the middle of its changes must not keep the others waiting.
            Self::Postgres => {
                &["SET lock_timeout = '20s'", "SET idle_in_transaction_session_timeout = '60s'"]
            }
        }
    }

    /// Begins what reads everything as it is at one moment.
    pub(crate) fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        }
    }

    /// Begins changes: first this, then [`Dialect::take_turn`].
    pub(crate) fn begin_changes(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            // Each statement sees what was committed before it, and so what others did before this
            // one's turn.
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// Waits until no other process changes anything. The lock ends with the transaction, after what
    /// it did is visible: serials come to sight in their order.
    pub(crate) fn take_turn(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            // The number is "fondaco".
            Self::Postgres => Some("SELECT pg_advisory_xact_lock(28832967545676655)"),
        }
    }

    /// Gives a text that is another one after each commit of whatever process, where it is asked on
    /// one and the same connection.
    pub(crate) fn state(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT CAST(data_version AS TEXT) FROM pragma_data_version",
            Self::Postgres => "SELECT CAST(pg_current_snapshot() AS TEXT)",
        }
    }

    /// Writes the places anew in which secrets stood as they are: an update alone leaves them in parts of
    /// the file that are not in use.
    pub(crate) fn rewrite_secrets(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["VACUUM"],
            Self::Postgres => &[
                "VACUUM FULL totp",
                "VACUUM FULL totp_offers",
                "VACUUM FULL issued_tokens",
                "VACUUM FULL mails",
            ],
        }
    }

    /// A migration, which is written as SQLite has it.
    pub(crate) fn migration(self, text: &str) -> String {
        match self {
            Self::Sqlite => text.to_owned(),
            // Texts are compared and sorted by their bytes, as in SQLite, whatever the locale is.
            Self::Postgres => text
                .replace(
                    "INTEGER PRIMARY KEY AUTOINCREMENT",
                    "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                )
                .replace(" TEXT", " TEXT COLLATE \"C\"")
                .replace(" BLOB", " BYTEA"),
        }
    }
}
