//! What a reader is told of the journal.

use std::collections::{HashMap, HashSet};

use fondaco_model::{JournalEntry, JournalKind};
use fondaco_pydist::ProjectName;

use crate::app::App;
use crate::catalog::Projects;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::view::stored;
use crate::{catalog, layers};

/// A part of the journal, without what this reader is not told.
pub(crate) struct Told {
    /// The entries, in order.
    pub(crate) entries: Vec<JournalEntry>,
    /// The serial up to which it was looked through.
    pub(crate) next: u64,
}

/// What `most` entries after a serial tell a reader.
pub(crate) async fn since(app: &App, reader: &Reader, serial: u64, most: u32) -> Result<Told, Trouble> {
    let entries = app.parts.store.journal_since(serial, most).await?;
    let next = entries.last().map_or(serial, |entry| entry.serial);
    let mut told = Vec::new();
    let mut plain = Plain { listed: catalog::current(app).await?, files: HashMap::new() };
    for entry in entries {
        if is_told(app, reader, &entry, &mut plain).await? {
            told.push(entry);
        }
    }
    Ok(Told { entries: told, next })
}

/// Projects of our own of which nothing is said that would need a view: they are most.
struct Plain {
    listed: Projects,
    /// Names of their files that are not deleted, of those that were asked about.
    files: HashMap<ProjectName, HashSet<String>>,
}

impl Plain {
    /// Whether what an entry is about is listed, as far as that is known without a view.
    async fn has(
        &mut self,
        (app, reader): (&App, &Reader),
        project: &ProjectName,
        file_name: Option<&String>,
    ) -> Result<bool, Trouble> {
        let known = self.listed.get(project).filter(|known| known.own && known.plain);
        if !known.is_some_and(|known| catalog::may_read(app, reader, project, *known)) {
            return Ok(false);
        }
        let Some(file_name) = file_name else { return Ok(true) };
        if !self.files.contains_key(project) {
            let names = app.parts.store.own_file_names(project).await?;
            self.files.insert(project.clone(), names.into_iter().collect());
        }
        Ok(self.files.get(project).is_some_and(|names| names.contains(file_name)))
    }
}

/// Whether a reader is told of an entry. What is ours and not served is told to nobody; its change of
/// standing has an entry of its own, and a deletion or a quarantine of what somebody has is what
/// mirrors have to know.
async fn is_told(
    app: &App,
    reader: &Reader,
    entry: &JournalEntry,
    plain: &mut Plain,
) -> Result<bool, Trouble> {
    let Some(project) = &entry.project else {
        // A campaign may be all of projects that this reader may not read.
        return Ok(!is_of_campaign(entry.kind) || reader.reads_all(app));
    };
    if entry.kind == JournalKind::UploadBlocked || !reader.may_read_past(app, project).await? {
        return Ok(false);
    }
    if entry.kind == JournalKind::FileDeleted || !layers::is_own(app, project).await? {
        return Ok(true);
    }
    if plain.has((app, reader), project, entry.file_name.as_ref()).await? {
        return Ok(true);
    }
    let Some(view) = stored(app, reader, project).await? else { return Ok(false) };
    let listed = |name: &String| view.listed().any(|(file, _)| file.record.key.file_name == *name);
    if view.is_there() && entry.file_name.as_ref().is_none_or(listed) {
        return Ok(true);
    }
    Ok(entry.kind == JournalKind::Quarantined && app.parts.store.was_served(project).await?)
}

fn is_of_campaign(kind: JournalKind) -> bool {
    matches!(
        kind,
        JournalKind::CampaignOpened
            | JournalKind::CampaignGrew
            | JournalKind::CampaignReopened
            | JournalKind::CampaignMerged
            | JournalKind::CampaignSplit
            | JournalKind::CampaignLeft
            | JournalKind::CampaignClosed
    )
}
