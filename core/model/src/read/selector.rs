//! What a client writes to say which version it means.

use cellier_sdk::{Version, Versioning};
use semver::{Comparator, Op, VersionReq};

use crate::Tag;

/// Which version is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum Selector {
    /// The version of exactly this text; the only selector that finds a yanked or a prerelease one.
    Exact(Version),
    /// The newest stable version of a line: `[1]` for `1.x.y`, `[1, 2]` for `1.2.x`.
    Line(Vec<u64>),
    /// The version that a tag names; `latest` is the highest stable one.
    Tag(Tag),
    /// The version of exactly this text, else the one that the tag of this text names. Only where versions may be any
    /// text.
    ExactOrTag(Version, Tag),
    /// The newest version that fulfils one of these requirements.
    Range(Vec<VersionReq>),
}

impl Selector {
    /// Reads a selector for an artefact whose versions are numbered so.
    ///
    /// Semantic versions: `1.2.3`, `1.2.3-beta.1`, `1`, `1.2`, a tag, a range (`^1.2`, `~1.2.3`, `>=1.2 <2`, `1.x`,
    /// `^1 || ^2`). Revisions: a number or a tag. Opaque versions: any version or a tag.
    pub fn parse(text: &str, versioning: Versioning) -> Result<Self, InvalidSelector> {
        let selector = match versioning {
            Versioning::Semver => parse_semver(text),
            Versioning::Revisions => parse_revision(text),
            Versioning::Opaque => parse_opaque(text),
        };
        selector.ok_or_else(|| InvalidSelector {
            found: text.chars().take(128).collect(),
            versioning,
        })
    }
}

fn parse_semver(text: &str) -> Option<Selector> {
    if let Ok((version, _)) = Version::semver(text) {
        return Some(Selector::Exact(version));
    }
    if let Some(line) = parse_line(text) {
        return Some(Selector::Line(line));
    }
    if let Ok(tag) = Tag::parse(text) {
        return Some(Selector::Tag(tag));
    }
    parse_range(text).map(Selector::Range)
}

fn parse_line(text: &str) -> Option<Vec<u64>> {
    let numbers: Vec<u64> = text.split('.').map(parse_number).collect::<Option<_>>()?;
    (numbers.len() <= 2).then_some(numbers)
}

/// A number as Semantic Versioning writes it: no sign, no leading zero.
fn parse_number(text: &str) -> Option<u64> {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// Ranges as Cargo writes them, with npm's spaces for "and" and `||` for "or".
fn parse_range(text: &str) -> Option<Vec<VersionReq>> {
    if text.len() > 256 {
        return None;
    }
    let alternatives: Vec<_> = text
        .split("||")
        .map(parse_comparators)
        .collect::<Option<_>>()?;
    Some(alternatives)
}

fn parse_comparators(text: &str) -> Option<VersionReq> {
    let mut comparators = Vec::new();
    let mut any_version = false;
    let mut operator = String::new();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        operator.push_str(word);
        let only_operator = word.bytes().all(|byte| b"<>=^~".contains(&byte));
        if only_operator {
            continue;
        }
        if matches!(operator.as_str(), "*" | "x" | "X") {
            any_version = true;
            operator.clear();
            continue;
        }
        comparators.push(parse_comparator(&std::mem::take(&mut operator))?);
    }
    let complete = operator.is_empty() && (any_version || !comparators.is_empty());
    complete.then_some(VersionReq { comparators })
}

fn parse_comparator(text: &str) -> Option<Comparator> {
    // `1.2.3` alone means that version to npm and `^1.2.3` to Cargo; the exact one was looked for before.
    let mut comparator = Comparator::parse(text).ok()?;
    if text.starts_with(|first: char| first.is_ascii_digit()) && comparator.patch.is_some() {
        comparator.op = Op::Exact;
    }
    Some(comparator)
}

fn parse_revision(text: &str) -> Option<Selector> {
    if let Some(number) = parse_number(text) {
        return (number > 0).then(|| Selector::Exact(Version::revision(number)));
    }
    Tag::parse(text).ok().map(Selector::Tag)
}

fn parse_opaque(text: &str) -> Option<Selector> {
    match (Version::opaque(text), Tag::parse(text)) {
        (Ok(version), Ok(tag)) => Some(Selector::ExactOrTag(version, tag)),
        (Ok(version), Err(_)) => Some(Selector::Exact(version)),
        (Err(_), Ok(tag)) => Some(Selector::Tag(tag)),
        (Err(_), Err(_)) => None,
    }
}

/// A text does not say which version is meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} does not say which version is meant: {}", explain(*.versioning))]
pub struct InvalidSelector {
    /// The first 128 characters of what was found.
    pub found: String,
    /// How the versions are numbered.
    pub versioning: Versioning,
}

fn explain(versioning: Versioning) -> &'static str {
    match versioning {
        Versioning::Semver => "write 1.2.3, 1.2, 1, a tag such as latest, or a range such as ^1.2",
        Versioning::Revisions => "write a revision number such as 3, or a tag such as latest",
        Versioning::Opaque => "write a version or a tag such as latest",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn semver(text: &str) -> Result<Selector, InvalidSelector> {
        Selector::parse(text, Versioning::Semver)
    }

    #[test]
    fn semantic_selectors_are_told_apart() {
        assert!(matches!(semver("1.2.3"), Ok(Selector::Exact(_))));
        assert!(matches!(
            semver("1.2.3-beta.1+build.7"),
            Ok(Selector::Exact(_))
        ));
        assert_eq!(semver("1"), Ok(Selector::Line(vec![1])));
        assert_eq!(semver("1.20"), Ok(Selector::Line(vec![1, 20])));
        assert!(matches!(semver("latest"), Ok(Selector::Tag(_))));
        for range in [
            "^1.2",
            "~1.2.3",
            ">=1.2 <2",
            ">= 1.2, < 2",
            "1.x",
            "1.2.*",
            "*",
            "^1 || ^2",
            "=1.2.3",
        ] {
            assert!(
                matches!(semver(range), Ok(Selector::Range(_))),
                "{range}: {:?}",
                semver(range)
            );
        }
    }

    #[test]
    fn what_selects_nothing_is_refused() {
        for bad in [
            "", "1.2.3.4", "v1.2.3", "01", "1.02", "^", "||", "1 2 ||", "../1", "1.2.3/..", "a b",
            "-1", ">", "é",
        ] {
            assert!(semver(bad).is_err(), "{bad:?}: {:?}", semver(bad));
        }
        for bad in ["0", "01", "1.0", "^1", "-1", ""] {
            assert!(
                Selector::parse(bad, Versioning::Revisions).is_err(),
                "{bad:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,40}") {
            for versioning in [Versioning::Semver, Versioning::Revisions, Versioning::Opaque] {
                let _ = Selector::parse(&text, versioning);
            }
        }

        #[test]
        fn every_version_selects_itself(major in 0..50_u64, minor in 0..50_u64, patch in 0..50_u64) {
            let text = format!("{major}.{minor}.{patch}");
            prop_assert!(matches!(semver(&text), Ok(Selector::Exact(version)) if version.as_str() == text));
        }
    }
}
