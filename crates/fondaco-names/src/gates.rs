//! What rules a resemblance out: the same owner, an older or an established project, downloads, the
//! same repository.

/// What is known of a project besides its name; everything may be absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts<'f> {
    /// Who owns it: one stable id.
    pub owner: Option<&'f str>,
    /// Days since its first release.
    pub age_days: Option<u32>,
    /// Downloads in any period that is the same for all projects.
    pub downloads: Option<u64>,
    /// Its source repository, as its provenance *proves* it. An address in metadata proves nothing
    /// (starjacking).
    pub repository: Option<&'f str>,
}

/// Days after which a project would have been found out.
const ESTABLISHED_DAYS: u32 = 3 * 365;
/// A squat has this many times fewer downloads than its target (detectors' practice: 100 to 1,000).
const TIMES_FEWER: u64 = 100;

/// Fewer downloads than these say nothing, also where the target has next to none.
const LEAST_DOWNLOADS: u64 = 1_000;
/// Downloads of a project that is younger, or whose age is not known, say nothing: whoever publishes it
/// can fetch it as often as they like. Squats are found out sooner than this.
const YOUNG_DAYS: u32 = 90;

/// Why a name that resembles another is no squat of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// It is popular itself, with this rank by downloads.
    ItselfPopular(u32),
    /// It is one of the operator's own projects.
    ItselfOwn,
    /// Both have one owner.
    SameOwner,
    /// It is older than its target.
    Older,
    /// It has been there for years.
    Established,
    /// It is downloaded nearly as often as its target, and not new.
    Downloaded,
    /// Both come from one repository.
    SameRepository,
}

impl Gate {
    /// One sentence.
    pub fn reason(self) -> String {
        match self {
            Self::ItselfPopular(rank) => format!("it is popular itself (rank {rank})"),
            Self::ItselfOwn => "it is a project of the operator's own".to_owned(),
            Self::SameOwner => "both have the same owner".to_owned(),
            Self::Older => "it is older than the other".to_owned(),
            Self::Established => "it has been there for more than three years".to_owned(),
            Self::Downloaded => "it is downloaded nearly as often as the other".to_owned(),
            Self::SameRepository => "both are built from the same repository".to_owned(),
        }
    }

    /// The gate that rules it out, by what is known of the name and of its target.
    pub(crate) fn between(name: &Facts<'_>, target: &Facts<'_>) -> Option<Self> {
        let both = |pair: (Option<&str>, Option<&str>)| match pair {
            (Some(a), Some(b)) => !a.is_empty() && plain(a) == plain(b),
            _ => false,
        };
        if both((name.owner, target.owner)) {
            return Some(Self::SameOwner);
        }
        if both((name.repository, target.repository)) {
            return Some(Self::SameRepository);
        }
        if name.age_days.zip(target.age_days).is_some_and(|(own, other)| own > other) {
            return Some(Self::Older);
        }
        if name.age_days.is_some_and(|days| days >= ESTABLISHED_DAYS) {
            return Some(Self::Established);
        }
        let downloads = name.downloads.zip(target.downloads);
        let is_old = name.age_days.is_some_and(|days| days >= YOUNG_DAYS);
        downloads
            .is_some_and(|(own, other)| is_old && own >= LEAST_DOWNLOADS.max(other / TIMES_FEWER))
            .then_some(Self::Downloaded)
    }
}

/// An address without what doesn't tell repositories apart.
fn plain(address: &str) -> String {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    address.trim_end_matches('/').trim_end_matches(".git").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gate_needs_its_facts() {
        let none = Facts::default();
        assert_eq!(Gate::between(&none, &none), None);
        let owned = Facts { owner: Some("psf"), ..none };
        assert_eq!(Gate::between(&owned, &owned), Some(Gate::SameOwner));
        let old = Facts { age_days: Some(400), ..none };
        assert_eq!(Gate::between(&old, &Facts { age_days: Some(300), ..none }), Some(Gate::Older));
        assert_eq!(Gate::between(&old, &none), None);
        assert_eq!(Gate::between(&Facts { age_days: Some(2_000), ..none }, &none), Some(Gate::Established));
        let many = Facts { downloads: Some(5_000), age_days: Some(100), ..none };
        assert_eq!(Gate::between(&many, &Facts { downloads: Some(100_000), ..none }), Some(Gate::Downloaded));
        assert_eq!(Gate::between(&many, &Facts { downloads: Some(10_000_000), ..none }), None);
        // Whoever made it a day ago may have downloaded it often, and one download of a target that nobody
        // asks for makes no project popular.
        let hundred = Facts { downloads: Some(100_000), ..none };
        for spam in [Facts { age_days: Some(1), ..many }, Facts { age_days: None, ..many }] {
            assert_eq!(Gate::between(&spam, &hundred), None);
        }
        let few = Facts { downloads: Some(3), ..many };
        assert_eq!(Gate::between(&few, &Facts { downloads: Some(0), ..none }), None);
        let here = Facts { repository: Some("https://code.example.invalid/A/b.git"), ..none };
        let there = Facts { repository: Some("git+https://code.example.invalid/a/b"), ..none };
        assert_eq!(Gate::between(&here, &there), Some(Gate::SameRepository));
    }
}
