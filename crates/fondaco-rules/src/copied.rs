//! The projects that are copied most, by the modules that make them up, and whether an artifact is
//! a copy of one under another name.
//!
//! A module's fingerprint knows neither comments nor indentation nor the name of its own package, so
//! that a copy which was renamed is one. `cargo xtask copied` writes the table. It is no list of bad
//! files: these are honest ones, and what isn't among them is what gets judged.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use fondaco_pydist::{ProjectName, Sha256, Sha256Hasher};

/// A project a line, and 16 hexadecimal digits for each of its modules.
static TABLE: &str = include_str!("../data/copied.txt");
/// Smaller modules look alike everywhere, in bytes.
const SMALLEST: usize = 200;
/// Fewer equal modules are no copy.
const FEWEST: usize = 3;
/// Shorter names of packages are parts of other words.
const SHORTEST_NAME: usize = 4;

/// A module of an artifact.
#[derive(Debug, Clone, Copy)]
pub struct Module<'a> {
    /// Where it lies.
    pub member: &'a str,
    /// Its dotted name.
    pub module: &'a str,
    /// Its source.
    pub source: &'a [u8],
}

/// What makes an artifact a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// The project that it copies.
    pub project: String,
    /// Modules that are equal.
    pub equal: usize,
    /// Modules that were compared.
    pub compared: usize,
    /// Members that are changed or added, in order.
    pub others: Vec<String>,
}

/// Where a module lies within its package, and the package.
fn place(module: &str) -> (&str, &str) {
    module.split_once('.').unwrap_or((module, ""))
}

/// The upper 24 bits of a fingerprint: where the module lies.
fn place_of(inner: &str) -> u64 {
    let digest = Sha256::of(inner.as_bytes());
    digest.as_bytes().iter().take(3).fold(0, |all, byte| all << 8 | u64::from(*byte))
}

/// The fingerprint of a module, 24 bits for its place and 40 for its text; `None` for small ones.
pub fn fingerprint(module: &str, source: &[u8]) -> Option<u64> {
    (source.len() >= SMALLEST).then(|| place_of(place(module).1) << 40 | text_of(place(module).0, source))
}

/// 40 bits of the text without what a copy changes by being renamed.
fn text_of(package: &str, source: &[u8]) -> u64 {
    let name = package.as_bytes();
    let mut hasher = Sha256Hasher::default();
    for line in source.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let mut rest = line;
        while name.len() >= SHORTEST_NAME
            && let Some(at) = find(rest, name)
        {
            hasher.update(&rest[..at]);
            hasher.update(b"\0");
            rest = &rest[at + name.len()..];
        }
        hasher.update(rest);
        hasher.update(b"\n");
    }
    hasher.finish().as_bytes().iter().take(5).fold(0, |all, byte| all << 8 | u64::from(*byte))
}

fn find(text: &[u8], name: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, name)
}

struct Table {
    projects: Vec<&'static str>,
    /// The project that each fingerprint is of.
    of: HashMap<u64, usize>,
    places: HashSet<u64>,
}

impl Table {
    fn of(lines: &'static str) -> Self {
        let mut table = Self { projects: Vec::new(), of: HashMap::new(), places: HashSet::new() };
        for (name, digits) in lines.lines().filter_map(|line| line.split_once(' ')) {
            for at in (0..digits.len()).step_by(16) {
                let parsed = digits.get(at..at + 16).and_then(|hex| u64::from_str_radix(hex, 16).ok());
                if let Some(print) = parsed {
                    table.of.insert(print, table.projects.len());
                    table.places.insert(print >> 40);
                }
            }
            table.projects.push(name);
        }
        table
    }
}

fn table() -> &'static Table {
    static PARSED: LazyLock<Table> = LazyLock::new(|| Table::of(TABLE));
    &PARSED
}

/// The project that an artifact of this name is a copy of, if most of its modules are that one's.
pub fn copied<'a>(own: &ProjectName, modules: impl Iterator<Item = Module<'a>>) -> Option<Copied> {
    let modules: Vec<Module<'a>> = modules.collect();
    if modules.iter().filter(|module| module.source.len() >= SMALLEST).count() < FEWEST {
        return None;
    }
    compare(table(), own, &modules)
}

