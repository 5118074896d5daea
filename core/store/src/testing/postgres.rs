//! A private PostgreSQL for the tests of one process: one cluster, and a new database for every test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::testing::HeldTable;
use crate::testing::guard::{free_port, start_guarded};

/// A running cluster. It belongs to this process and ends with it, however that ends.
#[derive(Debug)]
pub struct TestPostgres {
    port: u16,
    binaries: PathBuf,
    databases: AtomicU32,
    /// The server's guard reads from us; when we die, it reads the end and stops the server.
    _guard: Child,
}

impl TestPostgres {
    /// The cluster of this process, started at the first call.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is not installed or does not start: tests that need it fail, they are never skipped.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TestPostgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Makes an empty database and gives its URL.
    ///
    /// # Panics
    ///
    /// If the server does not make it.
    pub fn new_database(&self) -> String {
        static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let created = Command::new(self.binaries.join("createdb"))
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
                "-U",
                "app",
                &name,
            ])
            .output()
            .expect("createdb runs");
        assert!(
            created.status.success(),
            "createdb failed: {}",
            String::from_utf8_lossy(&created.stderr)
        );
        format!("postgres://app@127.0.0.1:{}/{name}", self.port)
    }

    /// Ends every connection to a database and lets nobody in, as an outage does.
    ///
    /// # Panics
    ///
    /// If the server does not do it.
    pub fn interrupt(&self, url: &str) {
        let name = database_name(url);
        self.run_sql(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
        self.run_sql(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
    }

    /// Lets connections in again after [`TestPostgres::interrupt`].
    ///
    /// # Panics
    ///
    /// If the server does not do it.
    pub fn resume(&self, url: &str) {
        let name = database_name(url);
        self.run_sql(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    }

    /// Runs statements in a database behind the back of its servers, and gives what they read: a line for each row.
    ///
    /// # Panics
    ///
    /// If the server does not do it.
    pub fn run(&self, url: &str, statements: &str) -> String {
        self.run_sql_in(database_name(url), statements)
    }

    /// Takes a table of a database, so that nobody else can use it.
    ///
    /// # Panics
    ///
    /// If it cannot be had.
    pub fn hold(&self, url: &str, table: &str) -> HeldTable {
        HeldTable::take(&mut self.psql(database_name(url)), table)
    }

    fn run_sql(&self, statement: &str) {
        self.run_sql_in("postgres", statement);
    }

    fn run_sql_in(&self, database: &str, statements: &str) -> String {
        let mut psql = self.psql(database);
        let done = psql.args(["-c", statements]).output().expect("psql runs");
        assert!(
            done.status.success(),
            "{statements} failed: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8_lossy(&done.stdout).trim_end().to_owned()
    }

    fn psql(&self, database: &str) -> Command {
        let port = self.port.to_string();
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["-h", "127.0.0.1", "-p", &port, "-U", "app", "-d", database])
            .args(["-q", "-A", "-t", "-X", "-v", "ON_ERROR_STOP=1"]);
        psql
    }

    fn start() -> Self {
        let binaries = find_binaries();
        let folder = std::env::temp_dir().join(format!("cellier-postgres-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder for the cluster");
        let port = free_port();
        let guard = start_server(&binaries, &folder, port);
        let cluster = Self {
            port,
            binaries,
            databases: AtomicU32::new(0),
            _guard: guard,
        };
        cluster.wait_until_ready(&folder);
        cluster
    }

    fn wait_until_ready(&self, folder: &Path) {
        let started = Instant::now();
        while started.elapsed() < Duration::from_mins(1) {
            let asked = Command::new(self.binaries.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status();
            if asked.is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("PostgreSQL did not start within a minute:\n{log}");
    }
}

fn database_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

fn find_binaries() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    folders.reverse();
    folders.extend(std::env::split_paths(&paths));
    let found = folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists());
    found.expect("PostgreSQL is needed for this test and not installed: apt-get install postgresql")
}

/// Starts the server under a shell that stops it when its standard input ends. PostgreSQL refuses to run as root: then it
/// runs as the user that its package has made.
fn start_server(binaries: &Path, folder: &Path, port: u16) -> Child {
    let script = r#"
set -e
as=""
if [ "$(id -u)" = 0 ]; then
    chown postgres "$2"
    as="setpriv --reuid=postgres --regid=postgres --clear-groups env -i PATH=$PATH LANG=C.UTF-8 HOME=$2"
fi
cd "$2"
$as "$1/initdb" -D "$2/data" -U app -A trust --no-sync --no-instructions -E UTF8 --locale=C.UTF-8 >"$2/log" 2>&1
$as "$1/postgres" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$2" \
    -c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off >>"$2/log" 2>&1 &
server=$!
cat >/dev/null || true
kill -QUIT $server
wait $server || true
rm -rf "$2"
"#;
    let port = port.to_string();
    start_guarded(script, &[binaries.as_ref(), folder.as_ref(), port.as_ref()])
}
