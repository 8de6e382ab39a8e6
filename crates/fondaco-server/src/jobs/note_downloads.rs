//! Writes down who was served what, in batches, so that nobody waits for the disk.

use fondaco_model::Download;
use fondaco_store::StoreError;
use tokio::sync::{mpsc, watch};

use crate::app::App;

/// Downloads in one transaction.
const BATCH: usize = 256;

pub(crate) async fn run(app: App, mut noted: mpsc::Receiver<Download>, mut stop: watch::Receiver<bool>) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            received = noted.recv_many(&mut batch, BATCH) => {
                if received == 0 {
                    return;
                }
            }
            _ = stop.changed() => {
                noted.close();
                continue;
            }
        }
        if let Err(error) = write(&app, &batch).await {
            tracing::error!(%error, lost = batch.len(), "downloads could not be noted");
        }
        batch.clear();
    }
}

async fn write(app: &App, batch: &[Download]) -> Result<(), StoreError> {
    let mut tx = app.parts.store.begin().await?;
    for download in batch {
        tx.add_download(download).await?;
    }
    tx.commit().await
}
