//! Garage: a store of the field, as a real cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::testing::guard::{free_port, start_guarded};
use crate::testing::s3::{KEY, SECRET};

/// How many servers a cluster has; each object lies on all of them.
const SERVERS: usize = 3;

/// A cluster of three servers of Garage, each a process with folders and ports of its own.
#[derive(Debug)]
pub struct Garage {
    program: PathBuf,
    folder: PathBuf,
    port: u16,
    buckets: AtomicU32,
    /// Stops the servers and removes their folder when we die.
    _guard: Child,
}

impl Garage {
    /// The cluster of this process, started at the first call.
    ///
    /// # Panics
    ///
    /// If Garage is not installed or does not start: tests that need it fail, they are never skipped.
    pub fn cluster() -> &'static Self {
        static SHARED: OnceLock<Garage> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Makes an empty bucket and gives its URL, as `storage.url` wants it. Garage accepts conditional puts and ignores
    /// them, which the URL says.
    ///
    /// # Panics
    ///
    /// If the cluster does not make it.
    pub fn new_bucket(&self) -> String {
        let bucket = format!("bucket-{}", self.buckets.fetch_add(1, Ordering::Relaxed));
        self.run(&["bucket", "create", &bucket]);
        self.run(&[
            "bucket", "allow", "--read", "--write", "--owner", &bucket, "--key", KEY,
        ]);
        let address = format!("127.0.0.1:{}", self.port);
        format!(
            "s3://{bucket}/cellier?endpoint=http://{address}&region=garage&conditional_puts=false"
        )
    }

    fn start() -> Self {
        let program = find_program();
        let folder = std::env::temp_dir().join(format!("cellier-garage-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let ports: Vec<_> = (0..SERVERS).map(|_| (free_port(), free_port())).collect();
        for (number, (rpc, s3)) in ports.iter().enumerate() {
            write_configuration(&folder, number, *rpc, *s3);
        }
        let script = r#"
servers=""
for number in 0 1 2; do
    "$1" -c "$2/$number/garage.toml" server >"$2/$number/log" 2>&1 &
    servers="$servers $!"
done
cat >/dev/null || true
exec 2>/dev/null
kill -KILL $servers
wait
rm -rf "$2"
"#;
        let guard = start_guarded(script, &[program.as_ref(), folder.as_ref()]);
        let cluster = Self {
            program,
            folder,
            port: ports[0].1,
            buckets: AtomicU32::new(0),
            _guard: guard,
        };
        cluster.join_servers();
        cluster.run(&["key", "import", "--yes", "-n", "tests", KEY, SECRET]);
        cluster
    }

    /// Makes the servers know each other, gives each the same share, and waits until they agree.
    fn join_servers(&self) {
        let names: Vec<_> = (0..SERVERS).map(|number| self.name_of(number)).collect();
        for name in &names[1..] {
            self.run(&["node", "connect", name]);
        }
        for name in &names {
            let id = name.split('@').next().unwrap_or_default();
            self.run(&["layout", "assign", "-z", "here", "-c", "1G", id]);
        }
        self.run(&["layout", "apply", "--version", "1"]);
    }

    /// `<identifier>@<address>` of a server.
    fn name_of(&self, number: usize) -> String {
        let started = Instant::now();
        loop {
            let mut command = self.command(number);
            let output = command.args(["node", "id", "-q"]).output();
            let output = output.expect("garage runs");
            if output.status.success() {
                return String::from_utf8_lossy(&output.stdout).trim().to_owned();
            }
            assert!(
                started.elapsed() < Duration::from_mins(1),
                "a server of garage did not start: {}",
                self.log(number)
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Runs a command on the first server, which may still be busy with what came before.
    fn run(&self, arguments: &[&str]) {
        let started = Instant::now();
        loop {
            let output = self.command(0).args(arguments).output();
            let output = output.expect("garage runs");
            if output.status.success() {
                return;
            }
            assert!(
                started.elapsed() < Duration::from_mins(1),
                "garage {arguments:?} failed: {}\n{}",
                String::from_utf8_lossy(&output.stderr),
                self.log(0)
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn command(&self, number: usize) -> Command {
        let mut command = Command::new(&self.program);
        let file = self.folder.join(number.to_string()).join("garage.toml");
        command.arg("-c").arg(file);
        command
    }

    fn log(&self, number: usize) -> String {
        fs::read_to_string(self.folder.join(number.to_string()).join("log")).unwrap_or_default()
    }
}

fn write_configuration(folder: &Path, number: usize, rpc: u16, s3: u16) {
    let folder = folder.join(number.to_string());
    fs::create_dir_all(&folder).expect("a folder for the server");
    let place = folder.display();
    let text = format!(
        "metadata_dir = \"{place}/meta\"\n\
         data_dir = \"{place}/data\"\n\
         db_engine = \"lmdb\"\n\
         replication_factor = 3\n\
         rpc_bind_addr = \"127.0.0.1:{rpc}\"\n\
         rpc_public_addr = \"127.0.0.1:{rpc}\"\n\
         rpc_secret = \"{SECRET}\"\n\
         [s3_api]\n\
         s3_region = \"garage\"\n\
         api_bind_addr = \"127.0.0.1:{s3}\"\n"
    );
    fs::write(folder.join("garage.toml"), text).expect("the configuration is written");
}

/// `.ci/garage` puts it below `target`, wherever that is; a test program lies there too.
fn find_program() -> PathBuf {
    let here = std::env::current_exe().expect("the path of this program");
    let folders = here
        .ancestors()
        .map(|folder| folder.join("garage/bin/garage"));
    let in_checkout =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/garage/bin/garage");
    let found = folders.chain([in_checkout]).find(|path| path.exists());
    found.expect("garage is needed for this test and not installed: run .ci/garage")
}
