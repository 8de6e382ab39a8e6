use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::reply::TICK;
use crate::run::{finished, wait};
use crate::{Answer, Run, fetch};

/// How long the server may take until it serves, and to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(30);

/// What stands before the port in the line that the server says when it serves.
const READY: &str = "  listen    127.0.0.1:";

/// The real binary, serving. Dropping it kills it.
pub struct Fondaco {
    bin: PathBuf,
    data: PathBuf,
    port: u16,
    env: Vec<(String, String)>,
    child: Mutex<Child>,
    said: Said,
    readers: Mutex<Vec<JoinHandle<()>>>,
}

/// Lines in the order of their arrival, each with whether it is of standard error.
type Said = Arc<Mutex<Vec<(bool, String)>>>;

impl Fondaco {
    /// Runs `BIN serve --data DATA --listen 127.0.0.1:0 ARGS` with an empty environment and waits
    /// up to 30 seconds until it says that it listens on `127.0.0.1:PORT`. The path of the
    /// binary is the test's `env!("CARGO_BIN_EXE_fondaco")`.
    #[track_caller]
    pub fn start(bin: impl AsRef<Path>, data: impl AsRef<Path>, args: &[&str]) -> Self {
        Self::start_with_env(bin, data, args, &[])
    }

    /// The same with these variables in its environment.
    #[track_caller]
    pub fn start_with_env(
        bin: impl AsRef<Path>,
        data: impl AsRef<Path>,
        args: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let (bin, data) = (bin.as_ref().to_owned(), data.as_ref().to_owned());
        let mut command = Command::new(&bin);
        command.arg("serve").arg("--data").arg(&data).args(["--listen", "127.0.0.1:0"]).args(args);
        command.env_clear().envs(env.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", bin.display()));
        let (said, (ready, port)) = (Said::default(), channel());
        let readers =
            vec![listen(child.stdout.take(), &said, Some(ready)), listen(child.stderr.take(), &said, None)];
        // Ends early when the server does, since its standard output does then.
        let port = port.recv_timeout(PATIENCE);
        let child = Mutex::new(child);
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut fondaco = Self { bin, data, port: 0, env, child, said, readers: Mutex::new(readers) };
        match port {
            Ok(port) => fondaco.port = port,
            Err(_) => {
                let code = fondaco.end(Signal::KILL);
                panic!("{command:?} does not serve (exit code {code:?}); it said:\n{}", fondaco.log());
            }
        }
        fondaco
    }

    /// Starts it once more on the same folder, in the same environment and without other arguments.
    #[track_caller]
    pub fn again(&self) -> Self {
        let env: Vec<(&str, &str)> =
            self.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Self::start_with_env(&self.bin, &self.data, &[], &env)
    }

    /// `http://127.0.0.1:PORT/simple/`
    pub fn index_url(&self) -> String {
        self.url("/simple/")
    }

    /// The address of a path, which starts with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).id()
    }

