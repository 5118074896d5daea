//! `[server]`: where the server listens and what it is called outside.

use std::net::SocketAddr;

use ipnet::IpNet;
use toml::{Table, Value};
use url::Url;

use crate::config::section::Section;
use crate::config::value::ConfigValue;
use crate::config::{Origins, Period};

/// Where the server listens and what it is called outside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ServerConfig {
    /// The address and port to listen on.
    pub(crate) listen: SocketAddr,
    /// The URL under which clients know the server.
    pub(crate) public_url: Option<PublicUrl>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Networks,
    /// The origins whose pages may read what formats answer, where a format says nothing of its own.
    pub(crate) cors_origins: Origins,
    /// How long a shutdown waits for requests in flight.
    pub(crate) shutdown_grace: Period,
}

impl ServerConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            listen: section.take("listen", SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: section.take_optional("public_url"),
            trusted_proxies: section.take("trusted_proxies", Networks::default()),
            cors_origins: section.take("cors_origins", Origins::default()),
            shutdown_grace: section
                .take("shutdown_grace", Period(std::time::Duration::from_mins(10))),
        }
    }

    pub(super) fn write(&self) -> Table {
        let mut table = Table::new();
        table.insert("listen".to_owned(), self.listen.to_string().into());
        if let Some(url) = &self.public_url {
            table.insert(
                "public_url".to_owned(),
                url.0.as_str().trim_end_matches('/').into(),
            );
        }
        let proxies = self
            .trusted_proxies
            .0
            .iter()
            .map(|network| Value::from(network.to_string()));
        table.insert(
            "trusted_proxies".to_owned(),
            proxies.collect::<Vec<_>>().into(),
        );
        table.insert("cors_origins".to_owned(), self.cors_origins.write());
        table.insert(
            "shutdown_grace".to_owned(),
            self.shutdown_grace.to_string().into(),
        );
        table
    }
}

/// The URL under which clients know the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl(pub(crate) Url);

impl ConfigValue for PublicUrl {
    const ALLOWED: &'static str = "a URL such as \"https://registry.example.com\", with http or https, without user, query and fragment";

    fn read(value: &Value) -> Option<Self> {
        let url: Url = value.as_str()?.parse().ok()?;
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        let is_plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        (is_web && is_plain).then_some(Self(url))
    }
}

/// Networks in CIDR notation; a single address is a network of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Networks(pub(crate) Vec<IpNet>);

impl ConfigValue for Networks {
    const ALLOWED: &'static str =
        "a list of addresses or networks, such as [\"10.0.0.0/8\", \"::1\"]";

    fn read(value: &Value) -> Option<Self> {
        let network = |item: &Value| {
            let text = item.as_str()?;
            let address = || text.parse::<std::net::IpAddr>().ok().map(IpNet::from);
            text.parse().ok().or_else(address)
        };
        value
            .as_array()?
            .iter()
            .map(network)
            .collect::<Option<_>>()
            .map(Self)
    }
}
