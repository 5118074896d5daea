//! What a file wants to have checked: what a lockfile pins, what a registry tells, or the artefact that the file is.

use std::io;
use std::path::Path;
use std::sync::Arc;

use cellier_sdk::{
    Descriptor, Digest, DigestAlgorithm, Format, Pin, ReadAt as _, Rejection, Settings, Statement,
    Upload,
};
use sha2::{Digest as _, Sha256, Sha512};

use crate::client::verify::not_readable;
use crate::client::{ClientError, on_disk};
use crate::local_file::LocalFile;

/// How much is read at a time.
const PIECE: usize = 256 * 1024;

/// What is to be checked.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) pins: Vec<Pin>,
    pub(super) local: Vec<String>,
    /// What the registry tells, if the file is that.
    pub(super) statements: Option<Vec<Statement>>,
}

pub(super) async fn wanted(
    format: &Arc<dyn Format>,
    descriptor: &Descriptor,
    file: &Path,
) -> Result<Wanted, ClientError> {
    let format = Arc::clone(format);
    let id = descriptor.id().to_owned();
    // An operator's settings are about what is published, and this is no server.
    let settings = Settings::from_operator(descriptor.settings(), &serde_json::Map::new());
    let upload = Upload::new("checked").settings(settings.unwrap_or_default());
    let file = file.to_owned();
    on_disk(move || {
        let shown = file.display().to_string();
        let content = LocalFile::open(&file);
        let content = content.map_err(ClientError::local(format!("open {shown}")))?;
        let no_document = match format.read_document(&content) {
            Ok(document) if document.pins.is_empty() && document.statements.is_empty() => {
                return nothing_in(&shown, document.local);
            }
            Ok(document) => return Ok(of_document(document)),
            Err(rejection @ Rejection::NotThisFormat(_)) => rejection,
            Err(other) => return Err(not_readable(other, &shown)),
        };
        match of_artefact(format.as_ref(), &upload, &content) {
            Ok(Some(pin)) => Ok(Wanted {
                pins: vec![pin],
                local: Vec::new(),
                statements: None,
            }),
            Ok(None) => Err(ClientError::Unable(format!(
                "{shown} is an artefact of the format {id} that does not say its name and version"
            ))),
            Err(Rejection::NotThisFormat(_)) => Err(not_readable(no_document, &shown)),
            Err(other) => Err(not_readable(other, &shown)),
        }
    })
    .await
}

fn nothing_in(shown: &str, local: Vec<String>) -> Result<Wanted, ClientError> {
    if local.is_empty() {
        return Err(ClientError::Unable(format!(
            "{shown} names nothing that could be checked"
        )));
    }
    Ok(Wanted {
        pins: Vec::new(),
        local,
        statements: None,
    })
}

/// What a registry tells is checked against itself: its signatures, by the keys that are trusted.
fn of_document(document: cellier_sdk::Document) -> Wanted {
    if !document.pins.is_empty() {
        return Wanted {
            pins: document.pins,
            local: document.local,
            statements: None,
        };
    }
    let pins = document.statements.iter().map(|statement| Pin {
        name: statement.name.clone(),
        version: statement.version.clone(),
        digests: statement.digests.clone(),
        source: None,
    });
    Wanted {
        pins: pins.collect(),
        local: document.local,
        statements: Some(document.statements),
    }
}

/// The version that a file is, if it says so itself.
fn of_artefact(
    format: &dyn Format,
    upload: &Upload,
    content: &LocalFile,
) -> Result<Option<Pin>, Rejection> {
    let inspection = format.inspect(upload, content)?;
    let (Some(name), Some(version)) = (inspection.name, inspection.version) else {
        return Ok(None);
    };
    Ok(Some(Pin {
        name,
        version,
        digests: digests(content)?,
        source: None,
    }))
}

fn digests(content: &LocalFile) -> io::Result<Vec<Digest>> {
    let (mut sha256, mut sha512) = (Sha256::new(), Sha512::new());
    let mut piece = vec![0; PIECE];
    let mut offset = 0;
    loop {
        let read = content.read_at(offset, &mut piece)?;
        if read == 0 {
            break;
        }
        sha256.update(&piece[..read]);
        sha512.update(&piece[..read]);
        offset += read as u64;
    }
    let both = [
        Digest::new(DigestAlgorithm::Sha256, &sha256.finalize()),
        Digest::new(DigestAlgorithm::Sha512, &sha512.finalize()),
    ];
    both.into_iter()
        .collect::<Result<_, _>>()
        .map_err(io::Error::other)
}
