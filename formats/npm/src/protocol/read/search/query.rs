//! What a search asks for: words, and what the packages must be.

use super::result::Candidate;

/// A search.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// The words that the host looks for.
    pub(super) words: String,
    conditions: Vec<Condition>,
}

/// What a package must be.
#[derive(Debug, PartialEq, Eq)]
enum Condition {
    /// It has one of these keywords.
    AnyKeyword(Vec<String>),
    /// Its author is called so.
    Author(String),
    /// It is owned by this account.
    Maintainer(String),
    /// Its name has this scope, without the `@`.
    Scope(String),
    /// It is in this state, or it is not.
    Is(State, bool),
}

/// A state that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Deprecated,
    /// Its version is below 1.0.0.
    Unstable,
}

impl Query {
    /// Reads a text as clients write it: `keywords:map,tile author:ada not:deprecated words`.
    ///
    /// `keywords:a+b` asks for both, `keywords:a,b` for one of them. What weighs results is of no meaning here.
    pub(super) fn read(text: &str) -> Self {
        let mut query = Self::default();
        for word in text.split_whitespace() {
            match word.split_once(':') {
                Some((qualifier, value)) if !value.is_empty() => query.add(qualifier, value, word),
                _ => query.add_word(word),
            }
        }
        query
    }

    /// Whether not everything fits that has the words.
    pub(super) fn sifts(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// Whether a package is all that is asked for.
    pub(super) fn fits(&self, candidate: &Candidate) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.all(|condition| condition.holds(candidate))
    }

    fn add(&mut self, qualifier: &str, value: &str, word: &str) {
        let text = || value.trim_start_matches('@').to_lowercase();
        match qualifier {
            "keywords" | "keyword" => {
                let groups = value.split('+').map(keywords);
                self.conditions.extend(groups.map(Condition::AnyKeyword));
            }
            "author" => self.conditions.push(Condition::Author(text())),
            "maintainer" => self.conditions.push(Condition::Maintainer(text())),
            "scope" => {
                // The host finds the scope among the words of a name.
                self.add_word(value);
                self.conditions.push(Condition::Scope(text()));
            }
            "is" | "not" => {
                let state = State::named(value);
                let is = state.map(|state| Condition::Is(state, qualifier == "is"));
                self.conditions.extend(is);
            }
            "boost-exact" | "quality-weight" | "popularity-weight" | "maintenance-weight" => {}
            _ => self.add_word(word),
        }
    }

    fn add_word(&mut self, word: &str) {
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        self.words.push_str(word);
    }
}

fn keywords(list: &str) -> Vec<String> {
    let written = list.split(',').filter(|keyword| !keyword.is_empty());
    written.map(str::to_lowercase).collect()
}

impl Condition {
    fn holds(&self, candidate: &Candidate) -> bool {
        match self {
            Self::AnyKeyword(wanted) => candidate
                .keywords()
                .any(|keyword| wanted.contains(&keyword.to_lowercase())),
            Self::Author(wanted) => candidate
                .author()
                .is_some_and(|author| author.to_lowercase().contains(wanted)),
            Self::Maintainer(wanted) => candidate
                .owners()
                .any(|owner| owner.to_lowercase() == *wanted),
            Self::Scope(wanted) => candidate.scope() == Some(wanted.as_str()),
            Self::Is(State::Deprecated, is) => candidate.is_deprecated() == *is,
            Self::Is(State::Unstable, is) => candidate.is_unstable() == *is,
        }
    }
}

impl State {
    fn named(name: &str) -> Option<Self> {
        match name {
            "deprecated" => Some(Self::Deprecated),
            "unstable" => Some(Self::Unstable),
            // Nothing is known to be insecure.
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualifiers_are_told_from_words() {
        let text = "map keywords:Tile,geo+web author:Ada scope:@acme is:unstable not:deprecated boost-exact:false a:b :x y:";
        let query = Query::read(text);
        assert_eq!(query.words, "map @acme a:b :x y:");
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(
            query.conditions,
            [
                Condition::AnyKeyword(owned(&["tile", "geo"])),
                Condition::AnyKeyword(owned(&["web"])),
                Condition::Author("ada".to_owned()),
                Condition::Scope("acme".to_owned()),
                Condition::Is(State::Unstable, true),
                Condition::Is(State::Deprecated, false),
            ]
        );
        assert!(!Query::read("map not:insecure").sifts());
        assert_eq!(Query::read(" \t "), Query::default());
    }
}
