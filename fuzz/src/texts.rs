//! Texts from paths, headers and form parts.

use std::fmt::Display;

use cellier_model::keys::{KeyToken, NamePattern};
use cellier_model::read::Selector;
use cellier_model::{FileName, Tag, Timestamp, Variant};
use cellier_sdk::{LocalizedText, MediaType, Naming, OrderKey, Version, Versioning};

/// A selector, however versions are numbered.
pub fn selector(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    for versioning in [
        Versioning::Semver,
        Versioning::Revisions,
        Versioning::Opaque,
    ] {
        if let Err(error) = Selector::parse(text, versioning) {
            check_message(&error);
        }
    }
    if Version::semver(text).is_ok() {
        let selector = Selector::parse(text, Versioning::Semver);
        assert!(
            matches!(&selector, Ok(Selector::Exact(version)) if version.as_str() == text),
            "a version selects itself, not {selector:?}"
        );
    }
}

/// A name, by the rules of formats with and without scopes.
pub fn name(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let scoped = Naming::plain()
        .scoped()
        .lower_case()
        .longest(214)
        .reserved(["node_modules"]);
    for naming in [Naming::plain(), scoped] {
        match naming.parse(text) {
            Ok(name) => {
                assert_eq!(name.as_str(), text);
                assert!(
                    !name.as_str().contains(['\\', '%', '\0']) && !name.unscoped().contains('/')
                );
                assert!(
                    !name.unscoped().starts_with('.'),
                    "{text:?} would be a hidden file, or a way up"
                );
            }
            Err(error) => check_message(&error),
        }
    }
}

/// Two versions, one a line: their keys stand in the order that Semantic Versioning gives.
pub fn version(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let _ = Version::opaque(text);
    let (one, other) = text.split_once('\n').unwrap_or((text, ""));
    let (Ok((_, one)), Ok((_, other))) = (Version::semver(one), Version::semver(other)) else {
        return;
    };
    let by_key = OrderKey::of_semver(&one).cmp(&OrderKey::of_semver(&other));
    let by_precedence = one.cmp_precedence(&other);
    assert!(
        by_precedence.is_eq() || by_key == by_precedence,
        "{one} and {other} stand in another order by their keys"
    );
}

/// The text of an API key.
pub fn key(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    match KeyToken::parse(text) {
        Ok(token) => {
            assert_eq!(token.reveal(), text);
            assert!(
                !format!("{token:?}").contains(text),
                "a key shows itself in logs"
            );
        }
        Err(error) => check_message(&error),
    }
}

/// Everything else that comes in a form part or a query.
pub fn texts(data: &[u8]) {
    if let Err(error) = serde_json::from_slice::<LocalizedText>(data) {
        check_message(&error);
    }
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Ok(media_type) = text.parse::<MediaType>() {
        assert!(
            media_type
                .as_str()
                .bytes()
                .all(|byte| matches!(byte, b' '..=b'~')),
            "unsafe in a header"
        );
    }
    if let Ok(name) = FileName::parse(text) {
        let is_safe = |c: char| !c.is_control() && c != '/' && c != '\\';
        assert!(
            name.as_str().chars().all(is_safe),
            "{text:?} would be a path"
        );
    }
    let _ = Tag::parse(text);
    let _ = Variant::parse(text);
    let _ = Timestamp::parse(text);
    if let Ok(pattern) = NamePattern::parse(text) {
        assert_eq!(pattern.as_str(), text);
        assert!(
            pattern.prefix().is_some() || pattern.matches(text),
            "an exact pattern matches its own text"
        );
    }
}

/// Errors are shown to whoever sent the text, so they are short whatever was sent.
fn check_message(error: &dyn Display) {
    let length = error.to_string().len();
    assert!(length <= 4096, "an error of {length} bytes");
}
