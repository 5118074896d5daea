//! What a store asks of its database, noted while a test makes it ask.

use std::cell::RefCell;

use tokio::task_local;

use crate::db::Value;

task_local! {
    static NOTED: RefCell<Vec<Statement>>;
}

/// A statement that a store has issued, with its values.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it does; completes "failed to …".
    pub doing: &'static str,
    /// Its text.
    pub text: String,
    pub(super) values: Vec<Value>,
    /// Whether PostgreSQL may settle on one plan of it for all values.
    pub(super) is_kept: bool,
}

impl Statement {
    /// A statement without values, which no store issues.
    pub fn made_up(text: &str) -> Self {
        Self {
            doing: "something else",
            text: text.to_owned(),
            values: Vec::new(),
            is_kept: true,
        }
    }

    /// Its values as SQL writes them, which also tells two statements of one text apart.
    pub fn literals(&self) -> Vec<String> {
        self.values.iter().map(literal).collect()
    }

    /// The types of its values, as PostgreSQL calls them.
    pub(super) fn types(&self) -> Vec<&'static str> {
        let type_of = |value: &Value| match value {
            Value::Text(_) | Value::OptionalText(_) => "text",
            Value::Int(_) | Value::OptionalInt(_) => "bigint",
            Value::Bool(_) => "boolean",
        };
        self.values.iter().map(type_of).collect()
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::OptionalText(Some(text)) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        Value::Int(number) | Value::OptionalInt(Some(number)) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::OptionalText(None) | Value::OptionalInt(None) => "NULL".to_owned(),
    }
}

/// Does some work, and gives with its outcome every statement that a store has issued for it, in their order. What the
/// work leaves to other tasks is not seen.
pub async fn statements_of<T>(work: impl Future<Output = T>) -> (T, Vec<Statement>) {
    let noting = async {
        let done = work.await;
        (done, NOTED.with(RefCell::take))
    };
    NOTED.scope(RefCell::default(), noting).await
}

/// Notes a statement if somebody wants to know.
pub(crate) fn note_statement(doing: &'static str, text: &str, values: &[Value], is_kept: bool) {
    // An error says that nobody has asked.
    let _ = NOTED.try_with(|noted| {
        noted.borrow_mut().push(Statement {
            doing,
            text: text.to_owned(),
            values: values.to_vec(),
            is_kept,
        });
    });
}
