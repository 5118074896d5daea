//! The operator's settings for a format: described once, validated by the host, read by the format.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// One setting of a format: its key, what it may be and what it is when nobody says.
///
/// ```
/// use cellier_sdk::Setting;
///
/// let strict = Setting::boolean("strict", false, "Refuse what is otherwise only warned about.");
/// let zoom = Setting::integer("max_zoom", 0..=30, 22, "The deepest zoom that is accepted.");
/// assert!(zoom.check(&31.into()).unwrap_err().to_string().contains("0 to 30"));
/// assert!(strict.check(&true.into()).is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    key: String,
    description: String,
    kind: Kind,
    default: Value,
    example: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Boolean,
    Integer { least: i64, most: i64 },
    Text { longest: usize },
    Choice { of: Vec<String> },
    TextList { longest: usize },
}

impl Setting {
    /// A setting that is true or false.
    pub fn boolean(key: &str, default: bool, description: &str) -> Self {
        Self::new(key, description, Kind::Boolean, default.into())
    }

    /// A whole number within a range.
    pub fn integer(
        key: &str,
        range: std::ops::RangeInclusive<i64>,
        default: i64,
        description: &str,
    ) -> Self {
        let (least, most) = range.into_inner();
        Self::new(
            key,
            description,
            Kind::Integer { least, most },
            default.into(),
        )
    }

    /// A text of at most 1000 characters.
    pub fn text(key: &str, default: &str, description: &str) -> Self {
        Self::new(
            key,
            description,
            Kind::Text { longest: 1000 },
            default.into(),
        )
    }

    /// One of a few words.
    pub fn choice(key: &str, of: &[&str], default: &str, description: &str) -> Self {
        let of = of.iter().map(|&word| word.to_owned()).collect();
        Self::new(key, description, Kind::Choice { of }, default.into())
    }

    /// A list of texts, empty by default.
    pub fn text_list(key: &str, description: &str) -> Self {
        Self::new(
            key,
            description,
            Kind::TextList { longest: 1000 },
            json!([]),
        )
    }

    fn new(key: &str, description: &str, kind: Kind, default: Value) -> Self {
        Self {
            key: key.to_owned(),
            description: description.to_owned(),
            kind,
            example: default.clone(),
            default,
        }
    }

