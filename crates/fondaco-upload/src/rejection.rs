use fondaco_pydist::ProjectName;

/// Why an upload is not taken. One variant a check; its text begins as the clients' authors know
/// it from the default index, because twine and others look at the beginning. Nothing in it is
/// of the uploader's making, except names that were checked before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each says itself what it is")]
pub enum Rejection {
    // 0: the request
    #[error("Invalid or non-existent authentication information.")]
    NoToken,
    #[error("The token doesn't count here: {0}.")]
    Caveat(String),
    #[error("Cannot upload a file in the field {0}; only content may be one.")]
    StrayFile(&'static str),
    #[error("The form is not readable: {0}.")]
    Form(&'static str),
    #[error("{0} is no longer supported.")]
    OldAction(&'static str),
    #[error("This address takes uploads: :action must be file_upload.")]
    UnknownAction,
    // 1, 2: the form
    #[error("Unknown protocol version.")]
    Protocol,
    #[error("Invalid value for {field}. Error: {why}")]
    Field { field: &'static str, why: String },
    #[error("Include at least one message digest.")]
    NoDigest,
    // 4
    #[error("Upload payload does not have a file.")]
    NoContent,
    // 5, 6: the project
    #[error("The name '{0}' isn't allowed (conflict with the Python standard library).")]
    StandardLibrary(ProjectName),
    #[error("The name '{name}' isn't allowed: {reason}.")]
    Prohibited { name: ProjectName, reason: String },
    #[error("The name '{0}' is that of a project elsewhere and has to be claimed first.")]
    Unclaimed(ProjectName),
    #[error("The name '{name}' is too similar to that of the project '{target}'.")]
    Confusable { name: ProjectName, target: String },
    #[error("The name '{0}' lies in a reserved namespace, which this token is not for.")]
    Reserved(ProjectName),
    #[error("The token isn't allowed to upload to project '{0}'.")]
    Scope(ProjectName),
    #[error("Project '{0}' takes uploads of its trusted publishers alone.")]
    OnlyTrusted(ProjectName),
    #[error("Project '{0}' is archived and takes no uploads.")]
    Archived(ProjectName),
    #[error("Project '{0}' is in quarantine and takes no uploads.")]
    Quarantined(ProjectName),
    #[error("This release is in quarantine and takes no uploads.")]
    QuarantinedRelease,
    // 14, 15: the file's name and type
    #[error("Cannot upload a file with control characters, '/' or '\\' in its name.")]
    UnsafeName,
    #[error("Invalid file extension: Use .tar.gz or .whl extension for {0}.")]
    Extension(&'static str),
    #[error("Content-Type of the file is empty or an image's.")]
    ContentType,
    // 16
    #[error("File too large. Limit is {}.", size(*.0))]
    TooLarge(u64),
    #[error("Project size too large. Limit for project '{0}' total size is {1} bytes.")]
    ProjectTooLarge(ProjectName, u64),
    // 17
    #[error("The digest supplied does not match a digest calculated from the uploaded file ({0}).")]
    Digest(&'static str),
    // 18 - 21: what is here already
    #[error("File already exists ('{file_name}', with blake2_256 hash '{blake2}').")]
    Exists { file_name: String, blake2: String },
    #[error("This filename has already been used, use a different version.")]
    NameUsed,
    #[error("Release is closed: it was made more than {0} days ago and takes no new files.")]
    Frozen(u64),
    #[error("Only one sdist may be uploaded per release.")]
    SecondSdist,
    // 22: framing
    #[error("Invalid distribution file. {0}")]
    Distribution(String),
    // 23, 24: names and content
    #[error("Filename should be '{0}'.")]
    SdistName(String),
    #[error("Invalid wheel filename. {0}")]
    WheelName(&'static str),
    #[error("Binary wheel has an unsupported platform tag '{0}'.")]
    Platform(String),
    #[error("{kind} does not contain the required file {file}.")]
    Missing { kind: &'static str, file: String },
    #[error("Wheel does not match its RECORD: {0}.")]
    Record(String),
    #[error("Wheel's tags differ from its filename: {0}.")]
    WheelTags(&'static str),
    #[error("Invalid entry_points.txt. {0}")]
    EntryPoints(&'static str),
    #[error("Invalid script name: '{0}' would stand for a command of the system.")]
    Shadowing(String),
    // 3 again, of the file's own metadata
    #[error("Invalid metadata in the file: invalid value for {field}. Error: {why}")]
    OwnField { field: &'static str, why: String },
    #[error("Invalid attestations supplied during upload: {0}.")]
    Attestations(String),
    #[error("Metadata in the form differs from the file's own: {0}.")]
    Differs(&'static str),
}

/// A limit as the default index writes it, where that says anything.
fn size(bytes: u64) -> String {
    if bytes < 1_000_000 { format!("{bytes} bytes") } else { format!("{} MB", bytes / 1_000_000) }
}

impl Rejection {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoToken | Self::Caveat(_) | Self::Scope(_) | Self::OnlyTrusted(_) => 403,
            Self::Archived(_) | Self::Quarantined(_) | Self::QuarantinedRelease => 403,
            Self::Unclaimed(_) | Self::Reserved(_) | Self::Confusable { .. } => 409,
            Self::OldAction(_) => 410,
            _ => 400,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoToken => {
                "the user name is __token__ and the password a token; an operator makes one with \
                 `fondaco admin token create`"
                    .to_owned()
            }
            Self::Confusable { name, .. } => format!(
                "choose a name that nobody mistakes for another; an operator who knows better runs: \
                 fondaco admin claim {name} --reason REASON"
            ),
            Self::Prohibited { name, .. } => format!(
                "choose another name; an operator who wants this one runs: \
                 fondaco admin claim {name} --reason REASON"
            ),
            Self::Caveat(_) => "its holder narrowed it; use another, or have one made".to_owned(),
            Self::OnlyTrusted(_) => {
                "publish from its workflow, or an owner sets that tokens may upload as well".to_owned()
            }
            Self::Unclaimed(name) => format!(
                "installers would get yours in the place of the other one; an operator who wants that runs: \
                 fondaco admin claim {name} --reason REASON"
            ),
            Self::Reserved(name) => {
                format!("an operator makes a token with --project {name} or --prefix of the namespace")
            }
            Self::Scope(name) => format!("an operator makes a token with --project {name}"),
            Self::Archived(name) => {
                format!("an operator lifts it with: fondaco admin status {name} active --reason REASON")
            }
            Self::Exists { .. } | Self::NameUsed => {
                "names of files are never used again, also after deletion; publish another version".to_owned()
            }
            Self::Frozen(_) => "publish another version".to_owned(),
            Self::Platform(_) => {
                "repair the wheel for manylinux, or allow it with [uploads] linux_wheels = true".to_owned()
            }
            Self::TooLarge(_) | Self::ProjectTooLarge(..) => {
                "an operator sets the limits in [uploads]".to_owned()
            }
            Self::Record(_) => "build the wheel again; nothing may change it afterwards".to_owned(),
            Self::Attestations(_) => {
                "make them anew for this file, or upload without; they are no condition".to_owned()
            }
            Self::Differs(_) => {
                "upload with a client that reads the metadata from the file, such as twine or uv".to_owned()
            }
            _ => return None,
        };
        Some(hint)
    }
}
