//! What a publisher asks for, and what becomes of it.

use cellier_sdk::{LocalizedText, MediaType, Version};
use serde_json::{Map, Value};

use crate::audit::Origin;
use crate::{Artefact, FileName, FormatId, Release, StagedBlob, Tag, Variant};

/// The path that an upload came in by; it says how the format is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// `POST /artefacts/{name}/versions`: the format is recognised from the content.
    Package,
    /// `POST /artefacts/file/{name}`: the format claims the category, else recognises the content, else is the one that
    /// takes anything.
    File,
    /// The format is said.
    Format(FormatId),
}

/// What the publisher said in words beside the bytes.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// Which format it is, where the door does not say it.
    pub format: Option<FormatId>,
    /// What the artefact is for.
    pub category: Option<String>,
    /// Its title.
    pub title: Option<LocalizedText>,
    /// Its description.
    pub description: Option<LocalizedText>,
    /// The version, where the content carries none.
    pub version: Option<String>,
    /// What tells the file from others of the same version.
    pub variant: Option<Variant>,
    /// Tags to set on the version.
    pub tags: Vec<Tag>,
    /// The file's name.
    pub file_name: Option<FileName>,
    /// The file's media type.
    pub media_type: Option<MediaType>,
    /// Metadata that the content does not carry. What the content says wins.
    pub metadata: Map<String, Value>,
    /// What a client of the format's own protocol says about the content: for the format to compare, not to be believed.
    pub in_protocol: Map<String, Value>,
}

/// An upload that lies staged, with everything that was said about it.
#[derive(Debug)]
pub struct PublishRequest {
    /// Who publishes, and from where.
    pub origin: Origin,
    /// The path that it came in by.
    pub door: Door,
    /// The name in the path.
    pub name: String,
    /// What was said in words.
    pub claims: Claims,
    /// The bytes.
    pub staged: StagedBlob,
}

/// What became of an upload.
#[derive(Clone, Debug)]
pub struct Published {
    /// The artefact as it is now.
    pub artefact: Artefact,
    /// The version, with the file that was uploaded alone.
    pub release: Release,
    /// Whether these very bytes had been published before.
    pub already_there: bool,
}

/// A version that is about to be committed: what the format and the publisher said, made consistent.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) artefact: Artefact,
    pub(super) number: Number,
    pub(super) file_name: FileName,
    pub(super) media_type: MediaType,
    pub(super) details: crate::FileDetails,
    pub(super) digests: Vec<cellier_sdk::Digest>,
    /// Whether a version of this format takes further files of other names.
    pub(super) open: bool,
}

/// How the version gets its number.
#[derive(Clone, Debug)]
pub(super) enum Number {
    /// It is known.
    Known {
        version: Version,
        order: cellier_sdk::OrderKey,
        stable: bool,
    },
    /// The next revision.
    NextRevision,
}
