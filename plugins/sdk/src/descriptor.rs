//! What a format says about itself.

use serde::{Deserialize, Serialize};

use crate::{DigestAlgorithm, DocumentPaths, LanguageTag, LocalizedText, Naming, Setting};

/// What a format is, in data that every kind of plugin can hand over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    id: String,
    version: String,
    titles: LocalizedText,
    versioning: Versioning,
    naming: Naming,
    categories: Vec<String>,
    default_category: Option<String>,
    claims: Vec<Claim>,
    digests: Vec<DigestAlgorithm>,
    open: bool,
    cross_origin: bool,
    signs: bool,
    documents: Option<DocumentPaths>,
    mount: Option<String>,
    root_routes: Vec<String>,
    settings: Vec<Setting>,
    retention: Retention,
    limits: Limits,
}

impl Descriptor {
    /// A format of this id and of this version of its own.
    ///
    /// The id is 1 to 32 of `a-z`, `0-9` and `-`, and starts with a letter; it appears in paths and configuration.
    pub fn new(id: &str, version: &str) -> Self {
        Self {
            id: id.to_owned(),
            version: version.to_owned(),
            titles: LocalizedText::default(),
            versioning: Versioning::Revisions,
            naming: Naming::plain(),
            categories: Vec::new(),
            default_category: None,
            claims: Vec::new(),
            digests: Vec::new(),
            open: false,
            cross_origin: false,
            signs: false,
            documents: None,
            mount: None,
            root_routes: Vec::new(),
            settings: Vec::new(),
            retention: Retention::Everything,
            limits: Limits::default(),
        }
    }

    /// With a title in one language.
    ///
    /// # Panics
    ///
    /// If the language is not a BCP 47 tag or the title is too long: a descriptor is written, not computed.
    #[must_use]
    pub fn title(mut self, language: &str, title: &str) -> Self {
        let language: LanguageTag = language
            .parse()
            .expect("a title's language is a BCP 47 tag");
        self.titles
            .set(language, title)
            .expect("a title has at most 2000 characters");
        self
    }

    /// With another way of numbering versions than [`Versioning::Revisions`].
    #[must_use]
    pub fn versioning(mut self, versioning: Versioning) -> Self {
        self.versioning = versioning;
        self
    }

    /// With other rules for names than [`Naming::plain`].
    #[must_use]
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// With a category that its artefacts may have. The first one is what an artefact gets when nobody says, unless
    /// [`Descriptor::default_category`] names another.
    #[must_use]
    pub fn category(mut self, category: &str) -> Self {
        self.categories.push(category.to_owned());
        self
    }

    /// With the category that an artefact gets when nobody says.
    #[must_use]
    pub fn default_category(mut self, category: &str) -> Self {
        self.default_category = Some(category.to_owned());
        self
    }

    /// With one more sign by which the host finds uploads to ask this format about.
    #[must_use]
    pub fn claim(mut self, claim: Claim) -> Self {
        self.claims.push(claim);
        self
    }

    /// With a digest that the host computes beside SHA-256.
    #[must_use]
    pub fn digest(mut self, algorithm: DigestAlgorithm) -> Self {
        self.digests.push(algorithm);
        self
    }

    /// Lets a published version take further files of other names. Without it a version is sealed by its first publish
    /// and holds one file for each variant.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Lets pages of other origins read the answers of the protocol (CORS), as maps in other people's pages must.
    #[must_use]
    pub fn cross_origin(mut self) -> Self {
        self.cross_origin = true;
        self
    }

    /// Asks the host to sign texts for it: [`Registry::sign`](crate::Registry::sign).
    #[must_use]
    pub fn signs(mut self) -> Self {
        self.signs = true;
        self
    }

    /// With the paths below the mount where a client finds what the registry has signed: the list of its keys, and what it
    /// tells of an artefact, with `{name}` for the name as one segment. Both are read by
    /// [`Format::read_document`](crate::Format::read_document).
    #[must_use]
    pub fn documents(mut self, keys: &str, artefact: &str) -> Self {
        self.documents = Some(DocumentPaths {
            keys: keys.to_owned(),
            artefact: artefact.to_owned(),
        });
        self
    }

    /// With the first segment of the path where the format speaks its own protocol.
    #[must_use]
    pub fn mount(mut self, segment: &str) -> Self {
        self.mount = Some(segment.to_owned());
        self
    }

