//! What is imported, not what is installed: `cv2` for `opencv-python`, `sklearn` for `scikit-learn`.
//! People and language models install what they import.

/// Import name and the project that brings it, where nobody would guess it from the name.
const LIST: &str = include_str!("../../data/imports.tsv");

/// Import names and their projects.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines().filter_map(|line| line.split_once('\t'))
}
