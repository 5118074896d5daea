//! The audit trail.

use std::time::Duration;

use async_trait::async_trait;
use cellier_model::Id;
use cellier_model::audit::{AuditEvent, AuditQuery};
use cellier_model::ports::{AuditLog, CatalogError};

use crate::catalog::Store;
use crate::catalog::records::{id, json, time};
use crate::db::{Query, Row, Session};

const MILLISECOND: Duration = Duration::from_millis(1);

#[async_trait]
impl AuditLog for Store {
    async fn audit_events(&self, wanted: &AuditQuery) -> Result<Vec<AuditEvent>, CatalogError> {
        let select = "SELECT id, at, actor, address, action, object, outcome, details FROM audit_events WHERE 1 = 1";
        let mut query = Query::new("list audit events", select);
        if let Some(action) = &wanted.action {
            let column = if action.contains('.') {
                " AND action = "
            } else {
                " AND noun = "
            };
            query.push(column).push_value(action.as_str());
        }
        if let Some(object) = &wanted.object {
            query.push(" AND object = ").push_value(object.as_str());
        }
        if let Some(key_id) = &wanted.key_id {
            query.push(" AND key_id = ").push_value(key_id.as_str());
        }
        // Identifiers begin with their time, to the millisecond: so whatever else is asked for, its index ends there.
        if let Some(since) = wanted.since {
            query.push(" AND at >= ").push_value(since.as_micros());
            let first = Id::<AuditEvent>::least_of(since);
            query.push(" AND id >= ").push_value(first.to_string());
        }
        if let Some(until) = wanted.until {
            query.push(" AND at < ").push_value(until.as_micros());
            let beyond = Id::<AuditEvent>::least_of(until.plus(MILLISECOND));
            query.push(" AND id < ").push_value(beyond.to_string());
        }
        if let Some(before) = wanted.before {
            query.push(" AND id < ").push_value(before.to_string());
        }
        query
            .push(" ORDER BY id DESC LIMIT ")
            .push_value(wanted.limit);
        self.database
            .fetch_all(query)
            .await?
            .iter()
            .map(event)
            .collect()
    }
}

fn event(row: &Row) -> Result<AuditEvent, CatalogError> {
    let address = row
        .optional_text("address")?
        .map(|text| text.parse())
        .transpose();
    Ok(AuditEvent {
        id: id(row, "id")?,
        at: time(row, "at")?,
        actor: row.json("actor")?,
        address: address.map_err(|_not_an_address| CatalogError::Broken {
            what: "audit event",
            problem: "its address".to_owned(),
        })?,
        action: row.text("action")?,
        object: row.text("object")?,
        outcome: row.text("outcome")?,
        details: row.json("details")?,
    })
}

pub(super) async fn append(session: &mut Session, event: &AuditEvent) -> Result<(), CatalogError> {
    let insert = "INSERT INTO audit_events (id, at, actor, key_id, address, noun, action, object, outcome, details) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let query = Query::new("record an audit event", insert)
        .bind(event.id.to_string())
        .bind(event.at.as_micros())
        .bind(json("uploader", &event.actor)?)
        .bind(event.actor.key_id.clone())
        .bind(event.address.map(|address| address.to_string()))
        .bind(event.action.split('.').next().unwrap_or_default())
        .bind(event.action.as_str())
        .bind(event.object.as_str())
        .bind(event.outcome.as_str())
        .bind(json("audit event", &event.details)?);
    session.execute(query).await.map(drop)
}