    /// With a path at the root of the host that some client insists on; it ends in `/*` to take all that follows.
    ///
    /// A request there reaches the format as if the same path stood below its mount: `/-/token` as `["-", "token"]`.
    #[must_use]
    pub fn root_route(mut self, path: &str) -> Self {
        self.root_routes.push(path.to_owned());
        self
    }

    /// With one of the operator's settings.
    #[must_use]
    pub fn setting(mut self, setting: Setting) -> Self {
        self.settings.push(setting);
        self
    }

    /// With what is kept when nobody says.
    #[must_use]
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// With the limits that the format needs.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version of the format itself.
    pub fn format_version(&self) -> &str {
        &self.version
    }

    /// Its titles.
    pub fn titles(&self) -> &LocalizedText {
        &self.titles
    }

    /// How its versions are numbered.
    pub fn versions(&self) -> Versioning {
        self.versioning
    }

    /// Its rules for names.
    pub fn names(&self) -> &Naming {
        &self.naming
    }

    /// The categories that its artefacts may have.
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// The category that an artefact gets when nobody says.
    pub fn category_by_default(&self) -> Option<&str> {
        self.default_category
            .as_deref()
            .or(self.categories.first().map(String::as_str))
    }

    /// The signs by which the host finds uploads to ask this format about.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The digests that the host computes beside SHA-256.
    pub fn digests(&self) -> &[DigestAlgorithm] {
        &self.digests
    }

    /// Whether a published version takes further files.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether pages of other origins may read the answers of its protocol.
    pub fn is_cross_origin(&self) -> bool {
        self.cross_origin
    }

    /// Whether it asks the host to sign texts for it.
    pub fn wants_signatures(&self) -> bool {
        self.signs
    }

    /// Where a client finds what the registry has signed.
    pub fn document_paths(&self) -> Option<&DocumentPaths> {
        self.documents.as_ref()
    }

    /// The first segment of the path where the format speaks its own protocol.
    pub fn mount_segment(&self) -> Option<&str> {
        self.mount.as_deref()
    }

    /// The paths at the root of the host that it needs.
    pub fn root_routes(&self) -> &[String] {
        &self.root_routes
    }

    /// The operator's settings.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// What is kept when nobody says.
    pub fn default_retention(&self) -> Retention {
        self.retention
    }

    /// The limits that it needs.
    pub fn needed_limits(&self) -> Limits {
        self.limits
    }

    /// Checks what a compiler cannot: the host refuses a format whose descriptor fails.
    pub fn check(&self) -> Result<(), InvalidDescriptor> {
        let refuse = |problem: String| {
            Err(InvalidDescriptor {
                id: self.id.clone(),
                problem,
            })
        };
        if !is_identifier(&self.id) {
            return refuse(
                "its id is not 1 to 32 of a-z, 0-9 and -, starting with a letter".to_owned(),
            );
        }
        if let Some(mount) = self.mount.as_deref().filter(|mount| !is_identifier(mount)) {
            return refuse(format!(
                "its mount {mount:?} is not 1 to 32 of a-z, 0-9 and -, starting with a letter"
            ));
        }
        if let Some(category) = self
            .categories
            .iter()
            .find(|category| !is_identifier(category))
        {
            return refuse(format!(
                "its category {category:?} is not 1 to 32 of a-z, 0-9 and -"
            ));
        }
        if let Some(category) = self
            .default_category
            .as_ref()
            .filter(|default| !self.categories.contains(default))
        {
            return refuse(format!(
                "its default category {category:?} is not among its categories"
            ));
        }
        if let Some(route) = self.root_routes.iter().find(|route| !is_route(route)) {
            return refuse(format!(
                "its root route {route:?} is not a path such as /-/token or /-/tokens/*"
            ));
        }
        let documents = self.documents.as_ref();
        if documents.is_some_and(|paths| !paths.are_sound()) {
            let paths = "its documents are not at paths such as -/keys and {name}";
            return refuse(paths.to_owned());
        }
        for setting in &self.settings {
            if let Err(problem) = setting.check_example() {
                return refuse(format!("the example of its setting is refused: {problem}"));
            }
        }
        Ok(())
    }
}

