/// Something about an archive's framing that an honest packer doesn't write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// What.
    pub kind: AnomalyKind,
    /// The member, printable; empty for the archive as a whole.
    pub member: String,
    /// Particulars.
    pub detail: String,
}

/// One variant for each attack on a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnomalyKind {
    /// A name that climbs out of the target folder, is absolute, or has a backslash or control
    /// character ("zip slip", CVE-2007-4559).
    UnsafePath,
    /// Two members of one name: readers differ on which one counts.
    Duplicate,
    /// Names that differ in case only: they overwrite each other on Windows and macOS.
    CaseDuplicate,
    /// A symbolic link; an extractor may follow it out of the folder.
    SymbolicLink,
    /// A hard link.
    HardLink,
    /// A device, FIFO or another special file.
    SpecialFile,
    /// The setuid or setgid bit.
    SetUid,
    /// A zip's local header and its directory disagree (CVE-2025-54368).
    HeaderMismatch,
    /// A zip entry that its directory doesn't list: streaming readers see it, others don't.
    HiddenEntry,
    /// Zip entries that share bytes (Fifield's bomb).
    Overlap,
    /// More than one end-of-directory record.
    SecondDirectory,
    /// Bytes before the archive (self-extracting stubs, polyglots).
    Prepended,
    /// Bytes after the archive.
    Trailing,
    /// The file reads as two archive formats.
    Polyglot,
    /// A member that needs a password.
    Encrypted,
    /// A compression method that no installer reads.
    UnsupportedMethod,
    /// The content doesn't match its checksum.
    ChecksumMismatch,
    /// The content isn't as long as declared.
    SizeMismatch,
    /// Inflates to far more than it is, or past the limit.
    Bomb,
    /// More members than the limit.
    TooManyMembers,
    /// The archive ends early.
    Truncated,
    /// A sparse member, which readers fill in differently.
    Sparse,
}

impl AnomalyKind {
    /// Whether two readers would see different content, which is reason enough to hold a file.
    pub fn is_ambiguous(self) -> bool {
        matches!(
            self,
            Self::Duplicate
                | Self::HeaderMismatch
                | Self::HiddenEntry
                | Self::Overlap
                | Self::SecondDirectory
                | Self::Polyglot
        )
    }

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::UnsafePath => "unsafe-path",
            Self::Duplicate => "duplicate-member",
            Self::CaseDuplicate => "case-duplicate",
            Self::SymbolicLink => "symbolic-link",
            Self::HardLink => "hard-link",
            Self::SpecialFile => "special-file",
            Self::SetUid => "setuid",
            Self::HeaderMismatch => "header-mismatch",
            Self::HiddenEntry => "hidden-entry",
            Self::Overlap => "overlap",
            Self::SecondDirectory => "second-directory",
            Self::Prepended => "prepended-bytes",
            Self::Trailing => "trailing-bytes",
            Self::Polyglot => "polyglot",
            Self::Encrypted => "encrypted",
            Self::UnsupportedMethod => "unsupported-method",
            Self::ChecksumMismatch => "checksum-mismatch",
            Self::SizeMismatch => "size-mismatch",
            Self::Bomb => "bomb",
            Self::TooManyMembers => "too-many-members",
            Self::Truncated => "truncated",
            Self::Sparse => "sparse",
        }
    }
}
