//! Checking that bytes are those that a registry has signed, also where it cannot be asked.
//!
//! Nothing here knows an ecosystem: the format reads the documents, tells where the registry has them, and what text was
//! signed. What was fetched is kept; the keys above all, for keys that come with the signatures prove nothing.

mod judge;
mod shelf;
mod wanted;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cellier_sdk::{
    Document, DocumentPaths, Finding, Format, Pin, Rejection, SigningKey, Statement,
};
use url::Url;

use self::judge::judge;
use self::wanted::wanted;
use crate::client::words::printable;
use crate::client::{ClientError, Progress, ServerUrl, on_disk};
use crate::local_file::LocalFile;

pub(crate) use self::judge::Verdict;
pub(crate) use self::shelf::Shelf;

/// What is checked with what.
#[derive(Debug)]
pub(crate) struct Verifier {
    /// The format that reads the documents.
    pub(crate) format: Arc<dyn Format>,
    /// The registry.
    pub(crate) server: ServerUrl,
    /// Its documents.
    pub(crate) shelf: Shelf,
    /// The list of keys that are trusted; made of what the registry says if it is not there.
    pub(crate) keys: Option<PathBuf>,
    /// Where it is told what happens.
    pub(crate) progress: Progress,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Verified {
    /// Each version, and what is to be held of it.
    pub(crate) verdicts: Vec<(Pin, Verdict)>,
    /// What no registry can vouch for.
    pub(crate) local: Vec<String>,
}

impl Verifier {
    /// Checks what a file wants or is: a lockfile, what a registry tells of an artefact, or an artefact.
    pub(crate) async fn verify(&self, file: &Path) -> Result<Verified, ClientError> {
        let descriptor = self.format.describe();
        let (Some(paths), Some(mount)) = (descriptor.document_paths(), descriptor.mount_segment())
        else {
            let id = descriptor.id();
            return Err(ClientError::Unable(format!(
                "the format {id} has no signatures that could be checked"
            )));
        };
        let wanted = wanted(&self.format, &descriptor, file).await?;
        let keys = self.keys(&self.url(mount, &paths.of_keys())).await?;
        let mut verdicts = Vec::new();
        for (name, pins) in by_name(wanted.pins) {
            let told = match &wanted.statements {
                // The file is what the registry tells.
                Some(statements) => Told::All(statements.clone()),
                None if pins.iter().all(|pin| self.is_elsewhere(pin)) => Told::NotAsked,
                None => self.statements(mount, paths, &name).await?,
            };
            verdicts.extend(pins.into_iter().map(|pin| {
                let verdict = match &told {
                    _ if self.is_elsewhere(&pin) => Verdict::Elsewhere,
                    Told::All(statements) => judge(&pin, statements, &keys),
                    Told::NotAsked => Verdict::NotKept,
                };
                (pin, verdict)
            }));
        }
        Ok(Verified {
            verdicts,
            local: wanted.local,
        })
    }

    async fn statements(
        &self,
        mount: &str,
        paths: &DocumentPaths,
        name: &str,
    ) -> Result<Told, ClientError> {
        let url = self.url(mount, &paths.of_artefact(name));
        match self.shelf.get(&url).await? {
            Some(file) => {
                let document = read_document(&self.format, &file, url.as_str()).await?;
                Ok(Told::All(document.statements))
            }
            None if self.shelf.is_online() => Ok(Told::All(Vec::new())),
            None => Ok(Told::NotAsked),
        }
    }

    /// The keys that are trusted. They are taken from the registry once: whoever changes signatures there later would
    /// change its list of keys too.
    async fn keys(&self, url: &Url) -> Result<Vec<SigningKey>, ClientError> {
        if let Some(file) = self.keys.as_deref().filter(|file| file.exists()) {
            let origin = file.display().to_string();
            return some_keys(read_document(&self.format, file, &origin).await?, &origin);
        }
        let fetched = self.shelf.get(url).await?;
        let fetched = fetched.ok_or_else(|| {
            ClientError::Unable(format!(
                "there is no list of keys at {url}; give a file of it with --keys"
            ))
        })?;
        let document = read_document(&self.format, &fetched, url.as_str()).await?;
        let keys = some_keys(document, url.as_str())?;
        match &self.keys {
            Some(file) => {
                let copied = tokio::fs::copy(&fetched, file).await;
                copied.map_err(ClientError::local(format!("write {}", file.display())))?;
                self.progress.note(&format!(
                    "the keys of the registry are trusted from now on as {} holds them: compare them with what its operator \
                     says",
                    file.display()
                ));
            }
            None => self.progress.warn(
                "the keys came from the registry itself: whoever could change its signatures could change them too. Keep \
                 them with --keys FILE",
            ),
        }
        Ok(keys)
    }

    fn url(&self, mount: &str, segments: &[String]) -> Url {
        let below = std::iter::once(mount).chain(segments.iter().map(String::as_str));
        self.server.below(below)
    }

    /// Whether a lockfile says that something came from another registry.
    fn is_elsewhere(&self, pin: &Pin) -> bool {
        let source = pin.source.as_deref().map(Url::parse);
        source.is_some_and(|source| !source.is_ok_and(|source| self.server.is_origin_of(&source)))
    }
}

/// What the registry tells of an artefact.
enum Told {
    All(Vec<Statement>),
    NotAsked,
}

fn by_name(pins: Vec<Pin>) -> BTreeMap<String, Vec<Pin>> {
    let mut names: BTreeMap<String, Vec<Pin>> = BTreeMap::new();
    for pin in pins {
        names.entry(pin.name.clone()).or_default().push(pin);
    }
    names
}

fn some_keys(document: Document, origin: &str) -> Result<Vec<SigningKey>, ClientError> {
    if document.keys.is_empty() {
        return Err(ClientError::Unsound(format!("{origin} holds no key")));
    }
    Ok(document.keys)
}

/// Has the format read a document, on a thread that may wait for the disk.
async fn read_document(
    format: &Arc<dyn Format>,
    file: &Path,
    origin: &str,
) -> Result<Document, ClientError> {
    let (format, path) = (Arc::clone(format), file.to_owned());
    let origin = origin.to_owned();
    on_disk(move || {
        let opened = LocalFile::open(&path);
        let content = opened.map_err(ClientError::local(format!("open {}", path.display())))?;
        let read = format.read_document(&content);
        read.map_err(|rejection| not_readable(rejection, &origin))
    })
    .await
}

/// Why a file cannot be read, in the words of the format.
fn not_readable(rejection: Rejection, origin: &str) -> ClientError {
    match rejection {
        Rejection::Unreadable(source) => ClientError::Local {
            doing: format!("read {origin}"),
            source,
        },
        other => {
            let findings = other.into_findings();
            let lines: Vec<_> = findings.iter().map(sentence).collect();
            ClientError::Unsound(format!("{origin}: {}", lines.join("; ")))
        }
    }
}

fn sentence(finding: &Finding) -> String {
    let fix = finding.fix.as_deref().map(|fix| format!(" ({fix})"));
    let text = format!(
        "{}: {}{}",
        finding.code,
        finding.message,
        fix.unwrap_or_default()
    );
    printable(&text)
}
