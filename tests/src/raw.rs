//! Requests that no client would send: as bytes over a socket.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::TestServer;

/// An answer as it came over the socket.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// The status; 0 if the connection was closed without an answer.
    pub status: u16,
    /// Everything that came.
    pub text: String,
}

/// Sends bytes as they are, then nothing more, and reads until the server closes the connection. A server may take the end
/// of what a client sends for the end of the client: one that should wait for an answer is [`patient_request`].
pub fn raw_request(server: &TestServer, bytes: impl AsRef<[u8]>) -> RawAnswer {
    exchange(server, bytes.as_ref(), true)
}

/// Sends a whole request as it is, which should say `Connection: close`, and waits for the answer.
pub fn patient_request(server: &TestServer, bytes: impl AsRef<[u8]>) -> RawAnswer {
    exchange(server, bytes.as_ref(), false)
}

fn exchange(server: &TestServer, bytes: &[u8], ends: bool) -> RawAnswer {
    let mut socket = TcpStream::connect(server.address()).expect("a connection");
    socket
        .set_read_timeout(Some(Duration::from_secs(15)))
        .expect("a time limit");
    // The server may refuse and close before everything is sent.
    let _ = socket.write_all(bytes);
    if ends {
        let _ = socket.shutdown(Shutdown::Write);
    }
    let mut received = Vec::new();
    let _ = socket.read_to_end(&mut received);
    let text = String::from_utf8_lossy(&received).into_owned();
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    RawAnswer { status, text }
}
