//! Findings, for the OpenAPI document; the wire form is the contract's own.

use utoipa::ToSchema;

/// A coded observation of a format.
#[derive(Debug, ToSchema)]
#[schema(as = Finding)]
#[expect(dead_code, reason = "describes the JSON of the contract's Finding")]
pub(crate) struct FindingView {
    /// A stable code, unique within the format.
    #[schema(example = "MB002")]
    code: String,
    /// `error`, `warning` or `info`.
    #[schema(example = "error")]
    severity: String,
    /// What was found, and where.
    message: String,
    /// What the publisher can do about it.
    fix: Option<String>,
}
