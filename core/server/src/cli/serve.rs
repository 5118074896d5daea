//! `cellier serve`

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use cellier_model::Context;
use cellier_model::accounts::offer_setup;
use cellier_model::keys::Authenticate;
use cellier_model::sessions::SignIn;
use cellier_model::signing::{KeyPair, Signer};
use cellier_store::HotBlobs;
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::cli::CliError;
use crate::compose::{Parts, compose};
use crate::config::{Config, LogFormat};
use crate::http::{
    CrossOrigin, Described, Front, HostRoots, Jobs, Memo, Redirects, SessionCookie, WrongKeys,
};
use crate::jobs::{collect_regularly, upkeep};
use crate::net::{NetLimits, asked_to_stop, room_for_connections, serve};
use crate::registry::{Tie, tie};
use crate::server_lock::ServerLock;
use crate::state::{AppState, Shared};
use crate::telemetry::{Gauges, install_metrics, start_log};

/// Start the server.
#[derive(Debug, Default, Args)]
#[command(
    after_help = "Examples:\n  cellier serve\n  CELLIER_SERVER__LISTEN=0.0.0.0:8080 cellier serve"
)]
pub(super) struct ServeArgs {
    /// Write the address to this file when the server is ready; with port 0 the kernel has chosen it.
    #[arg(long, value_name = "FILE")]
    address_file: Option<PathBuf>,
    /// Take the storage for that of this database, although it carries the name of another registry or holds blobs that
    /// the database does not know: those are freed after gc.grace by cellier gc.
    #[arg(long)]
    adopt_storage: bool,
}

pub(super) async fn run(config: &Config, args: ServeArgs) -> Result<(), CliError> {
    start_log(&config.log);
    let metrics =
        install_metrics().map_err(|error| CliError::failed("set up the metrics", error))?;
    // Before the database is opened: a second server must not even migrate it.
    let _only_server = ServerLock::take(&config.database.url)?;
    let parts = compose(config).await?;
    parts.storage.probe().await?;
    let how = if args.adopt_storage {
        Tie::Adopt
    } else {
        Tie::Name
    };
    tie(config, &parts, how).await?;
    let Parts {
        mut context,
        formats,
        store,
        ..
    } = parts;
    context.blobs = Arc::new(HotBlobs::new(context.blobs));
    let signer = signer(config, &context).await?;
    let authenticate = Arc::new(Authenticate::default());
    let tasks = TaskTracker::new();
    let listener = listen(config).await?;
    let held = config.limits.held_answers.0;
    let memo = Arc::new(Memo::new(held, context.formats.all()));
    let public_url = public_url(config, &listener);
    let state = AppState::new(Shared {
        context: context.clone(),
        gauges: Gauges {
            store,
            formats: Arc::clone(&formats),
            memo: Arc::clone(&memo),
        },
        formats,
        memo,
        cross_origin: CrossOrigin::of(&config.formats),
        host_roots: HostRoots::of(&config.formats, public_url.as_ref()),
        authenticate: Arc::clone(&authenticate),
        sign_in: Arc::new(SignIn::default()),
        signer: Arc::new(signer),
        cookie: session_cookie(config),
        wrong_keys: Arc::new(WrongKeys::default()),
        jobs: Arc::new(Jobs::default()),
        tasks: tasks.clone(),
        public_url,
        trusted_proxies: config.server.trusted_proxies.0.clone().into(),
        idle_body: config.limits.idle_timeout.0,
        redirects: Redirects::of(&config.storage),
        described: Described::default(),
        metrics: metrics.clone(),
    });
    announce_setup(config, &listener, &context).await?;
    announce(&listener, &context, args)?;
    let upkeep = upkeep(context.clone(), Arc::clone(&authenticate), metrics);
    let jobs = [
        tokio::spawn(upkeep),
        tokio::spawn(collect_regularly(context.clone(), config.gc.clone())),
    ];
    let limits = NetLimits {
        connections: room_for_connections(config.limits.connections) as usize,
        header_timeout: config.limits.header_timeout.0,
        keep_alive: config.limits.keep_alive.0,
        idle: config.limits.idle_timeout.0,
        shutdown_grace: config.server.shutdown_grace.0,
    };
    let front = Front::new(state);
    serve(listener, front, limits, tasks, asked_to_stop()).await;
    jobs.iter().for_each(tokio::task::JoinHandle::abort);
    if let Err(error) = authenticate.flush(&context).await {
        tracing::warn!(%error, "it could not be written when keys were last used: {error}");
    }
    tracing::info!("stopped");
    Ok(())
}

