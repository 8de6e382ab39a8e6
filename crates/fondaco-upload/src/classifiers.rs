//! The classifiers that are known (trove-classifiers, Apache-2.0).

/// One a line; after a tab, what stands for one that is deprecated.
static LIST: &str = include_str!("../data/classifiers.txt");

/// What a classifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Good,
    Deprecated,
    Unknown,
}

/// What `classifier` is. Those under `Private ::` are for companies themselves: other indexes
/// refuse every one of them, which is their use.
pub(crate) fn state(classifier: &str) -> State {
    if classifier.starts_with("Private :: ") {
        return State::Good;
    }
    for line in LIST.lines() {
        match line.split_once('\t') {
            Some((old, _)) if old == classifier => return State::Deprecated,
            None if line == classifier => return State::Good,
            _ => {}
        }
    }
    State::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_states() {
        assert_eq!(state("Programming Language :: Rust"), State::Good);
        assert_eq!(state("Private :: Do Not Upload"), State::Good);
        assert_eq!(state("Natural Language :: Ukranian"), State::Deprecated);
        assert_eq!(state("Programming Language :: Rusty"), State::Unknown);
    }
}
