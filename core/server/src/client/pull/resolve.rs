//! Asking the registry which version a name means, and which of its files.

use axum::http::{HeaderMap, StatusCode, header};
use cellier_sdk::Sha256;
use serde::Deserialize;
use url::Url;

use crate::client::cache::{Question, Resolution};
use crate::client::words::printable;
use crate::client::{ClientError, Connection, Progress, Word, header_value};

/// A version as the registry describes it, as far as it matters here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    version: String,
    #[serde(flatten)]
    file: DescribedFile,
    yanked: Option<String>,
    deprecated: Option<String>,
    /// All files, where it has several.
    #[serde(default)]
    files: Vec<DescribedFile>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribedFile {
    architecture: Option<String>,
    file_name: String,
    size: u64,
    sha256: Sha256,
}

/// An artefact with its newest versions, of which only those are looked at that no selector means.
#[derive(Debug, Deserialize)]
struct Artefact {
    versions: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    version: String,
    yanked: Option<String>,
}

/// Asks which version is meant. What is known already is asked about with its entity tag, so that a registry with nothing
/// new to say need not say it again.
pub(super) async fn resolve(
    connection: &Connection,
    question: &Question,
    known: Option<&Resolution>,
    progress: &Progress,
) -> Result<Resolution, ClientError> {
    let selector = question.selector.as_deref().unwrap_or("latest");
    match ask(connection, question, selector, known, progress).await {
        Err(ClientError::Refused(refusal))
            if refusal.status == 404 && question.selector.is_none() =>
        {
            // Where nothing is stable yet, a bare name means the newest version that is not yanked.
            let newest = newest_of_all(connection, question).await?;
            ask(connection, question, &newest, known, progress).await
        }
        answered => answered,
    }
}

async fn ask(
    connection: &Connection,
    question: &Question,
    selector: &str,
    known: Option<&Resolution>,
    progress: &Progress,
) -> Result<Resolution, ClientError> {
    let url = url_of(connection, question, &["versions", selector]);
    let mut headers = HeaderMap::new();
    if let Some(etag) = known.and_then(|known| known.etag.as_deref()) {
        headers.insert(header::IF_NONE_MATCH, header_value(etag)?);
    }
    let answer = connection.get(&url, &headers).await?;
    if answer.status() == StatusCode::NOT_MODIFIED {
        return known.cloned().ok_or_else(|| {
            let problem = "the registry answers 304 although nothing was known here";
            ClientError::Unsound(problem.to_owned())
        });
    }
    let etag = answer
        .headers()
        .get(header::ETAG)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let version: Description = connection.json(answer).await?;
    version.warn(progress);
    version.into_resolution(question, etag)
}

async fn newest_of_all(
    connection: &Connection,
    question: &Question,
) -> Result<String, ClientError> {
    let url = url_of(connection, question, &[]);
    let answer = connection.get(&url, &HeaderMap::new()).await?;
    let artefact: Artefact = connection.json(answer).await?;
    let newest = artefact
        .versions
        .into_iter()
        .find(|listed| listed.yanked.is_none());
    newest.map(|newest| newest.version).ok_or_else(|| {
        let name = &question.name;
        ClientError::Unable(format!(
            "the newest versions of {name} are all yanked; name one exactly if you need it: {name}@VERSION"
        ))
    })
}

/// Where the bytes of an answer are.
pub(super) fn download_url(connection: &Connection, resolution: &Resolution) -> Url {
    let rest = ["versions", &resolution.version, "download"];
    url_of(connection, &resolution.question, &rest)
}

fn url_of(connection: &Connection, question: &Question, rest: &[&str]) -> Url {
    let mut segments = vec!["artefacts"];
    segments.extend(question.format.as_deref());
    segments.push(&question.name);
    segments.extend(rest);
    let mut url = connection.server().api(&segments);
    if let Some(architecture) = &question.architecture {
        url.query_pairs_mut()
            .append_pair("architecture", architecture);
    }
    url
}

impl Description {
    /// What whoever pulls it should know.
    fn warn(&self, progress: &Progress) {
        let version = printable(&self.version);
        if let Some(reason) = &self.deprecated {
            let reason = printable(reason);
            progress.warn(&format!("version {version} is deprecated: {reason}"));
        }
        if self.yanked.is_some() {
            progress.warn(&format!(
                "version {version} is yanked: its publisher advises against it"
            ));
        }
    }

