//! A tool or package of another ecosystem: commands of distributions, npm and crates, whose names
//! people and language models try here (`huggingface-cli`; Spracklen et al., USENIX Security 2025:
//! 8.7 % of invented Python names are real npm names).

/// Name, ecosystem, and the project that is meant here where there is one.
const LIST: &str = include_str!("../../data/tools.tsv");

/// Names, their ecosystems, and the projects meant.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str, Option<&'static str>)> {
    LIST.lines().filter_map(|line| {
        let mut parts = line.split('\t');
        Some((parts.next()?, parts.next()?, parts.next()))
    })
}
