use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::reply::TICK;

/// How long a command may run before it and what it started is killed.
const GUARD: Duration = Duration::from_secs(300);

/// How long what a command left running may go on.
const LEFTOVERS: Duration = Duration::from_secs(5);

/// How a command ended and what it said.
#[derive(Debug, Clone)]
pub struct Run {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output; invalid UTF-8 is replaced.
    pub stdout: String,
    /// Its standard error; invalid UTF-8 is replaced.
    pub stderr: String,
}

impl Run {
    /// Whether the exit code is 0.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Standard output and standard error, one after the other.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Itself, unless the exit code isn't 0: then it fails the test and shows everything.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.success(), "exit code {:?}\n{}", self.code, self.text());
        self
    }

    /// Runs a command to its end, without standard input. One that doesn't end within five minutes
    /// is killed and fails the test.
    #[track_caller]
    pub(crate) fn of(command: &mut Command) -> Self {
        let shown = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {shown}: {error}"));
        let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
        let (code, ended) = wait(&mut child, GUARD);
        let readers = [stdout, stderr];
        // What it left running may hold the streams open.
        if !ended || !finished(&readers, LEFTOVERS) {
            let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
            let _ = child.wait();
        }
        let [stdout, stderr] = readers.map(|reader| reader.join().unwrap());
        let run = Self { code, stdout, stderr };
        assert!(ended, "killed after {GUARD:?}: {shown}\n{}", run.text());
        run
    }
}

fn collect(stream: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What was read until an error is shown.
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits for a child's end: its exit code, and whether it ended in time.
pub(crate) fn wait(child: &mut Child, time: Duration) -> (Option<i32>, bool) {
    let started = Instant::now();
    loop {
        match child.try_wait().unwrap() {
            Some(status) => return (status.code(), true),
            None if started.elapsed() > time => return (None, false),
            None => sleep(TICK),
        }
    }
}

/// Waits until every thread has ended; whether that was in time.
pub(crate) fn finished<T>(threads: &[JoinHandle<T>], time: Duration) -> bool {
    let started = Instant::now();
    while !threads.iter().all(JoinHandle::is_finished) {
        if started.elapsed() > time {
            return false;
        }
        sleep(TICK);
    }
    true
}
