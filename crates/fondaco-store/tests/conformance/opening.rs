//! Opening a database: a new one, one that others open at the same time, an older one, none at all.

use fondaco_store::{Database, Store, StoreError};
use fondaco_testkit::Postgres;

use crate::home::Home;

on_both! {
    many_open_a_new_database_at_once
    it_is_there_again
}

async fn many_open_a_new_database_at_once(home: &Home) {
    let opening: Vec<_> = (0..6)
        .map(|_| {
            let database = home.database.clone();
            tokio::spawn(async move { Store::open(&database).await.map(drop) })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
    home.open().await.check().await.unwrap();
}

async fn it_is_there_again(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    tx.instance_or("me", "2026-01-01T00:00:00Z".parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    assert_eq!(home.open().await.instance().await.unwrap().as_deref(), Some("me"));
}

#[tokio::test]
async fn what_is_no_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fondaco.db");
    std::fs::write(&file, vec![b'x'; 9000]).unwrap();
    assert!(Store::open(&Database::File(file)).await.is_err());
}

#[tokio::test]
async fn a_file_of_any_name_that_text_can_have() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a b?c#d%20é&mode=ro.db");
    Store::open(&Database::File(file.clone())).await.unwrap().check().await.unwrap();
    assert!(file.exists());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("postgres://me:secret@localhost/x?host={}", folder.path().display());
    let error = Store::open(&address.parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    assert!(error.is_gone(), "{error:?}");
    assert!(error.to_string().starts_with("postgres://localhost/x: "), "{error}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said() {
    let there = Postgres::shared().database();
    let error = Store::open(&there.replace("/test", "/absent").parse().unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
}

#[tokio::test]
async fn a_server_that_ends_and_comes_back() {
    let postgres = Postgres::new();
    let store = Store::open(&postgres.database().parse().unwrap()).await.unwrap();
    let open = store.begin().await.unwrap();
    postgres.stop();
    let lost = open.commit().await.unwrap_err();
    assert!(lost.is_gone(), "{lost:?}");
    let error = store.check().await.unwrap_err();
    assert!(error.is_gone() || error.is_busy(), "{error:?}");
    let before = store.generation();
    let error = store.watch().await.unwrap_err();
    assert!(error.is_gone() || error.is_busy(), "{error:?}");
    assert_ne!(store.generation(), before, "what others do is not known");
    postgres.start();
    store.check().await.unwrap();
    store.begin().await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn who_waits_for_too_long_is_told_that_it_is_busy() {
    let home = Home::sqlite();
    let store = home.open().await;
    let Database::File(file) = &home.database else { unreachable!() };
    let other = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let held = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    let error = store.begin().await.unwrap_err();
    assert!(error.is_busy(), "{error:?}");
    drop(held);
    other.close().await;
    store.begin().await.unwrap();
}

/// A file as the first versions made it: `BOOLEAN` for what is true or false.
#[tokio::test]
async fn an_older_database_is_brought_up_to_date() {
    let home = Home::sqlite();
    let Database::File(file) = &home.database else { unreachable!() };
    let address = format!("sqlite://{}?mode=rwc", file.display());
    let old = sqlx::SqlitePool::connect(&address).await.unwrap();
    sqlx::migrate!("./migrations").run_to(3, &old).await.unwrap();
    for verified in [true, false] {
        sqlx::query(
            "INSERT INTO files (upstream, project, file_name, release, verified, uploaded_at, first_seen)
             VALUES ('default', 'x', $1, '1', $2, 1, 1)",
        )
        .bind(format!("x-{verified}.tar.gz"))
        .bind(verified)
        .execute(&old)
        .await
        .unwrap();
    }
    old.close().await;
    let mut files = home.open().await.files_of_project(&"x".parse().unwrap()).await.unwrap();
    files.sort_by(|a, b| a.key.file_name.cmp(&b.key.file_name));
    assert_eq!(files.iter().map(|file| file.verified).collect::<Vec<_>>(), [false, true]);
}

/// One of a later version is left alone.
#[tokio::test]
async fn a_later_database_is_refused() {
    let home = Home::sqlite();
    home.open().await.close().await;
    let Database::File(file) = &home.database else { unreachable!() };
    let later = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9999, 'later', 0, TRUE, x'00', 0)")
        .execute(&later)
        .await
        .unwrap();
    later.close().await;
    let error = Store::open(&home.database).await.unwrap_err();
    assert!(matches!(error, StoreError::Migrate(_)), "{error}");
}

/// A copy is of one moment, and a database like any other.
#[tokio::test]
async fn a_copy_of_a_file() {
    let home = Home::sqlite();
    let store = home.open().await;
    assert!(store.is_file());
    let mut tx = store.begin().await.unwrap();
    tx.instance_or("me", "2026-01-01T00:00:00Z".parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("it's a copy.db");
    // What is under way is not in it.
    let open = store.begin().await.unwrap();
    store.copy_to(&copy).await.unwrap();
    drop(open);
    let copied = Store::open(&Database::File(copy.clone())).await.unwrap();
    assert_eq!(copied.instance().await.unwrap().as_deref(), Some("me"));
    assert!(store.copy_to(&copy).await.is_err(), "what is there stays");
}
