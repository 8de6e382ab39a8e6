//! A folder of archives: what is new in it, by path, size and time.

use std::path::Path;
use std::time::UNIX_EPOCH;

use fondaco_model::Timestamp;
use fondaco_pydist::DistFilename;

use crate::item::Item;
use crate::news::{Announced, News, Unreadable};

/// Files of a folder that are looked at.
const MOST: usize = 200_000;
/// Folders within each other.
const DEEPEST: usize = 16;

/// Every distribution below a folder, the oldest first; links are not followed.
pub(crate) fn news(root: &Path) -> Result<News, Unreadable> {
    let mut news = News::default();
    let mut folders = vec![(root.to_owned(), 0)];
    let mut looked_at = 0;
    while let Some((folder, depth)) = folders.pop() {
        let entries = std::fs::read_dir(&folder);
        let entries = entries.map_err(|error| Unreadable(format!("{}: {error}", folder.display())))?;
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            looked_at += 1;
            if looked_at > MOST {
                return Err(Unreadable(format!("{}: more than {MOST} files", root.display())));
            }
            if kind.is_dir() && depth < DEEPEST {
                folders.push((entry.path(), depth + 1));
            } else if kind.is_file() {
                announce(&mut news, root, &entry);
            }
        }
    }
    news.announced.sort_by_key(|one| (one.at, one.item.to_string()));
    Ok(news)
}

fn announce(news: &mut News, root: &Path, entry: &std::fs::DirEntry) {
    let path = entry.path();
    let is_distribution = entry.file_name().to_str().is_some_and(|name| name.parse::<DistFilename>().is_ok());
    let (Some(path), Ok(metadata)) = (path.strip_prefix(root).ok().and_then(Path::to_str), entry.metadata())
    else {
        news.senseless += 1;
        return;
    };
    if !is_distribution || path.contains('\n') {
        news.senseless += u64::from(!is_distribution);
        return;
    }
    let modified = metadata.modified().ok();
    let since = modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let item = Item::Path { path: path.to_owned(), size: metadata.len(), modified: since.as_nanos() };
    news.announced.push(Announced { item, at: modified.and_then(|at| Timestamp::try_from(at).ok()) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_found_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        std::fs::write(folder.path().join("in/a-1.0.tar.gz"), "x").unwrap();
        std::fs::write(folder.path().join("notes.txt"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("b-1.0.tar.gz")).unwrap();
        let news = news(folder.path()).unwrap();
        assert_eq!((news.announced.len(), news.senseless), (1, 1));
        assert!(super::news(&folder.path().join("nothing")).is_err());
    }
}
