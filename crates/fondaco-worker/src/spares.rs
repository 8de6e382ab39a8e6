//! Workers that wait, ready, for what comes next. To start one takes longer than most inspections.

use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc};

/// A report of more bytes is not taken.
const MAX_REPORT: u64 = 64 << 20;

/// Workers that wait. A worker is used once; one that waits too long ends by itself and is
/// forgotten, so that an idle index has none.
#[derive(Debug, Clone, Default)]
pub struct Spares {
    most: usize,
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    workers: Vec<Started>,
    /// How many were started: the number of the next.
    count: u64,
}

/// A worker's process.
#[derive(Debug)]
pub(crate) struct Started {
    number: u64,
    pub(crate) child: Child,
    pub(crate) socket: UnixStream,
    /// What it writes, to its end.
    pub(crate) output: mpsc::Receiver<std::io::Result<Vec<u8>>>,
}

impl Spares {
    /// At most so many.
    pub fn new(most: usize) -> Self {
        Self { most, waiting: Arc::default() }
    }

    /// One that waits. It may be just about to end.
    pub(crate) fn take(&self) -> Option<Started> {
        lock(&self.waiting).workers.pop()
    }

    /// Starts what is missing. One that can't be started is missed by nobody: it is tried again when
    /// it is needed.
    pub(crate) fn refill(&self, start: impl Fn() -> Command) {
        while self.count() < self.most {
            let Ok(started) = self.start(start()) else { return };
            lock(&self.waiting).workers.push(started);
        }
    }

    fn count(&self) -> usize {
        lock(&self.waiting).workers.len()
    }

    pub(crate) fn start(&self, mut command: Command) -> std::io::Result<Started> {
        let (socket, theirs) = UnixStream::pair()?;
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| std::io::Error::other("the worker has no output"))?;
        let number = {
            let mut waiting = lock(&self.waiting);
            waiting.count += 1;
            waiting.count
        };
        let (sender, output) = mpsc::channel();
        let waiting = Arc::downgrade(&self.waiting);
        std::thread::spawn(move || {
            // The receiver is gone when the worker has been given up.
            let _ = sender.send(all_of(stdout));
            forget(&waiting, number);
        });
        Ok(Started { number, child, socket, output })
    }
}

impl Started {
    /// Ends it; it may have ended already.
    pub(crate) fn end(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.workers.drain(..).for_each(Started::end);
    }
}

fn all_of(stdout: ChildStdout) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stdout.take(MAX_REPORT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Forgets a worker that has ended, where nobody has taken it.
fn forget(waiting: &Weak<Mutex<Waiting>>, number: u64) {
    let Some(waiting) = waiting.upgrade() else { return };
    let ended: Vec<Started> =
        lock(&waiting).workers.extract_if(.., |worker| worker.number == number).collect();
    ended.into_iter().for_each(Started::end);
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
