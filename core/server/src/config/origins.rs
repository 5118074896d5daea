//! Origins of pages: who may read answers in a browser.

use toml::Value;
use url::Url;

use crate::config::value::ConfigValue;

/// The origins whose pages may read what is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origins {
    /// Our own alone.
    #[default]
    Ours,
    /// All there are.
    Any,
    /// These too, as browsers write them.
    These(Vec<String>),
}

impl ConfigValue for Origins {
    const ALLOWED: &'static str =
        "[\"*\"] for every page, or a list of origins such as [\"https://maps.example.com\"]";

    fn read(value: &Value) -> Option<Self> {
        let items = value.as_array()?;
        if items.len() == 1 && items[0].as_str() == Some("*") {
            return Some(Self::Any);
        }
        let origins: Option<Vec<_>> = items.iter().map(|item| origin(item.as_str()?)).collect();
        Some(match origins? {
            none if none.is_empty() => Self::Ours,
            some => Self::These(some),
        })
    }
}

impl Origins {
    /// As the configuration has it.
    pub(crate) fn write(&self) -> Value {
        match self {
            Self::Ours => Value::Array(Vec::new()),
            Self::Any => vec!["*".to_owned()].into(),
            Self::These(origins) => origins.clone().into(),
        }
    }
}

/// An origin as browsers write it: scheme, host, and a port that is not that of the scheme.
fn origin(text: &str) -> Option<String> {
    let url: Url = text.parse().ok()?;
    let written = url.origin().ascii_serialization();
    let is_web = matches!(url.scheme(), "http" | "https");
    // No browser sends a pattern, so that one would never allow anything.
    (is_web && written == text && !text.contains('*')).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_read_what_they_write() {
        let table: toml::Table =
            "a = ['*']\nb = []\nc = ['https://maps.example.com', 'http://localhost:5173']"
                .parse()
                .unwrap();
        for value in table.values() {
            assert_eq!(Origins::read(value).unwrap().write(), *value);
        }
    }

    #[test]
    fn what_no_browser_would_send_is_refused() {
        for bad in [
            "https://maps.example.com/",
            "https://maps.example.com/a",
            "https://maps.example.com:443",
            "https://Maps.example.com",
            "https://*.example.com",
            "maps.example.com",
            "null",
            "ftp://maps.example.com",
            "",
        ] {
            let value = Value::from(vec![bad]);
            assert_eq!(Origins::read(&value), None, "{bad}");
        }
        assert_eq!(Origins::read(&Value::from(vec!["*", "*"])), None);
        assert_eq!(Origins::read(&Value::from("*")), None);
    }
}
