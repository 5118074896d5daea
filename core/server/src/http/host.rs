//! The host that a request is meant for.

use axum::extract::Request;
use axum::http::{Version, header};

use crate::http::problem::Problem;

/// Refuses a request of HTTP/1.1 that does not name exactly one host (RFC 9112, section 3.2): two programs that read it
/// could otherwise disagree about whom it is for.
pub(crate) fn require_one(request: &Request) -> Result<(), Problem> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if request.version() == Version::HTTP_11 && hosts != 1 {
        let detail = format!("the request has {hosts} headers called Host; it must have one");
        return Err(Problem::bad_request("bad_host", detail));
    }
    Ok(())
}
