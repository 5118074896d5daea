//! The accept loop: what `axum::serve` has no settings for.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::http::Peer;

/// How long accepting pauses when the system has no descriptors left: trying at once would only burn the processor.
const PAUSE: Duration = Duration::from_millis(100);

/// The limits of the accept loop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetLimits {
    /// Connections at the same time.
    pub(crate) connections: usize,
    /// How long a client may take to send the headers of a request.
    pub(crate) header_timeout: Duration,
    /// How long a shutdown waits for requests in flight.
    pub(crate) shutdown_grace: Duration,
}

/// Accepts connections until `shutdown`, then lets the requests in flight end, and the work that outlives them.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: NetLimits,
    tasks: TaskTracker,
    shutdown: impl Future<Output = ()>,
) {
    let protocol = Arc::new(protocol(limits));
    let free = Arc::new(Semaphore::new(limits.connections));
    let in_flight = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let service = service(&router, peer);
                let connection = protocol
                    .serve_connection_with_upgrades(io(stream), service)
                    .into_owned();
                let connection = in_flight.watch(connection);
                tokio::spawn(async move {
                    // What breaks a connection is the client's business or in the log already.
                    let _ = connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    let rest = async {
        in_flight.shutdown().await;
        tasks.wait().await;
    };
    if tokio::time::timeout(limits.shutdown_grace, rest)
        .await
        .is_err()
    {
        tracing::warn!(
            "some requests did not end in time and were cut off; what they published is whole or absent"
        );
    }
}

fn io(stream: TcpStream) -> TokioIo<TcpStream> {
    // Without it the last piece of an answer may wait 40 ms for the client's acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set: {error}");
    }
    TokioIo::new(stream)
}

fn protocol(limits: NetLimits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(64 * 1024)
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

type RouterService = TowerToHyperService<PeerService>;

fn service(router: &Router, peer: SocketAddr) -> RouterService {
    TowerToHyperService::new(PeerService {
        router: router.clone(),
        peer,
    })
}

/// Tells the router who is at the other end.
#[derive(Clone)]
struct PeerService {
    router: Router,
    peer: SocketAddr,
}

impl tower::Service<Request<Incoming>> for PeerService {
    type Response = axum::response::Response;
    type Error = std::convert::Infallible;
    type Future = tower::util::Oneshot<Router, Request>;

    fn poll_ready(
        &mut self,
        task: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        <Router as tower::Service<Request>>::poll_ready(&mut self.router, task)
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(Peer(self.peer));
        self.router.clone().oneshot(request)
    }
}

/// Ends when the process is asked to: by an interrupt at the terminal or by `SIGTERM`.
pub(crate) async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("asked to stop: requests in flight may end, a second signal stops at once");
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(1);
    });
}
