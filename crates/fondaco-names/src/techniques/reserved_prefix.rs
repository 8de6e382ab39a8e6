//! Begins like the operator's own projects: dependency confusion and names beside an own family.

/// Whether a normalised name begins with a reserved prefix, at a word's end.
pub(crate) fn has(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|rest| prefix.ends_with('-') || rest.is_empty() || rest.starts_with('-'))
}
