//! Servers that keep their bytes in a bucket.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cellier_store::testing::TestS3;

use crate::Setup;

impl Setup {
    /// Keeps the bytes in a new bucket instead of on local disk.
    #[must_use]
    pub fn on_s3(self) -> Self {
        self.on_bucket(&TestS3::embedded().new_bucket())
    }

    /// Keeps the bytes in this bucket of a server of the tests, with the credentials that belong to it.
    #[must_use]
    pub fn on_bucket(self, url: &str) -> Self {
        let mut setup = self
            .set("storage.url", url)
            .variable("NO_PROXY", "127.0.0.1");
        setup.bucket = TestS3::embedded().folder_of(url);
        TestS3::credentials()
            .into_iter()
            .fold(setup, |setup, (name, value)| setup.variable(name, value))
    }
}

/// A gate before the S3 server of the tests: it can be closed, as if the store were down, and it sees all that is sent to
/// the store, by servers and by clients.
#[derive(Debug)]
pub struct StoreGate {
    url: String,
    passing: Arc<Passing>,
}

#[derive(Debug, Default)]
struct Passing {
    is_closed: AtomicBool,
    seen: Mutex<Vec<u8>>,
    open: Mutex<Vec<TcpStream>>,
}

impl StoreGate {
    /// A gate before a new bucket.
    pub fn new() -> Self {
        let store = TestS3::embedded();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let url = store.new_bucket().replace(&store.address(), &address);
        let passing = Arc::new(Passing::default());
        let gate = Arc::clone(&passing);
        std::thread::spawn(move || {
            for arrived in listener.incoming().flatten() {
                gate.let_in(&arrived, &store.address());
            }
        });
        Self { url, passing }
    }

    /// The URL of the bucket behind the gate, as `storage.url` wants it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Lets nobody in, and sends out who is inside.
    pub fn close(&self) {
        self.passing.is_closed.store(true, Ordering::SeqCst);
        for socket in self.passing.lock_open().drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    /// Lets everybody in again.
    pub fn open(&self) {
        self.passing.is_closed.store(false, Ordering::SeqCst);
    }

    /// All that was sent to the store so far; what is no text is replaced.
    pub fn seen(&self) -> String {
        String::from_utf8_lossy(&self.passing.lock_seen()).into_owned()
    }
}

impl Default for StoreGate {
    fn default() -> Self {
        Self::new()
    }
}

impl Passing {
    fn let_in(self: &Arc<Self>, arrived: &TcpStream, address: &str) {
        if self.is_closed.load(Ordering::SeqCst) {
            return;
        }
        let Ok(inside) = TcpStream::connect(address) else {
            return;
        };
        for socket in [arrived, &inside] {
            let _ = socket.set_nodelay(true);
            self.lock_open()
                .push(socket.try_clone().expect("a second handle of a socket"));
        }
        let (mut from_client, mut to_store) = handles(arrived, &inside);
        let watching = Arc::clone(self);
        std::thread::spawn(move || {
            let mut piece = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = from_client.read(&mut piece) {
                watching.lock_seen().extend_from_slice(&piece[..count]);
                if to_store.write_all(&piece[..count]).is_err() {
                    break;
                }
            }
            let _ = to_store.shutdown(Shutdown::Both);
        });
        let (mut from_store, mut to_client) = handles(&inside, arrived);
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut from_store, &mut to_client);
            let _ = to_client.shutdown(Shutdown::Both);
        });
    }

    fn lock_seen(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_open(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn handles(from: &TcpStream, to: &TcpStream) -> (TcpStream, TcpStream) {
    let again = |socket: &TcpStream| socket.try_clone().expect("a second handle of a socket");
    (again(from), again(to))
}
