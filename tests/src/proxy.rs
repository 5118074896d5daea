//! Something between client and server that may be up to no good.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::TestServer;

/// A request as it passed a proxy.
#[derive(Clone, Debug)]
pub struct Asked {
    head: String,
}

impl Asked {
    /// Its method and path, as in `GET /api/v1/artefacts`.
    pub fn line(&self) -> &str {
        let line = self.head.lines().next().unwrap_or_default();
        line.rsplit_once(' ').map_or(line, |(line, _version)| line)
    }

    /// Whether it is for bytes, rather than for a description or for leave to use bytes that are there.
    pub fn is_download(&self) -> bool {
        self.line().contains("/download") && self.header("if-none-match").is_none()
    }

    /// A header of it.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A proxy before a server, also after that was started again. It takes one request for each connection, and remembers it.
#[derive(Debug)]
pub struct Proxy {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// What becomes of an answer: it gets the request, and the answer as the server wrote it, head and body.
type Alter = dyn Fn(&Asked, Vec<u8>) -> Vec<u8> + Send + Sync;

/// What becomes of a request: of its head, without the empty line at its end.
type Rewrite = dyn Fn(&str) -> String + Send + Sync;

impl Proxy {
    /// A proxy that hands on what `alter` makes of each answer. Where the server does not answer, it is a 502.
    pub fn start(
        server: &TestServer,
        alter: impl Fn(&Asked, Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(server, Arc::new(str::to_owned), Arc::new(alter))
    }

    /// A proxy that asks the server what `rewrite` makes of the head of each request, and hands on each answer as it is.
    pub fn before(
        server: &TestServer,
        rewrite: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        Self::listen(
            server,
            Arc::new(rewrite),
            Arc::new(|_: &Asked, answer| answer),
        )
    }

    fn listen(server: &TestServer, rewrite: Arc<Rewrite>, alter: Arc<Alter>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port for the proxy");
        let address = listener.local_addr().expect("the port of the proxy");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let proxy = Self {
            address: address.to_string(),
            asked: Arc::clone(&asked),
        };
        let server = server.any_address();
        // The thread ends with the process: it has nothing that must be put away.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, asked) = (server.get(), Arc::clone(&asked));
                let (rewrite, alter) = (Arc::clone(&rewrite), Arc::clone(&alter));
                thread::spawn(move || pass(client, &server, &asked, &*rewrite, &*alter));
            }
        });
        proxy
    }

    /// Its URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far, in the order in which they came.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The requests for bytes.
    pub fn downloads(&self) -> Vec<Asked> {
        let mut asked = self.asked();
        asked.retain(Asked::is_download);
        asked
    }
}

/// Passes one request on. What breaks a connection is what the story is about.
fn pass(
    mut client: TcpStream,
    server: &str,
    asked: &Mutex<Vec<Asked>>,
    rewrite: &Rewrite,
    alter: &Alter,
) {
    let Some((head, body)) = read_request(&mut client) else {
        return;
    };
    let request = Asked {
        head: rewrite(&head),
    };
    asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request.clone());
    let answer = forward(server, &request.head, &body)
        .unwrap_or_else(|| answer("502 Bad Gateway", &[], b"no server"));
    let _ = client.write_all(&alter(&request, answer));
    let _ = client.shutdown(Shutdown::Write);
}

fn read_request(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        read_more(client, &mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut body = bytes.split_off(head_end + 4);
    let length = Asked { head: head.clone() };
    let length = length
        .header("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    while body.len() < length {
        read_more(client, &mut body)?;
    }
    Some((head, body))
}

fn read_more(client: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut piece = vec![0; 256 * 1024];
    let read = client.read(&mut piece).ok().filter(|read| *read > 0)?;
    bytes.extend_from_slice(&piece[..read]);
    Some(())
}

fn forward(server: &str, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut socket = TcpStream::connect(server).ok()?;
    let head = format!("{head}\r\nconnection: close\r\n\r\n");
    socket.write_all(head.as_bytes()).ok()?;
    socket.write_all(body).ok()?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).ok()?;
    Some(answer)
}

/// An answer for a proxy to give.
pub fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let headers: String = headers
        .iter()
        .map(|(name, value)| [name, ": ", value, "\r\n"].concat())
        .collect();
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Where the body of an answer begins.
pub fn body_of(answer: &[u8]) -> usize {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n");
    head.map_or(answer.len(), |at| at + 4)
}
