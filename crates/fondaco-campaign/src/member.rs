use std::fmt;
use std::str::FromStr;

use fondaco_pydist::Sha256;
use fondaco_verdict::{Shape, Verdict};

use crate::key::{Key, Kind};
use crate::prints::{InvalidPrints, Prints, short};

/// An artifact as the engine knows it: its bytes, as the file of one project. Shown and parsed as 32
/// hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub(crate) u128);

impl MemberId {
    /// Of the bytes with this digest, as a file of this project.
    pub fn of(sha256: Sha256, project: &str) -> Self {
        let digest = Sha256::of(format!("{sha256} {project}").as_bytes());
        Self(digest.as_bytes().iter().take(16).fold(0, |all, byte| all << 8 | u128::from(*byte)))
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for MemberId {
    type Err = InvalidPrints;

    fn from_str(text: &str) -> Result<Self, InvalidPrints> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex {
            u128::from_str_radix(text, 16).map(Self).map_err(|_| InvalidPrints)
        } else {
            Err(InvalidPrints)
        }
    }
}

/// An inspected artifact.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// The digest of its bytes.
    pub sha256: Sha256,
    /// The project, normalised.
    pub project: String,
    /// Who uploaded it, where that is known.
    pub account: Option<String>,
    /// When it was uploaded, in seconds since 1970.
    pub at: i64,
    /// What its inspection concluded.
    pub verdict: Verdict,
    /// Whether people have relied on the project for long: then only secrets tie it to anything.
    pub established: bool,
    /// The name that its own can be mistaken for.
    pub target: Option<String>,
    /// What it may share with others.
    pub prints: Prints,
}

impl Artifact {
    /// Its id.
    pub fn id(&self) -> MemberId {
        MemberId::of(self.sha256, &self.project)
    }
}

/// An artifact in the index.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) id: MemberId,
    pub(crate) project: u64,
    pub(crate) at: i64,
    /// Found suspicious or malicious; an established one, malicious.
    pub(crate) bad: bool,
    pub(crate) malicious: bool,
    pub(crate) established: bool,
    /// Put where it is by an analyst: stays there.
    pub(crate) pinned: bool,
    pub(crate) keys: Box<[Key]>,
    pub(crate) shapes: Box<[Shape]>,
    pub(crate) cluster: u32,
}

fn digest(text: &str) -> u64 {
    short(&Sha256::of(text.as_bytes()))
}

impl Member {
    pub(crate) fn of(artifact: &Artifact) -> Self {
        let mut keys = artifact.prints.keys.clone();
        let said = [(Kind::Account, &artifact.account), (Kind::Target, &artifact.target)];
        keys.extend(
            said.into_iter().filter_map(|(kind, text)| Some(Key { kind, digest: digest(text.as_deref()?) })),
        );
        keys.sort_unstable();
        let least = if artifact.established { Verdict::Malicious } else { Verdict::Suspicious };
        Self {
            id: artifact.id(),
            project: digest(&artifact.project),
            at: artifact.at,
            // What people rely on gives rise to suspicion more often than it earns it.
            bad: artifact.verdict >= least,
            malicious: artifact.verdict == Verdict::Malicious,
            established: artifact.established,
            pinned: false,
            keys: keys.into(),
            shapes: artifact.prints.shapes.clone().into(),
            cluster: 0,
        }
    }

    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.keys.iter().any(|key| key.kind == kind)
    }
}
