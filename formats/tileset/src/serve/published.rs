//! What an address means: a version that the caller may see, and what was learnt of it when it was published.

use cellier_sdk::{Body, Failure, FileView, Hold, Registry, Response, VersionView};
use serde_json::{Map, Value};

use super::route::Address;
use crate::container::Container;
use crate::place::DEEPEST;
use crate::tile::{Compression, Kind};

/// A version of a tileset.
#[derive(Debug)]
pub(super) struct Published {
    /// The revision, as text.
    pub(super) revision: String,
    /// When it was published: RFC 3339, UTC.
    pub(super) since: String,
    /// The file.
    pub(super) file: FileView,
    /// Everything that was learnt of it.
    pub(super) metadata: Map<String, Value>,
    /// In what the tiles lie.
    pub(super) container: Container,
    /// What the tiles are.
    pub(super) kind: Kind,
    /// How they are packed, if they are all alike.
    pub(super) compression: Option<Compression>,
    /// The first and the last zoom that has tiles.
    pub(super) zooms: (u8, u8),
    /// Whether the address names this revision, and so never means another.
    is_pinned: bool,
}

impl Published {
    /// Finds it.
    pub(super) fn find(address: &Address<'_>, registry: &dyn Registry) -> Result<Self, Failure> {
        let selector = address.selector();
        let version = registry.version(address.name, selector)?;
        version
            .and_then(|version| Self::read(version, selector))
            .ok_or(Failure::NotFound)
    }

    /// Reads what was learnt; none if that is not what this format learns of a tileset.
    pub(super) fn read(version: VersionView, selector: &str) -> Option<Self> {
        let metadata = version.metadata;
        let word = |key: &str| metadata.get(key).and_then(Value::as_str);
        let zoom = |key: &str| {
            let zoom = metadata.get(key).and_then(Value::as_u64)?;
            u8::try_from(zoom).ok().filter(|zoom| *zoom <= DEEPEST)
        };
        Some(Self {
            is_pinned: version.version.as_str() == selector,
            revision: version.version.into(),
            since: version.published_at,
            file: version.files.into_iter().next()?,
            container: Container::of_word(word("kind")?)?,
            kind: Kind::of_word(word("tileType")?)?,
            compression: word("tileCompression").and_then(Compression::of_word),
            zooms: (zoom("minzoom")?, zoom("maxzoom")?),
            metadata,
        })
    }

    /// A text of the metadata.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).and_then(Value::as_str)
    }

    /// How long bytes of the file may be held: for ever, if the address will always mean this file.
    pub(super) fn hold(&self) -> Hold {
        if self.is_pinned {
            Hold::Immutable
        } else {
            Hold::UntilArtefactChanges
        }
    }

    /// The file, or some of its bytes.
    pub(super) fn blob(
        &self,
        body: Option<std::ops::Range<u64>>,
        encoding: Option<&str>,
    ) -> Response {
        Response::new(200)
            .body(Body::Blob {
                digest: self.file.sha256,
                range: body,
                encoding: encoding.map(str::to_owned),
            })
            .hold(self.hold())
    }
}
