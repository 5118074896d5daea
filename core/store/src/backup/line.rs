//! A row as a line of JSON, and back.

use cellier_model::ports::CatalogError;
use serde_json::{Map, Value as Json};

use crate::backup::tables::{Column, Kind, Table};
use crate::db::{Row, Value};

/// Writes a row as a line, with its end.
pub(super) fn write_line<'c>(
    columns: impl Iterator<Item = &'c Column>,
    row: &Row,
) -> Result<String, CatalogError> {
    let mut members = Map::new();
    for column in columns {
        let name = column.name;
        let value = match column.kind {
            Kind::Text => row.text(name)?.into(),
            Kind::OptionalText => row.optional_text(name)?.into(),
            Kind::Int => row.int(name)?.into(),
            Kind::OptionalInt => row.optional_int(name)?.into(),
            Kind::Bool => row.bool(name)?.into(),
        };
        members.insert(name.to_owned(), value);
    }
    let mut line = Json::Object(members).to_string();
    line.push('\n');
    Ok(line)
}

/// Reads a line of a table as it was in a schema: the values of its columns in their order, or what is wrong.
pub(super) fn read_line(table: &Table, schema: u32, line: &[u8]) -> Result<Vec<Value>, String> {
    let mut members: Map<String, Json> =
        serde_json::from_slice(line).map_err(|error| format!("it is no row: {error}"))?;
    let mut values = Vec::new();
    for column in table.columns_of(schema) {
        let member = members
            .remove(column.name)
            .ok_or_else(|| format!("{} is missing", column.name))?;
        values.push(value_of(column, member)?);
    }
    match members.keys().next() {
        Some(unknown) => Err(format!(
            "{:?} is no column of the table in schema {schema}",
            unknown.chars().take(64).collect::<String>()
        )),
        None => Ok(values),
    }
}

fn value_of(column: &Column, member: Json) -> Result<Value, String> {
    match (column.kind, member) {
        (Kind::Text, Json::String(text)) => Ok(Value::Text(text)),
        (Kind::OptionalText, Json::String(text)) => Ok(Value::OptionalText(Some(text))),
        (Kind::OptionalText, Json::Null) => Ok(Value::OptionalText(None)),
        (Kind::Int, Json::Number(number)) => integer(column, &number).map(Value::Int),
        (Kind::OptionalInt, Json::Number(number)) => {
            integer(column, &number).map(|number| Value::OptionalInt(Some(number)))
        }
        (Kind::OptionalInt, Json::Null) => Ok(Value::OptionalInt(None)),
        (Kind::Bool, Json::Bool(value)) => Ok(Value::Bool(value)),
        _ => Err(wrong(column)),
    }
}

fn integer(column: &Column, number: &serde_json::Number) -> Result<i64, String> {
    number.as_i64().ok_or_else(|| wrong(column))
}

fn wrong(column: &Column) -> String {
    let expected = match column.kind {
        Kind::Text => "a text",
        Kind::OptionalText => "a text or null",
        Kind::Int => "a whole number of 64 bits",
        Kind::OptionalInt => "a whole number of 64 bits or null",
        Kind::Bool => "true or false",
    };
    format!("{} must be {expected}", column.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::tables;

    fn problem(table: &str, schema: u32, line: &str) -> String {
        let table = tables(schema).find(|one| one.name() == table).unwrap();
        read_line(table, schema, line.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_line_that_is_no_row_is_refused_with_the_column() {
        assert_eq!(
            problem("door_names", 2, r#"{"name_fold":"a"}"#),
            "format is missing"
        );
        assert_eq!(
            problem("door_names", 2, r#"{"name_fold":"a","format":7}"#),
            "format must be a text"
        );
        assert_eq!(
            problem(
                "tags",
                2,
                r#"{"artefact_id":"a","tag":"b","version_id":"c","moved_at":1.5}"#
            ),
            "moved_at must be a whole number of 64 bits"
        );
        assert_eq!(
            problem(
                "door_names",
                2,
                r#"{"name_fold":"a","format":"file","owner":"me"}"#
            ),
            "\"owner\" is no column of the table in schema 2"
        );
        assert!(problem("door_names", 2, "[]").starts_with("it is no row: "));
    }

    #[test]
    fn a_column_that_came_later_is_not_asked_of_an_older_schema() {
        let line = r#"{"blob_key":"k","sha256":"s","size":1,"dying":false,"created_at":2}"#;
        let table = tables(1).find(|one| one.name() == "blobs").unwrap();
        assert_eq!(read_line(table, 1, line.as_bytes()).unwrap().len(), 5);
        assert_eq!(problem("blobs", 2, line), "unused_since is missing");
    }
}