    fn into_resolution(
        self,
        question: &Question,
        etag: Option<String>,
    ) -> Result<Resolution, ClientError> {
        let file = self.pick(question)?;
        // It becomes a segment of a path.
        if self.version.parse::<Word>().is_err() {
            let problem = format!("the registry calls a version {:?}", self.version);
            return Err(ClientError::Unsound(problem));
        }
        Ok(Resolution {
            question: question.clone(),
            sha256: file.sha256,
            size: file.size,
            file_name: file.file_name,
            version: self.version,
            etag,
            resolved_at: String::new(),
        })
    }

    /// The file that is meant, by the rule by which the registry picks it for a download: the one of the architecture, or
    /// the only one, or the only one that is of no architecture.
    fn pick(&self, question: &Question) -> Result<DescribedFile, ClientError> {
        if self.files.is_empty() || question.architecture.is_some() {
            return Ok(self.file.clone());
        }
        let mut plain = self.files.iter().filter(|file| file.architecture.is_none());
        if let (Some(file), None) = (plain.next(), plain.next()) {
            return Ok(file.clone());
        }
        let choices: Vec<_> = self
            .files
            .iter()
            .filter_map(|file| file.architecture.as_deref())
            .map(printable)
            .collect();
        Err(ClientError::Unable(format!(
            "version {} has several files: say which with --architecture, of {}",
            printable(&self.version),
            choices.join(", ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn question(architecture: Option<&str>) -> Question {
        Question {
            server: "http://127.0.0.1:8080".to_owned(),
            format: Some("npm".to_owned()),
            name: "@acme/widget".to_owned(),
            selector: None,
            architecture: architecture.map(str::to_owned),
        }
    }

    fn file(architecture: Option<&str>, digit: &str) -> Value {
        json!({
            "architecture": architecture, "fileName": "widget.tgz", "size": 7, "sha256": digit.repeat(64),
        })
    }

    fn resolved(version: Value, architecture: Option<&str>) -> Result<String, String> {
        let version: Description = serde_json::from_value(version).unwrap();
        version
            .into_resolution(&question(architecture), None)
            .map(|resolution| resolution.sha256.to_hex()[..1].to_owned())
            .map_err(|error| error.to_string())
    }

    fn version(files: &[Value]) -> Value {
        let mut version = files[0].clone();
        version["version"] = "1.2.3".into();
        if files.len() > 1 {
            version["files"] = files.into();
        }
        version
    }

    #[test]
    fn the_file_that_is_meant_is_the_one_that_the_registry_would_send() {
        let one = version(&[file(Some("linux-arm64"), "a")]);
        assert_eq!(resolved(one, None), Ok("a".to_owned()));
        let several = [file(Some("linux-arm64"), "a"), file(None, "b")];
        assert_eq!(resolved(version(&several), None), Ok("b".to_owned()));
        // Where an architecture is said, the registry has picked its file for the description.
        assert_eq!(
            resolved(version(&several), Some("linux-arm64")),
            Ok("a".to_owned())
        );
    }

    #[test]
    fn several_architectures_have_to_be_told_apart() {
        let several = [file(Some("linux-arm64"), "a"), file(Some("linux-x64"), "b")];
        let error = resolved(version(&several), None).unwrap_err();
        assert!(error.ends_with("of linux-arm64, linux-x64"), "{error}");
    }

    #[test]
    fn a_version_that_would_climb_out_of_its_path_is_refused() {
        let mut climbing = version(&[file(None, "a")]);
        climbing["version"] = "..".into();
        assert!(resolved(climbing, None).is_err());
    }

    #[test]
    fn a_question_becomes_a_path_and_a_query() {
        let server = "http://127.0.0.1:8080/below".parse().unwrap();
        let connection = Connection::new(server, None).unwrap();
        let url = url_of(
            &connection,
            &question(Some("linux arm")),
            &["versions", "^1"],
        );
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:8080/below/api/v1/artefacts/npm/@acme%2Fwidget/versions/%5E1?architecture=linux+arm"
        );
    }
}
