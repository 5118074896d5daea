//! `[formats.<id>]`: how the formats are set up.

use std::collections::BTreeMap;

use cellier_model::retention::RetentionPolicy;
use cellier_sdk::{Descriptor, Settings};
use serde_json::Map;
use toml::{Table, Value};

use crate::config::section::{Section, Sections};
use crate::config::server::ServerConfig;
use crate::config::value::{ByteSize, ConfigValue as _, write_retention};
use crate::config::{HostName, LimitsConfig, Origins};

/// How the formats are set up, by id.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FormatsConfig(pub(crate) BTreeMap<String, FormatConfig>);

/// How one format is set up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FormatConfig {
    /// Whether it takes uploads and speaks its protocol.
    pub(crate) enabled: bool,
    /// Categories that its artefacts may have beside its own.
    pub(crate) categories: Vec<String>,
    /// The largest upload.
    pub(crate) upload: ByteSize,
    /// What is kept of the versions of its artefacts.
    pub(crate) retention: RetentionPolicy,
    /// The origins whose pages may read what it answers.
    pub(crate) cors_origins: Origins,
    /// The host that it has to itself.
    pub(crate) host: Option<HostName>,
    /// Its own settings, complete with defaults.
    pub(crate) settings: Settings,
}

impl FormatsConfig {
    pub(super) fn read(
        sections: &mut Sections,
        formats: &[Descriptor],
        limits: &LimitsConfig,
        server: &ServerConfig,
    ) -> Self {
        let mut given = BTreeMap::new();
        sections.read_nested("formats", |noted, id, table| {
            if formats.iter().any(|format| format.id() == id) {
                given.insert(id.to_owned(), table);
            } else {
                let known: Vec<_> = formats.iter().map(Descriptor::id).collect();
                let allowed = format!("one of the formats {}", known.join(", "));
                noted.refuse(&format!("formats.{id}"), &Value::Table(table), &allowed);
            }
        });
        let mut taken = Vec::new();
        let mut all = BTreeMap::new();
        for format in formats {
            let table = given.remove(format.id()).unwrap_or_default();
            let name = format!("formats.{}", format.id());
            let config = sections.inner(&name, table, |section| {
                let mut config = FormatConfig::read(section, format, limits, server);
                config.host = read_host(section, format, server, &mut taken);
                config.settings = FormatConfig::read_settings(section, format);
                config
            });
            all.insert(format.id().to_owned(), config);
        }
        Self(all)
    }

    pub(super) fn write(&self) -> Table {
        self.0
            .iter()
            .map(|(id, format)| (id.clone(), Value::Table(format.write())))
            .collect()
    }
}

/// The keys that every format has.
const COMMON_KEYS: [&str; 6] = [
    "enabled",
    "categories",
    "upload",
    "retention",
    "cors_origins",
    "host",
];

/// Reads the host that a format has to itself, and refuses one that others have.
fn read_host(
    section: &mut Section<'_>,
    format: &Descriptor,
    server: &ServerConfig,
    taken: &mut Vec<HostName>,
) -> Option<HostName> {
    let host: HostName = section.take_optional("host")?;
    let found = Value::from(host.to_string());
    let is_ours = server
        .public_url
        .as_ref()
        .is_some_and(|url| host.is_of(&url.0));
    let is_taken = taken.iter().any(|other| other.as_str() == host.as_str());
    if format.mount_segment().is_none() {
        section.refuse(
            "host",
            &found,
            "nothing: the format has no protocol of its own",
        );
    } else if is_ours || is_taken {
        section.refuse("host", &found, HostName::ALLOWED);
    }
    taken.push(host.clone());
    Some(host)
}

impl FormatConfig {
    fn read(
        section: &mut Section<'_>,
        format: &Descriptor,
        limits: &LimitsConfig,
        server: &ServerConfig,
    ) -> Self {
        let origins = if format.is_cross_origin() {
            Origins::Any
        } else {
            server.cors_origins.clone()
        };
        let needed = format
            .needed_limits()
            .upload
            .map_or(limits.upload, |bytes| ByteSize(bytes.min(limits.upload.0)));
        let is_word = |word: &String| {
            (1..=32).contains(&word.len())
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        Self {
            enabled: section.take("enabled", true),
            categories: section.take_checked(
                "categories",
                Vec::new(),
                "a list of words of a-z, 0-9 and -, each 1 to 32 characters long",
                |words: &Vec<String>| words.iter().all(is_word),
            ),
            upload: section.take("upload", needed),
            retention: section.take(
                "retention",
                RetentionPolicy::of_format(format.default_retention()),
            ),
            cors_origins: section.take("cors_origins", origins),
            host: None,
            settings: Settings::default(),
        }
    }

    /// The format's own settings are checked against what the format says about them.
    fn read_settings(section: &mut Section<'_>, format: &Descriptor) -> Settings {
        let given = section.take_rest();
        let as_json: Map<_, _> = given
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), serde_json::to_value(value).ok()?)))
            .collect();
        match Settings::from_operator(format.settings(), &as_json) {
            Ok(settings) => settings,
            Err(mistakes) => {
                for mistake in mistakes {
                    let found = given
                        .get(&mistake.key)
                        .cloned()
                        .unwrap_or_else(|| Value::from(mistake.found));
                    let allowed = if mistake.allowed.starts_with("one of the keys")
                        || mistake.allowed.starts_with("nothing")
                    {
                        let own: Vec<_> = format
                            .settings()
                            .iter()
                            .map(cellier_sdk::Setting::key)
                            .collect();
                        let keys = COMMON_KEYS.into_iter().chain(own);
                        format!("one of the keys {}", crate::config::listed(keys))
                    } else {
                        mistake.allowed
                    };
                    section.refuse(&mistake.key, &found, &allowed);
                }
                Settings::default()
            }
        }
    }

    fn write(&self) -> Table {
        let mut table = Table::new();
        table.insert("enabled".to_owned(), self.enabled.into());
        table.insert("categories".to_owned(), self.categories.clone().into());
        table.insert("upload".to_owned(), self.upload.to_string().into());
        table.insert("retention".to_owned(), write_retention(&self.retention));
        table.insert("cors_origins".to_owned(), self.cors_origins.write());
        if let Some(host) = &self.host {
            table.insert("host".to_owned(), host.to_string().into());
        }
        for (key, value) in self.settings.as_map() {
            if let Ok(value) = Value::try_from(value) {
                table.insert(key.clone(), value);
            }
        }
        table
    }
}
