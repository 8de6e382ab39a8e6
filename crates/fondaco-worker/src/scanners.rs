//! Other scanners that an operator has, such as one for viruses: programs that are handed every file after
//! its inspection and say by their exit code what they think of it.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use fondaco_pydist::Sha256;
use fondaco_verdict::SUSPICIOUS;
use fondaco_wire::report_v1::{Finding, Report, Unscanned, Verdict};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::Suppression;

/// What stands before the name of a scanner in the id of its findings.
pub const SCANNER: &str = "scanner/";
/// Bytes of what it says that are read; more is thrown away.
const SAID: u64 = 4096;
/// Characters of it that are told.
const TOLD: usize = 200;
/// How long what it has said is waited for once it has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How often it is looked at whether it has ended.
const TICK: Duration = Duration::from_millis(5);

/// A program that is asked about every file: it gets the file as its standard input, and ends with 0 where it
/// finds nothing and with 1 where it finds something, which the first line of its standard output names.
/// Anything else means that it could not tell, and so the file is not analysed in full. These are the exit
/// codes of ClamAV's clients. It runs with the rights of the index and an empty environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanner {
    /// Its name.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// After which time it is ended.
    pub timeout: Duration,
}

enum Answer {
    Nothing,
    Found(String),
    Failed(String),
}

/// Asks each of them, and adds what they say to a report.
pub(crate) fn ask(scanners: &[Scanner], source: &File, suppressions: &[Suppression], report: &mut Report) {
    for scanner in scanners {
        let rule = format!("{SCANNER}{}", scanner.name);
        match scanner.ask(source) {
            Answer::Nothing => {}
            Answer::Failed(why) => {
                let why = format!("the scanner {} {why}", scanner.name);
                report.unscanned.push(Unscanned { member: String::new(), why });
                report.complete = false;
                report.verdict = report.verdict.max(Verdict::Incomplete);
            }
            Answer::Found(message) => {
                let ruled_out = suppressions.iter().find(|one| one.rule == rule);
                let finding = Finding {
                    rule,
                    severity: "high".to_owned(),
                    confidence: "medium".to_owned(),
                    trigger: None,
                    member: String::new(),
                    line: 0,
                    layer: 0,
                    message,
                    excerpt: String::new(),
                    reach: Vec::new(),
                    suppressed: ruled_out.map(|one| one.reason.clone()),
                };
                if finding.suppressed.is_none() {
                    report.verdict = report.verdict.max(Verdict::Suspicious);
                    report.score = report.score.max(SUSPICIOUS);
                }
                // Behind the evidence that the stages count, before what is ruled out.
                let ruled_out = report.findings.iter().position(|one| one.suppressed.is_some());
                let place = ruled_out.unwrap_or(report.findings.len());
                report.findings.insert(place, finding);
            }
        }
    }
}

/// What a report rests on that these add to.
pub(crate) fn digest(scanners: &[Scanner]) -> Option<String> {
    let text = format!("{scanners:?}");
    (!scanners.is_empty()).then(|| Sha256::of(text.as_bytes()).to_string()[..12].to_owned())
}

impl Scanner {
    fn ask(&self, source: &File) -> Answer {
        self.asked(source).unwrap_or_else(|error| Answer::Failed(format!("can't be asked: {error}")))
    }

    fn asked(&self, source: &File) -> io::Result<Answer> {
        // Opened anew: the worker has read to the end of this one.
        let file = File::open(format!("/proc/self/fd/{}", source.as_fd().as_raw_fd()))?;
        let (program, arguments) = self.command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        command.args(arguments).env_clear().current_dir("/").process_group(0);
        let mut child = command.stdin(file).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let (sender, said) = channel();
        if let Some(mut stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                let mut said = Vec::new();
                let _ = stdout.by_ref().take(SAID).read_to_end(&mut said);
                let _ = sender.send(said);
                // Who can't write any more would wait, or end for it.
                let _ = io::copy(&mut stdout, &mut io::sink());
            });
        }
        let Some(status) = self.ended(&mut child)? else {
            return Ok(Answer::Failed(format!("did not answer within {} s", self.timeout.as_secs())));
        };
        match status.code() {
            Some(0) => Ok(Answer::Nothing),
            Some(1) => {
                // Somebody whom it has left behind may hold the other end for ever.
                let said = said.recv_timeout(LAST_WORDS).unwrap_or_default();
                let said = String::from_utf8_lossy(&said);
                let first = said.lines().map(str::trim).find(|line| !line.is_empty());
                let first: String = first.unwrap_or("it does not say what").chars().take(TOLD).collect();
                Ok(Answer::Found(fondaco_verdict::printable(&first)))
            }
            _ => Ok(Answer::Failed(format!("could not tell: {status}"))),
        }
    }

    /// How it ended; `None` where it took too long. What it has started and left behind ends with it.
    fn ended(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        let (started, pid) = (Instant::now(), Pid::from_child(child));
        // Looked at and not taken: its number stays its own until its group is ended.
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let mut is_late = false;
        while !is_late && waitid(WaitId::Pid(pid), options)?.is_none() {
            std::thread::sleep(TICK);
            is_late = started.elapsed() >= self.timeout;
        }
        // Where nobody is left there is nobody to end.
        let _ = kill_process_group(pid, Signal::KILL);
        let status = child.wait()?;
        Ok((!is_late).then_some(status))
    }
}
