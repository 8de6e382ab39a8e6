use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::reply::TICK;

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

const NAME: &str = "packages";
const ACCESS_KEY: &str = "testkit";
const SECRET_KEY: &str = "testkit-secret";

/// A real server of S3 (`s3s-fs`) with one bucket. Dropping it ends it.
pub struct Bucket {
    port: u16,
    folder: TempDir,
    server: Child,
}

impl Default for Bucket {
    fn default() -> Self {
        Self::new()
    }
}

impl Bucket {
    /// Starts the server that `cargo xtask test` installed.
    #[track_caller]
    pub fn new() -> Self {
        let tools = std::env::var_os("FONDACO_TEST_TOOLS").map(PathBuf::from);
        let program = tools.map(|tools| tools.join("s3s/bin/s3s-fs")).filter(|program| program.exists());
        let Some(program) = program else {
            panic!("this test needs a server of S3: run it by `cargo xtask test`, which installs it");
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(NAME)).unwrap();
        // The server takes no port of the system's choice.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.args(["--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY, "--host", "127.0.0.1"]);
        command.args(["--port", &port.to_string()]).arg(folder.path()).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(started.elapsed() < PATIENCE, "the server of S3 does not start");
            sleep(TICK);
        }
        Self { port, folder, server }
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a prefix in the bucket.
    pub fn url(&self) -> String {
        format!("s3://{NAME}/fondaco")
    }

    /// The environment by which the bucket is reached on `port`: its own, or that of a [`Faults`].
    ///
    /// [`Faults`]: crate::Faults
    pub fn env(&self, port: u16) -> Vec<(String, String)> {
        let endpoint = format!("http://127.0.0.1:{port}");
        [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// The file in which the server keeps the object of a digest, in `part` of the prefix.
    pub fn object(&self, part: &str, digest: &str) -> PathBuf {
        self.folder
            .path()
            .join(NAME)
            .join("fondaco")
            .join(part)
            .join("sha256")
            .join(&digest[..2])
            .join(digest)
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // It has ended already where this fails.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
