//! The keys below `registry`, by which a package says what it is for here.

use cellier_sdk::is_identifier;
use serde_json::{Map, Value};

use super::ignored;
use crate::codes;
use crate::findings::Findings;

/// Keys whose JSON Schema is shown to whoever configures the package.
pub(super) const SCHEMAS: [&str; 2] = ["processingConfigSchema", "applicationConfigSchema"];

/// What a package says of itself to the registry.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct RegistryKeys {
    /// What it is for; the host knows which words are allowed.
    pub(crate) category: Option<String>,
    /// Its schemas by key.
    pub(crate) schemas: Map<String, Value>,
}

/// Reads the keys. One that is not what it should be is refused: ignored, it would quietly publish something else.
pub(super) fn read(manifest: &Map<String, Value>, findings: &mut Findings) -> RegistryKeys {
    let mut keys = RegistryKeys::default();
    let registry = match manifest.get("registry") {
        None | Some(Value::Null) => return keys,
        Some(Value::Object(registry)) => registry,
        Some(_) => {
            // Other tools keep a name or an address under this key.
            findings.push(ignored("registry", "an object"));
            return keys;
        }
    };
    match registry.get("category") {
        None | Some(Value::Null) => {}
        Some(Value::String(category)) if is_identifier(category) => {
            keys.category = Some(category.clone());
        }
        Some(_) => {
            let expected = "a word of at most 32 of a-z, 0-9 and -, starting with a letter";
            findings.push(refused("category", expected));
        }
    }
    for key in SCHEMAS {
        match registry.get(key) {
            None | Some(Value::Null) => {}
            Some(schema @ Value::Object(_)) => {
                keys.schemas.insert(key.to_owned(), schema.clone());
            }
            Some(_) => findings.push(refused(key, "a JSON Schema in the form of an object")),
        }
    }
    keys
}

fn refused(key: &str, expected: &str) -> cellier_sdk::Finding {
    let message = format!("registry.{key} of package.json is not {expected}");
    codes::INVALID_REGISTRY_KEY.error(message)
}

#[cfg(test)]
mod tests {
    use cellier_sdk::Inspection;
    use serde_json::json;

    use super::*;

    #[test]
    fn category_and_schemas_are_read() {
        let schema = json!({ "type": "object" });
        let manifest =
            json!({ "registry": { "category": "processing", "processingConfigSchema": schema } });
        let mut findings = Findings::default();
        let keys = read(manifest.as_object().unwrap(), &mut findings);
        assert_eq!(keys.category.as_deref(), Some("processing"));
        assert_eq!(keys.schemas["processingConfigSchema"], schema);
        assert_eq!(findings.conclude(Inspection::new()).unwrap().findings, []);
    }

    #[test]
    fn every_key_that_is_something_else_is_refused() {
        let manifest = json!({
            "registry": { "category": 1, "processingConfigSchema": "{}", "applicationConfigSchema": [] }
        });
        let mut findings = Findings::default();
        read(manifest.as_object().unwrap(), &mut findings);
        let refused = findings.conclude(Inspection::new()).unwrap_err();
        assert_eq!(refused.into_findings().len(), 3);
    }

    #[test]
    fn a_category_that_no_format_could_have_is_refused() {
        for odd in ["", "Processing", "a\r\nb", "..", &"x".repeat(33)] {
            let manifest = json!({ "registry": { "category": odd } });
            let mut findings = Findings::default();
            let keys = read(manifest.as_object().unwrap(), &mut findings);
            assert_eq!(keys.category, None, "{odd:?}");
            let refused = findings.conclude(Inspection::new()).unwrap_err();
            assert_eq!(
                refused.into_findings()[0].code,
                codes::INVALID_REGISTRY_KEY.id
            );
        }
    }

    #[test]
    fn the_key_of_another_tool_is_left_alone() {
        let manifest = json!({ "registry": "npm" });
        let mut findings = Findings::default();
        let keys = read(manifest.as_object().unwrap(), &mut findings);
        assert_eq!(keys, RegistryKeys::default());
        assert_eq!(
            findings.conclude(Inspection::new()).unwrap().findings[0].code,
            codes::FIELD_IGNORED.id
        );
    }
}
