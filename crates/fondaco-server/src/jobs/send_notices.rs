//! Sends notices to their endpoints. Replicas share the queue: who takes a delivery has it for a minute.

use std::time::Duration;

use fondaco_model::{Delivery, Timestamp};
use fondaco_store::StoreError;
use futures_util::future::join_all;
use tokio::sync::watch;

use crate::app::App;
use crate::notices::{Outbox, Webhook, letter, message, pause};

/// How often the queue is looked at.
const TICK: Duration = Duration::from_millis(500);
/// How long who takes a delivery has it; longer than sending takes.
const LEASE: Duration = Duration::from_secs(60);
/// Deliveries at a time.
const AT_A_TIME: u32 = 8;
/// How long notices are kept.
const KEPT: Duration = Duration::from_secs(90 * 86_400);

pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(TICK) => {}
        }
        // A stop does not wait: what is on its way is sent again after its minute.
        let outbox = app.outbox();
        let outcome = tokio::select! {
            _ = stop.changed() => return,
            outcome = round(&outbox) => outcome,
        };
        if let Err(error) = outcome {
            tracing::error!(%error, "notices can't be sent; they stay in the queue");
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }
}

/// Sends what waits, once.
pub(crate) async fn round(outbox: &Outbox<'_>) -> Result<(), StoreError> {
    let now = outbox.clock.now();
    if !outbox.store.notices_wait(now).await? {
        return Ok(());
    }
    let mut tx = outbox.store.begin().await?;
    for notice in tx.unaddressed_notices().await? {
        let wanted = outbox.webhooks.iter().filter(|hook| hook.wants(notice.kind));
        let endpoints: Vec<&str> = wanted.map(|hook| hook.name.as_str()).collect();
        tx.address_notice(notice.id, &endpoints, now).await?;
        for operator in outbox.operators {
            let (subject, body) = letter(&notice);
            tx.queue_mail(operator, (&subject, &body), now).await?;
        }
    }
    let taken = tx.take_deliveries(now, later(now, LEASE), AT_A_TIME).await?;
    tx.forget_notices(now.checked_sub(KEPT).unwrap_or(Timestamp::MIN)).await?;
    tx.commit().await?;
    if let Some(queued) = outbox.mail_queued {
        queued.notify_one();
    }
    let outcomes = join_all(taken.iter().map(|delivery| deliver(outbox, delivery))).await;
    outcomes.into_iter().collect()
}

async fn deliver(outbox: &Outbox<'_>, delivery: &Delivery) -> Result<(), StoreError> {
    let Delivery { notice, endpoint, attempts } = delivery;
    let hook = outbox.webhooks.iter().find(|hook| hook.name == *endpoint);
    let outcome = match hook {
        Some(hook) => send(outbox, hook, delivery).await,
        None => Err("it is no longer configured".to_owned()),
    };
    let mut tx = outbox.store.begin().await?;
    match (outcome, pause(*attempts).filter(|_| hook.is_some())) {
        (Ok(()), _) => tx.end_delivery(notice.id, endpoint).await?,
        (Err(why), Some(pause)) => {
            tracing::warn!(endpoint, notice = notice.id, why, "a notice did not arrive; it is sent again");
            tx.retry_delivery(notice.id, endpoint, later(outbox.clock.now(), pause)).await?;
        }
        (Err(why), None) => {
            tracing::error!(endpoint, notice = notice.id, why, "a notice did not arrive and is given up");
            tx.end_delivery(notice.id, endpoint).await?;
        }
    }
    tx.commit().await
}

async fn send(outbox: &Outbox<'_>, hook: &Webhook, delivery: &Delivery) -> Result<(), String> {
    let message = message(&delivery.notice, outbox.instance, &hook.secret, outbox.clock.now());
    let headers = message.headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    hook.client.post(&hook.url, &headers, message.body).await.map_err(|error| error.to_string())
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
