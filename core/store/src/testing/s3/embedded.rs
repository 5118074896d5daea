//! `s3s-fs` in this process, behind a real socket, with the lies that a test asks for.

use std::fs;
use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use hyper::body::Incoming;
use hyper::http::{HeaderName, HeaderValue, request};
use hyper::service::service_fn;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpError, HttpResponse};
use tokio::net::{TcpListener, TcpStream};

use crate::testing::guard::start_guarded;
use crate::testing::s3::{KEY, SECRET};

/// Longer than any test.
const FOR_EVER: Duration = Duration::from_hours(1);

/// How a server fails a client.
#[derive(Clone, Copy, Debug)]
pub enum Lie {
    /// It answers this, and does nothing.
    Answer(u16, &'static str),
    /// It does what is asked, and answers that it failed.
    DoneButFailed,
    /// It sends so many bytes of its answer, and then closes the connection.
    Cut(usize),
    /// It sends so many bytes of its answer, and then nothing more.
    Stall(usize),
    /// It never answers.
    Silence,
}

type Liar = Arc<dyn Fn(&request::Parts) -> Option<Lie> + Send + Sync>;

#[derive(Debug)]
pub(super) struct Embedded {
    pub(super) port: u16,
    pub(super) folder: PathBuf,
    /// Removes the folder when we die.
    _guard: Child,
}

impl Embedded {
    pub(super) fn start(
        lie: impl Fn(&request::Parts) -> Option<Lie> + Send + Sync + 'static,
    ) -> Self {
        // Bound here, so that no other process takes the port.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let name = format!("cellier-s3-{}-{port}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder for the objects");
        let script = r#"cat >/dev/null || true; rm -rf "$1""#;
        let guard = start_guarded(script, &[folder.as_ref()]);

        let files = s3s_fs::FileSystem::new(&folder).expect("a folder for the objects");
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build();
        let lie: Liar = Arc::new(lie);
        std::thread::spawn(move || serve(listener, &service, &lie));
        Self {
            port,
            folder,
            _guard: guard,
        }
    }

    pub(super) fn make_bucket(&self, bucket: &str) {
        fs::create_dir(self.folder.join(bucket)).expect("a folder for the bucket");
    }
}

/// A runtime of its own: it lives as long as the process, while those of tests come and go.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn serve(listener: std::net::TcpListener, service: &S3Service, lie: &Liar) {
    let listener = TcpListener::from_std(listener).expect("a socket");
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            continue;
        };
        tokio::spawn(serve_connection(socket, service.clone(), Arc::clone(lie)));
    }
}

async fn serve_connection(socket: TcpStream, service: S3Service, lie: Liar) {
    // Otherwise every answer waits for the client's delayed acknowledgement.
    let _ = socket.set_nodelay(true);
    let answer = service_fn(|request: Request<Incoming>| {
        let (service, lie) = (service.clone(), Arc::clone(&lie));
        async move { answer(&service, &lie, request).await }
    });
    let connection = Builder::new(TokioExecutor::new());
    let _ = connection
        .serve_connection(TokioIo::new(socket), answer)
        .await;
}

async fn answer(
    service: &S3Service,
    lie: &Liar,
    request: Request<Incoming>,
) -> Result<HttpResponse, HttpError> {
    let (parts, body) = request.into_parts();
    let told = lie(&parts);
    match told {
        Some(Lie::Answer(status, text)) => return Ok(plain(status, text)),
        Some(Lie::Silence) => tokio::time::sleep(FOR_EVER).await,
        _ => {}
    }
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let request = Request::from_parts(parts, Body::from(body));
    let mut answer = service.call(request).await?;
    override_headers(&mut answer, &query);
    Ok(match told {
        Some(Lie::DoneButFailed) => plain(500, "<Error><Code>InternalError</Code></Error>"),
        Some(Lie::Cut(length)) => cut(answer, length, false).await?,
        Some(Lie::Stall(length)) => cut(answer, length, true).await?,
        Some(Lie::Answer(..) | Lie::Silence) | None => answer,
    })
}

fn plain(status: u16, text: &'static str) -> HttpResponse {
    let mut answer = HttpResponse::new(Body::from(Bytes::from_static(text.as_bytes())));
    *answer.status_mut() = StatusCode::from_u16(status).expect("a status");
    answer
}

/// What a signed URL says of the answer's headers, which `s3s-fs` leaves out.
fn override_headers(answer: &mut HttpResponse, query: &str) {
    if answer.status() != StatusCode::OK && answer.status() != StatusCode::PARTIAL_CONTENT {
        return;
    }
    let overridden: [(&str, HeaderName); 2] = [
        ("response-content-type", header::CONTENT_TYPE),
        ("response-content-disposition", header::CONTENT_DISPOSITION),
    ];
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let header = overridden.iter().find(|(parameter, _)| *parameter == name);
        if let (Some((_, header)), Ok(value)) = (header, HeaderValue::from_str(&value)) {
            answer.headers_mut().insert(header, value);
        }
    }
}

/// The start of an answer, with the headers of all of it.
async fn cut(answer: HttpResponse, length: usize, stalls: bool) -> Result<HttpResponse, HttpError> {
    let (parts, mut body) = answer.into_parts();
    let whole = body.store_all_limited(usize::MAX).await;
    let whole = whole.map_err(HttpError::new)?;
    let start = whole.slice(..length.min(whole.len()));
    let rest = async move {
        if stalls {
            tokio::time::sleep(FOR_EVER).await;
        }
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    };
    let pieces = futures_util::StreamExt::chain(stream::iter([Ok(start)]), stream::once(rest));
    let body = http_body_util::StreamBody::new(futures_util::TryStreamExt::map_ok(
        pieces,
        hyper::body::Frame::data,
    ));
    Ok(HttpResponse::from_parts(
        parts,
        Body::http_body_unsync(body),
    ))
}
