//! What the store promises, on a real SQLite file and on a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

/// Runs tests on both databases, each on a new one of its own.
macro_rules! on_both {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(&crate::home::Home::sqlite()).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test(&crate::home::Home::postgres()).await;
            })*
        }
    };
}

mod downloads;
mod factors;
mod home;
mod known;
mod opening;
mod own;
mod people;
mod persons;
mod pulled;
mod sealed;
mod shared_work;
mod switches;
mod turns;
