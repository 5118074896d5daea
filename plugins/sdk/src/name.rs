//! Names of artefacts, and the rules that a format has for them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of an artefact, made by the [`Naming`] of its format.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// The name as it was published.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which names are told apart: without regard to case.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The name without its scope: `widget` of `@acme/widget`.
    pub fn unscoped(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The rules that a format has for names, as data, so that every kind of plugin can state them.
///
/// All names are 1 to 128 (unless the format allows more) of the ASCII letters, digits, `.`, `_` and `-`, start with a
/// letter or digit and are unique without regard to case. A format may narrow that, and may allow one scope
/// (`@scope/name`) as npm has it. No artefact may be called `versions`: that word has a meaning in paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Naming {
    longest: usize,
    scoped: bool,
    lower_case: bool,
    reserved: Vec<String>,
}

impl Naming {
    /// The most bytes that any format may allow.
    pub const LONGEST: usize = 1024;

    /// The rules that hold where a format has none of its own.
    pub fn plain() -> Self {
        Self {
            longest: 128,
            scoped: false,
            lower_case: false,
            reserved: Vec::new(),
        }
    }

    /// Allows names of the form `@scope/name`.
    #[must_use]
    pub fn scoped(mut self) -> Self {
        self.scoped = true;
        self
    }

    /// Refuses capital letters.
    #[must_use]
    pub fn lower_case(mut self) -> Self {
        self.lower_case = true;
        self
    }

    /// Allows names of up to `longest` characters, scope included, and never more than [`LONGEST`](Self::LONGEST).
    #[must_use]
    pub fn longest(mut self, longest: usize) -> Self {
        self.longest = longest.min(Self::LONGEST);
        self
    }

    /// Refuses these names, which mean something else in the ecosystem.
    #[must_use]
    pub fn reserved<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.reserved.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// Makes a [`Name`] of a text, or says which rule it breaks.
    pub fn parse(&self, text: &str) -> Result<Name, InvalidName> {
        let refuse = |problem: String| {
            Err(InvalidName {
                found: text.chars().take(256).collect(),
                problem,
            })
        };
        if text.is_empty() {
            return refuse("it is empty".to_owned());
        }
        if text.len() > self.longest {
            return refuse(format!(
                "it has {} bytes, at most {} are allowed",
                text.len(),
                self.longest
            ));
        }
        let unscoped = match text.strip_prefix('@') {
            Some(_) if !self.scoped => {
                return refuse("it starts with @, this format has no scopes".to_owned());
            }
            Some(rest) => match rest.split_once('/') {
                Some((scope, name)) => {
                    if let Some(problem) = problem_with_part(scope) {
                        return refuse(format!("its scope {problem}"));
                    }
                    name
                }
                None => return refuse("it starts with @ but has no / after the scope".to_owned()),
            },
            None => text,
        };
        if let Some(problem) = problem_with_part(unscoped) {
            return refuse(format!("it {problem}"));
        }
        if self.lower_case && text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return refuse("it has capital letters, this format allows none".to_owned());
        }
        let is_reserved = |word: &str| word.eq_ignore_ascii_case(text);
        if is_reserved("versions") || self.reserved.iter().any(|word| is_reserved(word)) {
            return refuse("it is reserved".to_owned());
        }
        Ok(Name(text.to_owned()))
    }
}

impl Default for Naming {
    fn default() -> Self {
        Self::plain()
    }
}

fn problem_with_part(part: &str) -> Option<String> {
    let first = part.chars().next();
    if first.is_none() {
        return Some("is empty".to_owned());
    }
    if !first.is_some_and(|first| first.is_ascii_alphanumeric()) {
        return Some(format!(
            "starts with {:?}, not with a letter or digit",
            first.unwrap_or_default()
        ));
    }
    let stranger = part
        .chars()
        .find(|character| !character.is_ascii_alphanumeric() && !"._-".contains(*character));
    stranger.map(|stranger| format!("has {stranger:?}; allowed are A-Z a-z 0-9 . _ -"))
}

/// A text cannot be the name of an artefact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} cannot be a name: {problem}")]
pub struct InvalidName {
    /// The first 256 characters of what was found.
    pub found: String,
    /// The rule that it breaks.
    pub problem: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_have_no_scope_and_no_surprises() {
        for good in [
            "a",
            "Terrain",
            "my-tileset_2.0",
            &"x".repeat(128),
            "npm",
            "file",
            "0",
        ] {
            assert!(Naming::plain().parse(good).is_ok(), "{good}");
        }
        let bad = [
            "", ".", "..", "-a", "_a", "a/b", "@a/b", "a b", "a\0", "é", "versions", "Versions",
            "a%2fb", "a@1",
        ];
        for bad in bad {
            assert!(Naming::plain().parse(bad).is_err(), "{bad:?}");
        }
        assert!(Naming::plain().parse(&"x".repeat(129)).is_err());
    }

    #[test]
    fn scoped_names_have_exactly_one_scope() {
        let naming = Naming::plain()
            .scoped()
            .lower_case()
            .longest(214)
            .reserved(["node_modules"]);
        for good in ["@acme/widget", "widget", "@a/b"] {
            assert!(naming.parse(good).is_ok(), "{good}");
        }
        for bad in [
            "@acme",
            "@/x",
            "@acme/",
            "@a/b/c",
            "a/b",
            "@Acme/x",
            "@acme/../x",
            "@./x",
            "Node_Modules",
        ] {
            assert!(naming.parse(bad).is_err(), "{bad}");
        }
    }
}
