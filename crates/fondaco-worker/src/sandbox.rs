//! Confinement of the worker's own process.

/// Whether a worker may run without a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sandboxing {
    /// No sandbox, no inspection.
    Require,
    /// As much as the kernel gives; the report says what that was.
    #[default]
    Prefer,
}

/// What is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// No files (landlock), no other system calls (seccomp), limits.
    Full,
    /// seccomp and limits only.
    SystemCalls,
    /// Nothing but limits.
    None,
}

impl Level {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::SystemCalls => "system-calls",
            Self::None => "none",
        }
    }
}

/// Why a worker could not be confined or could not read.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The kernel lacks it and it is required.
    #[error("the sandbox is required and not available: {0}")]
    Unavailable(String),
    /// The operator's own rules are not what this program wrote.
    #[error("the operator's own rules can't be used: {0}")]
    Rules(String),
    /// The artifact can't be read or the report not written.
    #[error("{0}")]
    Io(std::io::Error),
}

/// Whether the file system is closed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FilesClosed(bool);

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;

    use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus};
    use rustix::process::{Resource, Rlimit, setrlimit};
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

    /// Address space, in bytes: the large stack and what an inspection may use.
    const MEMORY: u64 = 4 << 30;
    /// CPU seconds.
    const CPU: u64 = 120;

    /// System calls that an inspection makes; every other one fails with EPERM.
    const ALLOWED: &[libc::c_long] = &[
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_readv,
        libc::SYS_writev,
        libc::SYS_pread64,
        libc::SYS_lseek,
        libc::SYS_fstat,
        libc::SYS_close,
        libc::SYS_mmap,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_mprotect,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_gettid,
        libc::SYS_getpid,
        libc::SYS_tgkill,
        libc::SYS_rseq,
        libc::SYS_set_robust_list,
        libc::SYS_clock_gettime,
        libc::SYS_getrandom,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];

    fn limit(resource: Resource, most: u64) -> Result<(), String> {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).map_err(|e| e.to_string())
    }

    pub(super) fn limits() -> Result<(), String> {
        limit(Resource::As, MEMORY)?;
        limit(Resource::Core, 0)
    }

    /// Of the one inspection; whoever forks workers may live as long as it is needed.
    pub(super) fn time_limit() -> Result<(), String> {
        limit(Resource::Cpu, CPU)
    }

    pub(super) fn landlock() -> Result<(), String> {
        let abi = ABI::V5;
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(abi))
            .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
            .and_then(Ruleset::create)
            .and_then(|rules| rules.restrict_self())
            .map_err(|error| error.to_string())?;
        match status.ruleset {
            RulesetStatus::NotEnforced => Err("landlock is not in this kernel".to_owned()),
            _ => Ok(()),
        }
    }

    pub(super) fn seccomp() -> Result<(), String> {
        let arch = std::env::consts::ARCH.try_into().map_err(|_| "unknown processor".to_owned())?;
        let rules: BTreeMap<i64, Vec<_>> = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
        let deny = SeccompAction::Errno(libc::EPERM as u32);
        let filter =
            SeccompFilter::new(rules, deny, SeccompAction::Allow, arch).map_err(|e| e.to_string())?;
        let program: BpfProgram = filter.try_into().map_err(|e: seccompiler::BackendError| e.to_string())?;
        seccompiler::apply_filter_all_threads(&program).map_err(|error| error.to_string())
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    pub(super) fn limits() -> Result<(), String> {
        Err("this system has no sandbox".to_owned())
    }
    pub(super) use limits as landlock;
    pub(super) use limits as seccomp;
    pub(super) use limits as time_limit;
}

/// Closes the file system and the network for this thread and those that it starts.
pub(crate) fn forbid_files(sandboxing: Sandboxing) -> Result<FilesClosed, SandboxError> {
    match linux::limits().and_then(|()| linux::landlock()) {
        Ok(()) => Ok(FilesClosed(true)),
        Err(why) if sandboxing == Sandboxing::Require => Err(SandboxError::Unavailable(why)),
        Err(_) => Ok(FilesClosed(false)),
    }
}

/// Limits the time from here on, and forbids every system call that an inspection doesn't make, for
/// all threads.
pub(crate) fn forbid_system_calls(sandboxing: Sandboxing, files: FilesClosed) -> Result<Level, SandboxError> {
    match (linux::time_limit().and_then(|()| linux::seccomp()), files) {
        (Ok(()), FilesClosed(true)) => Ok(Level::Full),
        (Ok(()), FilesClosed(false)) => Ok(Level::SystemCalls),
        (Err(why), _) if sandboxing == Sandboxing::Require => Err(SandboxError::Unavailable(why)),
        (Err(_), _) => Ok(Level::None),
    }
}
