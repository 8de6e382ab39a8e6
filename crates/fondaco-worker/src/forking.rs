//! What the fork server does: waits, forks, and ends what it has forked.
//!
//! It has one thread, so a fork leaves no lock behind that nobody will open. It takes nothing from
//! anybody but the parent, and nothing in it depends on an artifact.

use std::io::{PipeWriter, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use fork::{ProcessFork, ProcessId};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::descriptors;

/// How long it waits for something to do before it ends.
const IDLE: Duration = Duration::from_secs(20);

/// A worker that was forked.
struct Worker {
    pid: Pid,
    /// When the parent closes its side, the worker is to end.
    life: UnixStream,
}

/// One worker's ends, in the worker.
pub(crate) struct Ends {
    /// Where its assignment comes from.
    pub(crate) parent: UnixStream,
    /// Where its report goes.
    pub(crate) output: PipeWriter,
}

/// Serves the parent until it has gone, or has asked for nothing for a while. Gives back a worker's
/// ends in each worker, and `None` in the fork server when it is done.
///
/// # Errors
/// When the parent can't be understood.
pub(crate) fn forked(parent: UnixStream) -> std::io::Result<Option<Ends>> {
    let mut workers = Vec::new();
    let served = served(parent, &mut workers);
    if !matches!(served, Ok(Some(_))) {
        workers.into_iter().for_each(Worker::end);
    }
    served
}

fn served(parent: UnixStream, workers: &mut Vec<Worker>) -> std::io::Result<Option<Ends>> {
    loop {
        let Some((is_asked, ended)) = ready(&parent, workers)? else { return Ok(None) };
        for at in ended.into_iter().rev() {
            workers.swap_remove(at).end();
        }
        if !is_asked {
            continue;
        }
        let Some(files) = descriptors::receive(&parent, &mut [0])? else { return Ok(None) };
        let [socket, output, life] = <[OwnedFd; 3]>::try_from(files)
            .map_err(|_| std::io::Error::other("the parent sent no ends for a worker"))?;
        match fork::fork_process() {
            // What belongs to the fork server and to other workers is closed as this returns.
            Ok(ProcessFork::Child) => return Ok(Some(Ends { parent: socket.into(), output: output.into() })),
            Ok(ProcessFork::Parent(id)) => workers.push(Worker { pid: pid(id)?, life: life.into() }),
            // There are too many processes: the parent sees that its ends are closed.
            Err(_) => {}
        }
    }
}

/// Whether the parent asks, and which workers are to end; `None` where there is nothing to do.
fn ready(parent: &UnixStream, workers: &[Worker]) -> std::io::Result<Option<(bool, Vec<usize>)>> {
    let mut all: Vec<PollFd<'_>> = std::iter::once(parent)
        .chain(workers.iter().map(|worker| &worker.life))
        .map(|socket| PollFd::new(socket, PollFlags::IN))
        .collect();
    let idle = Timespec::try_from(IDLE).map_err(std::io::Error::other)?;
    match poll(&mut all, workers.is_empty().then_some(&idle)) {
        Ok(0) => return Ok(None),
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut is_ready = all.iter().map(|one| !one.revents().is_empty());
    let is_asked = is_ready.next().unwrap_or_default();
    Ok(Some((is_asked, is_ready.enumerate().filter(|(_, ready)| *ready).map(|(at, _)| at).collect())))
}

fn pid(id: ProcessId) -> std::io::Result<Pid> {
    Pid::from_raw(id.get()).ok_or_else(|| std::io::Error::other("no process has this number"))
}

impl Worker {
    /// Ends it, unless it has ended, and tells the parent how.
    fn end(mut self) {
        let _ = kill_process(self.pid, Signal::KILL);
        if let Ok(Some((_, status))) = waitpid(Some(self.pid), WaitOptions::empty()) {
            let _ = self.life.write_all(&status.as_raw().to_le_bytes());
        }
    }
}
