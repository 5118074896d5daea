//! The front of the house: which part of the server a request is for.
//!
//! What is asked for again and again, artefacts and the protocols of formats, has doors of its own, because what a path
//! means there depends on the formats that are there; all other paths are known beforehand, and axum's router has them.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower::ServiceExt as _;

use crate::http::around::around;
use crate::http::{artefacts, protocol, router};
use crate::state::AppState;

/// Everything that the server answers.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    state: AppState,
    rest: Router,
}

/// What the metrics call the paths of artefacts.
const ARTEFACTS: &str = "/api/v1/artefacts/{*path}";

impl Front {
    /// The front of a server.
    pub(crate) fn new(state: AppState) -> Self {
        let rest = router()
            .layer(from_fn(tell_route))
            .with_state(state.clone());
        Self { state, rest }
    }

    /// Answers a request. Nothing fails but in an answer.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let state = &self.state;
        if let Some(format) = state.host_roots.format_of(&request) {
            let at_root = |request| protocol::at_host_root(state, format, request);
            return around(state, None, request, at_root).await;
        }
        if artefacts::is_below(request.uri().path()) {
            let answer = |request| artefacts::route(state, request);
            return around(state, Some(ARTEFACTS), request, answer).await;
        }
        if protocol::is_below_mount(state, request.uri().path()) {
            let answer = |request| protocol::answer_below_mount(state, request);
            return around(state, None, request, answer).await;
        }
        around(state, None, request, |request| self.route(request)).await
    }

    async fn route(&self, request: Request) -> Response {
        match Box::pin(self.rest.clone().oneshot(request)).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Tells in the answer which route was taken: around the router it is not known.
async fn tell_route(route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}
