//! The audit trail: who did what to what, when, from where.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::access::Actor;
use crate::ports::CatalogError;
use crate::{Context, Id, Timestamp, Uploader};

/// One change, recorded in the transaction that made it; or a refusal worth keeping.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEvent {
    /// Its identifier; greater is later.
    pub id: Id<AuditEvent>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Uploader,
    /// From which address, where there is one.
    pub address: Option<IpAddr>,
    /// What was done, as `noun.verb`: `version.publish`, `key.revoke` …
    pub action: String,
    /// To what, as `format/name`, `format/name@version`, the id of a key, or the name of an account.
    pub object: String,
    /// `done`, or the code of the refusal.
    pub outcome: String,
    /// What else is worth knowing; never a secret.
    pub details: Map<String, Value>,
}

/// Which events to list, newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Only of this action, or of this noun if it has no dot.
    pub action: Option<String>,
    /// Only on this object.
    pub object: Option<String>,
    /// Only by the key of this identifier.
    pub key_id: Option<String>,
    /// Only at or after this time.
    pub since: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
    /// Only those before this one: the last of the page before.
    pub before: Option<Id<AuditEvent>>,
    /// At most so many.
    pub limit: u32,
}

/// Who asks for a change, and from where.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Who.
    pub actor: Actor,
    /// From which address.
    pub address: Option<IpAddr>,
}

impl Origin {
    /// An event of this origin that was done.
    pub(crate) fn event(&self, context: &Context, action: &str, object: String) -> AuditEvent {
        let now = context.clock.now();
        AuditEvent {
            id: Id::new(now, context.random.as_ref()),
            at: now,
            actor: self.actor.as_uploader(),
            address: self.address,
            action: action.to_owned(),
            object,
            outcome: "done".to_owned(),
            details: Map::new(),
        }
    }
}

/// Records something that was done around the catalogue, such as a backup of all of it.
pub async fn record(
    context: &Context,
    origin: &Origin,
    action: &str,
    object: String,
    details: Map<String, Value>,
) -> Result<(), CatalogError> {
    let event = AuditEvent {
        details,
        ..origin.event(context, action, object)
    };
    let mut transaction = context.catalog.begin().await?;
    transaction.append_audit(&event).await?;
    transaction.commit().await
}

impl AuditEvent {
    /// With something else worth knowing.
    pub(crate) fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// As one that was refused, with the code of the refusal.
    pub(crate) fn refused(mut self, code: &str) -> Self {
        code.clone_into(&mut self.outcome);
        self
    }
}
