//! Moto, which answers as Amazon's S3 does.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::testing::guard::{free_port, start_guarded};

#[derive(Debug)]
pub(super) struct Moto {
    pub(super) port: u16,
    /// The server's guard reads from us; when we die, it reads the end and stops the server.
    _guard: Child,
}

impl Moto {
    pub(super) fn start() -> Self {
        let program = find_program();
        let port = free_port();
        let script = r#"
"$1" -H 127.0.0.1 -p "$2" >/dev/null 2>&1 &
server=$!
cat >/dev/null || true
kill -KILL $server
"#;
        let guard = start_guarded(script, &[program.as_ref(), port.to_string().as_ref()]);
        let moto = Self {
            port,
            _guard: guard,
        };
        moto.wait_until_ready();
        moto
    }

    pub(super) fn make_bucket(&self, bucket: &str) {
        let answer = self.request("PUT", &format!("/{bucket}"));
        assert!(
            answer.as_ref().is_some_and(|text| text.contains(" 200 ")),
            "moto makes no bucket: {answer:?}"
        );
    }

    fn wait_until_ready(&self) {
        let started = Instant::now();
        while started.elapsed() < Duration::from_mins(1) {
            if self
                .request("GET", "/")
                .is_some_and(|answer| !answer.is_empty())
            {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("moto did not start within a minute");
    }

    /// Moto asks for no signature.
    fn request(&self, method: &str, path: &str) -> Option<String> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let host = format!("127.0.0.1:{}", self.port);
        write!(
            socket,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .ok()?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).ok()?;
        Some(answer)
    }
}

/// `.ci/install` puts it below `target`, wherever that is; a test program lies there too.
fn find_program() -> PathBuf {
    let here = std::env::current_exe().expect("the path of this program");
    let folders = here
        .ancestors()
        .map(|folder| folder.join("moto/bin/moto_server"));
    let in_checkout =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/moto/bin/moto_server");
    let found = folders.chain([in_checkout]).find(|path| path.exists());
    found.expect("moto is needed for this test and not installed: run .ci/install")
}
