//! Sends the mails that wait. A server that is away is tried again with growing pauses, for three days;
//! nothing else waits for it.

use std::time::Duration;

use fondaco_model::{DueMail, Timestamp};
use fondaco_store::StoreError;
use tokio::sync::watch;

use crate::app::App;
use crate::notices::MailOutbox;

/// Mails that are taken at a time.
const BATCH: u32 = 20;
/// Time between two looks at the queue, for what other servers have queued.
const LOOK: Duration = Duration::from_secs(5);
/// How long another server leaves a mail that this one has taken.
const TAKEN: Duration = Duration::from_secs(5 * 60);
/// After so long a mail is given up: its link has long expired.
const GIVEN_UP: Duration = Duration::from_secs(3 * 24 * 60 * 60);

pub(crate) async fn run(app: App, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        let outbox = app.mail_outbox();
        let sent = match send_due(&outbox, &|| *stopping.borrow()).await {
            Ok(sent) => sent,
            Err(error) => {
                tracing::error!(%error, "mails can't be looked at");
                0
            }
        };
        if sent > 0 {
            continue;
        }
        tokio::select! {
            _ = stopping.changed() => {}
            () = app.mail_queued.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Sends what is due; how many were tried.
pub(crate) async fn send_due(
    outbox: &MailOutbox<'_>,
    is_stopping: &(dyn Fn() -> bool + Sync),
) -> Result<usize, StoreError> {
    let due = outbox.store.due_mails(outbox.clock.now(), BATCH).await?;
    let mut tried = 0;
    for mail in due {
        if is_stopping() {
            break;
        }
        if take(outbox, &mail).await? {
            tried += 1;
            send(outbox, mail).await?;
        }
    }
    Ok(tried)
}

async fn take(outbox: &MailOutbox<'_>, due: &DueMail) -> Result<bool, StoreError> {
    let mut tx = outbox.store.begin().await?;
    let taken = tx.take_mail(due, later(outbox.clock.now(), TAKEN)).await?;
    tx.commit().await?;
    Ok(taken)
}

/// What became of one try.
enum Tried {
    /// There is nothing more to do.
    Done,
    /// It may be done another time.
    Later,
    /// It never will be.
    Never,
}

async fn send(outbox: &MailOutbox<'_>, due: DueMail) -> Result<(), StoreError> {
    let tried = attempt(outbox, due).await;
    let now = outbox.clock.now();
    let waited = now.duration_since(due.made_at).unsigned_abs();
    let mut tx = outbox.store.begin().await?;
    match tried {
        Tried::Later if waited < GIVEN_UP => tx.retry_mail(due.id, later(now, pause(due.attempts))).await?,
        Tried::Later | Tried::Never => {
            tracing::error!(mail = due.id, "a mail is given up");
            tx.finish_mail(due.id).await?;
        }
        Tried::Done => tx.finish_mail(due.id).await?,
    }
    tx.commit().await
}

async fn attempt(outbox: &MailOutbox<'_>, due: DueMail) -> Tried {
    let mail = match outbox.store.mail(due.id).await {
        Ok(Some(mail)) => mail,
        Ok(None) => return Tried::Done,
        // Another server may have the key.
        Err(error) => {
            tracing::error!(%error, mail = due.id, "a mail that waits can't be read");
            return Tried::Later;
        }
    };
    match outbox.post.send(&mail).await {
        Ok(file) => {
            if let Some(file) = file {
                // Without a mail server the operator is whoever reads this; with one no link is logged.
                let link = mail.body.lines().find(|line| line.starts_with("http")).unwrap_or_default();
                tracing::info!(to = %mail.to, file = %file.display(), link, "a mail was written");
            }
            Tried::Done
        }
        Err(error) if error.may_pass() => {
            tracing::warn!(%error, mail = mail.id, to = %mail.to, "a mail could not be sent; it is tried again");
            Tried::Later
        }
        Err(error) => {
            tracing::error!(%error, mail = mail.id, to = %mail.to, subject = %mail.subject, "a mail can't be sent");
            Tried::Never
        }
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// The pause after so many tries: seconds first, an hour at most.
fn pause(attempts: u32) -> Duration {
    Duration::from_secs((2_u64 << attempts.min(11)).min(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let pauses: Vec<u64> = [0, 1, 5, 11, 1000].into_iter().map(|tries| pause(tries).as_secs()).collect();
        assert_eq!(pauses, [2, 4, 64, 3600, 3600]);
    }
}
