//! The records that this index makes itself: of its inspections' verdicts, computed each time, with ids
//! that rest on the content; and of reports that its reviewers have confirmed, which are stored. An id that
//! was given stays: what turns out otherwise is withdrawn.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use fondaco_model::{AdvisoryId, FoundMalicious, Timestamp, UpstreamName};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_store::FoundWanted;
use fondaco_verdict::Decision;
use fondaco_wire::osv::{OwnRecord, own_id};

use crate::app::App;
use crate::layers;
use crate::reader::Reader;
use crate::trouble::Trouble;

/// The records of own verdicts on what this reader may read, by id. What an operator has allowed all the
/// same, and what a later inspection sees otherwise, is withdrawn.
pub(crate) async fn of_verdicts(
    (app, reader): (&App, &Reader),
    wanted: FoundWanted<'_>,
    base: &str,
) -> Result<Vec<OwnRecord>, Trouble> {
    of_places((app, reader), wanted, None, base).await
}

/// Those about a release of one layer's project, withdrawn or not.
pub(crate) async fn about_release(
    app: &App,
    (layer, project): (&UpstreamName, &ProjectName),
    release: &str,
) -> Result<Vec<OwnRecord>, Trouble> {
    let wanted = FoundWanted::Of(project);
    let mut records = of_places((app, &Reader::Index), wanted, Some(layer), "").await?;
    let names = |record: &OwnRecord| record.places.iter().any(|(_, one)| one == release);
    records.retain(names);
    Ok(records)
}

async fn of_places(
    (app, reader): (&App, &Reader),
    wanted: FoundWanted<'_>,
    layer: Option<&UpstreamName>,
    base: &str,
) -> Result<Vec<OwnRecord>, Trouble> {
    // By id and not by content: whoever makes two contents whose digests begin alike gets one record.
    let mut by_id: BTreeMap<String, Vec<FoundMalicious>> = BTreeMap::new();
    for found in app.parts.store.found_malicious(wanted).await? {
        let of_layer = layer.is_none_or(|layer| *layer == found.layer);
        if of_layer && reader.may_read(app, &found.layer, &found.project) {
            by_id.entry(own_id(found.sha256)).or_default().push(found);
        }
    }
    let mut records = Vec::with_capacity(by_id.len());
    for found in by_id.into_values() {
        records.extend(record(app, &found, base).await?);
    }
    Ok(records)
}

/// What operators have ruled on a content.
struct Ruled {
    /// Since when it is allowed all the same.
    allowed: Option<Timestamp>,
    /// When that last changed.
    changed: Option<Timestamp>,
}

async fn ruled(app: &App, sha256: Sha256) -> Result<Ruled, Trouble> {
    let (rulings, now) = (app.parts.store.rulings(Some(sha256)).await?, app.now());
    let newest = rulings.iter().find(|ruling| ruling.is_in_force(now));
    let ended = |at: &Timestamp| *at <= now;
    let changes =
        rulings.iter().flat_map(|one| [Some(one.made_at), one.withdrawn_at, one.expires_at.filter(ended)]);
    Ok(Ruled {
        allowed: newest.filter(|one| one.decision == Decision::Allow).map(|one| one.made_at),
        changed: changes.flatten().max(),
    })
}

/// The record of what was found under one id.
async fn record(app: &App, found: &[FoundMalicious], base: &str) -> Result<Option<OwnRecord>, Trouble> {
    let mut over = Vec::with_capacity(found.len());
    let (mut modified, mut rulings) = (Timestamp::MIN, BTreeMap::new());
    for one in found {
        let ruled = match rulings.entry(one.sha256) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(ruled(app, one.sha256).await?),
        };
        modified = modified.max(one.span.changed()).max(ruled.changed.unwrap_or(Timestamp::MIN));
        over.push(one.span.until.or(ruled.allowed));
    }
    // While one of them is malicious the record is in force, and about that.
    let is_over = over.iter().all(Option::is_some);
    let told = || found.iter().zip(&over).filter(|(_, over)| is_over || over.is_none()).map(|(one, _)| one);
    let Some(first) = told().next() else { return Ok(None) };
    let mut places: Vec<(ProjectName, String)> =
        told().map(|one| (one.project.clone(), one.release.clone())).collect();
    places.sort();
    places.dedup();
    Ok(Some(OwnRecord {
        sha256: first.sha256,
        found_at: found.iter().map(|one| one.span.first).min().unwrap_or(first.span.first),
        modified_at: modified,
        withdrawn_at: over.into_iter().max().flatten().filter(|_| is_over),
        titles: first.titles.clone(),
        report: format!("{base}/reports/{}", first.sha256),
        places,
    }))
}

/// Whether a reader may read every project that a record is about.
pub(crate) async fn may_read_all(app: &App, reader: &Reader, id: &AdvisoryId) -> Result<bool, Trouble> {
    for project in app.parts.store.projects_of_advisory(id).await? {
        let own = layers::is_own(app, &project).await?;
        if !reader.may_read(app, &layers::layer(app, &project, own), &project) {
            return Ok(false);
        }
    }
    Ok(true)
}
