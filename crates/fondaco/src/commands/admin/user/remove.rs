use fondaco_server::accounts;
use fondaco_store::Store;

use super::Named;

pub(super) async fn run(store: &Store, named: &Named) -> anyhow::Result<()> {
    Ok(accounts::remove(store, &named.name, &named.act()?).await?)
}
