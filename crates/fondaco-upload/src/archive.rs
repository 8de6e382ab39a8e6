//! What an archive holds that an upload is checked by. Reading it is work for a sandboxed worker.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek};

use fondaco_archive::{Limits, Member, Visitor};
use fondaco_members::{Seen, check_record};
use fondaco_pydist::{MetadataHeaders, Sha256, Sha256Hasher};

/// Largest `METADATA`, `WHEEL` or `entry_points.txt` that is kept, in bytes; a larger one is as good
/// as none.
const MAX_TEXT: u64 = 4 << 20;
/// Largest `RECORD`.
const MAX_RECORD: u64 = 32 << 20;
/// Anomalies, folders and the like that are told of; the first one is enough for a refusal.
const TOLD: usize = 20;

/// Limits of an archive that is uploaded. Inner archives are the inspection's affair. The ratio is
/// the default index's.
pub fn limits() -> Limits {
    Limits { max_ratio: 50, ratio_floor: 64 << 20, max_nesting: 0, ..Limits::default() }
}

/// Facts of an archive; plain values, because they come from another process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Archive {
    /// Why it could not be read at all.
    pub failure: Option<String>,
    /// Its format's id: `zip`, `gzip`, ...
    pub format: String,
    /// What is wrong with its framing: the id of an anomaly and the member, printable.
    pub anomalies: Vec<(String, String)>,
    /// The folders and files at its top, at most a few.
    pub tops: Vec<String>,
    /// The text of a wheel's `METADATA` or an sdist's `PKG-INFO`; `None` where there is none, or
    /// it is no UTF-8.
    pub metadata: Option<String>,
    /// The text of a wheel's `WHEEL`.
    pub wheel: Option<String>,
    /// The text of a wheel's `entry_points.txt`.
    pub entry_points: Option<String>,
    /// Names of the scripts in a wheel's `.data/scripts`.
    pub scripts: Vec<String>,
    /// Whether a wheel has a `RECORD`.
    pub has_record: bool,
    /// What a wheel's `RECORD` says otherwise: in our words, and the member, printable.
    pub record: Option<(String, String)>,
    /// A `License-File` that is missing, printable.
    pub missing_license: Option<String>,
}

/// Reads the facts of an archive. `is_wheel` by its file name.
pub fn read<R: Read + Seek>(source: R, is_wheel: bool) -> Archive {
    let mut gathering = Gathering { is_wheel, ..Gathering::default() };
    let walk = match fondaco_archive::walk(source, &limits(), &mut gathering) {
        Ok(walk) => walk,
        Err(error) => return Archive { failure: Some(error.to_string()), ..Archive::default() },
    };
    // What is wrong in an archive that lies in this one is the inspection's affair.
    let own = walk.anomalies.iter().chain(&walk.notes).filter(|anomaly| {
        use fondaco_archive::AnomalyKind as Kind;
        !matches!(anomaly.kind, Kind::UnreadFormat | Kind::AppendedZip) && !anomaly.member.contains("!/")
    });
    let anomalies = own.take(TOLD).map(|a| (a.kind.id().to_owned(), a.member.clone())).collect();
    gathering.facts(walk.format.id(), anomalies)
}

#[derive(Default)]
struct Gathering {
    is_wheel: bool,
    names: BTreeSet<String>,
    tops: BTreeSet<String>,
    seen: Vec<Seen>,
    metadata: Option<Vec<u8>>,
    wheel: Option<Vec<u8>>,
    entry_points: Option<Vec<u8>>,
    record: Option<Vec<u8>>,
}