    /// With another example than the default.
    #[must_use]
    pub fn example(mut self, example: impl Into<Value>) -> Self {
        self.example = example.into();
        self
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What it is for.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What it is when nobody says.
    pub fn default_value(&self) -> &Value {
        &self.default
    }

    /// An example of what it may be.
    pub fn example_value(&self) -> &Value {
        &self.example
    }

    /// Whether a value may stand here.
    pub fn check(&self, value: &Value) -> Result<(), InvalidSetting> {
        let fits = match &self.kind {
            Kind::Boolean => value.is_boolean(),
            Kind::Integer { least, most } => value
                .as_i64()
                .is_some_and(|number| (*least..=*most).contains(&number)),
            Kind::Text { longest } => value
                .as_str()
                .is_some_and(|text| text.chars().count() <= *longest),
            Kind::Choice { of } => value
                .as_str()
                .is_some_and(|word| of.iter().any(|allowed| allowed == word)),
            Kind::TextList { longest } => value.as_array().is_some_and(|list| {
                list.iter().all(|item| {
                    item.as_str()
                        .is_some_and(|text| text.chars().count() <= *longest)
                })
            }),
        };
        if fits {
            return Ok(());
        }
        Err(InvalidSetting {
            key: self.key.clone(),
            found: value.to_string(),
            allowed: self.allowed(),
        })
    }

    pub(crate) fn check_example(&self) -> Result<(), InvalidSetting> {
        self.check(&self.default)?;
        self.check(&self.example)
    }

    /// The values that lie at the edge of what is allowed, for the conformance kit.
    #[cfg(feature = "testkit")]
    pub(crate) fn extremes(&self, texts: &[&str]) -> Vec<Value> {
        let fitting = |longest: usize| {
            let short = texts.iter().map(|&text| text.to_owned());
            short.chain([String::new(), "x".repeat(longest)])
        };
        match &self.kind {
            Kind::Boolean => vec![json!(false), json!(true)],
            Kind::Integer { least, most } => vec![json!(least), json!(most)],
            Kind::Text { longest } => fitting(*longest).map(Value::from).collect(),
            Kind::Choice { of } => of.iter().cloned().map(Value::from).collect(),
            Kind::TextList { longest } => {
                vec![
                    json!([]),
                    fitting(*longest).collect(),
                    json!(vec!["x"; 1000]),
                ]
            }
        }
    }

    fn allowed(&self) -> String {
        match &self.kind {
            Kind::Boolean => "true or false".to_owned(),
            Kind::Integer { least, most } => format!("a whole number from {least} to {most}"),
            Kind::Text { longest } => format!("a text of at most {longest} characters"),
            Kind::Choice { of } => format!("one of {}", of.join(", ")),
            Kind::TextList { .. } => "a list of texts".to_owned(),
        }
    }

    fn json_schema(&self) -> Value {
        let mut schema = match &self.kind {
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Integer { least, most } => {
                json!({ "type": "integer", "minimum": least, "maximum": most })
            }
            Kind::Text { longest } => json!({ "type": "string", "maxLength": longest }),
            Kind::Choice { of } => json!({ "type": "string", "enum": of }),
            Kind::TextList { longest } => {
                json!({ "type": "array", "items": { "type": "string", "maxLength": longest } })
            }
        };
        schema["description"] = self.description.clone().into();
        schema["default"] = self.default.clone();
        schema["examples"] = json!([self.example]);
        schema
    }
}

/// A value that an operator gave is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {found}: allowed is {allowed}")]
pub struct InvalidSetting {
    /// The key, without the section.
    pub key: String,
    /// The value as it was found, in JSON.
    pub found: String,
    /// What would be allowed.
    pub allowed: String,
}

/// The operator's settings for one format, complete with defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(Map<String, Value>);

impl Settings {
    /// Checks what an operator gave against the descriptions, names **every** mistake and fills in the defaults.
    pub fn from_operator(
        described: &[Setting],
        given: &Map<String, Value>,
    ) -> Result<Self, Vec<InvalidSetting>> {
        let mut mistakes = Vec::new();
        let mut complete = Map::new();
        for setting in described {
            let value = given.get(&setting.key).unwrap_or(&setting.default);
            match setting.check(value) {
                Ok(()) => drop(complete.insert(setting.key.clone(), value.clone())),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let known = described
            .iter()
            .map(|setting| setting.key.as_str())
            .collect::<Vec<_>>();
        for (key, value) in given
            .iter()
            .filter(|(key, _)| !known.contains(&key.as_str()))
        {
            let allowed = match known.as_slice() {
                [] => "nothing, the format has no settings".to_owned(),
                keys => format!("one of the keys {}", keys.join(", ")),
            };
            mistakes.push(InvalidSetting {
                key: key.clone(),
                found: value.to_string(),
                allowed,
            });
        }
        if mistakes.is_empty() {
            Ok(Self(complete))
        } else {
            Err(mistakes)
        }
    }

    /// The JSON Schema (draft 2020-12) of a format's settings.
    pub fn json_schema(described: &[Setting]) -> Value {
        let properties: Map<String, Value> = described
            .iter()
            .map(|setting| (setting.key.clone(), setting.json_schema()))
            .collect();
        json!({ "type": "object", "properties": properties, "additionalProperties": false })
    }

    /// With a value set, for tests of a format.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Whether a setting is on; one that is missing is off.
    pub fn is_on(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A whole number.
    pub fn integer(&self, key: &str) -> Option<i64> {
        self.0.get(key).and_then(Value::as_i64)
    }

    /// A text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    /// All of them.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_named_with_key_value_and_what_is_allowed() {
        let described = [
            Setting::boolean("strict", false, "…"),
            Setting::integer("zoom", 0..=30, 22, "…"),
        ];
        let given = json!({ "strict": "yes", "zoom": 99, "zomm": 1 });
        let mistakes = Settings::from_operator(&described, given.as_object().unwrap()).unwrap_err();
        let lines: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "strict = \"yes\": allowed is true or false",
                "zoom = 99: allowed is a whole number from 0 to 30",
                "zomm = 1: allowed is one of the keys strict, zoom",
            ]
        );
    }

    #[test]
    fn what_is_not_given_has_its_default() {
        let described = [Setting::boolean("strict", true, "…")];
        assert!(
            Settings::from_operator(&described, &Map::new())
                .unwrap()
                .is_on("strict")
        );
    }
}
