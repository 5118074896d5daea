//! What was done.

use std::fmt::Write as _;

use cellier_sdk::{Method, Performed, Request, Response, TokenView};
use serde_json::json;

use crate::protocol::read::{SIGN_IN, token as listed};
use crate::protocol::route::Route;

/// Words what was done.
pub(super) fn word(
    route: Option<&Route<'_>>,
    request: &Request,
    performed: &[Performed],
) -> Response {
    for one in performed {
        match one {
            Performed::TokenIssued { token, view } => return token_issued(route, token, view),
            Performed::WebLoginBegun { url, id } => return web_login_begun(request, url, id),
            Performed::Published {
                name,
                version,
                already_there,
            } => return published(name, version.as_str(), *already_there),
            _ => {}
        }
    }
    let status = if request.method == Method::Delete {
        200
    } else {
        201
    };
    Response::json(status, &json!({ "ok": true, "success": true }))
}

/// The same bytes once more are as good as published: a client whose answer got lost asks again.
fn published(name: &str, version: &str, already_there: bool) -> Response {
    let (status, ok) = if already_there {
        (200, "this very tarball was published before")
    } else {
        (201, "published")
    };
    let id = format!("{name}@{version}");
    Response::json(status, &json!({ "ok": ok, "success": true, "id": id }))
}

/// After signing in a client wants the token alone; when somebody makes one by hand, also what is listed of it.
fn token_issued(route: Option<&Route<'_>>, token: &str, view: &TokenView) -> Response {
    if let Some(Route::User(account) | Route::UserAt(account, _)) = route {
        let body = json!({
            "ok": format!("you are signed in as {account}"),
            "id": format!("org.couchdb.user:{account}"),
            "rev": "1",
            "token": token,
        });
        return Response::json(201, &body);
    }
    let mut body = listed(view);
    body["token"] = token.into();
    Response::json(201, &body)
}

/// Where somebody signs in, and where the client asks what came of it. The secret stands in the query, which is not logged.
fn web_login_begun(request: &Request, url: &str, id: &str) -> Response {
    let id = percent_encoded(id);
    let done = format!("{}/-/v1/done?{SIGN_IN}={id}", request.base_url);
    Response::json(200, &json!({ "loginUrl": url, "doneUrl": done }))
}

/// A text as it may stand in a query.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Nothing that is written to a text can fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
