//! A server that a story talks to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};

use cellier_store::testing::{HeldTable, TestPostgres};
use serde_json::{Value, json};

use crate::command::{Outcome, Running};
use crate::keys::NewKey;
use crate::process::ServerProcess;
use crate::sqlite::run_sql;
use crate::{Actor, Metrics, Setup, eventually};

/// The password of every user that [`TestServer::with_user`] makes.
pub const PASSWORD: &str = "correct horse battery";

/// A server that a story talks to: a process of its own, with its own database and folder, gone when this is dropped.
#[derive(Debug)]
pub struct TestServer {
    setup: Setup,
    process: ServerProcess,
    admin: Actor,
    address: Address,
}

/// Where the server listens; a restart changes it for all actors at once.
#[derive(Clone, Debug)]
pub(crate) struct Address(Arc<Mutex<String>>);

impl Address {
    pub(crate) fn get(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, address: &str) {
        address.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl TestServer {
    /// A server on SQLite and local disk.
    pub async fn start() -> Self {
        Setup::new().start().await
    }

    /// A server on PostgreSQL and local disk.
    pub async fn on_postgres() -> Self {
        Setup::new().on_postgres().start().await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        let create = ["key", "create", "--name", "boss", "--type", "admin"];
        let made = setup.small_disk.is_none().then(|| setup.run(&create));
        let process = ServerProcess::start(&setup).await;
        let key = match made {
            Some(made) => made.assert_success().to_owned(),
            None => fs::read_to_string(setup.path("admin-key")).expect("the admin key"),
        };
        Self::of(setup, process, key.trim_end())
    }

    pub(crate) async fn with_admin(setup: Setup, key: &str) -> Self {
        let process = ServerProcess::start(&setup).await;
        Self::of(setup, process, key)
    }

    fn of(setup: Setup, process: ServerProcess, admin_key: &str) -> Self {
        let address = Address(Arc::new(Mutex::new(process.address.clone())));
        let admin = Actor::new(address.clone(), Some(admin_key.to_owned()));
        Self {
            setup,
            process,
            admin,
            address,
        }
    }

    /// Starts another server on the same database and the same storage.
    pub async fn replica(&self) -> Self {
        self.setup.replica().start_with_key(self.admin.key()).await
    }

    /// Who has the admin key that was made on the command line.
    pub fn admin(&self) -> Actor {
        self.admin.clone()
    }

    /// Who has no credential.
    pub fn anonymous(&self) -> Actor {
        self.with_key(None)
    }

    /// Who presents this text as key.
    pub fn with_key(&self, key: Option<&str>) -> Actor {
        Actor::new(self.address.clone(), key.map(str::to_owned))
    }

    /// An upload key to be made.
    pub fn upload_key(&self, name: &str) -> NewKey {
        NewKey::new(self.admin(), "upload", name)
    }

    /// A read key to be made.
    pub fn read_key(&self, name: &str) -> NewKey {
        NewKey::new(self.admin(), "read", name)
    }

    /// The URL of the server, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address.get())
    }

    /// Where it listens, as `127.0.0.1:12345`.
    pub fn address(&self) -> String {
        self.address.get()
    }

    /// Where it listens, also after it was started again.
    pub(crate) fn any_address(&self) -> Address {
        self.address.clone()
    }

    /// Runs the command line beside the running server.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.setup.run(arguments)
    }

    /// Starts the command line beside the running server and does not wait for its end.
    pub fn begin(&self, arguments: &[&str]) -> Running {
        self.setup.begin(arguments)
    }

