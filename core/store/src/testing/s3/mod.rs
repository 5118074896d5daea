//! S3 servers for the tests of one process.
//!
//! No server of a test is like those of the field in everything, so there are three:
//!
//! | | what it is | strict about |
//! |---|---|---|
//! | [`TestS3::embedded`] | `s3s-fs`, in this process, behind a socket | signatures, of requests and of links |
//! | [`TestS3::moto`] | moto, a process of its own | what Amazon's S3 answers |
//! | [`Garage::cluster`] | Garage, three processes | nothing is a mock: it is a store of the field |
//!
//! The first two are there in every run, the third where somebody installs it.

mod embedded;
mod garage;
mod moto;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

pub use self::embedded::Lie;
pub use self::garage::Garage;

/// The credentials of all these servers.
const KEY: &str = "GK00112233445566778899aabb";
const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// An S3 server of the tests.
#[derive(Debug)]
pub struct TestS3 {
    server: Server,
    buckets: AtomicU32,
}

#[derive(Debug)]
enum Server {
    Embedded(embedded::Embedded),
    Moto(moto::Moto),
}

impl TestS3 {
    /// The server in this process, started at the first call. It checks every signature.
    pub fn embedded() -> &'static Self {
        static SHARED: OnceLock<TestS3> = OnceLock::new();
        SHARED.get_or_init(|| Self::of(Server::Embedded(embedded::Embedded::start(|_| None))))
    }

    /// A server like [`TestS3::embedded`] of one's own, which lies as it is told: for each request `lie` says whether and
    /// how.
    pub fn lying(
        lie: impl Fn(&hyper::http::request::Parts) -> Option<Lie> + Send + Sync + 'static,
    ) -> Self {
        Self::of(Server::Embedded(embedded::Embedded::start(lie)))
    }

    /// Moto, a process of its own, started at the first call.
    ///
    /// # Panics
    ///
    /// If moto is not installed or does not start: tests that need it fail, they are never skipped.
    pub fn moto() -> &'static Self {
        static SHARED: OnceLock<TestS3> = OnceLock::new();
        SHARED.get_or_init(|| Self::of(Server::Moto(moto::Moto::start())))
    }

    fn of(server: Server) -> Self {
        Self {
            server,
            buckets: AtomicU32::new(0),
        }
    }

    /// Where it listens, as `127.0.0.1:12345`.
    pub fn address(&self) -> String {
        let port = match &self.server {
            Server::Embedded(server) => server.port,
            Server::Moto(server) => server.port,
        };
        format!("127.0.0.1:{port}")
    }

    /// Makes an empty bucket and gives its URL, as `storage.url` wants it.
    ///
    /// # Panics
    ///
    /// If the server does not make it.
    pub fn new_bucket(&self) -> String {
        let bucket = format!("bucket-{}", self.buckets.fetch_add(1, Ordering::Relaxed));
        match &self.server {
            Server::Embedded(server) => server.make_bucket(&bucket),
            Server::Moto(server) => server.make_bucket(&bucket),
        }
        format!("s3://{bucket}/cellier?endpoint=http://{}", self.address())
    }

    /// Where the objects of a bucket lie as files, if this server keeps them so; the bucket is named by its URL.
    pub fn folder_of(&self, url: &str) -> Option<PathBuf> {
        let bucket = url.strip_prefix("s3://")?.split('/').next()?;
        match &self.server {
            Server::Embedded(server) => Some(server.folder.join(bucket)),
            Server::Moto(_) => None,
        }
    }

    /// The variables of the environment that a client needs.
    pub fn credentials() -> [(&'static str, &'static str); 2] {
        [
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ]
    }

    /// One of these variables.
    pub fn variable(name: &str) -> Option<String> {
        let mut variables = Self::credentials().into_iter();
        let found = variables.find(|(variable, _)| *variable == name)?;
        Some(found.1.to_owned())
    }
}
