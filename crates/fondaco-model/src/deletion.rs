use std::time::Duration;

use jiff::Timestamp;

use crate::OwnFile;

/// How long after its upload the owners of a project may delete a file of it (PEP 763). Pre-releases and
/// development releases they may delete at any time: whoever asks for them reckons with that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionPolicy {
    /// So long after the upload.
    Within(Duration),
    /// At any time.
    Always,
}

impl DeletionPolicy {
    /// Whether an owner may delete this file now. A file whose upload the clock puts into the future
    /// is new.
    pub fn lets_delete(self, file: &OwnFile, now: Timestamp) -> bool {
        let Self::Within(window) = self else { return true };
        file.version.any_prerelease()
            || Duration::try_from(now.duration_since(file.uploaded_at)).unwrap_or_default() < window
    }
}

impl Default for DeletionPolicy {
    /// 72 hours, as PEP 763 has it.
    fn default() -> Self {
        Self::Within(Duration::from_secs(72 * 3600))
    }
}

#[cfg(test)]
mod tests {
    use fondaco_pydist::{FileType, Sha256};

    use super::*;

    fn file(version: &str) -> OwnFile {
        OwnFile {
            project: "our-thing".parse().unwrap(),
            file_name: format!("our_thing-{version}.tar.gz"),
            release: version.to_owned(),
            version: version.parse().unwrap(),
            kind: FileType::Sdist,
            sha256: Sha256::of(b""),
            md5: String::new(),
            blake2_256: String::new(),
            size: 0,
            requires_python: None,
            metadata: Sha256::of(b""),
            upload: String::new(),
            uploaded_by: String::new(),
            uploaded_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            yanked: None,
            deleted_at: None,
            deleted_by_owner: false,
        }
    }

    #[test]
    fn final_releases_for_three_days_and_pre_releases_for_ever() {
        let policy = DeletionPolicy::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let lets = |version: &str, now: &str| policy.lets_delete(&file(version), at(now));
        assert!(lets("1.0", "2026-01-03T23:59:59Z"));
        assert!(!lets("1.0", "2026-01-04T00:00:00Z"), "the window is open at its end");
        assert!(!lets("1.0.post1", "2026-01-04T00:00:00Z"));
        assert!(!lets("1.0+corp.1", "2026-01-04T00:00:00Z"));
        assert!(lets("1.0", "2025-12-31T00:00:00Z"), "a clock that was set back");
        for version in ["1.0a1", "1.0b2", "1.0rc1", "1.0.dev3", "1.0a1.post1", "1.0.post1.dev2"] {
            assert!(lets(version, "2036-01-01T00:00:00Z"), "{version}");
        }
    }

    #[test]
    fn an_operator_sets_another_time() {
        let later = "2036-01-01T00:00:00Z".parse().unwrap();
        assert!(DeletionPolicy::Always.lets_delete(&file("1.0"), later));
        let never = DeletionPolicy::Within(Duration::ZERO);
        assert!(!never.lets_delete(&file("1.0"), file("1.0").uploaded_at));
        assert!(never.lets_delete(&file("1.0rc1"), later));
    }
}
