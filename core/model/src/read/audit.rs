//! Reading the audit trail.

use crate::Context;
use crate::access::{Action, Actor, Decision, Target, decide};
use crate::audit::{AuditEvent, AuditQuery};
use crate::read::FindError;

/// Lists events, newest first.
pub async fn list_audit_events(
    context: &Context,
    actor: &Actor,
    query: &AuditQuery,
) -> Result<Vec<AuditEvent>, FindError> {
    match decide(context.access, actor, Action::ReadAudit, Target::registry()) {
        Decision::Allowed => Ok(context.catalog.audit_events(query).await?),
        Decision::Denied(denial) => Err(FindError::Denied(denial)),
        Decision::CredentialNeeded => Err(FindError::CredentialNeeded),
        Decision::Invisible => Err(FindError::NotFound),
    }
}
