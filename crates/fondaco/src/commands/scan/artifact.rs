//! What a path on the command line stands for.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use fondaco_pydist::{Sha256, Sha256Hasher};
use fondaco_verdict::ArtifactKind;
use fondaco_wire::report_v1::Report;
use fondaco_worker::{Job, failed};

use super::Inspector;

/// One thing to inspect.
pub(crate) struct Artifact {
    path: PathBuf,
    /// As the report shows it: the argument as given; in a folder argument/relative.
    shown: String,
    what: What,
    /// Whether its project is known to be no newcomer.
    pub(crate) established: bool,
}

enum What {
    Archive,
    Folder,
    File,
    Unreadable(String),
}

const ARCHIVES: [&str; 15] = [
    ".whl", ".zip", ".egg", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz",
    ".tar.zst", ".conda", ".pyz", ".gz",
];

fn is_archive(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    ARCHIVES.iter().any(|extension| name.ends_with(extension))
}

/// The artifacts that an argument stands for. A folder with Python source in it is one artifact,
/// with all that it holds; a folder without is a folder of archives.
pub(crate) fn find(path: &Path) -> Vec<Artifact> {
    let one = |what| {
        let shown = path.display().to_string();
        vec![Artifact { path: path.to_owned(), shown, what, established: false }]
    };
    match std::fs::metadata(path) {
        Err(error) => one(What::Unreadable(error.to_string())),
        Ok(metadata) if metadata.is_file() => one(if is_archive(path) { What::Archive } else { What::File }),
        Ok(metadata) if !metadata.is_dir() => one(What::Unreadable("neither a file nor a folder".to_owned())),
        Ok(_) => match files(path) {
            Err(error) => one(What::Unreadable(error.to_string())),
            Ok(files) => {
                let is_source =
                    |f: &PathBuf| f.extension().is_some_and(|e| e == "py" || e == "pth" || e == "ipynb");
                if files.iter().any(is_source) || !files.iter().any(|file| is_archive(file)) {
                    return one(What::Folder);
                }
                let artifact = |file: &PathBuf| Artifact {
                    path: file.clone(),
                    shown: file.display().to_string(),
                    what: if is_archive(file) { What::Archive } else { What::File },
                    established: false,
                };
                files.iter().map(artifact).collect()
            }
        },
    }
}

/// Everything below a folder that is no folder, sorted; links are not followed.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { folders.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    Ok(found)
}

impl Artifact {
    pub(super) fn inspect(&self, inspector: &Inspector) -> Report {
        let job = match &self.what {
            What::Archive => self.archive(),
            What::Folder => files(&self.path).and_then(|files| self.packed(&files, ArtifactKind::Folder)),
            What::File => self.packed(std::slice::from_ref(&self.path), ArtifactKind::File),
            What::Unreadable(why) => return failed(&self.shown, None, &format!("cannot be read: {why}")),
        };
        match job {
            Ok(job) => {
                let suppressions = inspector.suppressions.clone();
                inspector.worker.inspect(Job { suppressions, ..job })
            }
            Err(error) => failed(&self.shown, None, &format!("cannot be read: {error}")),
        }
    }

    fn archive(&self) -> io::Result<Job> {
        let mut source = File::open(&self.path)?;
        let sha256 = digest(&mut source)?;
        let file_name = self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(self.job(source, file_name, Some(sha256), None))
    }

    fn job(
        &self,
        source: File,
        file_name: String,
        sha256: Option<Sha256>,
        kind: Option<ArtifactKind>,
    ) -> Job {
        Job {
            source,
            file_name,
            sha256,
            kind,
            path: self.shown.clone(),
            suppressions: Vec::new(),
            upload: false,
            predecessor: None,
            publication: None,
            established: self.established,
        }
    }

    /// Files packed for the worker, which can open none itself.
    fn packed(&self, files: &[PathBuf], kind: ArtifactKind) -> io::Result<Job> {
        let root = if kind == ArtifactKind::File { self.path.parent() } else { Some(self.path.as_path()) };
        let root = root.unwrap_or(Path::new(""));
        let mut builder = tar::Builder::new(tempfile::tempfile()?);
        builder.follow_symlinks(false);
        for file in files {
            builder.append_path_with_name(file, file.strip_prefix(root).unwrap_or(file))?;
        }
        let mut source = builder.into_inner()?;
        source.seek(SeekFrom::Start(0))?;
        let sha256 = match kind {
            ArtifactKind::File => Some(digest(&mut File::open(&self.path)?)?),
            _ => None,
        };
        let file_name = self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(self.job(source, file_name, sha256, Some(kind)))
    }
}

fn digest(source: &mut File) -> io::Result<Sha256> {
    let mut hasher = Sha256Hasher::default();
    let mut buffer = vec![0u8; 256 << 10];
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    source.seek(SeekFrom::Start(0))?;
    Ok(hasher.finish())
}
