//! A statement with its values.

use std::borrow::Cow;

use sqlx::AssertSqlSafe;

/// A value for a placeholder.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    OptionalText(Option<String>),
    Int(i64),
    OptionalInt(Option<i64>),
    Bool(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::OptionalText(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<u64> for Value {
    /// Sizes and counters stay far below what a signed 64-bit integer holds.
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::OptionalInt(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// A statement with its values. The text is put together from literals alone: what a client sent is always a value.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    text: Cow<'static, str>,
    values: Vec<Value>,
    /// Completes "failed to …".
    doing: &'static str,
    is_kept: bool,
}

/// A statement on its way to a database.
pub(super) struct Issued {
    pub(super) text: AssertSqlSafe<String>,
    pub(super) values: Vec<Value>,
    pub(super) doing: &'static str,
    /// Whether PostgreSQL may keep it and settle on one plan for all values.
    pub(super) is_kept: bool,
}

impl Query {
    /// A statement; `doing` completes "failed to …".
    pub(crate) fn new(doing: &'static str, text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            values: Vec::new(),
            doing,
            is_kept: true,
        }
    }

    /// Planned anew each time by PostgreSQL, for its very values. That costs more than to keep the plan, and is for
    /// statements of which no plan is good for all values: a scope may hold three artefacts, or nearly all.
    pub(crate) fn planned_anew(mut self) -> Self {
        self.is_kept = false;
        self
    }

    /// Sends it on its way. Every statement passes here, and nowhere else is its text to be had: so tests see what is
    /// really asked of a database.
    pub(super) fn issue(self) -> Issued {
        let text = self.text.into_owned();
        #[cfg(feature = "testing")]
        crate::testing::note_statement(self.doing, &text, &self.values, self.is_kept);
        Issued {
            text: AssertSqlSafe(text),
            values: self.values,
            doing: self.doing,
            is_kept: self.is_kept,
        }
    }

    /// With the value of the next placeholder.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// With more text.
    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// With a placeholder and its value.
    pub(crate) fn push_value(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let placeholder = format!("${}", self.values.len());
        self.text.to_mut().push_str(&placeholder);
        self
    }

    /// With placeholders and their values, separated by commas; with `NULL` if there are none, which nothing equals.
    pub(crate) fn push_values<V: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = V>,
    ) -> &mut Self {
        let mut is_first = true;
        for value in values {
            if !is_first {
                self.push(", ");
            }
            is_first = false;
            self.push_value(value);
        }
        if is_first {
            self.push("NULL");
        }
        self
    }
}
