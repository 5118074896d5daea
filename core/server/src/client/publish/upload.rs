//! What is to be published, and what is said about it.

use std::path::Path;

use axum::http::HeaderMap;
use cellier_model::FileName;
use cellier_sdk::LocalizedText;
use reqwest::multipart::{Form, Part};
use url::Url;

use crate::client::publish::source::{Sending, Source};
use crate::client::{ClientError, ServerUrl, Word, header_value};

/// From this size on the registry is asked to answer before its format has looked at the content: a proxy between the two
/// may have less patience than that takes.
const WORTH_ANSWERING_LATER: u64 = 32 << 20;

/// What is said about a file that is published.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims {
    /// The format; else the server finds out.
    pub(crate) format: Option<Word>,
    /// What it is for.
    pub(crate) category: Option<String>,
    /// Its title by language.
    pub(crate) title: LocalizedText,
    /// Its description by language.
    pub(crate) description: LocalizedText,
    /// Its version, where the content carries none.
    pub(crate) version: Option<String>,
    /// What tells it from the version's other files.
    pub(crate) architecture: Option<String>,
    /// A tag for the version.
    pub(crate) tag: Option<String>,
}

/// A file, its name in the registry, and what is said about it.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) source: Source,
    pub(super) name: Word,
    pub(super) claims: Claims,
}

impl Upload {
    /// Where it is sent: to the format that was said, to the door for packages, or to the one for files.
    pub(super) fn url(&self, server: &ServerUrl) -> Url {
        let name = self.name.as_str();
        match &self.claims.format {
            Some(format) => server.api(&["artefacts", format.as_str(), name]),
            None if self.claims.is_package(self.source.path()) => {
                server.api(&["artefacts", name, "versions"])
            }
            None => server.api(&["artefacts", "file", name]),
        }
    }

    /// The form, its text parts before its file, so that the server can act on them early.
    pub(super) fn form(&self, sending: Sending) -> Form {
        let file_name = self.file_name();
        let mut form = Form::new().text("fileName", file_name.clone());
        for (name, text) in self.claims.texts() {
            form = form.text(name, text);
        }
        let file = Part::stream_with_length(sending.body, self.source.size()).file_name(file_name);
        form.part("file", file)
    }

    pub(super) fn headers(&self, may_answer_later: bool) -> Result<HeaderMap, ClientError> {
        let mut headers = HeaderMap::new();
        if may_answer_later && self.source.size() >= WORTH_ANSWERING_LATER {
            headers.insert("prefer", header_value("respond-async")?);
        }
        Ok(headers)
    }

    fn file_name(&self) -> String {
        let name = self.source.path().file_name().unwrap_or_default();
        FileName::lenient(&name.to_string_lossy(), "file")
            .as_str()
            .to_owned()
    }
}

impl Claims {
    /// Whether the file goes through the door for packages, which carry their own name: one that ends in `.tgz`, unless
    /// something else is said.
    pub(crate) fn is_package(&self, file: &Path) -> bool {
        let extension = file.extension();
        let is_tarball = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("tgz"));
        is_tarball && self.format.is_none() && self.category.is_none()
    }

    /// The text parts that say something.
    fn texts(&self) -> Vec<(&'static str, String)> {
        let plain = [
            ("category", &self.category),
            ("version", &self.version),
            ("architecture", &self.architecture),
            ("tag", &self.tag),
        ];
        let mut texts: Vec<_> = plain
            .into_iter()
            .filter_map(|(name, text)| Some((name, text.clone()?)))
            .collect();
        for (name, text) in [("title", &self.title), ("description", &self.description)] {
            if !text.is_empty() {
                texts.push((name, serde_json::json!(text).to_string()));
            }
        }
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(file_name: &str, claims: Claims) -> (tempfile::TempDir, Upload) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file_name);
        std::fs::write(&path, b"content").unwrap();
        let upload = Upload {
            source: Source::look(&path).unwrap(),
            name: "@acme/widget".parse().unwrap(),
            claims,
        };
        (folder, upload)
    }

    fn path(file_name: &str, claims: Claims) -> String {
        let (_folder, upload) = upload(file_name, claims);
        let server: ServerUrl = "http://127.0.0.1:8080".parse().unwrap();
        upload.url(&server).path().to_owned()
    }

    #[test]
    fn a_tarball_goes_through_the_door_for_packages_unless_something_else_is_said() {
        let said = |text: &str| Claims {
            format: Some(text.parse().unwrap()),
            ..Claims::default()
        };
        let with_category = Claims {
            category: Some("other".to_owned()),
            ..Claims::default()
        };
        let package = "/api/v1/artefacts/@acme%2Fwidget/versions";
        let file = "/api/v1/artefacts/file/@acme%2Fwidget";
        assert_eq!(path("widget.tgz", Claims::default()), package);
        assert_eq!(path("widget.TGZ", Claims::default()), package);
        assert_eq!(path("widget.mbtiles", Claims::default()), file);
        assert_eq!(path("widget.tgz", with_category), file);
        assert_eq!(path("widget.tgz", said("file")), file);
        assert_eq!(
            path("widget.tgz", said("npm")),
            "/api/v1/artefacts/npm/@acme%2Fwidget"
        );
    }

    #[test]
    fn only_what_is_said_becomes_a_part() {
        assert_eq!(Claims::default().texts(), []);
        let mut claims = Claims {
            tag: Some("beta".to_owned()),
            ..Claims::default()
        };
        claims.title.set("fr".parse().unwrap(), "Relief").unwrap();
        assert_eq!(
            claims.texts(),
            [
                ("tag", "beta".to_owned()),
                ("title", r#"{"fr":"Relief"}"#.to_owned())
            ]
        );
    }
}
