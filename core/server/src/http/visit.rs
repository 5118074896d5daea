//! From where a request comes, whoever makes it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use cellier_model::sessions::Visitor;

use crate::http::client_address::{Peer, client_address};
use crate::state::AppState;

/// From where a request comes: an extractor for those who have not signed in yet.
#[derive(Clone, Debug)]
pub(crate) struct Visit(pub(crate) Visitor);

impl FromRequestParts<AppState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(visitor(parts, state)))
    }
}

/// The address of the client.
pub(crate) fn address_of(parts: &Parts, state: &AppState) -> IpAddr {
    let peer = parts
        .extensions
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    client_address(peer, &parts.headers, &state.trusted_proxies)
}

/// Who makes a request, as far as that is known before it is known who it is.
pub(crate) fn visitor(parts: &Parts, state: &AppState) -> Visitor {
    let agent = parts.headers.get(header::USER_AGENT);
    Visitor {
        address: Some(address_of(parts, state)),
        user_agent: agent
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
    }
}
