//! `GET /healthz`

/// Whether the process is alive. Says nothing about the database or the storage: for that ask `/readyz`.
#[utoipa::path(get, path = "/healthz", operation_id = "getHealth", tag = "operation", responses((status = 200, description = "Alive", body = String)))]
pub(crate) async fn handler() -> &'static str {
    "ok\n"
}
