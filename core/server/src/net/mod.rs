//! The accept loop: what `axum::serve` has no settings for.

mod descriptors;

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

pub(crate) use self::descriptors::room_for_connections;
use crate::http::{Front, Peer};

/// How long accepting pauses when the system has no descriptors left: trying at once would only burn the processor.
const PAUSE: Duration = Duration::from_millis(100);

/// The limits of the accept loop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetLimits {
    /// Connections at the same time.
    pub(crate) connections: usize,
    /// How long a client may take until the headers of its first request are there.
    pub(crate) header_timeout: Duration,
    /// How long a connection is kept for the next request.
    pub(crate) keep_alive: Duration,
    /// How long a client may take nothing of what it is sent.
    pub(crate) idle: Duration,
    /// How long a shutdown waits for requests in flight.
    pub(crate) shutdown_grace: Duration,
}

/// Accepts connections until `shutdown`, then lets the requests in flight end, and the work that outlives them.
pub(crate) async fn serve(
    listener: TcpListener,
    front: Front,
    limits: NetLimits,
    tasks: TaskTracker,
    shutdown: impl Future<Output = ()>,
) {
    let front = Arc::new(front);
    let protocol = Arc::new(protocol(limits));
    let free = Arc::new(Semaphore::new(limits.connections));
    let in_flight = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &free) => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer, permit)) => {
                let asked = Arc::new(AtomicBool::new(false));
                let (noted, front) = (Arc::clone(&asked), Arc::clone(&front));
                let service = service_fn(move |request| {
                    noted.store(true, Ordering::Relaxed);
                    answer(Arc::clone(&front), peer, request)
                });
                let connection = protocol
                    .serve_connection_with_upgrades(io(stream, limits.idle), service)
                    .into_owned();
                let connection = in_flight.watch(connection);
                tokio::spawn(async move {
                    // What breaks a connection is the client's business or in the log already.
                    let _ = unless_silent(connection, &asked, limits.header_timeout).await;
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

/// Waits until a connection is free, then for a client to take it.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(free).acquire_owned().await;
    let permit = permit.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, permit))
}

/// Lets a connection go on to its end, unless its first request does not come in time.
///
/// hyper waits for ever for the version of the protocol, and its limit for the headers counts the time in which a
/// connection is idle, which a reverse proxy wants to be long. For a first request there is no such time.
async fn unless_silent<Connection: Future>(
    connection: Connection,
    asked: &AtomicBool,
    patience: Duration,
) -> Option<Connection::Output> {
    let (mut connection, mut silence) = (pin!(connection), pin!(tokio::time::sleep(patience)));
    poll_fn(|task| {
        if let Poll::Ready(ended) = connection.as_mut().poll(task) {
            return Poll::Ready(Some(ended));
        }
        // Nobody looks at the clock for a connection that has been used.
        if asked.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        silence.as_mut().poll(task).map(|()| None)
    })
    .await
}

fn io(stream: TcpStream, idle: Duration) -> TokioIo<TcpStream> {
    // Without it the last piece of an answer may wait 40 ms for the client's acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set: {error}");
    }
    if let Err(error) = hang_up_on_who_takes_nothing(&stream, idle) {
        tracing::debug!(%error, "TCP_USER_TIMEOUT could not be set: {error}");
    }
    TokioIo::new(stream)
}

/// The kernel knows whether a client takes anything, byte by byte. From here a slow client looks for a long time like one
/// that takes nothing, because there is room for more only when much of what was sent before is through.
#[cfg(target_os = "linux")]
fn hang_up_on_who_takes_nothing(stream: &TcpStream, idle: Duration) -> io::Result<()> {
    let millis = u32::try_from(idle.as_millis()).unwrap_or(u32::MAX).max(1);
    Ok(rustix::net::sockopt::set_tcp_user_timeout(stream, millis)?)
}

/// Other systems have no such limit; there they are hung up on when they are gone.
#[cfg(not(target_os = "linux"))]
fn hang_up_on_who_takes_nothing(_stream: &TcpStream, _idle: Duration) -> io::Result<()> {
    Ok(())
}

fn protocol(limits: NetLimits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // It begins when the answer before is sent, so it is how long a connection may be idle.
        .header_read_timeout(limits.keep_alive)
        .max_buf_size(64 * 1024)
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

/// Has a request answered, and tells who is at the other end.
async fn answer(
    front: Arc<Front>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    Ok(front.answer(request).await)
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
