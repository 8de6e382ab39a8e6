//! What Fondaco is measured against: the same packages as static files behind nginx.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::tasks::check;

/// What is installed, with all that it needs.
const PACKAGES: &str = "requests flask numpy boto3 rich click urllib3 idna certifi charset-normalizer \
    werkzeug jinja2 markupsafe itsdangerous blinker botocore jmespath s3transfer python-dateutil<3 six \
    markdown-it-py mdurl pygments packaging attrs httpx";
/// Files of the large project.
const FILES: &str = "2000";

/// nginx, serving. Dropping it stops it.
pub(super) struct Reference {
    folder: PathBuf,
    pub(super) port: u16,
}

impl Reference {
    /// Makes the packages and pages below `folder`, unless they are there, and serves them.
    pub(super) fn start(folder: &Path, scripts: &Path, python: &Path) -> anyhow::Result<Self> {
        let www = folder.join("www");
        if !folder.join("whole").exists() {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
            println!("fetching and making packages in {}", folder.display());
            let mut download = Command::new(python);
            download.args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"]);
            check(download.arg(folder.join("pkgs")).args(PACKAGES.split_whitespace()))?;
            let make = |mode: &str, count: &str| {
                let mut make = Command::new(python);
                check(make.arg(scripts.join("mkpk.py")).arg(mode).arg(folder.join(mode)).arg(count))
            };
            make("big", FILES)?;
            let mut pages = Command::new(python);
            pages.arg(scripts.join("mksimple.py")).arg(&www).arg(folder.join("pkgs"));
            check(pages.arg(folder.join("big")))?;
            std::fs::write(folder.join("whole"), "")?;
        }
        let port = free_port()?;
        let template = std::fs::read_to_string(scripts.join("nginx.conf.in"))?;
        let state = folder.join("nginx");
        std::fs::create_dir_all(&state)?;
        let config = template
            .replace("@DIR@", &state.display().to_string())
            .replace("@WWW@", &www.display().to_string())
            .replace("127.0.0.1:8099", &format!("127.0.0.1:{port}"));
        std::fs::write(folder.join("nginx.conf"), config)?;
        let reference = Self { folder: folder.to_owned(), port };
        check(&mut reference.nginx())
            .context("as root on Debian: apt-get install nginx-light wrk jq curl")?;
        Ok(reference)
    }

    fn nginx(&self) -> Command {
        let mut nginx = Command::new("nginx");
        nginx.arg("-c").arg(self.folder.join("nginx.conf"));
        nginx
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.nginx().args(["-s", "stop"]).status();
    }
}

/// A port on which nobody listens.
pub(super) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
