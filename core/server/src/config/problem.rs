//! One thing that is wrong with the configuration.

use std::fmt;

use toml::Value;

/// One wrong value, or one key that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigProblem {
    /// The key with its section, such as `server.listen`.
    pub(crate) key: String,
    /// The value as it was found, secrets masked.
    pub(crate) found: String,
    /// Where it was found: a file or a variable. `None` for a default.
    pub(crate) origin: Option<String>,
    /// What would be allowed.
    pub(crate) allowed: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.key, self.found)?;
        if let Some(origin) = &self.origin {
            write!(f, " (in {origin})")?;
        }
        write!(f, ": allowed is {}", self.allowed)
    }
}

/// A value as it may be shown: short, and without what may be a secret.
pub(crate) fn shown(key: &str, value: &Value) -> String {
    const LONGEST: usize = 200;
    let secret = ["password", "secret", "token", "key"]
        .iter()
        .any(|word| key.to_ascii_lowercase().contains(word));
    let text = match value {
        _ if secret => return "***".to_owned(),
        Value::String(text) => format!("{:?}", mask_password(text)),
        other => other.to_string(),
    };
    if text.chars().count() > LONGEST {
        text.chars().take(LONGEST).chain("…".chars()).collect()
    } else {
        text
    }
}

/// Hides the password of `scheme://user:password@host/…`, and values of query parameters that are called like one.
pub(crate) fn mask_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    // An unescaped `/`, `?` or `@` may stand in a password that somebody forgot to encode, so the last `@` decides.
    let Some((credentials, host)) = rest.rsplit_once('@') else {
        return mask_parameters(text);
    };
    let user = credentials.split(':').next().unwrap_or_default();
    let masked = if credentials.contains(':') {
        format!("{scheme}://{user}:***@{host}")
    } else {
        text.to_owned()
    };
    mask_parameters(&masked)
}

fn mask_parameters(text: &str) -> String {
    let Some((path, query)) = text.split_once('?') else {
        return text.to_owned();
    };
    let parameters: Vec<_> = query
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if name.contains("password") || name.contains("secret") => {
                format!("{name}=***")
            }
            _ => parameter.to_owned(),
        })
        .collect();
    format!("{path}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (text, masked) in [
            (
                "postgres://me:hunter2@db/registry",
                "postgres://me:***@db/registry",
            ),
            (
                "postgres://me:hun/te@r2@db/registry",
                "postgres://me:***@db/registry",
            ),
            ("postgres://me@db/registry", "postgres://me@db/registry"),
            (
                "postgres://db/registry?password=hunter2&a=b",
                "postgres://db/registry?password=***&a=b",
            ),
            ("sqlite://data/cellier.db", "sqlite://data/cellier.db"),
            ("just text", "just text"),
        ] {
            assert_eq!(mask_password(text), masked);
        }
        assert_eq!(shown("s3_secret", &Value::from("abc")), "***");
        assert_eq!(shown("listen", &Value::from("abc")), "\"abc\"");
    }
}
