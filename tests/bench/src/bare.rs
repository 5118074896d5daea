//! Bare axum handlers: the least that any server of this stack would do for the same answer.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use tokio::sync::mpsc::{Sender, channel};

/// What the names of uploaded files begin with.
const UPLOADED: &str = "uploaded-";

/// The bare server, as a process of its own so that its CPU can be told from ours. Killed when dropped.
pub(crate) struct Bare {
    process: Child,
    pub(crate) url: String,
}

impl Bare {
    /// Starts it in a folder; it sends the file `small` of that folder.
    pub(crate) fn start(folder: &Path) -> Result<Self, String> {
        let address = folder.join("bare-address");
        let _ = std::fs::remove_file(&address);
        let me = std::env::current_exe().map_err(|error| error.to_string())?;
        let process = Command::new(me)
            .arg("bare")
            .arg(folder)
            .spawn()
            .map_err(|error| error.to_string())?;
        for _ in 0..500 {
            if let Ok(text) = std::fs::read_to_string(&address)
                && !text.is_empty()
            {
                return Ok(Self {
                    process,
                    url: format!("http://{text}"),
                });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err("the bare server did not start".to_owned())
    }

    /// Removes what was uploaded into its folder so far.
    pub(crate) fn clear(folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(UPLOADED) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Clone)]
struct Folder {
    path: PathBuf,
    small: Bytes,
}

/// Runs the bare server; returns when its process is killed.
#[tokio::main]
pub(crate) async fn serve(folder: &Path) {
    let small = std::fs::read(folder.join("small"))
        .unwrap_or_default()
        .into();
    let state = Folder {
        path: folder.to_owned(),
        small,
    };
    let app = Router::new()
        .route(
            "/small",
            get(|State(folder): State<Folder>| async move { folder.small }),
        )
        .route(
            "/one-digest",
            post(|folder, form| upload(folder, form, false)),
        )
        .route(
            "/three-digests",
            post(|folder, form| upload(folder, form, true)),
        )
        .layer(DefaultBodyLimit::disable())
        .with_state(state);
    let Ok(listener) = tokio::net::TcpListener::bind("127.0.0.1:0").await else {
        return;
    };
    let Ok(address) = listener.local_addr() else {
        return;
    };
    let _ = std::fs::write(folder.join("bare-address"), address.to_string());
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let _ = axum::serve(listener, app).await;
}

/// Streams the form's file to disk with its digests, then syncs it: the work without a registry around it.
async fn upload(State(folder): State<Folder>, mut form: Multipart, three: bool) -> StatusCode {
    static UPLOADS: AtomicU32 = AtomicU32::new(0);
    let number = UPLOADS.fetch_add(1, Ordering::Relaxed);
    // A new file each time: to empty one of a gibibyte first would be paid for here.
    let Ok(file) = File::create_new(folder.path.join(format!("{UPLOADED}{number}"))) else {
        return StatusCode::INTERNAL_SERVER_ERROR;
    };
    let (mut writers, mut threads) = (Vec::new(), Vec::new());
    let mut add = |(sender, thread): (Sender<Bytes>, JoinHandle<bool>)| {
        writers.push(sender);
        threads.push(thread);
    };
    add(disk_and_digest(file));
    if three {
        add(digest::<Sha512>());
        add(digest::<Sha1>());
    }
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(piece)) = field.chunk().await {
            for writer in &writers {
                let _ = writer.send(piece.clone()).await;
            }
        }
    }
    drop(writers);
    let joined = tokio::task::spawn_blocking(move || {
        threads
            .into_iter()
            .all(|thread| thread.join().unwrap_or(false))
    });
    if joined.await.unwrap_or(false) {
        StatusCode::CREATED
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

fn disk_and_digest(mut file: File) -> (Sender<Bytes>, JoinHandle<bool>) {
    let (sender, mut pieces) = channel::<Bytes>(64);
    let thread = std::thread::spawn(move || {
        let mut digest = Sha256::new();
        while let Some(piece) = pieces.blocking_recv() {
            digest.update(&piece);
            if file.write_all(&piece).is_err() {
                return false;
            }
        }
        digest.finalize().len() == 32 && file.sync_all().is_ok()
    });
    (sender, thread)
}

fn digest<D: Digest + Send + 'static>() -> (Sender<Bytes>, JoinHandle<bool>) {
    let (sender, mut pieces) = channel::<Bytes>(64);
    let thread = std::thread::spawn(move || {
        let mut digest = D::new();
        while let Some(piece) = pieces.blocking_recv() {
            digest.update(&piece);
        }
        !digest.finalize().is_empty()
    });
    (sender, thread)
}
