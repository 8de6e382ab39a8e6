use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Clients;

/// How long the server may take until it listens, and a mail until it is there.
const PATIENCE: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(50);

/// A real SMTP server (aiosmtpd) on 127.0.0.1, which keeps what it gets. Dropping it ends it.
pub struct MailServer {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    running: Option<Child>,
}

impl Default for MailServer {
    fn default() -> Self {
        Self::new()
    }
}

impl MailServer {
    /// One that does not run yet; its port is known.
    pub fn new() -> Self {
        let program = Clients::tool_program("aiosmtpd");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        Self { program, folder: tempfile::tempdir().unwrap(), port, running: None }
    }

    /// `smtp://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Starts it, and waits until it listens.
    #[track_caller]
    pub fn start(&mut self) {
        let mut command = Command::new(&self.program);
        command.args(["-n", "-l", &format!("127.0.0.1:{}", self.port), "-c", "aiosmtpd.handlers.Mailbox"]);
        command.arg(self.folder.path().join("box")).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.running = Some(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")));
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "{command:?} does not listen");
            sleep(TICK);
        }
    }

    /// Every mail so far, as it came, in no order.
    pub fn mails(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join("box/new")) else { return Vec::new() };
        entries.flatten().filter_map(|entry| std::fs::read_to_string(entry.path()).ok()).collect()
    }

    /// Waits until so many mails are there.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<String> {
        let began = Instant::now();
        loop {
            let mails = self.mails();
            if mails.len() >= count {
                return mails;
            }
            assert!(began.elapsed() < PATIENCE, "{count} mails are awaited, and there are {mails:?}");
            sleep(TICK);
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some(child) = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