impl Visitor for Gathering {
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) -> io::Result<()> {
        let path = member.path.as_str();
        // Bytes that belong to no member; the framing's anomalies tell of them.
        if path.starts_with('!') || member.nesting > 0 {
            return Ok(());
        }
        let mut parts = path.split('/');
        let top = parts.next().unwrap_or_default().to_owned();
        let (second, is_deeper) = (parts.next(), parts.next().is_some());
        let kept = match second.filter(|_| !is_deeper) {
            Some("METADATA") if self.is_wheel && top.ends_with(".dist-info") => Some(&mut self.metadata),
            Some("WHEEL") if self.is_wheel && top.ends_with(".dist-info") => Some(&mut self.wheel),
            Some("RECORD") if self.is_wheel && top.ends_with(".dist-info") => Some(&mut self.record),
            Some("entry_points.txt") if self.is_wheel && top.ends_with(".dist-info") => {
                Some(&mut self.entry_points)
            }
            Some("PKG-INFO") if !self.is_wheel => Some(&mut self.metadata),
            _ => None,
        };
        let most = if second == Some("RECORD") { MAX_RECORD } else { MAX_TEXT };
        let mut bytes = Vec::new();
        if kept.is_some() {
            (&mut *content).take(most + 1).read_to_end(&mut bytes)?;
        }
        let mut hasher = Sha256Hasher::default();
        hasher.update(&bytes);
        let mut size = bytes.len() as u64;
        if let Some(kept) = kept.filter(|_| size <= most) {
            *kept = Some(bytes);
        }
        if self.is_wheel {
            let mut piece = vec![0; 64 << 10];
            loop {
                let read = content.read(&mut piece)?;
                if read == 0 {
                    break;
                }
                hasher.update(&piece[..read]);
                size += read as u64;
            }
            self.seen.push(Seen { path: path.to_owned(), sha256: hasher.finish(), size });
        }
        self.tops.insert(top);
        self.names.insert(path.to_owned());
        Ok(())
    }
}

impl Gathering {
    fn facts(self, format: &str, anomalies: Vec<(String, String)>) -> Archive {
        let text = |bytes: Option<&Vec<u8>>| bytes.and_then(|bytes| String::from_utf8(bytes.clone()).ok());
        let record = self.record.as_deref().filter(|_| self.is_wheel);
        let problems = if self.is_wheel { check_record(record, &self.seen) } else { Vec::new() };
        let metadata = text(self.metadata.as_ref());
        Archive {
            failure: None,
            format: format.to_owned(),
            anomalies,
            missing_license: metadata.as_deref().and_then(|text| self.missing_license(text)),
            tops: self.tops.iter().take(TOLD).cloned().collect(),
            wheel: text(self.wheel.as_ref()),
            // Text that is none is told apart from no text by its emptiness, which is no INI.
            entry_points: self
                .entry_points
                .map(|bytes| String::from_utf8(bytes).unwrap_or_else(|_| "[not UTF-8".to_owned())),
            scripts: self.names.iter().filter_map(|name| script(name)).map(str::to_owned).collect(),
            has_record: record.is_some(),
            record: problems.first().map(|problem| (problem.kind.name().to_owned(), problem.member.clone())),
            metadata,
        }
    }

    /// PEP 639: in an sdist from its root, in a wheel below `.dist-info/licenses`.
    fn missing_license(&self, metadata: &str) -> Option<String> {
        let headers = MetadataHeaders::parse(metadata.as_bytes());
        // Before 2.4 nothing said where they lie.
        let version = headers.all("metadata-version").next().unwrap_or_default().to_owned();
        if !matches!(version.as_str(), "2.4" | "2.5") {
            return None;
        }
        let root = self.tops.iter().find(|top| !self.is_wheel || top.ends_with(".dist-info"))?;
        let folder = if self.is_wheel { format!("{root}/licenses/") } else { format!("{root}/") };
        let missing = |file: &&str| !self.names.contains(&format!("{folder}{file}"));
        headers.all("license-file").find(missing).map(str::to_owned)
    }
}

fn script(path: &str) -> Option<&str> {
    let (top, name) = path.split_once(".data/scripts/")?;
    (!top.contains('/') && !name.contains('/')).then_some(name)
}

/// The digest of a text that is served byte for byte.
pub fn digest(text: &str) -> Sha256 {
    Sha256::of(text.as_bytes())
}
