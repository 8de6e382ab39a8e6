//! Whether the index, as it stands, can take the upload. What stands is asked of the database in
//! the transaction that takes it, so that of two that race one is first.

use std::time::Duration;

use fondaco_pydist::{FileType, ProjectName};

use crate::{Digests, Options, Rejection, names};

/// What a token may upload to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Not to this project.
    None,
    /// To every project.
    Everything,
    /// To this project, by its name or its prefix.
    Named,
}

/// The state of an own project, as far as uploads are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectState {
    /// It takes uploads.
    Open,
    /// It is archived (PEP 792).
    Archived,
    /// It is in quarantine (PEP 792).
    Quarantined,
}

/// What is known of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFacts {
    /// Its state; `None` where it would be a new one.
    pub own: Option<ProjectState>,
    /// Whether an operator has claimed the name.
    pub claimed: bool,
    /// Whether the name is that of a project elsewhere: popular, or ever pulled through.
    pub known_elsewhere: bool,
    /// Why no project may be called so, where an operator says that.
    pub prohibited: Option<String>,
    /// Whether it lies in a reserved namespace (PEP 752).
    pub reserved: bool,
    /// What the token is for.
    pub grant: Grant,
}

/// Steps 5 to 8: the project and who uploads.
///
/// # Errors
/// The first thing that is not right.
pub fn check_project(name: &ProjectName, facts: &ProjectFacts) -> Result<(), Rejection> {
    match facts.own {
        None => {
            if names::is_standard_library(name) && !facts.claimed {
                return Err(Rejection::StandardLibrary(name.clone()));
            }
            if facts.grant == Grant::None {
                return Err(Rejection::Scope(name.clone()));
            }
            if let Some(reason) = facts.prohibited.as_ref().filter(|_| !facts.claimed) {
                return Err(Rejection::Prohibited { name: name.clone(), reason: reason.clone() });
            }
            if facts.reserved {
                // A token for everything is no grant of a namespace.
                return match facts.grant {
                    Grant::Named => Ok(()),
                    _ => Err(Rejection::Reserved(name.clone())),
                };
            }
            if facts.known_elsewhere && !facts.claimed {
                return Err(Rejection::Unclaimed(name.clone()));
            }
            Ok(())
        }
        Some(_) if facts.grant == Grant::None => Err(Rejection::Scope(name.clone())),
        Some(ProjectState::Archived) => Err(Rejection::Archived(name.clone())),
        Some(ProjectState::Quarantined) => Err(Rejection::Quarantined(name.clone())),
        Some(ProjectState::Open) => Ok(()),
    }
}

/// What is known of the file's place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileFacts {
    /// A stored file of this name, in any case, or of this content: its name and BLAKE2 digest.
    pub same: Option<(String, String)>,
    /// Whether the name was ever used, also by what is deleted; in any case.
    pub name_used: bool,
    /// How long ago the release got its first file.
    pub release_age: Option<Duration>,
    /// Whether the release is in quarantine.
    pub release_quarantined: bool,
    /// Whether the release has an sdist.
    pub has_sdist: bool,
    /// Bytes of the project's files so far.
    pub project_size: u64,
}

/// What the checks of a file's place conclude.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is free.
    Free,
    /// This very file is here already.
    Same,
}

/// Steps 16 and 18 to 21: what is here already.
///
/// # Errors
/// The first thing that is not right.
pub fn check_place(
    upload: (&ProjectName, &str, FileType),
    (digests, size): (&Digests, u64),
    facts: &FileFacts,
    options: &Options,
) -> Result<Place, Rejection> {
    let (project, file_name, file_type) = upload;
    if let Some((stored, blake2)) = &facts.same {
        if stored == file_name && *blake2 == digests.blake2_256 {
            return Ok(Place::Same);
        }
        return Err(Rejection::Exists { file_name: stored.clone(), blake2: blake2.clone() });
    }
    if facts.name_used {
        return Err(Rejection::NameUsed);
    }
    if facts.release_quarantined {
        return Err(Rejection::QuarantinedRelease);
    }
    if let (Some(age), Some(open_for)) = (facts.release_age, options.open_for)
        && age > open_for
    {
        return Err(Rejection::Frozen(open_for.as_secs() / 86_400));
    }
    if file_type == FileType::Sdist && facts.has_sdist {
        return Err(Rejection::SecondSdist);
    }
    let most = options.max_project_of(project);
    if facts.project_size.saturating_add(size) > most {
        return Err(Rejection::ProjectTooLarge(project.clone(), most));
    }
    Ok(Place::Free)
}
