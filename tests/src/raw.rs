//! Requests that no client would send: as bytes over a socket.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::TestServer;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer as it came over the socket.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// The status; 0 if the connection was closed without an answer.
    pub status: u16,
    /// Everything that came.
    pub text: String,
}

impl RawAnswer {
    fn of(received: &[u8]) -> Self {
        let text = String::from_utf8_lossy(received).into_owned();
        let status = text.split(' ').nth(1);
        let status = status.and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, text }
    }

    /// Expects this status, and that the answer says this somewhere.
    #[track_caller]
    pub fn assert_says(&self, status: u16, says: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(
            self.text.contains(says),
            "{says:?} is missing in: {}",
            self.text
        );
    }
}

/// Sends bytes as they are and reads until the server closes the connection, so a request should say
/// `Connection: close`.
pub fn raw_request(server: &TestServer, bytes: impl AsRef<[u8]>) -> RawAnswer {
    let mut connection = Connection::open(server);
    connection.send(bytes);
    connection.read_to_end()
}

/// A connection that a story writes to piece by piece, as a slow or a broken client does.
#[derive(Debug)]
pub struct Connection {
    socket: TcpStream,
}

impl Connection {
    /// Connects.
    pub fn open(server: &TestServer) -> Self {
        let socket = TcpStream::connect(server.address()).expect("a connection");
        socket
            .set_read_timeout(Some(PATIENCE))
            .expect("a time limit");
        Self { socket }
    }

    /// Sends bytes. The server may have refused and closed before everything is sent: that is seen in its answer.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.socket.write_all(bytes.as_ref());
        self
    }

    /// Says that nothing more comes.
    pub fn send_no_more(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Reads one answer whose length its head tells; the connection may go on after it.
    pub fn read_answer(&mut self) -> RawAnswer {
        let mut received = Vec::new();
        while !received.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match self.socket.read(&mut byte) {
                Ok(1) => received.push(byte[0]),
                Ok(_) | Err(_) => return RawAnswer::of(&received),
            }
        }
        let mut body = vec![0; content_length(&received)];
        let _ = self.socket.read_exact(&mut body);
        received.extend_from_slice(&body);
        RawAnswer::of(&received)
    }

    /// Reads up to so many bytes and forgets them; says how many came before the server closed the connection or had no
    /// more.
    pub fn read_some(&mut self, most: usize) -> usize {
        let mut buffer = vec![0; 64 * 1024];
        let mut count = 0;
        let brief = Duration::from_secs(3);
        self.socket
            .set_read_timeout(Some(brief))
            .expect("a time limit");
        while count < most {
            let wanted = buffer.len().min(most - count);
            match self.socket.read(&mut buffer[..wanted]) {
                Ok(some) if some > 0 => count += some,
                Ok(_) | Err(_) => break,
            }
        }
        count
    }

    /// Reads until the server closes the connection, which it has to.
    #[track_caller]
    pub fn read_to_end(&mut self) -> RawAnswer {
        let mut received = Vec::new();
        if let Err(error) = self.socket.read_to_end(&mut received) {
            let still_open = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
            let text = String::from_utf8_lossy(&received);
            assert!(
                !still_open,
                "the connection is still open after {PATIENCE:?}: {text}"
            );
        }
        RawAnswer::of(&received)
    }
}

fn content_length(head: &[u8]) -> usize {
    String::from_utf8_lossy(head)
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse().ok())
        .unwrap_or(0)
}
