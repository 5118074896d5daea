//! The metrics of a server at one moment.

use crate::Actor;

/// The metrics of a server at one moment, as `/metrics` tells them.
#[derive(Clone, Debug)]
pub struct Metrics(String);

impl Metrics {
    pub(crate) async fn of(actor: &Actor) -> Self {
        Self(actor.get("/metrics").await.assert_ok().text())
    }

    /// The sum of all series of a name whose labels have all of these texts, such as `format="npm"`; 0 if there is none.
    pub fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        let value = |line: &str| {
            let rest = line.strip_prefix(name)?;
            let is_of_this_name = rest.starts_with(['{', ' ']);
            let has_labels = labels.iter().all(|label| rest.contains(label));
            let value = rest.rsplit(' ').next()?.parse::<f64>().ok()?;
            (is_of_this_name && has_labels).then_some(value)
        };
        self.0.lines().filter_map(value).sum()
    }

    /// How many statements that `doing` describes the database has run.
    pub fn statements(&self, doing: &str) -> f64 {
        self.sum(
            "cellier_database_seconds_count",
            &[&format!("statement=\"{doing}\"")],
        )
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.0
    }
}
