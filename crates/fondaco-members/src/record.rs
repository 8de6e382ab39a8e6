//! A wheel's `RECORD` against its members (PEP 376, PEP 427).
//!
//! Installers differ in what they check, so a file whose digest is another than recorded, or
//! that is not recorded, was changed after the build.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fondaco_pydist::Sha256;

/// A member that `RECORD` says something else about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProblem {
    /// The member.
    pub member: String,
    /// What is wrong.
    pub kind: RecordProblemKind,
}

/// What is wrong about a member's line in `RECORD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordProblemKind {
    /// There is no `RECORD`.
    NoRecord,
    /// The member has no line.
    NotListed,
    /// The line has another digest.
    OtherDigest,
    /// The line has another size.
    OtherSize,
    /// The line has no digest.
    NoDigest,
    /// The line has a digest by something else than SHA-256, with which nothing is compared here.
    OtherAlgorithm,
    /// No member has the line's name.
    Absent,
}

impl RecordProblemKind {
    /// For a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoRecord => "the wheel has no RECORD",
            Self::NotListed => "not in RECORD",
            Self::OtherDigest => "another digest than in RECORD",
            Self::OtherSize => "another size than in RECORD",
            Self::NoDigest => "in RECORD without a digest",
            Self::OtherAlgorithm => "in RECORD without a digest by SHA-256",
            Self::Absent => "in RECORD, but not in the wheel",
        }
    }
}

/// A member as it really is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its path.
    pub path: String,
    /// Its digest.
    pub sha256: Sha256,
    /// Its size in bytes.
    pub size: u64,
}

/// Compares the members of a wheel with its `RECORD`, if it has one.
pub fn check(record: Option<&[u8]>, seen: &[Seen]) -> Vec<RecordProblem> {
    let Some(record) = record else {
        return vec![RecordProblem { member: String::new(), kind: RecordProblemKind::NoRecord }];
    };
    let mut lines: HashMap<String, (String, String)> = HashMap::new();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(record);
    for line in reader.byte_records().flatten() {
        let field = |at| String::from_utf8_lossy(line.get(at).unwrap_or_default()).into_owned();
        lines.insert(field(0).replace('\\', "/"), (field(1), field(2)));
    }
    let mut problems = Vec::new();
    for member in seen.iter().filter(|member| !is_exempt(&member.path)) {
        let kind = match lines.remove(&member.path) {
            None => Some(RecordProblemKind::NotListed),
            Some((digest, size)) => compared(member, &digest, &size),
        };
        problems.extend(kind.map(|kind| RecordProblem { member: member.path.clone(), kind }));
    }
    let mut absent: Vec<String> = lines.into_keys().filter(|path| !is_exempt(path)).collect();
    absent.sort_unstable();
    let kind = RecordProblemKind::Absent;
    problems.extend(absent.into_iter().map(|member| RecordProblem { member, kind }));
    problems
}

fn compared(member: &Seen, digest: &str, size: &str) -> Option<RecordProblemKind> {
    if digest.is_empty() {
        return Some(RecordProblemKind::NoDigest);
    }
    let Some(digest) = digest.strip_prefix("sha256=") else { return Some(RecordProblemKind::OtherAlgorithm) };
    let own = URL_SAFE_NO_PAD.encode(member.sha256.as_bytes());
    if digest.trim_end_matches('=') != own {
        Some(RecordProblemKind::OtherDigest)
    } else if size.trim().parse().is_ok_and(|size: u64| size != member.size) {
        Some(RecordProblemKind::OtherSize)
    } else {
        None
    }
}

/// `RECORD` and its signatures can't hold their own digests, and folders have none.
fn is_exempt(path: &str) -> bool {
    let Some((top, rest)) = path.split_once('/') else { return path.is_empty() };
    path.ends_with('/')
        || top.ends_with(".dist-info") && matches!(rest, "RECORD" | "RECORD.jws" | "RECORD.p7s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_is_told() {
        let seen = |path: &str| Seen { path: path.into(), sha256: Sha256::of(b"x"), size: 1 };
        let good = URL_SAFE_NO_PAD.encode(Sha256::of(b"x").as_bytes());
        let other = URL_SAFE_NO_PAD.encode(Sha256::of(b"y").as_bytes());
        let record = format!(
            "good.py,sha256={good},1\n\"a,b.py\",sha256={good},1\nother.py,sha256={other},1\n\
             size.py,sha256={good},2\nbare.py,,\nweak.py,md5=x,1\ngone.py,sha256={good},1\nx-1.dist-info/RECORD,,\n"
        );
        let members = [
            "good.py",
            "a,b.py",
            "other.py",
            "size.py",
            "bare.py",
            "weak.py",
            "new.py",
            "x-1.dist-info/RECORD",
        ];
        let problems = check(Some(record.as_bytes()), &members.map(seen));
        let found: Vec<_> = problems.iter().map(|p| (p.member.as_str(), p.kind)).collect();
        use RecordProblemKind::*;
        assert_eq!(
            found,
            [
                ("other.py", OtherDigest),
                ("size.py", OtherSize),
                ("bare.py", NoDigest),
                ("weak.py", OtherAlgorithm),
                ("new.py", NotListed),
                ("gone.py", Absent)
            ]
        );
        assert_eq!(check(None, &[])[0].kind, NoRecord);
        // Signatures of RECORD can't be in it; another file of that name can.
        let signed = ["x-1.dist-info/RECORD.jws", "x-1.dist-info/RECORD.p7s", "x/RECORD.jws"].map(seen);
        let found: Vec<_> =
            check(Some(b"x-1.dist-info/RECORD,,"), &signed).into_iter().map(|p| p.member).collect();
        assert_eq!(found, ["x/RECORD.jws"]);
    }
}
