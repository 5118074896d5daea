//! The port to the formats.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use cellier_sdk::{Descriptor, Inspection, ReadAt, Rejection, Settings, Upload};

use crate::FormatId;
use crate::retention::RetentionPolicy;

/// The formats of this server.
#[async_trait]
pub trait Formats: Send + Sync + fmt::Debug {
    /// All of them, disabled ones too, sorted by id.
    fn all(&self) -> &[FormatInfo];

    /// Lets an enabled format inspect staged content, on a thread pool of its own.
    async fn inspect(
        &self,
        format: &FormatId,
        upload: Upload,
        content: Arc<dyn ReadAt>,
    ) -> Result<Inspection, InspectError>;

    /// One of them.
    fn get(&self, id: &str) -> Option<&FormatInfo> {
        self.all().iter().find(|format| format.id.as_str() == id)
    }
}

/// A format of this server and how it is set up.
#[derive(Clone, Debug)]
pub struct FormatInfo {
    /// Its id.
    pub id: FormatId,
    /// What it says about itself.
    pub descriptor: Descriptor,
    /// Whether the operator lets it work.
    pub enabled: bool,
    /// Where it came from.
    pub origin: Origin,
    /// The operator's settings, complete with defaults.
    pub settings: Settings,
    /// The categories that its artefacts may have: its own and those that the operator added.
    pub categories: Vec<String>,
    /// What is kept of the versions of its artefacts.
    pub retention: RetentionPolicy,
    /// The largest upload in bytes that the operator allows it.
    pub largest_upload: u64,
}

/// Where a format came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Compiled into the server.
    BuiltIn,
    /// A native library.
    Native,
    /// A sandboxed WebAssembly component.
    Component,
}

impl Origin {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::Native => "native",
            Self::Component => "component",
        }
    }
}

/// Why a format gave no inspection.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// It refused the content.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// It broke the contract: a panic, a malformed answer, too much metadata.
    #[error("the format {format} failed: {problem}")]
    Broken {
        /// Which format.
        format: FormatId,
        /// What it did.
        problem: String,
    },
    /// All its threads are busy and the queue is full.
    #[error("the format {format} is busy")]
    Busy {
        /// Which format.
        format: FormatId,
    },
}
