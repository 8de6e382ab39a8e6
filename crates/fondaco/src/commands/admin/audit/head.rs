//! `fondaco admin audit head`: where the log ends.

use fondaco_store::Store;

pub(super) async fn run(store: &Store) -> anyhow::Result<()> {
    println!("{}", store.audit_head().await?);
    Ok(())
}
