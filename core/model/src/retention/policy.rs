//! What is kept of an artefact's versions.

use std::fmt;

use cellier_sdk::Retention;
use serde::{Deserialize, Serialize};

use crate::Period;

/// What is kept of an artefact's versions: a version stays if one of the rules wants it.
///
/// Without any rule everything stays. A version that a tag names, and the one that the artefact shows, stay in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct RetentionPolicy {
    /// So many of the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<u32>,
    /// Of each line such as `1.2`, all files of so many of the highest patch numbers. Prereleases stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patches_per_minor: Option<u32>,
    /// Those that were published within this period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub younger_than: Option<Period>,
}

impl RetentionPolicy {
    /// Keeps everything.
    pub fn everything() -> Self {
        Self::default()
    }

    /// What a format keeps when nobody says.
    pub fn of_format(retention: Retention) -> Self {
        match retention {
            Retention::Everything => Self::everything(),
            Retention::Newest(count) => Self {
                newest: Some(count),
                ..Self::default()
            },
            Retention::PatchesPerMinor(count) => Self {
                patches_per_minor: Some(count),
                ..Self::default()
            },
        }
    }

    /// Whether nothing is ever removed.
    pub fn keeps_everything(&self) -> bool {
        *self == Self::everything()
    }

    /// Checks what a type cannot: a rule that keeps nothing is no rule, and most likely a mistake.
    pub fn check(&self) -> Result<(), EmptyRule> {
        if self.newest == Some(0) {
            return Err(EmptyRule { rule: "newest" });
        }
        if self.patches_per_minor == Some(0) {
            return Err(EmptyRule {
                rule: "patchesPerMinor",
            });
        }
        if self.younger_than.is_some_and(|period| period.0.is_zero()) {
            return Err(EmptyRule {
                rule: "youngerThan",
            });
        }
        Ok(())
    }
}

/// The rules in the words of the configuration.
impl fmt::Display for RetentionPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rules = Vec::new();
        if let Some(count) = self.newest {
            rules.push(format!("newest = {count}"));
        }
        if let Some(count) = self.patches_per_minor {
            rules.push(format!("patches_per_minor = {count}"));
        }
        if let Some(period) = self.younger_than {
            rules.push(format!("younger_than = {period}"));
        }
        if rules.is_empty() {
            return f.write_str("everything");
        }
        f.write_str(&rules.join(", "))
    }
}

/// A rule would keep nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule} must be at least 1: to keep everything, leave all rules out")]
pub struct EmptyRule {
    /// The rule.
    pub rule: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_reads_what_it_writes() {
        let text = r#"{"newest":5,"youngerThan":"30d"}"#;
        let policy: RetentionPolicy = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&policy).unwrap(), text);
        assert_eq!(policy.to_string(), "newest = 5, younger_than = 30d");
        assert!(serde_json::from_str::<RetentionPolicy>(r#"{"newst":5}"#).is_err());
        assert_eq!(
            serde_json::from_str::<RetentionPolicy>("{}").unwrap(),
            RetentionPolicy::everything()
        );
    }

    #[test]
    fn a_rule_that_keeps_nothing_is_refused() {
        let policy: RetentionPolicy = serde_json::from_str(r#"{"newest":0}"#).unwrap();
        assert_eq!(policy.check(), Err(EmptyRule { rule: "newest" }));
    }
}