    /// Fetches a path without any client between, so that the reason phrase is seen.
    #[track_caller]
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        fetch("GET", &self.url(path), headers, &[])
            .unwrap_or_else(|error| panic!("GET {path}: {error}; the log:\n{}", self.log()))
    }

    /// Sends it SIGTERM and waits for its end, at most 30 seconds; its exit code, `None` when the
    /// signal itself ended it.
    #[track_caller]
    pub fn stop(&self) -> Option<i32> {
        self.end(Signal::TERM)
    }

    /// Kills it (SIGKILL), as when the power fails.
    #[track_caller]
    pub fn kill(&self) {
        self.end(Signal::KILL);
    }

    /// Everything that it said on standard output and standard error, in order of arrival; all of
    /// it once the server has ended.
    pub fn log(&self) -> String {
        self.lines(|_| true)
    }

    /// What it said on standard output.
    pub fn stdout(&self) -> String {
        self.lines(|is_error| !is_error)
    }

    /// What it said on standard error.
    pub fn stderr(&self) -> String {
        self.lines(|is_error| is_error)
    }

    /// Runs `BIN admin ARGS --data DATA` with the environment that the server was started with.
    #[track_caller]
    pub fn admin(&self, args: &[&str]) -> Run {
        let mut command = Command::new(&self.bin);
        command.env_clear().envs(self.env.iter().map(|(name, value)| (name, value)));
        Run::of(command.arg("admin").args(args).arg("--data").arg(&self.data))
    }

    /// Runs `BIN ARGS` with an empty environment.
    #[track_caller]
    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(Command::new(&self.bin).env_clear().args(args))
    }

    /// Runs `BIN ARGS` with an empty environment, where no server is needed.
    #[track_caller]
    pub fn command(bin: impl AsRef<Path>, args: &[&str]) -> Run {
        Run::of(Command::new(bin.as_ref()).env_clear().args(args))
    }

    /// Runs `BIN ARGS` until its standard output has said `times` lines that begin like this, and kills it.
    #[track_caller]
    pub fn killed_after(bin: impl AsRef<Path>, args: &[&str], begins: &str, times: usize) {
        let mut child = Background::start(bin.as_ref(), args);
        let lines = BufReader::new(child.0.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said = lines.filter(|line| line.starts_with(begins)).take(times).count();
        assert_eq!(said, times, "{args:?} ended by itself");
    }

    /// Starts `BIN ARGS`, does something once `ready` says so, and kills it.
    #[track_caller]
    pub fn while_running<T>(
        bin: impl AsRef<Path>,
        args: &[&str],
        ready: impl Fn() -> bool,
        then: impl FnOnce() -> T,
    ) -> T {
        let mut child = Background::start(bin.as_ref(), args);
        while !ready() {
            assert!(child.0.try_wait().unwrap().is_none(), "{args:?} ended by itself");
            std::thread::sleep(TICK);
        }
        then()
    }

    /// A new token for uploads, by `admin token create ARGS`, e.g. `&["--all-projects"]`.
    #[track_caller]
    pub fn token(&self, args: &[&str]) -> String {
        // Also where there is an admin who could make one.
        let order = ["token", "create", "tests", "--break-glass", "a test needs one"];
        let args: Vec<&str> = order.iter().chain(args).copied().collect();
        self.admin(&args).ok().stdout.trim().to_owned()
    }

    /// The journal's entries, by `admin journal --format ndjson`.
    #[track_caller]
    pub fn journal(&self) -> Vec<Value> {
        let run = self.admin(&["journal", "--format", "ndjson"]).ok();
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        run.stdout.lines().map(parse).collect()
    }

    fn lines(&self, wanted: impl Fn(bool) -> bool) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().filter(|(is_error, _)| wanted(*is_error)).map(|(_, line)| format!("{line}\n")).collect()
    }

    #[track_caller]
    fn end(&self, signal: Signal) -> Option<i32> {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if child.try_wait().unwrap().is_none() {
            kill_process(Pid::from_child(&child), signal).unwrap();
        }
        let (code, ended) = wait(&mut child, PATIENCE);
        if !ended {
            let _ = child.kill();
            panic!("it goes on {PATIENCE:?} after {signal:?}; it said:\n{}", self.log());
        }
        // A worker that outlives the server may hold the streams open; then it isn't waited for.
        finished(&self.readers.lock().unwrap_or_else(PoisonError::into_inner), Duration::from_secs(1));
        code
    }
}

/// A command that is killed when this is dropped.
struct Background(Child);

impl Background {
    #[track_caller]
    fn start(bin: &Path, args: &[&str]) -> Self {
        let mut command = Command::new(bin);
        command.env_clear().args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self(command.spawn().unwrap_or_else(|error| panic!("{}: {error}", bin.display())))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It has ended already where this fails.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Fondaco {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        // It has ended already where this fails.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn listen(
    stream: Option<impl Read + Send + 'static>,
    said: &Said,
    ready: Option<Sender<u16>>,
) -> JoinHandle<()> {
    let (said, is_error) = (said.clone(), ready.is_none());
    spawn(move || {
        let Some(stream) = stream else { return };
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            let port = line.strip_prefix(READY).and_then(|port| port.trim().parse().ok());
            said.lock().unwrap_or_else(PoisonError::into_inner).push((is_error, line));
            if let (Some(port), Some(ready)) = (port, &ready) {
                // Nobody listens after the first time.
                let _ = ready.send(port);
            }
        }
    })
}
