//! Blobs: bytes by digest.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, Sha256};

use crate::Random;

/// Where a blob is: the digest of its bytes, and a generation that makes the key unique.
///
/// No key is ever written twice: bytes that were swept and come back are stored under a new generation, so that a late
/// delete can never hit a newer upload. A key is the only thing that a path or object name is made from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey {
    sha256: Sha256,
    generation: u64,
}

impl BlobKey {
    /// A key that no blob has had before.
    pub fn fresh(sha256: Sha256, random: &dyn Random) -> Self {
        let mut generation = [0; 8];
        random.fill(&mut generation);
        Self {
            sha256,
            generation: u64::from_be_bytes(generation),
        }
    }

    /// The digest of the bytes.
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }
}

/// `<64 hexadecimal digits>.<16 hexadecimal digits>`.
impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:016x}", self.sha256, self.generation)
    }
}

impl fmt::Debug for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for BlobKey {
    type Err = InvalidBlobKey;

    fn from_str(text: &str) -> Result<Self, InvalidBlobKey> {
        let (digest, generation) = text.split_once('.').ok_or(InvalidBlobKey)?;
        let sha256 = digest.parse().map_err(|_not_hex| InvalidBlobKey)?;
        let generation_is_plain =
            generation.len() == 16 && generation.bytes().all(|byte| byte.is_ascii_hexdigit());
        let generation = u64::from_str_radix(generation, 16).map_err(|_not_hex| InvalidBlobKey)?;
        if generation_is_plain {
            Ok(Self { sha256, generation })
        } else {
            Err(InvalidBlobKey)
        }
    }
}

/// A text is not the key of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the key of a blob")]
pub struct InvalidBlobKey;

/// An upload that lies whole on local disk, is not yet part of the registry and vanishes when the last clone is dropped.
#[derive(Clone)]
pub struct StagedBlob {
    size: u64,
    sha256: Sha256,
    digests: Vec<Digest>,
    content: Arc<dyn ReadAt>,
}

impl StagedBlob {
    /// Content that was staged, with the digests computed on the way; SHA-256 is always among them.
    pub fn new(sha256: Sha256, digests: Vec<Digest>, content: Arc<dyn ReadAt>) -> Self {
        Self {
            size: content.size(),
            sha256,
            digests,
            content,
        }
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The digest of its bytes.
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// A digest, if it was computed.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Option<Digest> {
        if algorithm == DigestAlgorithm::Sha256 {
            return Some(self.sha256.into());
        }
        self.digests
            .iter()
            .find(|digest| digest.algorithm() == algorithm)
            .cloned()
    }

    /// Random access to its bytes.
    pub fn content(&self) -> &Arc<dyn ReadAt> {
        &self.content
    }

    /// The file that holds it.
    pub fn path(&self) -> Option<&Path> {
        self.content.local_path()
    }
}

impl fmt::Debug for StagedBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StagedBlob")
            .field("sha256", &self.sha256)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_what_it_writes_and_nothing_else() {
        let text = format!("{}.{}", "ab".repeat(32), "00000000000000ff");
        let key: BlobKey = text.parse().unwrap();
        assert_eq!(key.to_string(), text);
        for bad in [
            "",
            "..",
            "../../etc/passwd.0000000000000000",
            &text[1..],
            &format!("{}.+0000000000000ff", "ab".repeat(32)),
        ] {
            assert!(bad.parse::<BlobKey>().is_err(), "{bad}");
        }
    }
}
