use std::path::PathBuf;

use fondaco_upstream::Url;

/// What is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An index's RSS: releases or new projects, the newest only.
    Rss(Url),
    /// An index's changelog by XML-RPC: every file, in order.
    Changelog(Url),
    /// Another Fondaco's journal: every file, in order.
    Changes(Url),
    /// A folder of archives.
    Folder(PathBuf),
}

/// Why something can't be watched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It is no address, and no folder that is there.
    #[error(
        "{0:?} is nothing that can be watched\nhint: an index's RSS (https://index.example/rss/updates.xml), \
         its XML-RPC (https://index.example/pypi), another Fondaco's journal \
         (https://index.example/api/v1/changes), or a folder"
    )]
    Neither(String),
    /// Where its files are can't be told.
    #[error(
        "where the files of {0} are can't be told\nhint: give the address of the Simple API with --index URL"
    )]
    NoIndex(String),
}

impl Source {
    /// What an argument stands for.
    ///
    /// # Errors
    /// When it is no address and no folder.
    pub fn of(text: &str) -> Result<Self, SourceError> {
        let neither = || SourceError::Neither(text.to_owned());
        if !text.contains("://") {
            let path = PathBuf::from(text);
            return if path.is_dir() { Ok(Self::Folder(path)) } else { Err(neither()) };
        }
        let url: Url = text.parse().map_err(|_| neither())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(neither());
        }
        let path = url.path().trim_end_matches('/');
        if path.ends_with("/api/v1/changes") {
            Ok(Self::Changes(url))
        } else if path.ends_with(".xml") || path.ends_with("/rss") {
            Ok(Self::Rss(url))
        } else if ["/pypi", "/RPC2", "/xmlrpc"].iter().any(|end| path.ends_with(end)) {
            Ok(Self::Changelog(url))
        } else {
            Err(neither())
        }
    }

    /// Its address; none for a folder.
    pub fn url(&self) -> Option<&Url> {
        match self {
            Self::Rss(url) | Self::Changelog(url) | Self::Changes(url) => Some(url),
            Self::Folder(_) => None,
        }
    }

    /// The folder, where it is one.
    pub(crate) fn folder(&self) -> Option<&std::path::Path> {
        match self {
            Self::Folder(path) => Some(path),
            _ => None,
        }
    }

    /// Whether it counts what happens, so that nothing is missed however late it is read.
    pub(crate) fn counts(&self) -> bool {
        matches!(self, Self::Changelog(_) | Self::Changes(_))
    }

    /// By what its state is kept and it is told of: without credentials.
    pub fn name(&self) -> String {
        match self {
            Self::Folder(path) => path.canonicalize().unwrap_or_else(|_| path.clone()).display().to_string(),
            Self::Rss(url) | Self::Changelog(url) | Self::Changes(url) => fondaco_upstream::redacted(url),
        }
    }

    /// The Simple API of the index that a feed is of, where it has the usual place.
    ///
    /// # Errors
    /// When it hasn't.
    pub fn index(&self) -> Result<Option<Url>, SourceError> {
        let Some(url) = self.url() else { return Ok(None) };
        let path = url.path();
        let start = match self {
            Self::Rss(_) => path.rfind("/rss"),
            Self::Changes(_) => path.rfind("/api/v1/changes"),
            _ => path.trim_end_matches('/').rfind('/'),
        };
        let Some(start) = start else { return Err(SourceError::NoIndex(self.name())) };
        let mut index = url.clone();
        index.set_path(&format!("{}/simple/", path.get(..start).unwrap_or_default()));
        index.set_query(None);
        index.set_fragment(None);
        Ok(Some(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_told_apart_and_have_an_index() {
        let index = |text: &str| Source::of(text).unwrap().index().unwrap().unwrap().to_string();
        assert_eq!(index("https://index.example/rss/updates.xml"), "https://index.example/simple/");
        assert_eq!(index("https://index.example/a/rss/packages.xml?x#y"), "https://index.example/a/simple/");
        assert_eq!(index("https://index.example/pypi"), "https://index.example/simple/");
        assert_eq!(index("https://index.example/root/RPC2/"), "https://index.example/root/simple/");
        assert_eq!(index("http://127.0.0.1:8080/api/v1/changes"), "http://127.0.0.1:8080/simple/");
        assert!(matches!(Source::of("."), Ok(Source::Folder(_))));
        for wrong in
            ["no-such-folder", "ftp://index.example/rss/updates.xml", "https://index.example/x", "http://"]
        {
            assert!(Source::of(wrong).is_err(), "{wrong}");
        }
        let secret = Source::of("https://me:secret@index.example/rss/updates.xml").unwrap();
        assert!(!secret.name().contains("secret"));
    }
}
