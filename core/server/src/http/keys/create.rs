//! `POST /api/v1/api-keys`

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::keys::{CreateKey, KeyType, NamePattern, Scope, create_key};
use cellier_model::{FormatId, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::json::{private_json, read_json};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::{AccountRefBody, CreatedKeyView};
use crate::state::AppState;

/// The key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewKey {
    /// `upload`, `read` or `admin`. Only superadmins make others than read keys.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "upload")]
    kind: KeyType,
    /// What it is called: say which pipeline it is for.
    #[schema(example = "ci-my-plugin-github")]
    name: String,
    /// Whose key it is: a read key of an account reads what the account may download. Without an owner, which only
    /// superadmins leave out, a read key reads whatever lies within its scope.
    owner: Option<AccountRefBody>,
    /// Only artefacts of this name, or of names that start so if it ends in `*`.
    #[schema(example = "@acme/*")]
    allowed_name: Option<String>,
    /// Only artefacts of this category.
    allowed_category: Option<String>,
    /// Only artefacts of this format.
    allowed_format: Option<String>,
    /// When it stops working (RFC 3339); never, if not said.
    expires_at: Option<String>,
}

/// Makes an API key: any for superadmins, a read key for whoever acts for an account with a grant. Its text is in this
/// answer and nowhere else.
#[utoipa::path(
    post, path = "/api/v1/api-keys", operation_id = "createKey", tag = "keys", request_body = NewKey,
    responses(
        (status = 201, description = "The key, with its text", body = CreatedKeyView),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "The caller may not make such a key, or its account has no grant", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
        (status = 422, description = "There is no such category or account", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let wanted: NewKey = read_json(request).await?;
    let malformed = |field: &str, error: &dyn std::fmt::Display| {
        Problem::bad_request("bad_key_request", format!("{field}: {error}"))
    };
    let name = wanted
        .allowed_name
        .as_deref()
        .map(NamePattern::parse)
        .transpose();
    let expires_at = wanted
        .expires_at
        .as_deref()
        .map(Timestamp::parse)
        .transpose();
    let wanted = CreateKey {
        name: wanted.name,
        kind: wanted.kind,
        owner: wanted.owner.map(Into::into),
        scope: Scope {
            name: name.map_err(|error| malformed("allowedName", &error))?,
            category: wanted.allowed_category,
            format: wanted.allowed_format.map(FormatId::new),
        },
        expires_at: expires_at.map_err(|error| malformed("expiresAt", &error))?,
    };
    let created = create_key(&state.context, &caller.0, wanted).await?;
    Ok(private_json(
        StatusCode::CREATED,
        &CreatedKeyView::new(&created),
    ))
}
