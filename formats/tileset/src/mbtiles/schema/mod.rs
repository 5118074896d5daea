//! Which tables and views a database has.
//!
//! `required` says whether they are those of MBTiles, `computed` whether they compute what a tileset has stored, `joins`
//! whether they join it, and `places` how they store where each tile lies.

mod computed;
mod joins;
mod places;
mod required;

use std::ops::ControlFlow;

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::database::Database;
use super::sql::starts_with;
use super::view::View;
use crate::codes::mbtiles::{COMPUTED, DAMAGED, TABLE_MISSING, TRIGGERS};
use crate::findings::Findings;
use crate::stop::Stop;
use crate::text::quote;

/// What a database is made of.
#[derive(Debug)]
pub(super) struct Schema {
    objects: Vec<Object>,
}

/// A table, view, index or trigger.
#[derive(Debug)]
struct Object {
    kind: Kind,
    name: String,
    sql: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Table,
    /// A table whose rows a program makes up.
    Virtual,
    View,
    Index,
    Trigger,
}

impl Schema {
    /// Reads it. Nothing but the names and texts in the schema is looked at.
    pub(super) fn read(database: &Database) -> Result<Self, Stop> {
        let mut objects = Vec::new();
        let mut is_readable = true;
        let sql = "SELECT type, name, rootpage, sql FROM sqlite_schema";
        database.rows(sql, [], |row| {
            match Object::read(row)? {
                Some(object) => objects.push(object),
                None => is_readable = false,
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if !is_readable {
            let message = "the schema holds something that is not text in UTF-8";
            return Err(Stop::Refused(DAMAGED.error(message)));
        }
        Ok(Self { objects })
    }

    /// Whether this name is a table, not a view.
    pub(super) fn is_table(&self, name: &str) -> bool {
        self.find(name)
            .is_some_and(|found| found.kind == Kind::Table)
    }

    /// The first table whose name starts so.
    pub(super) fn table_starting_with(&self, start: &str) -> Option<&str> {
        let mut tables = self.of_kind(Kind::Table);
        tables
            .find(|table| table.name.to_ascii_lowercase().starts_with(start))
            .map(|table| table.name.as_str())
    }

    /// Says what keeps the database from being read as a tileset; true if nothing does.
    pub(super) fn check(&self, database: &Database, findings: &mut Findings) -> Result<bool, Stop> {
        if let Some(trigger) = self.of_kind(Kind::Trigger).next() {
            let name = quote(&trigger.name);
            let count = self.of_kind(Kind::Trigger).count();
            let message = format!("the database has triggers ({count}), such as {name}");
            findings.report(&TRIGGERS, message);
        }
        let computed = self.computed(database, findings.strict())?;
        if !computed.is_empty() {
            for message in computed {
                findings.report(&COMPUTED, message);
            }
            return Ok(false);
        }
        let lacking = self.lacking(database)?;
        let is_complete = lacking.is_empty();
        for message in lacking {
            findings.report(&TABLE_MISSING, message);
        }
        Ok(is_complete)
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        self.objects
            .iter()
            .filter(move |object| object.kind == kind)
    }

    /// The table or view of this name.
    fn find(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| {
            matches!(object.kind, Kind::Table | Kind::View | Kind::Virtual)
                && object.name.eq_ignore_ascii_case(name)
        })
    }

    /// The views that a query of this name runs through.
    fn views_behind(&self, name: &str) -> Vec<&Object> {
        let mut behind: Vec<&Object> = Vec::new();
        let mut next: Vec<&Object> = self.find(name).into_iter().collect();
        while let Some(object) = next.pop() {
            let is_new = !behind.iter().any(|seen| std::ptr::eq(*seen, object));
            if object.kind == Kind::View && is_new {
                behind.push(object);
                if let Ok(view) = View::read(&object.sql) {
                    next.extend(
                        self.of_kind(Kind::View)
                            .filter(|other| view.mentions(&other.name)),
                    );
                }
            }
        }
        behind
    }

    /// The tables that a query of this name reads.
    fn tables_behind(&self, name: &str) -> impl Iterator<Item = &Object> {
        let views: Vec<_> = self
            .views_behind(name)
            .into_iter()
            .filter_map(|view| View::read(&view.sql).ok())
            .collect();
        self.of_kind(Kind::Table).filter(move |table| {
            table.name.eq_ignore_ascii_case(name)
                || views.iter().any(|view| view.mentions(&table.name))
        })
    }
}

impl Object {
    /// Reads one row of the schema; none if it is not text where it should be.
    fn read(row: &Row<'_>) -> rusqlite::Result<Option<Self>> {
        let text = |index| -> rusqlite::Result<Option<String>> {
            Ok(row.get_ref(index)?.as_str().ok().map(str::to_owned))
        };
        let is_stored = row.get_ref(2)?.as_i64().is_ok_and(|page| page > 0);
        // Indexes that constraints imply have no text of their own.
        let sql = match row.get_ref(3)? {
            ValueRef::Null => Some(String::new()),
            _ => text(3)?,
        };
        let (Some(kind), Some(name), Some(sql)) = (text(0)?, text(1)?, sql) else {
            return Ok(None);
        };
        let kind = match kind.as_str() {
            // Both are signs, and a stranger may have left out one.
            "table" if !is_stored || starts_with(&sql, &["create", "virtual"]) => Kind::Virtual,
            "table" => Kind::Table,
            "view" => Kind::View,
            "index" => Kind::Index,
            "trigger" => Kind::Trigger,
            _ => return Ok(None),
        };
        Ok(Some(Self { kind, name, sql }))
    }
}
