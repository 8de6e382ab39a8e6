use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Run;
use crate::reply::TICK;

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// The super-user of a private cluster.
const USER: &str = "postgres";

/// A real PostgreSQL of the system's packages: a private cluster in a temporary folder, reached by a
/// socket in that folder. It ends with the test that has it, however that ends.
///
/// Its locale sorts `a` before `B`, so that whoever relies on the order of bytes is found out.
pub struct Postgres {
    programs: PathBuf,
    /// The user that runs it: PostgreSQL refuses to run as root.
    owner: Option<(u32, u32)>,
    folder: TempDir,
    server: Mutex<Option<Child>>,
    databases: AtomicU32,
}

impl Default for Postgres {
    fn default() -> Self {
        Self::new()
    }
}

impl Postgres {
    /// The one that the tests of one process share.
    #[track_caller]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::new)
    }

    /// A new one.
    #[track_caller]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        let owner = rustix::process::geteuid().is_root().then(unprivileged);
        if let Some((uid, gid)) = owner {
            std::os::unix::fs::chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        let postgres = Self {
            programs: programs(),
            owner,
            folder,
            server: Mutex::default(),
            databases: AtomicU32::new(0),
        };
        let mut initdb = postgres.command("initdb");
        initdb.args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username", USER]);
        initdb.args(["--locale-provider=icu", "--icu-locale=en-US", "--pgdata"]).arg(postgres.data());
        Run::of(&mut initdb).ok();
        postgres.start();
        postgres
    }

    /// The address of a new, empty database.
    #[track_caller]
    pub fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let created = self.sql("postgres", &format!("CREATE DATABASE {name}"));
        assert!(created.success(), "{}", created.text());
        format!("postgres://{USER}@localhost/{name}?host={}", self.folder.path().display())
    }

    /// Runs a statement in a database, by psql.
    #[track_caller]
    pub fn sql(&self, database: &str, statement: &str) -> Run {
        let mut psql = self.command("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--username", USER]);
        psql.arg("--host").arg(self.folder.path()).args(["--dbname", database, "--command", statement]);
        Run::of(&mut psql)
    }

    /// Starts it again.
    #[track_caller]
    pub fn start(&self) {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(server.is_none(), "it runs already");
        // The shell ends it when this process has ended, and so its standard input: also by a kill.
        // Then the folder goes as well, since nobody is left who would remove it.
        // One that is still starting ignores the first signal.
        let script = "folder=$1; shift; \"$@\" & server=$!; trap '' INT TERM; said=$(cat)
            kill -INT $server; (sleep 1; kill -INT $server 2>/dev/null) & wait $server
            test \"$said\" = stop || rm -rf \"$folder\"";
        let mut command = self.as_owner(Command::new("sh"));
        command
            .args(["-c", script, "sh"])
            .arg(self.folder.path())
            .arg(self.programs.join("postgres"))
            .arg("-D")
            .arg(self.data());
        command.args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-k"]);
        command.arg(self.folder.path()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command.process_group(0);
        *server = Some(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")));
        let started = Instant::now();
        while !Run::of(self.command("pg_isready").arg("--host").arg(self.folder.path())).success() {
            assert!(started.elapsed() < PATIENCE, "PostgreSQL does not start");
            sleep(TICK);
        }
    }

    /// Ends it, as an operator would who is in a hurry: whoever is connected is cut off.
    pub fn stop(&self) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut server) = server {
            if let Some(mut stdin) = server.stdin.take() {
                let _ = stdin.write_all(b"stop");
            }
            let _ = server.wait();
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        self.as_owner(Command::new(self.programs.join(program)))
    }

    fn as_owner(&self, mut command: Command) -> Command {
        command.env_clear().env("PATH", "/usr/bin:/bin").current_dir("/");
        if let Some((uid, gid)) = self.owner {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The folder of the programs: on the path, or where Debian has them.
#[track_caller]
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.flatten().map(|version| version.path()).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev().map(|version| version.join("bin")));
    }
    // On the path there may be a link to one program alone.
    let real = |folder: PathBuf| Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned());
    folders.into_iter().find_map(real).unwrap_or_else(|| {
        panic!("this test needs PostgreSQL: run it by `cargo xtask test`, or apt-get install postgresql")
    })
}

/// The user that the package has made for it, else nobody.
fn unprivileged() -> (u32, u32) {
    let users = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
    let of = |name: &str| {
        let fields: Vec<&str> = users.lines().find(|line| line.starts_with(name))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    of("postgres:").unwrap_or((65534, 65534))
}
