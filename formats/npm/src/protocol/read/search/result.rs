//! A package that was found, as a search tells of it.

use std::io;

use cellier_sdk::{ArtefactView, Registry, VersionView};
use serde_json::{Map, Value, json};

use crate::protocol::read::{manifest, tags};

/// A package with the version that stands for it.
pub(super) struct Candidate {
    artefact: ArtefactView,
    latest: VersionView,
}

impl Candidate {
    /// None if all versions were yanked or deleted since.
    pub(super) fn of(artefact: ArtefactView, registry: &dyn Registry) -> io::Result<Option<Self>> {
        let named = tags::named(&artefact, tags::LATEST).map(str::to_owned);
        let latest = match named {
            Some(latest) => Some(latest),
            None => tags::newest(&artefact.name, registry)?,
        };
        let Some(latest) = latest else {
            return Ok(None);
        };
        let latest = registry.version(&artefact.name, &latest)?;
        Ok(latest.map(|latest| Self { artefact, latest }))
    }

    pub(super) fn keywords(&self) -> impl Iterator<Item = &str> {
        let keywords = self.own("keywords");
        let list = keywords.and_then(Value::as_array).into_iter().flatten();
        let text = keywords.and_then(Value::as_str).into_iter();
        let words = text.flat_map(|text| text.split(|c: char| c == ',' || c.is_whitespace()));
        let words = words.filter(|word| !word.is_empty());
        list.filter_map(Value::as_str).chain(words)
    }

    /// The author's name, from either form in which a manifest has one.
    pub(super) fn author(&self) -> Option<&str> {
        let author = self.own("author")?;
        let written = author.as_str().or_else(|| author.get("name")?.as_str())?;
        let name = written.split(['<', '(']).next().unwrap_or_default().trim();
        (!name.is_empty()).then_some(name)
    }

    pub(super) fn owners(&self) -> impl Iterator<Item = &str> {
        self.artefact.owners.iter().map(String::as_str)
    }

    /// Without its `@`.
    pub(super) fn scope(&self) -> Option<&str> {
        let (scope, _) = self.artefact.name.split_once('/')?;
        scope.strip_prefix('@')
    }

    pub(super) fn is_deprecated(&self) -> bool {
        manifest::deprecation(&self.latest).is_some()
    }

    pub(super) fn is_unstable(&self) -> bool {
        let text = self.latest.version.as_str();
        text.starts_with("0.") || text.contains('-')
    }

    /// In the words of a search.
    pub(super) fn describe(&self) -> Value {
        let person = |name: &str| json!({ "username": name, "email": "" });
        let maintainers: Vec<_> = self.owners().map(person).collect();
        let publisher = self.latest.published_by.as_deref().map(person);
        let mut package = Map::new();
        let entries = [
            ("name", Some(self.artefact.name.clone().into())),
            ("scope", Some(self.scope().unwrap_or("unscoped").into())),
            ("version", Some(self.latest.version.as_str().into())),
            ("description", self.text("description").map(Value::from)),
            ("keywords", Some(self.keywords().collect::<Vec<_>>().into())),
            ("license", self.text("license").map(Value::from)),
            ("date", Some(self.latest.published_at.clone().into())),
            ("author", self.author().map(|name| json!({ "name": name }))),
            ("publisher", publisher),
            ("maintainers", Some(maintainers.into())),
            ("links", Some(self.links())),
        ];
        for (key, value) in entries {
            package.extend(value.map(|value| (key.to_owned(), value)));
        }
        json!({
            "package": package,
            "updated": self.artefact.updated_at,
            "flags": { "unstable": self.is_unstable() },
            "score": { "final": 1, "detail": { "quality": 1, "popularity": 1, "maintenance": 1 } },
            "searchScore": 1,
        })
    }

    /// Where to read more, as far as the package says so by addresses of the web.
    fn links(&self) -> Value {
        let address = |key: &str, inner: &str| {
            let value = self.own(key)?;
            let text = value.as_str().or_else(|| value.get(inner)?.as_str())?;
            let text = text.strip_prefix("git+").unwrap_or(text);
            let is_web = text.starts_with("https://") || text.starts_with("http://");
            is_web.then(|| text.into())
        };
        let links = [
            ("homepage", address("homepage", "url")),
            ("repository", address("repository", "url")),
            ("bugs", address("bugs", "url")),
        ];
        let known = links.into_iter();
        let known = known.filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Value::Object(known.collect())
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.own(key)?.as_str()
    }

    fn own(&self, key: &str) -> Option<&Value> {
        manifest::manifest(&self.latest)?.get(key)
    }
}
