//! Links of a tar: where they lead, and under which names their targets are found besides.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use fondaco_pydist::MemberPath;

/// Links of one archive that are followed; nobody honest has more.
const MOST: usize = 10_000;
/// Names of one member that are followed.
const MOST_NAMES: usize = 64;

/// A link within an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its own path.
    pub path: MemberPath,
    /// The path of what it stands for, a member or a folder of the same archive; empty for the
    /// archive's own top.
    pub target: String,
}

/// The links of one archive.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// In lower case: file systems may not tell them apart.
    paths: HashSet<String>,
    pub(crate) found: Vec<Link>,
}

/// What becomes of a link.
pub(crate) enum Followed {
    /// It leads to something within the archive.
    Within,
    /// It leads out of the folder that an archive is extracted into.
    Outside,
    /// There are too many.
    TooMany,
}

impl Links {
    /// Notes a link. A symbolic one is read from its own folder on, a hard one from the top.
    pub(crate) fn see(&mut self, path: &MemberPath, target: &str, is_symbolic: bool) -> Followed {
        if is_symbolic {
            self.paths.insert(path.as_str().to_lowercase());
        }
        let folder = match path.as_str().rsplit_once('/') {
            Some((folder, _)) if is_symbolic => folder,
            _ => "",
        };
        let Some(target) = joined(folder, target) else { return Followed::Outside };
        if self.found.len() >= MOST {
            return Followed::TooMany;
        }
        self.found.push(Link { path: path.clone(), target });
        Followed::Within
    }

    /// Whether what is written to `path` is written where an earlier link leads.
    pub(crate) fn is_behind(&self, path: &MemberPath) -> bool {
        if self.paths.is_empty() {
            return false;
        }
        let folded = path.as_str().to_lowercase();
        folded.match_indices('/').any(|(at, _)| folded.get(..at).is_some_and(|up| self.paths.contains(up)))
    }
}

/// A path from a folder on, normalised; none where it leads out.
fn joined(folder: &str, target: &str) -> Option<String> {
    let is_drive = matches!(target.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if target.starts_with(['/', '\\']) || is_drive || target.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The names that links give to members besides their own.
#[derive(Debug, Default)]
pub struct Aliases {
    links: Vec<MemberPath>,
    /// In lower case: `setup.py -> DOCS/a.py` finds `docs/a.py` where a file system does.
    by_target: HashMap<String, Vec<usize>>,
}

impl Aliases {
    /// Of the links of an archive.
    pub fn of(links: Vec<Link>) -> Self {
        let mut all = Self::default();
        for (number, link) in links.into_iter().enumerate() {
            all.by_target.entry(link.target.to_lowercase()).or_default().push(number);
            all.links.push(link.path);
        }
        all
    }

    /// The other names of a member; `None` where they are more than are followed.
    ///
    /// Links may lead through links. One that leads to a folder above itself gives each member names
    /// without end: each link is followed once.
    pub fn names(&self, path: &MemberPath) -> Option<Vec<MemberPath>> {
        let mut names: Vec<(MemberPath, Vec<usize>)> = vec![(path.clone(), Vec::new())];
        let mut at = 0;
        while let Some((name, used)) = names.get(at).cloned() {
            at += 1;
            for (number, rest) in self.leading_to(name.as_str()).filter(|(number, _)| !used.contains(number))
            {
                let Some(link) = self.links.get(number) else { continue };
                let Ok(alias) = format!("{link}{rest}").parse::<MemberPath>() else { continue };
                if names.iter().any(|(known, _)| *known == alias) {
                    continue;
                }
                if names.len() > MOST_NAMES {
                    return None;
                }
                names.push((alias, used.iter().copied().chain([number]).collect()));
            }
        }
        Some(names.into_iter().skip(1).map(|(name, _)| name).collect())
    }

    /// The links that lead to a path or to a folder that it lies in, and what is left of it below that.
    fn leading_to<'a>(&'a self, path: &'a str) -> impl Iterator<Item = (usize, Cow<'a, str>)> {
        let whole = std::iter::once((path, Cow::Borrowed("")));
        let folders = path.match_indices('/').map(|(at, _)| {
            let (folder, rest) = path.split_at(at);
            (folder, Cow::Borrowed(rest))
        });
        let top = std::iter::once(("", Cow::Owned(format!("/{path}"))));
        whole.chain(folders).chain(top).flat_map(|(folder, rest)| {
            let links = self.by_target.get(&folder.to_lowercase()).into_iter().flatten();
            links.map(move |number| (*number, rest.clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(path: &str, target: &str) -> Link {
        Link { path: path.parse().unwrap(), target: target.to_owned() }
    }

    fn names(links: &[Link], path: &str) -> Vec<String> {
        let names = Aliases::of(links.to_vec()).names(&path.parse().unwrap()).unwrap();
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn where_links_lead() {
        for (folder, target, path) in [
            ("x-1.0", "docs/a.py", Some("x-1.0/docs/a.py")),
            ("x-1.0/docs", "../setup.py", Some("x-1.0/setup.py")),
            ("x-1.0/docs", "..", Some("x-1.0")),
            ("x-1.0", "..", Some("")),
            ("x-1.0", "./a//b/../c", Some("x-1.0/a/c")),
            ("x-1.0", "../..", None),
            ("x-1.0", "../../x-1.0/a", None),
            ("", "/etc/passwd", None),
            ("", "C:\\x", None),
            ("x", "..\\..\\y", None),
        ] {
            assert_eq!(joined(folder, target).as_deref(), path, "{folder} {target}");
        }
    }

    #[test]
    fn members_have_the_names_that_links_give_them() {
        let one = [link("x/setup.py", "x/docs/a.py"), link("x/pkg", "x/docs")];
        assert_eq!(names(&one, "x/docs/a.py"), ["x/setup.py", "x/pkg/a.py"]);
        assert_eq!(names(&one, "x/docs/b.py"), ["x/pkg/b.py"]);
        assert_eq!(names(&one, "x/docsb.py"), [""; 0]);
        assert_eq!(names(&[link("x/setup.py", "x/DOCS/A.py")], "x/docs/a.py"), ["x/setup.py"]);
        let chain = [link("a", "b"), link("b", "c")];
        assert_eq!(names(&chain, "c/d.py"), ["b/d.py", "a/d.py"]);
        // Without end, if each link counted more than once.
        let above = [link("x/docs/src", "x")];
        assert_eq!(names(&above, "x/setup.py"), ["x/docs/src/setup.py"]);
        let many: Vec<Link> = (0..100).map(|n| link(&format!("l{n}"), "a")).collect();
        assert_eq!(Aliases::of(many).names(&"a".parse().unwrap()), None);
    }
}
