//! Sends audit events to a collector. The log itself is what waits for it: up to where the collector
//! has it is written down, and what comes after is sent when it is there again. A collector may get an
//! event twice (`place` tells), and never one too few as far as syslog can know.

use std::time::Duration;

use fondaco_model::Timestamp;
use fondaco_store::AuditWanted;
use tokio::sync::watch;

use crate::app::App;
use crate::syslog::{Connection, Syslog, message};

/// Events that are read at a time.
const BATCH: u32 = 200;
/// How often the log is looked at, and how long a connection has to stand after an event for it to
/// count as sent.
const LOOK: Duration = Duration::from_secs(1);

/// What is wrong with the way to a collector.
type Failed = Box<dyn std::error::Error + Send + Sync>;

pub(crate) async fn run(app: App, to: Syslog, mut stop: watch::Receiver<bool>) {
    let mut sending = Sending { sink: to.to_string(), to, connection: None, written: 0 };
    let mut is_well = true;
    loop {
        let outcome = sending.step(&app).await;
        if let Err(error) = &outcome {
            sending.connection = None;
            if is_well {
                tracing::error!(%error, collector = sending.sink, "audit events wait for their collector");
            }
        } else if !is_well {
            tracing::info!(collector = sending.sink, "the collector of audit events is there again");
        }
        is_well = outcome.is_ok();
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

struct Sending {
    sink: String,
    to: Syslog,
    connection: Option<Connection>,
    /// Up to which place events were written to this connection.
    written: u64,
}

impl Sending {
    /// Notes what has arrived, as far as that can be known, and writes what there is.
    async fn step(&mut self, app: &App) -> Result<(), Failed> {
        let store = &app.parts.store;
        let mut sent = store.audit_sent(&self.sink).await?;
        if let Some(connection) = &mut self.connection {
            connection.check()?;
            if self.written > sent {
                let mut tx = store.begin().await?;
                tx.set_audit_sent(&self.sink, self.written).await?;
                tx.commit().await?;
                sent = self.written;
            }
        }
        loop {
            let after = if self.connection.is_some() { self.written.max(sent) } else { sent };
            let wanted = AuditWanted { after, since: Timestamp::MIN, limit: BATCH };
            let records = store.audit_since(wanted).await?;
            if records.is_empty() {
                return Ok(());
            }
            if self.connection.is_none() {
                self.connection = Some(Connection::open(&self.to).await?);
                self.written = sent;
            }
            for record in records {
                if let Some(connection) = &mut self.connection {
                    connection.send(&message(&record)?).await?;
                }
                self.written = record.place;
            }
        }
    }
}
