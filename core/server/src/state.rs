//! What the handlers share.

use std::sync::Arc;
use std::time::Duration;

use cellier_model::Context;
use cellier_model::keys::Authenticate;
use cellier_model::sessions::SignIn;
use cellier_model::signing::Signer;
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::formats::FormatSet;
use crate::http::{
    CrossOrigin, Described, HostRoots, Jobs, Memo, Redirects, SessionCookie, WrongKeys,
};
use crate::telemetry::Gauges;

/// What the handlers share. Every request clones it several times, so that it is one pointer.
#[derive(Clone, Debug)]
pub(crate) struct AppState(Arc<Shared>);

impl AppState {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What the handlers share; built once, in the composition root.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The ports of the use cases.
    pub context: Context,
    /// The formats, for requests in a protocol of their own.
    pub formats: Arc<FormatSet>,
    /// Which pages may read what formats answer.
    pub cross_origin: CrossOrigin,
    /// The hosts that formats have to themselves.
    pub host_roots: HostRoots,
    /// What formats have answered.
    pub memo: Arc<Memo>,
    /// Turns keys and sessions into actors.
    pub authenticate: Arc<Authenticate>,
    /// Turns names and passwords into people, slowly for those who guess.
    pub sign_in: Arc<SignIn>,
    /// Signs what formats say.
    pub signer: Arc<Signer>,
    /// The cookie that sessions live in.
    pub cookie: SessionCookie,
    /// Counts wrong keys by address.
    pub wrong_keys: Arc<WrongKeys>,
    /// Uploads that are finished after their answer (`Prefer: respond-async`).
    pub jobs: Arc<Jobs>,
    /// Work that a shutdown waits for.
    pub tasks: TaskTracker,
    /// The URL under which clients know the server, without a slash at the end.
    pub public_url: Option<Url>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// How long a client may send nothing in the middle of a body.
    pub idle_body: Duration,
    /// Which downloads are sent to the store itself.
    pub redirects: Redirects,
    /// The headers of files that were asked for lately.
    pub described: Described,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// What is looked at when metrics are asked for.
    pub gauges: Gauges,
}