    /// The same with something on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        self.setup.run_with_input(arguments, input)
    }

    /// Makes a user and signs in as that user, whose password is [`PASSWORD`].
    pub async fn with_user(&self, name: &str) -> Actor {
        let body = json!({"name": name, "password": PASSWORD});
        self.admin()
            .post_json("users", &body)
            .await
            .assert_created();
        self.anonymous().sign_in(name, PASSWORD).await
    }

    /// Makes an organization with these members.
    pub async fn organization(&self, name: &str, members: &[&str]) {
        let admin = self.admin();
        let body = json!({"name": name});
        admin
            .post_json("organizations", &body)
            .await
            .assert_created();
        for member in members {
            let path = format!("organizations/{name}/members/{member}");
            let role = json!({"role": "member"});
            admin.put_json(&path, &role).await.assert_ok();
        }
    }

    /// Grants an account all downloads, and publishing within a scope; gives the grant's id.
    pub async fn grant(&self, kind: &str, name: &str, publish: &Value) -> String {
        let body = json!({"account": {"type": kind, "id": name}, "publish": publish});
        let made = self.admin().post_json("access-grants", &body).await;
        let made = made.assert_created().json();
        made["id"].as_str().expect("an id").to_owned()
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.setup.path("log")).unwrap_or_default()
    }

    /// What the server measures, at this moment.
    pub async fn metrics(&self) -> Metrics {
        Metrics::of(&self.anonymous()).await
    }

    /// A place in the folder of the server, such as `cellier.db`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.setup.path(name)
    }

    /// The files that lie in a folder below that of the server, such as `blobs`; but for the marker that tells whose the
    /// storage is.
    pub fn files_below(&self, folder: &str) -> Vec<String> {
        let found = files_below(&self.setup.path(folder));
        found
            .iter()
            .filter(|path| !path.ends_with("blobs/registry"))
            .map(|path| path.display().to_string())
            .collect()
    }

    /// Where the objects of its bucket lie as files, if it has one.
    pub(crate) fn bucket(&self) -> Option<&Path> {
        self.setup.bucket.as_deref()
    }

    /// Expects that nothing is published, and that nothing of a failed upload is left in the storage, at the latest when
    /// the server has noticed that it failed.
    pub async fn assert_empty(&self) {
        let everything = self.admin().get_json("artefacts").await;
        assert_eq!(everything["count"], 0, "{everything}");
        let swept = async || self.files_below("blobs").is_empty();
        eventually("nothing lies in the storage", swept).await;
    }

    /// The most memory that the server has had at one time, in bytes.
    pub fn peak_memory(&self) -> u64 {
        self.process.peak_memory()
    }

    /// The memory that the server has now, in bytes.
    pub fn memory(&self) -> u64 {
        self.process.memory()
    }

    /// The small file system of the server, if it has one.
    pub fn small_disk(&self) -> PathBuf {
        let disk = self.setup.small_disk.as_ref();
        disk.expect("this server has a small disk")
            .seen_through(self.process.id())
    }

    /// Lets nothing be written on the small file system of the server any more, or lets it again. Its database must lie
    /// somewhere else.
    pub fn set_small_disk_read_only(&self, read_only: bool) {
        let disk = self.setup.small_disk.as_ref();
        disk.expect("this server has a small disk")
            .set_read_only(self.process.id(), read_only);
    }

    /// Lets nobody reach the database, which is on PostgreSQL.
    pub fn interrupt_database(&self) {
        TestPostgres::shared().interrupt(self.setup.database());
    }

    /// Lets the server reach its database again.
    pub fn resume_database(&self) {
        TestPostgres::shared().resume(self.setup.database());
    }

    pub(crate) fn process(&mut self) -> &mut ServerProcess {
        &mut self.process
    }

    /// Runs statements in its database, which is on PostgreSQL, behind its back, and gives what they read.
    pub fn run_in_database(&self, statements: &str) -> String {
        TestPostgres::shared().run(self.setup.database(), statements)
    }

    /// Lets all leases be over. One that was killed holds its lease for a minute, and now that minute has passed, by
    /// whatever clock it was measured. Somebody must have the database open: where it is a file, nothing else is done to
    /// what a killed server left there.
    pub fn end_leases(&self) {
        let end = "UPDATE leases SET expires_at = 0";
        match self.setup.database().strip_prefix("sqlite://") {
            Some(path) => run_sql(Path::new(path), end),
            None => drop(self.run_in_database(end)),
        }
    }

    /// Takes a table of its database, which is on PostgreSQL, so that nobody else can use it until this is dropped.
    pub fn hold_table(&self, table: &str) -> HeldTable {
        TestPostgres::shared().hold(self.setup.database(), table)
    }

    /// Asks the server to stop and waits until it has.
    pub async fn stop(&mut self) -> ExitStatus {
        self.process.terminate();
        self.process.ended().await
    }

    /// Asks the server to stop and does not wait.
    pub fn ask_to_stop(&self) {
        self.process.terminate();
    }

    /// Waits until the server has stopped by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        self.process.ended().await
    }

    /// Kills the server as a power cut would.
    pub fn kill9(&mut self) {
        self.process.kill9();
    }

    /// Starts the server again on what it left, after it was stopped or killed; stops it first if it still runs.
    pub async fn restart(&mut self) {
        self.restart_with(|setup| setup).await;
    }

    /// Starts the server again with another configuration.
    pub async fn restart_with(&mut self, change: impl FnOnce(Setup) -> Setup) {
        if self.process.is_running() {
            self.stop().await;
        }
        self.setup = change(std::mem::take(&mut self.setup));
        self.process = ServerProcess::start(&self.setup).await;
        self.address.set(&self.process.address);
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("---- what the server logged\n{}", self.log());
        }
    }
}

/// The files below a folder, in the order of their names; those that come and go meanwhile may be among them or not.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A server on SQLite and one on PostgreSQL, for stories in which the database could make a difference.
pub async fn both_databases() -> [TestServer; 2] {
    [TestServer::start().await, TestServer::on_postgres().await]
}

/// The same for stories of people: passwords are hashed cheaply.
pub async fn both_databases_with_people() -> [TestServer; 2] {
    let setup = || Setup::new().cheap_passwords();
    [setup().start().await, setup().on_postgres().start().await]
}
