use std::time::Duration;

use fondaco_model::Timestamp;
use fondaco_store::{Store, StoreError};

use crate::options::Options;
use crate::statistics::day_of;

/// How long lookalikes are remembered: twice what waves are compared with.
const LOOKALIKES: Duration = Duration::from_secs(14 * 86_400);

fn ago(now: Timestamp, span: Duration) -> Timestamp {
    let seconds = i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(now.as_second().saturating_sub(seconds)).unwrap_or(Timestamp::MIN)
}

/// Forgets what is old or too much. What then grows with time alone is one row of counts a day and
/// behaviour, for as long as those are kept; the rest is bounded by its own number.
///
/// # Errors
/// When the database fails; nothing is forgotten then.
pub async fn thin(store: &Store, options: &Options, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    tx.forget_seen(ago(now, options.remember), options.remembered).await?;
    tx.forget_lookalikes(ago(now, LOOKALIKES)).await?;
    tx.forget_days(&day_of(ago(now, options.days))).await?;
    tx.forget_alerts(ago(now, options.alerts), options.most_alerts).await?;
    tx.forget_notices(ago(now, options.alerts)).await?;
    tx.forget_watched_evidence(ago(now, options.reports), options.members).await?;
    tx.forget_campaign_journal(ago(now, options.reports)).await?;
    if tx.thin_campaigns(ago(now, options.reports), options.members).await? > 0 {
        // Engines are made anew, with what is left.
        tx.count_campaigns_epoch().await?;
    }
    tx.commit().await
}
