//! The most downloaded projects, most popular first, and how near a name is to one of them.

/// One normalised name a line; a snapshot, so that the same bytes give the same report.
static NAMES: &str = include_str!("../data/popular.txt");

/// Shorter names are near to too much.
const SHORTEST: usize = 5;

/// Whether a normalised name is that of a popular project.
pub fn is_popular(name: &str) -> bool {
    NAMES.lines().any(|popular| popular == name)
}

/// The popular project that a name can be mistaken for: one edit away, or two where it is long;
/// the most popular one where there are several.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    if name.len() < SHORTEST || name.len() > 60 || is_popular(name) {
        return None;
    }
    let near = |popular: &&str| {
        let most = if popular.len() >= 9 { 2 } else { 1 };
        popular.len() >= SHORTEST
            && popular.len().abs_diff(name.len()) <= most
            && !differ_in_digits_only(name, popular)
            && distance(name.as_bytes(), popular.as_bytes()) <= most
    };
    NAMES.lines().find(near)
}

/// `name2` and `name3` are releases of an idea, not mistakes of a typist.
fn differ_in_digits_only(a: &str, b: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit() && *c != '-').collect::<String>();
    letters(a) == letters(b) && a.bytes().chain(b.bytes()).any(|byte| byte.is_ascii_digit())
}

/// Edits between two names, two neighbours that change places being one (Damerau, Levenshtein).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_near_and_another_release_is_not() {
        assert_eq!(distance(b"reqeusts", b"requests"), 1);
        assert_eq!(nearest("reqeusts"), Some("requests"));
        assert_eq!(nearest("setuptolos"), Some("setuptools"));
        assert_eq!(nearest("requests"), None);
        assert_eq!(nearest("boto4"), None);
        assert_eq!(nearest("entirely-my-own-idea"), None);
    }
}
