//! Texts in several languages.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language tag of BCP 47 (RFC 5646), such as `fr`, `pt-BR` or `zh-Hant-TW`.
///
/// Checked for well-formedness, not against the registry of languages; kept in the writer's own case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageTag(String);

impl LanguageTag {
    /// The tag as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LanguageTag {
    type Err = InvalidLocalized;

    fn from_str(text: &str) -> Result<Self, InvalidLocalized> {
        let mut subtags = text.split('-');
        let primary = subtags.next().unwrap_or_default();
        let private = primary.eq_ignore_ascii_case("x");
        let primary_is_language = (2..=8).contains(&primary.len())
            && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
        let rest_is_well_formed = subtags.all(|subtag| {
            (1..=8).contains(&subtag.len())
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        let well_formed = (primary_is_language || private && text.len() > 2) && rest_is_well_formed;
        if well_formed && text.len() <= 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidLocalized::Language {
                found: text.chars().take(64).collect(),
            })
        }
    }
}

impl TryFrom<String> for LanguageTag {
    type Error = InvalidLocalized;

    fn try_from(text: String) -> Result<Self, InvalidLocalized> {
        text.parse()
    }
}

impl From<LanguageTag> for String {
    fn from(tag: LanguageTag) -> Self {
        tag.0
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text in any number of languages: at most 2000 characters in each.
///
/// As JSON it is an object of language → text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "BTreeMap<LanguageTag, String>",
    into = "BTreeMap<LanguageTag, String>"
)]
pub struct LocalizedText(BTreeMap<LanguageTag, String>);

impl LocalizedText {
    /// Most characters that the text may have in one language.
    pub const LONGEST: usize = 2000;

    /// Most languages that one text may have.
    pub const MOST_LANGUAGES: usize = 64;

    /// Sets the text of one language.
    pub fn set(
        &mut self,
        language: LanguageTag,
        text: impl Into<String>,
    ) -> Result<(), InvalidLocalized> {
        let text = text.into();
        check_text(&language, &text)?;
        if self.0.len() == Self::MOST_LANGUAGES && !self.0.contains_key(&language) {
            return Err(InvalidLocalized::TooManyLanguages);
        }
        self.0.insert(language, text);
        Ok(())
    }

    /// Whether there is no text in any language.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The languages and their texts, sorted by tag.
    pub fn iter(&self) -> impl Iterator<Item = (&LanguageTag, &str)> {
        self.0
            .iter()
            .map(|(language, text)| (language, text.as_str()))
    }

    /// The text of a language, exactly as tagged.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.iter()
            .find(|(tag, _)| tag.as_str().eq_ignore_ascii_case(language))
            .map(|(_, text)| text)
    }
}

impl TryFrom<BTreeMap<LanguageTag, String>> for LocalizedText {
    type Error = InvalidLocalized;

    fn try_from(texts: BTreeMap<LanguageTag, String>) -> Result<Self, InvalidLocalized> {
        if texts.len() > Self::MOST_LANGUAGES {
            return Err(InvalidLocalized::TooManyLanguages);
        }
        for (language, text) in &texts {
            check_text(language, text)?;
        }
        Ok(Self(texts))
    }
}

impl From<LocalizedText> for BTreeMap<LanguageTag, String> {
    fn from(text: LocalizedText) -> Self {
        text.0
    }
}

fn check_text(language: &LanguageTag, text: &str) -> Result<(), InvalidLocalized> {
    let length = text.chars().count();
    if length > LocalizedText::LONGEST {
        return Err(InvalidLocalized::TooLong {
            language: language.clone(),
            length,
        });
    }
    if text
        .chars()
        .any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
    {
        return Err(InvalidLocalized::Control {
            language: language.clone(),
        });
    }
    Ok(())
}

/// A text in several languages, or one of its language tags, is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLocalized {
    /// A key is not a language tag.
    #[error("{found:?} is not a BCP 47 language tag such as \"fr\" or \"pt-BR\"")]
    Language {
        /// The first 64 characters of what was found.
        found: String,
    },
    /// A text is too long.
    #[error("the text in {language:?} has {length} characters, at most 2000 are allowed", language = .language.as_str())]
    TooLong {
        /// The language of the text.
        language: LanguageTag,
        /// How many characters it has.
        length: usize,
    },
    /// A text has control characters.
    #[error("the text in {language:?} has control characters", language = .language.as_str())]
    Control {
        /// The language of the text.
        language: LanguageTag,
    },
    /// There are too many languages.
    #[error("more than 64 languages")]
    TooManyLanguages,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_are_well_formed_or_refused() {
        for good in [
            "fr",
            "pt-BR",
            "zh-Hant-TW",
            "sl-rozaj-biske",
            "x-klingon",
            "de-CH-1996",
        ] {
            assert!(good.parse::<LanguageTag>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "f",
            "fr_FR",
            "-fr",
            "fr-",
            "français",
            "a-b",
            "fr--CA",
            "toolonglanguage",
        ] {
            assert!(bad.parse::<LanguageTag>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_text_may_have_2000_characters_of_any_script() {
        let fits = format!(r#"{{"fr":"{}"}}"#, "é".repeat(2000));
        assert!(serde_json::from_str::<LocalizedText>(&fits).is_ok());
        let long = format!(r#"{{"fr":"{}"}}"#, "é".repeat(2001));
        let error = serde_json::from_str::<LocalizedText>(&long)
            .unwrap_err()
            .to_string();
        assert!(error.contains("2001 characters"), "{error}");
        assert!(serde_json::from_str::<LocalizedText>(r#"["fr"]"#).is_err());
    }
}
