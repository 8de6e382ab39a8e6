/// Something about an archive's framing that deserves to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// What.
    pub kind: AnomalyKind,
    /// The member, printable; empty for the archive as a whole.
    pub member: String,
    /// Particulars, printable.
    pub detail: String,
}

/// How much an anomaly says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Honest packers write it; see [`Walk::notes`](crate::Walk::notes).
    Note,
    /// Honest packers don't write it.
    Odd,
    /// Two readers would see different content.
    Ambiguous,
}

/// One declaration for each kind: docs, variant, stable id, weight.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $weight:ident;)*) => {
        /// One variant for each attack on a reader.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum AnomalyKind { $($(#[$doc])* $name,)* }

        impl AnomalyKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Stable id.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// How much it says.
            pub fn weight(self) -> Weight {
                match self { $(Self::$name => Weight::$weight,)* }
            }
        }
    };
}

kinds! {
    /// A `..` in a name ("zip slip", CVE-2007-4559, CVE-2018-1002200).
    Traversal = "path-traversal", Odd;
    /// A name that starts with `/` or a drive letter (CVE-2001-1267).
    AbsolutePath = "absolute-path", Odd;
    /// A backslash: a folder on Windows, a character elsewhere (CVE-2018-20346 and its kin).
    Backslash = "backslash-in-name", Odd;
    /// A name that Windows writes as another: `setup.py.` and `setup.py::$DATA` are `setup.py` there
    /// (CWE-46, CWE-69).
    OtherOnWindows = "other-name-on-windows", Ambiguous;
    /// A control character or a bidirectional override in a name (CVE-2021-42574).
    ControlCharacter = "control-character-in-name", Odd;
    /// A NUL in a name: Python's zipfile cuts the name there, others don't.
    NulInName = "nul-in-name", Ambiguous;
    /// A name that is empty or longer than a file system takes.
    UnusableName = "unusable-name", Odd;
    /// A name that is not UTF-8; readers fall back to different encodings.
    NameEncoding = "name-encoding", Odd;
    /// Two members of one name: the first counts for some readers, the last for others.
    Duplicate = "duplicate-member", Ambiguous;
    /// Names that differ in case only: they overwrite each other on Windows and macOS.
    CaseDuplicate = "case-duplicate", Odd;
    /// A folder that has content of its own.
    FolderWithContent = "folder-with-content", Odd;
    /// A symbolic link; an extractor may follow it out of the folder (CVE-2025-4517).
    SymbolicLink = "symbolic-link", Odd;
    /// A hard link; an extractor may write through it (CVE-2025-4330).
    HardLink = "hard-link", Odd;
    /// A link out of the folder that the archive is extracted into (CVE-2007-4559, CVE-2025-4517).
    LinkOut = "link-out", Odd;
    /// A member behind a link: it is written where that leads, over what lies there.
    BehindLink = "behind-link", Ambiguous;
    /// A device, FIFO or another special file.
    SpecialFile = "special-file", Odd;
    /// The setuid or setgid bit.
    SetUid = "setuid", Odd;
    /// Local header and directory name a zip entry differently (CVE-2025-54368).
    LocalNameMismatch = "local-name-mismatch", Ambiguous;
    /// Local header (or data descriptor) and directory differ in size.
    LocalSizeMismatch = "local-size-mismatch", Ambiguous;
    /// Local header and directory differ in compression method.
    LocalMethodMismatch = "local-method-mismatch", Ambiguous;
    /// Local header and directory differ in checksum.
    LocalChecksumMismatch = "local-checksum-mismatch", Ambiguous;
    /// Local header and directory differ in flags that change how content is read.
    LocalFlagsMismatch = "local-flags-mismatch", Ambiguous;
    /// A listed entry without a local header.
    MissingHeader = "missing-local-header", Ambiguous;
    /// An extra field that gives the entry another name or appears twice (0x7075, 0x0001).
    ExtraFieldConflict = "extra-field-conflict", Ambiguous;
    /// The bytes after an entry are not the data descriptor that its flags promise.
    DescriptorMismatch = "descriptor-mismatch", Ambiguous;
    /// Entries whose sizes follow their data; streaming writers do that.
    DataDescriptor = "data-descriptor", Note;
    /// A member that the directory doesn't list, or that follows the end of a tar: streaming
    /// readers see it, others don't.
    HiddenEntry = "hidden-entry", Ambiguous;
    /// Zip entries that share bytes (Fifield's bomb, CVE-2019-13232).
    Overlap = "overlap", Ambiguous;
    /// Bytes after the end of a compressed stream, within its entry.
    StreamSlack = "stream-slack", Ambiguous;
    /// More than one end-of-directory record that a reader could choose.
    SecondDirectory = "second-directory", Ambiguous;
    /// The end record and the directory disagree about place, size or number of members.
    DirectoryMismatch = "directory-mismatch", Ambiguous;
    /// The zip64 records contradict the plain ones (CVE-2025-8291).
    Zip64Mismatch = "zip64-mismatch", Ambiguous;
    /// A zip that claims to be spread over several disks.
    MultiDisk = "multi-disk", Odd;
    /// Bytes before the archive (self-extracting stubs, polyglots).
    Prepended = "prepended-bytes", Odd;
    /// Bytes between members that belong to none.
    Gap = "bytes-between-members", Odd;
    /// Another compression than deflate: old readers, and other tools than Python's, can't read it.
    OtherMethod = "other-compression-method", Note;
    /// Zero bytes between members (`zipalign`).
    Padding = "padding", Note;
    /// Bytes after the archive.
    Trailing = "trailing-bytes", Odd;
    /// A zip comment.
    Comment = "zip-comment", Note;
    /// A zip comment that could hold a payload.
    LargeComment = "large-zip-comment", Odd;
    /// The file reads as two archive formats.
    Polyglot = "polyglot", Ambiguous;
    /// A member that ends like a zip: the zip in it was not walked.
    AppendedZip = "appended-zip", Odd;
    /// An inner archive of a format that is not read here (7z, RAR, cabinet).
    UnreadFormat = "unread-format", Odd;
    /// A member that needs a password.
    Encrypted = "encrypted", Odd;
    /// A compression method that is not read here.
    UnsupportedMethod = "unsupported-method", Odd;
    /// The content doesn't match its checksum.
    ChecksumMismatch = "checksum-mismatch", Odd;
    /// The content isn't as long as declared; Python's zipfile cuts it, others don't.
    SizeMismatch = "size-mismatch", Ambiguous;
    /// Several compressed streams in one file: some readers stop after the first.
    ConcatenatedStreams = "concatenated-streams", Ambiguous;
    /// A pax header that contradicts the header it extends, or itself (CVE-2025-62518).
    PaxConflict = "pax-conflict", Ambiguous;
    /// A global pax header that renames or resizes members.
    PaxGlobalOverride = "pax-global-override", Ambiguous;
    /// A link, folder or device with a size: readers disagree whether content follows.
    SizeWithoutContent = "size-without-content", Ambiguous;
    /// A sparse member, which readers fill in differently.
    Sparse = "sparse", Odd;
    /// A tar header whose checksum is wrong; Python ends the archive there.
    DamagedHeader = "damaged-header", Odd;
    /// A compressed stream that doesn't decode.
    Damaged = "damaged-stream", Odd;
    /// Inflates to far more than it is, or past the limit.
    Bomb = "bomb", Odd;
    /// More members than the limit.
    TooManyMembers = "too-many-members", Odd;
    /// The archive ends early.
    Truncated = "truncated", Odd;
}

impl AnomalyKind {
    /// Whether two readers would see different content, which is reason enough to hold a file.
    pub fn ambiguous(&self) -> bool {
        self.weight() == Weight::Ambiguous
    }

    /// The same as [`AnomalyKind::ambiguous`].
    pub fn is_ambiguous(self) -> bool {
        self.ambiguous()
    }

    /// Whether it is a name or link that attacks a naive extractor.
    pub fn is_unsafe_path(self) -> bool {
        matches!(
            self,
            Self::Traversal
                | Self::AbsolutePath
                | Self::Backslash
                | Self::ControlCharacter
                | Self::NulInName
                | Self::UnusableName
                | Self::LinkOut
                | Self::BehindLink
        )
    }
}
