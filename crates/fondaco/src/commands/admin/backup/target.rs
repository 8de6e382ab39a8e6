//! Where a backup goes: a folder, or a tar file. It has another name until it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use fondaco_blobs::Blobs;
use fondaco_pydist::Sha256;

/// What members of a tar file are padded to, in bytes.
const BLOCK: usize = 512;

/// A backup that is being made.
pub(super) struct Target {
    path: PathBuf,
    unfinished: PathBuf,
    kind: Kind,
}

enum Kind {
    Folder,
    Tar(BufWriter<File>),
}

impl Target {
    /// Begins one; nothing may be there yet.
    pub(super) fn new(path: &Path) -> anyhow::Result<Self> {
        let path = std::path::absolute(path).context("the target is no path")?;
        let mut name = path.file_name().context("the target has no name")?.to_owned();
        name.push(".unfinished");
        let unfinished = path.with_file_name(name);
        for there in [&path, &unfinished] {
            if there.symlink_metadata().is_ok() {
                bail!("{} is there already\nhint: give a new name, or remove it", there.display());
            }
        }
        let failed = || format!("{} can't be made", unfinished.display());
        let is_tar = path.extension().is_some_and(|extension| extension == "tar");
        let kind = if is_tar {
            let file = File::options().write(true).create_new(true).mode(0o600).open(&unfinished);
            Kind::Tar(BufWriter::new(file.with_context(failed)?))
        } else {
            fs::DirBuilder::new().mode(0o700).create(&unfinished).with_context(failed)?;
            Kind::Folder
        };
        Ok(Self { path, unfinished, kind })
    }

    /// A folder on the same disk.
    pub(super) fn beside(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// Adds a file that is on the disk.
    pub(super) fn file(&mut self, name: &str, from: &Path) -> anyhow::Result<()> {
        let mut file = File::open(from).with_context(|| from.display().to_string())?;
        let size = file.metadata()?.len();
        let mut member = self.member(name, size)?;
        let mut piece = vec![0; 256 << 10];
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(member.end()?),
                read => member.write(&piece[..read])?,
            }
        }
    }

    /// Adds a small file.
    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let mut member = self.member(name, bytes.len() as u64)?;
        member.write(bytes)?;
        Ok(member.end()?)
    }

    /// Adds a blob: linked where that can be, else copied and verified. The inner error says why it
    /// is not in the backup.
    pub(super) async fn blob(
        &mut self,
        part: &str,
        blobs: &Blobs,
        digest: Sha256,
    ) -> anyhow::Result<Result<(), String>> {
        let hex = digest.to_string();
        let name = format!("{part}/sha256/{}/{hex}", &hex[..2]);
        if let Kind::Folder = self.kind {
            let path = self.unfinished.join(&name);
            fs::create_dir_all(path.parent().unwrap_or(&self.unfinished))?;
            if blobs.link(digest, &path) {
                return Ok(Ok(()));
            }
        }
        let Some(verified) = blobs.read(digest).await? else { return Ok(Err("is missing".to_owned())) };
        match verified.check().await {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(Err(error.to_string())),
            Err(error) => return Err(error.into()),
        }
        // Once more: a member of a tar can't be taken back.
        let Some(mut verified) = blobs.read(digest).await? else { return Ok(Err("has vanished".to_owned())) };
        let mut member = self.member(&name, verified.size())?;
        while let Some(piece) = verified.next_piece().await? {
            member.write(&piece)?;
        }
        member.end()?;
        Ok(Ok(()))
    }

    fn member(&mut self, name: &str, size: u64) -> anyhow::Result<Member<'_>> {
        Ok(match &mut self.kind {
            Kind::Folder => {
                let path = self.unfinished.join(name);
                fs::create_dir_all(path.parent().unwrap_or(&self.unfinished))?;
                Member::File(File::create_new(&path).with_context(|| path.display().to_string())?)
            }
            Kind::Tar(out) => {
                let mut header = tar::Header::new_gnu();
                header.set_path(name)?;
                header.set_size(size);
                header.set_mode(0o600);
                header.set_cksum();
                out.write_all(header.as_bytes())?;
                Member::Tar { out, size }
            }
        })
    }

    /// Everything is there: syncs it and gives it its name.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self.kind {
            Kind::Folder => sync_folders(&self.unfinished)?,
            Kind::Tar(mut out) => {
                out.write_all(&[0; 2 * BLOCK])?;
                out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            }
        }
        fs::rename(&self.unfinished, &self.path).with_context(|| self.path.display().to_string())?;
        Ok(File::open(self.path.parent().unwrap_or(Path::new("/")))?.sync_all()?)
    }
}

/// Syncs a folder and all below it; the files themselves are synced already.
fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    File::open(folder)?.sync_all()
}

/// A member that is being written.
enum Member<'a> {
    File(File),
    Tar { out: &'a mut BufWriter<File>, size: u64 },
}

impl Member<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        match self {
            Self::File(file) => file.write_all(piece),
            Self::Tar { out, .. } => out.write_all(piece),
        }
    }

    fn end(self) -> io::Result<()> {
        match self {
            Self::File(file) => file.sync_all(),
            Self::Tar { out, size } => {
                let over = usize::try_from(size % BLOCK as u64).unwrap_or(0);
                out.write_all(&[0; BLOCK][..(BLOCK - over) % BLOCK])
            }
        }
    }
}
