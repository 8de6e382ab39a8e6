//! Writes down what became of campaigns. Each member whose standing may change has an entry of its own
//! in the journal: views are made anew by that.

use fondaco_campaign::{CampaignId, Engine, Event, MemberId, State};
use fondaco_model::{
    CampaignRecord, FileKey, JournalEntry, JournalKind, Notice, NoticeKind, Timestamp, UpstreamName,
};
use fondaco_store::{StoreError, Tx};

/// Writes down what events say.
///
/// # Errors
/// When the database fails.
pub async fn write(tx: &mut Tx, engine: &Engine, events: &[Event], now: Timestamp) -> Result<(), StoreError> {
    for event in events {
        match event {
            Event::Opened { campaign, members } => {
                keep(tx, engine, *campaign, now).await?;
                let detail = format!("{campaign}: {} members", members.len());
                tx.journal(&JournalEntry::new(now, JournalKind::CampaignOpened, &detail)).await?;
                let told = Notice::new(NoticeKind::CampaignOpened, campaign.to_string(), detail, now);
                tx.add_notice(&told).await?;
                put(tx, members, Some(*campaign), (JournalKind::CampaignGrew, now)).await?;
            }
            Event::Grew { campaign, member } => {
                keep(tx, engine, *campaign, now).await?;
                put(tx, &[*member], Some(*campaign), (JournalKind::CampaignGrew, now)).await?;
            }
            Event::Reopened { campaign, member } => {
                keep(tx, engine, *campaign, now).await?;
                put(tx, &[*member], Some(*campaign), (JournalKind::CampaignReopened, now)).await?;
                // Those that were there are held again.
                touch(tx, *campaign, (JournalKind::CampaignReopened, now)).await?;
            }
            Event::Merged { campaign, from } => merged(tx, engine, (*campaign, *from), now).await?,
            Event::Split { campaign, into, members } => {
                keep(tx, engine, *campaign, now).await?;
                keep(tx, engine, *into, now).await?;
                put(tx, members, Some(*into), (JournalKind::CampaignSplit, now)).await?;
            }
            Event::Left { campaign, member } => {
                keep(tx, engine, *campaign, now).await?;
                put(tx, &[*member], None, (JournalKind::CampaignLeft, now)).await?;
            }
        }
    }
    Ok(())
}

/// Keeps a campaign as the engine has it; one that it no longer has is closed.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut Tx, engine: &Engine, id: CampaignId, now: Timestamp) -> Result<(), StoreError> {
    let campaign = engine.campaign(id);
    tx.set_campaign(&CampaignRecord {
        id,
        state: campaign.as_ref().map_or(State::Closed, |campaign| campaign.state),
        opened_at: now,
        changed_at: now,
        merged_into: None,
        has_core: campaign.is_some_and(|campaign| campaign.has_core),
    })
    .await
}

async fn merged(
    tx: &mut Tx,
    engine: &Engine,
    (campaign, from): (CampaignId, CampaignId),
    now: Timestamp,
) -> Result<(), StoreError> {
    keep(tx, engine, campaign, now).await?;
    let members: Vec<MemberId> = tx.members_of(from).await?.iter().map(|one| one.member).collect();
    put(tx, &members, Some(campaign), (JournalKind::CampaignMerged, now)).await?;
    tx.set_campaign(&CampaignRecord {
        id: from,
        state: State::Closed,
        opened_at: now,
        changed_at: now,
        merged_into: Some(campaign),
        has_core: false,
    })
    .await?;
    for other in tx.forget_apart(from).await? {
        if other != campaign {
            tx.keep_campaigns_apart(campaign, other).await?;
        }
    }
    Ok(())
}

/// Puts members into a campaign or into none, each with its entry.
async fn put(
    tx: &mut Tx,
    members: &[MemberId],
    campaign: Option<CampaignId>,
    (kind, now): (JournalKind, Timestamp),
) -> Result<(), StoreError> {
    for member in members {
        let Some(one) = tx.fingerprint(*member).await? else { continue };
        tx.set_campaign_of(*member, campaign, one.pinned).await?;
        let detail = campaign.or(one.campaign).map_or_else(String::new, |id| id.to_string());
        let key = FileKey { upstream: UpstreamName::own(), project: one.project, file_name: one.file_name };
        tx.journal(&JournalEntry::new(now, kind, detail).of_file(&key, Some(one.sha256))).await?;
    }
    Ok(())
}

/// An entry for each member of a campaign, whose standing may have changed.
///
/// # Errors
/// When the database fails.
pub async fn touch(
    tx: &mut Tx,
    campaign: CampaignId,
    (kind, now): (JournalKind, Timestamp),
) -> Result<(), StoreError> {
    for one in tx.members_of(campaign).await? {
        let key = FileKey { upstream: UpstreamName::own(), project: one.project, file_name: one.file_name };
        let entry = JournalEntry::new(now, kind, campaign.to_string());
        tx.journal(&entry.of_file(&key, Some(one.sha256))).await?;
    }
    Ok(())
}

/// Notes that an analyst has put the members of a campaign where they are.
///
/// # Errors
/// When the database fails.
pub async fn pin(tx: &mut Tx, campaign: CampaignId) -> Result<(), StoreError> {
    for one in tx.members_of(campaign).await? {
        tx.set_campaign_of(one.member, Some(campaign), true).await?;
    }
    Ok(())
}
