//! `DELETE /api/v1/api-keys/{id}`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cellier_model::keys::revoke_key;

use crate::http::credential::Caller;
use crate::http::problem::{Problem, ProblemBody};
use crate::state::AppState;

/// Revokes a key: it is dead at once, on every replica. Superadmins revoke any, others those of their own accounts.
#[utoipa::path(
    delete, path = "/api/v1/api-keys/{id}", operation_id = "revokeKey", tag = "keys",
    params(("id" = String, Path, description = "The `id` of the key, not its text")),
    responses(
        (status = 204, description = "It is revoked"),
        (status = 401, description = "A credential is needed", body = ProblemBody),
        (status = 403, description = "Keys of this type revoke no keys", body = ProblemBody),
        (status = 404, description = "There is no such key of one's own, or it is revoked already", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    // What is no identifier is the identifier of no key, and only those who may revoke are told.
    let id = id
        .parse()
        .unwrap_or_else(|_not_an_id| cellier_model::Id::nil());
    revoke_key(&state.context, &caller.0, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