async fn listen(config: &Config) -> Result<TcpListener, CliError> {
    let address = config.server.listen;
    TcpListener::bind(address).await.map_err(|error| {
        CliError::failed(
            format!("listen on {address} (server.listen); another server may be there already"),
            error,
        )
    })
}

/// The URL under which clients know the server; without a word of the operator they are on the same machine.
fn public_url(config: &Config, listener: &TcpListener) -> Option<Url> {
    if let Some(url) = &config.server.public_url {
        return Some(url.0.clone());
    }
    let mut address = listener.local_addr().ok()?;
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{address}").parse().ok()
}

fn announce(listener: &TcpListener, context: &Context, args: ServeArgs) -> Result<(), CliError> {
    let address = listener
        .local_addr()
        .map_err(|error| CliError::failed("learn the address", error))?;
    let formats = context.formats.all();
    let enabled: Vec<_> = formats
        .iter()
        .filter(|one| one.enabled)
        .map(|one| one.id.as_str())
        .collect();
    tracing::info!(%address, "listening on http://{address} with the formats {}", enabled.join(", "));
    if let Some(path) = args.address_file {
        // In one move, so that whoever waits for the file never reads half an address.
        let partial = path.with_extension("partial");
        let written = std::fs::write(&partial, format!("{address}\n"))
            .and_then(|()| std::fs::rename(&partial, &path));
        written.map_err(|error| {
            CliError::failed(format!("write the address to {}", path.display()), error)
        })?;
    }
    Ok(())
}

/// Clients that come by plain HTTP get a cookie that anybody on the way can read; an operator should know.
fn session_cookie(config: &Config) -> SessionCookie {
    let public_url = config.server.public_url.as_ref().map(|url| &url.0);
    let is_local = config.server.listen.ip().is_loopback();
    let cookie = SessionCookie::new(public_url, is_local);
    if let Some(url) = public_url.filter(|_| !cookie.is_secure()) {
        tracing::warn!(%url, "server.public_url is plain HTTP: whoever sits between a browser and {url} can read its session");
    }
    cookie
}

/// Signs with the key of a file, if there is one, or else with that in the database, which the first start makes.
async fn signer(config: &Config, context: &Context) -> Result<Signer, CliError> {
    let mut key = None;
    if let Some(path) = &config.signing.key_file {
        let doing = || format!("read the key {} (signing.key_file)", path.display());
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| CliError::failed(doing(), error))?;
        let read = KeyPair::from_pem(&text);
        key = Some(read.map_err(|error| CliError::failed(doing(), error))?);
    }
    let signer = Signer::new(key);
    let prepared = signer.prepare(context).await;
    prepared.map_err(|error| CliError::failed("prepare the key that signs", error))?;
    Ok(signer)
}

/// While there is no superadmin, every start prints a link with which the first one can be made.
///
/// It goes to the terminal and not into the log's own format: a log is collected, kept and read by others. Where
/// machines read the log there is no terminal, and only the command line is named.
async fn announce_setup(
    config: &Config,
    listener: &TcpListener,
    context: &Context,
) -> Result<(), CliError> {
    let offered = offer_setup(context)
        .await
        .map_err(|error| CliError::failed("offer a set-up link", error))?;
    let Some(token) = offered else {
        return Ok(());
    };
    if config.log.format == LogFormat::Json {
        tracing::warn!(
            "there is no superadmin yet: `cellier user create NAME --superadmin` makes one"
        );
        return Ok(());
    }
    let address = listener
        .local_addr()
        .map_err(|error| CliError::failed("learn the address", error))?;
    let base = match &config.server.public_url {
        Some(url) => url.0.as_str().trim_end_matches('/').to_owned(),
        None => format!("http://{address}"),
    };
    let told = format!(
        "There is no superadmin yet. Within one hour this link makes the first one, once:\n\n    \
         {base}/setup?token={}\n\n`cellier user create NAME --superadmin` does the same from a terminal.\n",
        token.reveal()
    );
    let _ = writeln!(std::io::stderr(), "{told}");
    Ok(())
}
