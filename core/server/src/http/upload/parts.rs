//! The text parts of an upload.

use cellier_model::publish::Claims;
use cellier_model::{FileName, FormatId, Tag, Variant};
use cellier_sdk::LocalizedText;

use crate::http::problem::Problem;

/// The names of the text parts that an upload may have.
pub(crate) const NAMES: [&str; 8] = [
    "category",
    "title",
    "description",
    "version",
    "architecture",
    "tag",
    "fileName",
    "format",
];

/// The text parts of an upload, read and checked as they come.
#[derive(Debug, Default)]
pub(crate) struct TextParts {
    /// What was said.
    pub(crate) claims: Claims,
    seen: Vec<String>,
}

impl TextParts {
    /// Takes a part; an unknown one, a second one of the same name or a malformed one is refused.
    pub(crate) fn take(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        if self.seen.iter().any(|seen| seen == name) {
            return Err(malformed(name, "it is there twice"));
        }
        self.seen.push(name.to_owned());
        let claims = &mut self.claims;
        match name {
            // An empty text part is what a pipeline sends for a variable that is not set.
            _ if text.is_empty() => {}
            "category" => claims.category = Some(short(name, text)?),
            "version" => claims.version = Some(short(name, text)?),
            "format" => claims.format = Some(FormatId::new(short(name, text)?)),
            "title" => claims.title = Some(localized(name, text)?),
            "description" => claims.description = Some(localized(name, text)?),
            "architecture" => {
                claims.variant = Some(
                    Variant::parse(text).map_err(|error| malformed(name, &error.to_string()))?,
                );
            }
            "tag" => {
                let tag = Tag::parse(text);
                claims
                    .tags
                    .push(tag.map_err(|error| malformed(name, &error.to_string()))?);
            }
            "fileName" => {
                claims.file_name = Some(
                    FileName::parse(text).map_err(|error| malformed(name, &error.to_string()))?,
                );
            }
            unknown => {
                let known = NAMES.join(", ");
                let detail = format!(
                    "there is no part {unknown:?}; an upload has the part file and may have {known}"
                );
                return Err(Problem::bad_request("unknown_part", detail));
            }
        }
        Ok(())
    }
}

fn short(name: &str, text: &str) -> Result<String, Problem> {
    if text.len() <= 256 && !text.contains(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(malformed(
            name,
            "it has more than 256 bytes, or control characters",
        ))
    }
}

fn localized(name: &str, text: &str) -> Result<LocalizedText, Problem> {
    serde_json::from_str(text).map_err(|error| {
        malformed(name, &format!("it must be a JSON object of language to text such as {{\"fr\":\"Terrain\"}}: {error}"))
    })
}

fn malformed(name: &str, problem: &str) -> Problem {
    Problem::bad_request(
        "bad_part",
        format!("the text part {name} is refused: {problem}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str, text: &str) -> Option<&'static str> {
        TextParts::default()
            .take(name, text)
            .err()
            .map(|problem| problem.code())
    }

    #[test]
    fn text_parts_are_checked_as_they_come() {
        assert_eq!(code("title", r#"{"fr":"Terrain","en":"Terrain"}"#), None);
        assert_eq!(code("architecture", "linux-arm64"), None);
        assert_eq!(code("tag", ""), None);
        assert_eq!(code("title", "Terrain"), Some("bad_part"));
        assert_eq!(code("title", r#"{"not a language":"x"}"#), Some("bad_part"));
        assert_eq!(
            code("title", &format!(r#"{{"fr":"{}"}}"#, "x".repeat(2001))),
            Some("bad_part")
        );
        assert_eq!(code("architecture", "../../x"), Some("bad_part"));
        assert_eq!(code("fileName", "a/b"), Some("bad_part"));
        assert_eq!(code("colour", "red"), Some("unknown_part"));
    }

    #[test]
    fn a_part_that_is_there_twice_is_refused() {
        let mut parts = TextParts::default();
        parts.take("category", "tileset").unwrap();
        assert_eq!(
            parts.take("category", "other").unwrap_err().code(),
            "bad_part"
        );
    }
}
