//! The process that workers are forked from, as the parent sees it.
//!
//! To start a worker from nothing takes longer than most inspections. So one process gets ready once
//! and then forks: a worker is a copy of it that has seen nothing yet. The fork server is started
//! like any program, so it holds no secret of the parent's, and no byte of an artifact ever reaches
//! it. (Android and Chromium call it a zygote, Python's `multiprocessing` a fork server.)

use std::io::{PipeReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::descriptors;

/// A report of more bytes is not taken.
const MAX_REPORT: usize = 64 << 20;

/// How long the fork server may take to end a worker. Longer, and something is wrong with it.
const ENDING: Duration = Duration::from_secs(10);

/// Starts the process that forks workers when one is needed, and again when it has ended: one that
/// has nothing to do for a while goes, so that an idle index has none.
#[derive(Debug, Clone, Default)]
pub struct ForkServer(Arc<Mutex<Option<Running>>>);

/// A fork server that was started. It ends when its socket is closed, which dropping this does.
#[derive(Debug)]
struct Running {
    /// Always there, until it is dropped.
    socket: Option<UnixStream>,
    child: Arc<Mutex<Child>>,
    /// Waits for its end, so that it does not stay behind as a zombie, whenever it goes.
    waiting: Option<JoinHandle<()>>,
}

/// A worker's process.
#[derive(Debug)]
pub(crate) struct Forked {
    /// To the worker: what it is told.
    pub(crate) socket: UnixStream,
    /// What it writes.
    output: PipeReader,
    /// To the fork server, which ends the worker when our side is closed, and says how it ended.
    life: UnixStream,
}

/// What became of a worker.
#[derive(Debug)]
pub(crate) enum Ended {
    /// It has said this.
    Said(Vec<u8>),
    /// It died so, before it had said everything.
    Died(ExitStatus),
    /// It said nothing, and nobody knows why: the fork server has gone, or could not fork.
    Unknown,
    /// Its time was over.
    Late,
    /// What it said can't be taken.
    Unreadable(std::io::Error),
}

impl ForkServer {
    /// A worker that waits for its assignment.
    ///
    /// # Errors
    /// When the fork server can't be started.
    pub(crate) fn fork(&self, command: impl Fn() -> Command) -> std::io::Result<Forked> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(forked)) = running.as_ref().map(Running::ask) {
            return Ok(forked);
        }
        running.take().inspect(Running::kill);
        running.insert(Running::start(command())?).ask()
    }

    /// Kills the server, which does not do what it is told, and has the next worker forked by a new one.
    pub(crate) fn give_up(&self) {
        let given_up = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        given_up.inspect(Running::kill);
    }
}

impl Running {
    fn start(mut command: Command) -> std::io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn()?;
        let pid = Pid::from_child(&child);
        let child = Arc::new(Mutex::new(child));
        let waited_for = child.clone();
        let wait = move || {
            // Nobody holds the lock while this waits, and its number is its own until the lock is held.
            let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while matches!(waitid(WaitId::Pid(pid), ended), Err(rustix::io::Errno::INTR)) {}
            let _ = waited_for.lock().unwrap_or_else(PoisonError::into_inner).wait();
        };
        let waiting = std::thread::Builder::new().stack_size(64 << 10).spawn(wait)?;
        Ok(Self { socket: Some(ours), child, waiting: Some(waiting) })
    }

    /// Whatever it is doing; it may have ended.
    fn kill(&self) {
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).kill();
    }

    /// Asks for one worker.
    fn ask(&self) -> std::io::Result<Forked> {
        let server = self.socket.as_ref().ok_or(std::io::ErrorKind::NotConnected)?;
        let (socket, theirs) = UnixStream::pair()?;
        let (output, writer) = std::io::pipe()?;
        let (life, its_life) = UnixStream::pair()?;
        descriptors::send(server, &[0], &[theirs.as_fd(), writer.as_fd(), its_life.as_fd()])?;
        Ok(Forked { socket, output, life })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.socket.take();
        // It takes as long as its workers need to die. What they cost is the caller's cost from then on.
        let _ = self.waiting.take().map(JoinHandle::join);
    }
}

impl Forked {
    /// Waits until the worker has said everything, or its time is over. It is ended then; one that
    /// has said everything is not waited for.
    ///
    /// # Errors
    /// When the fork server does not end it.
    pub(crate) fn end(mut self, timeout: Duration) -> std::io::Result<Ended> {
        let said = self.said(Instant::now() + timeout);
        // Whatever it does, it is ended.
        let _ = self.life.shutdown(std::net::Shutdown::Write);
        if let Ok(Some(said)) = said {
            return Ok(Ended::Said(said));
        }
        self.life.set_read_timeout(Some(ENDING))?;
        let mut status = [0; 4];
        let status = match self.life.read_exact(&mut status) {
            Ok(()) => Some(ExitStatus::from_raw(i32::from_le_bytes(status))),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Err(error),
            Err(_) => None,
        };
        Ok(match said {
            Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => Ended::Unreadable(error),
            Err(_) => status.map_or(Ended::Unknown, Ended::Died),
            Ok(_) => Ended::Late,
        })
    }

    /// What the worker says: how long it is, and that many bytes. `None` where they don't come in time.
    fn said(&mut self, until: Instant) -> std::io::Result<Option<Vec<u8>>> {
        let mut length = [0; 8];
        if !self.fill(&mut length, until)? {
            return Ok(None);
        }
        let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
        if length > MAX_REPORT {
            return Err(std::io::Error::other("it is too long"));
        }
        let mut said = vec![0; length];
        Ok(self.fill(&mut said, until)?.then_some(said))
    }

    /// Reads exactly so many bytes; `false` where they don't come in time.
    fn fill(&mut self, bytes: &mut [u8], until: Instant) -> std::io::Result<bool> {
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let left = until.saturating_duration_since(Instant::now());
            let wait = Timespec::try_from(left).map_err(std::io::Error::other)?;
            match poll(&mut [PollFd::new(&self.output, PollFlags::IN)], Some(&wait)) {
                Ok(0) => return Ok(false),
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            match self.output.read(rest)? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                count => filled += count,
            }
        }
        Ok(true)
    }
}
