//! The words by which a search finds an artefact.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::Artefact;

/// Most words that are kept of one artefact.
const MOST_WORDS: usize = 2000;

/// Most words of a query that are looked at.
const MOST_QUERIED: usize = 8;

/// Most characters of a word.
const LONGEST_WORD: usize = 40;

/// The words of an artefact's name, titles and descriptions, sorted.
pub(crate) fn words_of(artefact: &Artefact) -> Vec<String> {
    let mut words = BTreeSet::new();
    words.extend(split(artefact.name.as_str()));
    for (_, text) in artefact.title.iter().chain(artefact.description.iter()) {
        words.extend(split(text));
    }
    words.into_iter().take(MOST_WORDS).collect()
}

/// The words of a query; each is meant as the start of a word.
pub(crate) fn words_of_query(query: &str) -> Vec<String> {
    let words: BTreeSet<_> = split(query).collect();
    words.into_iter().take(MOST_QUERIED).collect()
}

/// Splits a text at whatever is no letter or digit, in lower case and without accents, so that `réunion` is found by
/// `Reunion` on every database.
fn split(text: &str) -> impl Iterator<Item = String> {
    let plain: String = text
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .collect();
    let words: Vec<String> = plain
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect();
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case_and_accents() {
        assert_eq!(
            words_of_query("Île de  la RÉUNION, 2026!"),
            ["2026", "de", "ile", "la", "reunion"]
        );
        assert_eq!(words_of_query("@acme/map-Tiles"), ["acme", "map", "tiles"]);
        assert!(words_of_query("  *%_\"' ").is_empty());
        assert_eq!(words_of_query("地図"), ["地図"]);
    }
}