/// Whether a text may be the id of a format, a mount or a category: 1 to 32 of `a-z`, `0-9` and `-`, starting with a
/// letter.
pub fn is_identifier(text: &str) -> bool {
    let starts_with_letter = text
        .bytes()
        .next()
        .is_some_and(|first| first.is_ascii_lowercase());
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= 32 && starts_with_letter && text.bytes().all(allowed)
}

/// Whether a text may be a route at the root of the host: segments of plain characters, of which the last may be `*`.
fn is_route(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    let is_segment = |segment: &str| {
        let only_dots = segment.bytes().all(|byte| byte == b'.');
        !only_dots && segment.bytes().all(plain)
    };
    let Some(path) = text.strip_prefix('/') else {
        return false;
    };
    let path = path.strip_suffix("/*").unwrap_or(path);
    text.len() <= 256 && path.split('/').all(is_segment)
}

/// A descriptor contradicts the contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the format {id:?} is described wrongly: {problem}")]
pub struct InvalidDescriptor {
    /// The id it gives itself.
    pub id: String,
    /// What is wrong.
    pub problem: String,
}

/// How the versions of a format are numbered and ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Versioning {
    /// Strict Semantic Versioning 2.0.0; every upload carries or is told its version.
    Semver,
    /// 1, 2, 3 …: the core counts, an upload carries no version of its own.
    Revisions,
    /// Any text; the format says in [`Inspection::order`](crate::Inspection::order) where it stands.
    Opaque,
}

/// A sign by which the host finds uploads to ask a format about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Claim {
    /// The file's name ends in `.` and this, without regard to case.
    Extension(String),
    /// The publisher sent this media type.
    MediaType(String),
    /// The content has these bytes at this offset.
    Magic {
        /// Where, in bytes from the start.
        offset: u64,
        /// Which bytes.
        bytes: Vec<u8>,
    },
    /// Takes whatever no other format takes.
    Anything,
}

impl Claim {
    /// Claims names that end in `.` and this, without regard to case.
    pub fn extension(extension: &str) -> Self {
        Self::Extension(extension.to_ascii_lowercase())
    }

    /// Claims what the publisher sent as this media type.
    pub fn media_type(media_type: &str) -> Self {
        Self::MediaType(media_type.to_ascii_lowercase())
    }

    /// Claims content with these bytes at this offset.
    pub fn magic(offset: u64, bytes: &[u8]) -> Self {
        Self::Magic {
            offset,
            bytes: bytes.to_vec(),
        }
    }

    /// Claims whatever no other format takes.
    pub fn anything() -> Self {
        Self::Anything
    }
}

/// How many versions are kept when nobody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Retention {
    /// All.
    Everything,
    /// The newest so many.
    Newest(u32),
    /// Of each line such as `1.2`, so many of the highest patch numbers; prereleases stay. For semantic versions.
    PatchesPerMinor(u32),
}

/// Limits that a format needs; the operator sets what holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Limits {
    /// The largest upload that makes sense, in bytes.
    pub upload: Option<u64>,
}

impl Limits {
    /// No upload larger than so many bytes makes sense.
    pub fn upload(bytes: u64) -> Self {
        Self {
            upload: Some(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_up_in_paths_is_checked() {
        assert!(
            Descriptor::new("npm", "1.0.0")
                .mount("npm")
                .category("catalog")
                .check()
                .is_ok()
        );
        for bad in ["", "NPM", "../etc", "1npm", "a/b", "api key"] {
            assert!(Descriptor::new(bad, "1").check().is_err(), "{bad:?}");
            assert!(
                Descriptor::new("ok", "1").mount(bad).check().is_err(),
                "{bad:?}"
            );
        }
        for (route, is_sound) in [
            ("/-/npm/v1/oidc/token", true),
            ("/.well-known/terraform.json", true),
            ("/-/npm/*", true),
            ("/*", false),
            ("/", false),
            ("x", false),
            ("/a/../b", false),
            ("/a//b", false),
            ("/a/*/b", false),
            ("/a b", false),
        ] {
            let descriptor = Descriptor::new("ok", "1").mount("ok").root_route(route);
            assert_eq!(descriptor.check().is_ok(), is_sound, "{route}");
        }
        assert!(
            Descriptor::new("ok", "1")
                .category("a")
                .default_category("b")
                .check()
                .is_err()
        );
    }
}
