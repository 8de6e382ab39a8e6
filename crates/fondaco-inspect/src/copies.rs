//! Whether an artifact is a copy of a well-known project, and what such projects are told by.

use std::io::{Read, Seek};

use fondaco_archive::{ArchiveError, Limits, walk};
use fondaco_members::Facts;
use fondaco_pydist::ProjectName;
use fondaco_python::{Form, Role};
use fondaco_rules::{Copied, Module, fingerprint};
use fondaco_verdict::ArtifactKind;

use crate::layout::{File, Layout};
use crate::members::Members;

/// Modules as they are installed, and what is run to install them.
fn modules<'l>(layout: &'l Layout<'_>) -> impl Iterator<Item = Module<'l>> {
    let is_own = |file: &&File<'_>| {
        file.form == Form::Source && matches!(file.role, Role::Module | Role::Setup | Role::Startup)
    };
    layout.files.iter().filter(is_own).map(|file| Module {
        member: file.path.as_str(),
        module: &file.module,
        source: file.bytes,
    })
}

pub(crate) fn of(own: Option<&ProjectName>, layout: &Layout<'_>) -> Option<Copied> {
    fondaco_rules::copied(own?, modules(layout))
}

/// The fingerprints of an archive's own modules, for the table of projects that are copied. What it
/// carries along of others is left out.
///
/// # Errors
/// When it can't be read.
pub fn fingerprints<R: Read + Seek>(
    source: R,
    kind: ArtifactKind,
    limits: &Limits,
) -> Result<Vec<u64>, ArchiveError> {
    let mut members = Members::new(kind == ArtifactKind::Wheel);
    walk(source, limits, &mut members)?;
    let layout = Layout::of(kind, &members, &mut Facts::default());
    let is_foreign = |module: &Module<'_>| {
        ["vendor", "extern", "third_party", "packages", "tests", "test"]
            .iter()
            .any(|mark| module.module.split('.').any(|part| part.trim_matches('_') == *mark))
    };
    let own = modules(&layout).filter(|module| !is_foreign(module) && module.module.contains('.'));
    let mut prints: Vec<u64> = own.filter_map(|module| fingerprint(module.module, module.source)).collect();
    prints.sort_unstable();
    prints.dedup();
    Ok(prints)
}