fn compare(table: &Table, own: &ProjectName, modules: &[Module<'_>]) -> Option<Copied> {
    let mut compared = 0;
    let mut equal: BTreeMap<usize, HashSet<&str>> = BTreeMap::new();
    for module in modules.iter().filter(|module| module.source.len() >= SMALLEST) {
        compared += 1;
        // Most modules of most packages lie nowhere where one of these projects has one.
        if !table.places.contains(&place_of(place(module.module).1)) {
            continue;
        }
        let print = fingerprint(module.module, module.source);
        if let Some(project) = print.and_then(|print| table.of.get(&print)) {
            equal.entry(*project).or_default().insert(module.member);
        }
    }
    let (project, members) = equal.into_iter().max_by_key(|(_, members)| members.len())?;
    let project = table.projects[project];
    if members.len() < FEWEST || members.len() * 2 <= compared || own.as_str() == project {
        return None;
    }
    let mut others: Vec<String> = modules
        .iter()
        .filter(|module| !members.contains(module.member))
        .map(|module| module.member.to_owned())
        .collect();
    others.sort();
    Some(Copied { project: project.to_owned(), equal: members.len(), compared, others })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_module_is_the_same() {
        let body = "    return compare(pack.core.text, 1)\n".repeat(10);
        let one = format!("import pack\n\ndef f():\n{body}");
        let other = format!("# a fork\nimport kcap\ndef f():\n\n{}", body.replace("pack", "kcap"));
        assert_eq!(fingerprint("pack.core", one.as_bytes()), fingerprint("kcap.core", other.as_bytes()));
        assert_ne!(fingerprint("pack.core", one.as_bytes()), fingerprint("pack.other", one.as_bytes()));
        assert_eq!(fingerprint("pack.core", b"x = 1"), None);
    }

    #[test]
    fn most_of_it_makes_a_copy() {
        let text = |n: usize| format!("def f():\n{}", format!("    return call({n})\n").repeat(20));
        let texts: Vec<String> = (0..5).map(text).collect();
        let original = ["pack", "pack.a", "pack.b", "pack.c", "pack.d"];
        let line: String = original
            .iter()
            .zip(&texts)
            .map(|(module, text)| format!("{:016x}", fingerprint(module, text.as_bytes()).unwrap()))
            .collect();
        let table = Table::of(String::leak(format!("pack {line}")));
        let of = |own: &str, modules: &[(&str, &str)]| {
            let modules: Vec<Module<'_>> = modules
                .iter()
                .map(|(module, text)| Module { member: module, module, source: text.as_bytes() })
                .collect();
            compare(&table, &own.parse().unwrap(), &modules)
        };
        let (a, b, c, own) = (&*texts[1], &*texts[2], &*texts[3], &*texts[4].replace("call", "other"));
        let copy = of("kcap", &[("kcap.a", a), ("kcap.b", b), ("kcap.c", c), ("kcap.d", own)]).unwrap();
        assert_eq!((copy.project.as_str(), copy.equal, copy.compared), ("pack", 3, 4));
        assert_eq!(copy.others, ["kcap.d"]);
        // The project itself, and one that carries it along.
        assert_eq!(of("pack", &[("pack.a", a), ("pack.b", b), ("pack.c", c)]), None);
        assert_eq!(
            of("tool", &[("tool._vendor.pack.a", a), ("tool._vendor.pack.b", b), ("tool.a", own)]),
            None
        );
        let mut many = vec![("pack.a", a), ("pack.b", b), ("pack.c", c)];
        many.extend(["x.a", "x.b", "x.c"].map(|module| (module, own)));
        assert_eq!(of("tool", &many), None, "half of it is no copy");
    }

    #[test]
    fn the_table_is_read() {
        let table = table();
        assert!(table.projects.len() >= 20 && table.of.len() >= 500, "{}", table.of.len());
        assert!(TABLE.len() < 300_000);
    }
}
