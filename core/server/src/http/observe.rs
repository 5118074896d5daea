//! A log line and metrics for every request.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, Uri};
use axum::response::Response;
use metrics::{Counter, Histogram};

use crate::http::credential::holds_a_key;

/// A request that is being measured. Its path goes to the log, its route alone to the metrics; its headers and query,
/// which may hold secrets, go nowhere, and neither does a path in which somebody has sent a key.
pub(crate) struct Observation {
    started: Instant,
    method: Method,
    route: Option<&'static str>,
    /// What the log says was asked for, if there is one.
    uri: Option<Uri>,
}

impl Observation {
    /// Starts the clock. An answer from a router tells its route itself. What a line of the log is made of costs more than all
    /// the rest, and is kept only where there is one.
    pub(crate) fn begin(request: &Request, route: Option<&'static str>) -> Self {
        Self {
            started: Instant::now(),
            method: request.method().clone(),
            route,
            uri: tracing::enabled!(tracing::Level::INFO).then(|| request.uri().clone()),
        }
    }

    /// Stops the clock at the head of the answer.
    pub(crate) fn end(&self, response: &Response) {
        let seconds = self.started.elapsed().as_secs_f64();
        let status = response.status().as_u16();
        let told = response.extensions().get().map(MatchedPath::as_str);
        let route = self.route.or(told).unwrap_or("other");
        let instruments = instruments(label(&self.method), route, status);
        instruments.requests.increment(1);
        instruments.seconds.record(seconds);
        if let Some(uri) = &self.uri {
            self.log(uri, status, seconds);
        }
    }

    fn log(&self, uri: &Uri, status: u16, seconds: f64) {
        let method = &self.method;
        let path = match without_keys(uri.path()) {
            Cow::Borrowed(_) if holds_a_key(uri) => "(a path with a key in it)".into(),
            path => path,
        };
        let path = path.as_ref();
        tracing::info!(%method, path, status, seconds, "{method} {path} answered {status}");
    }
}

/// Some clients put the key that they want to be revoked into the path. Of a key the log has what is not secret alone.
fn without_keys(path: &str) -> Cow<'_, str> {
    const START: &str = "cel_";
    const SHOWN: usize = START.len() + 8;
    if !path.contains(START) {
        return Cow::Borrowed(path);
    }
    let hide = |segment: &str| match segment.find(START) {
        Some(start) => {
            let shown: String = segment[start..].chars().take(SHOWN).collect();
            format!("{}{shown}…", &segment[..start])
        }
        None => segment.to_owned(),
    };
    Cow::Owned(path.split('/').map(hide).collect::<Vec<_>>().join("/"))
}

/// Where the requests of one method, route and status are counted.
struct Instruments {
    requests: Counter,
    seconds: Histogram,
}

type OfRoute = Vec<(&'static str, u16, Arc<Instruments>)>;

/// To look for an instrument by its labels costs more than to use it, so that each is looked for once.
fn instruments(method: &'static str, route: &str, status: u16) -> Arc<Instruments> {
    static KNOWN: LazyLock<RwLock<HashMap<String, OfRoute>>> = LazyLock::new(RwLock::default);
    let find = |known: &HashMap<String, OfRoute>| {
        let same = |(of, with, _): &&(&str, u16, _)| *of == method && *with == status;
        let found = known.get(route)?.iter().find(same)?;
        Some(Arc::clone(&found.2))
    };
    if let Some(found) = find(&KNOWN.read().unwrap_or_else(PoisonError::into_inner)) {
        return found;
    }
    let made = Arc::new(Instruments {
        requests: metrics::counter!(
            "cellier_http_requests_total",
            "method" => method, "route" => route.to_owned(), "status" => status.to_string(),
        ),
        seconds: metrics::histogram!("cellier_http_request_seconds", "route" => route.to_owned()),
    });
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = find(&known) {
        return found;
    }
    let of_route = known.entry(route.to_owned()).or_default();
    of_route.push((method, status, Arc::clone(&made)));
    made
}

/// The label of a method. A client may invent any number of methods, and each would be a series for ever.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_key_in_a_path_the_log_has_what_is_not_secret_alone() {
        let path = "/npm/-/user/token/cel_0a1B2c3D_Secret/x";
        assert_eq!(without_keys(path), "/npm/-/user/token/cel_0a1B2c3D…/x");
        assert_eq!(without_keys("/npm/widget"), "/npm/widget");
        assert_eq!(without_keys("/é/xcel_é"), "/é/xcel_é…");
    }
}
