//! An audit event as JSON.

use cellier_model::audit::AuditEvent;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::view::UploaderView;

/// Who did what to what, when, from where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEvent)]
pub(crate) struct AuditEventView {
    id: String,
    /// When (RFC 3339).
    at: String,
    /// Who.
    actor: UploaderView,
    /// From which address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// What, as `noun.verb`.
    #[schema(example = "version.publish")]
    action: String,
    /// To what.
    #[schema(example = "npm/@acme/widget@1.0.0")]
    object: String,
    /// `done`, or the code of the refusal.
    outcome: String,
    /// What else is worth knowing.
    #[schema(value_type = Object)]
    details: Map<String, Value>,
}

impl From<AuditEvent> for AuditEventView {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id.to_string(),
            at: event.at.to_string(),
            actor: UploaderView::whole(&event.actor),
            address: event.address.map(|address| address.to_string()),
            action: event.action,
            object: event.object,
            outcome: event.outcome,
            details: event.details,
        }
    }
}
