//! The name of a host that a format has for itself.

use std::fmt;

use toml::Value;
use url::{Host, Url};

use crate::config::value::ConfigValue;

/// The name of a host, and its port if clients need to be told one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostName {
    host: String,
    port: Option<u16>,
}

impl HostName {
    /// The name as requests have it: in lower case, without a port.
    pub(crate) fn as_str(&self) -> &str {
        &self.host
    }

    /// The URL of its root, without a slash at the end.
    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{self}")
    }

    /// Whether it is the host of this URL.
    pub(crate) fn is_of(&self, url: &Url) -> bool {
        url.host_str() == Some(self.host.as_str())
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

impl ConfigValue for HostName {
    const ALLOWED: &'static str = "the name of a host of its own, such as \"npm.example.com\", with a port where clients need \
                                   one; neither that of server.public_url nor that of another format";

    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok().filter(|port| *port > 0)?)),
            None => (text, None),
        };
        // What is an address, or is written otherwise than a browser writes it, no request will be recognised by.
        match Host::parse(name).ok()? {
            Host::Domain(host) if host == name && is_name(name) => Some(Self { host, port }),
            _ => None,
        }
    }
}

/// Labels of letters, digits and hyphens (RFC 1123, section 2.1).
fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_with_or_without_a_port() {
        let read = |text: &str| HostName::read(&Value::from(text));
        let plain = read("npm.example.com").unwrap();
        assert_eq!(plain.url("https"), "https://npm.example.com");
        let with_port = read("npm.localhost:8080").unwrap();
        assert_eq!(with_port.as_str(), "npm.localhost");
        assert_eq!(with_port.url("http"), "http://npm.localhost:8080");
        assert!(plain.is_of(&"https://npm.example.com/x".parse().unwrap()));
        for bad in [
            "",
            "https://npm.example.com",
            "npm.example.com/",
            "npm.example.com:",
            "npm.example.com:0",
            "npm.example.com:99999",
            "NPM.example.com",
            "npm..example.com",
            "npm.example.com.",
            "-npm.example.com",
            "npm_x.example.com",
            "127.0.0.1",
            "[::1]",
            "npm example.com",
            "réseau.example.com",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
