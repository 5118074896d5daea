//! Digests of bytes as they come.

use cellier_sdk::{Digest, DigestAlgorithm};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

/// A digest that is being computed.
pub(super) enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    /// A digest of no bytes yet; `None` for an algorithm that this version does not know.
    pub(super) fn new(algorithm: DigestAlgorithm) -> Option<Self> {
        match algorithm {
            DigestAlgorithm::Sha1 => Some(Self::Sha1(Sha1::new())),
            DigestAlgorithm::Sha256 => Some(Self::Sha256(Sha256::new())),
            DigestAlgorithm::Sha512 => Some(Self::Sha512(Sha512::new())),
            _ => None,
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hasher) => hasher.update(bytes),
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub(super) fn finish(self) -> Option<Digest> {
        let digest = match self {
            Self::Sha1(hasher) => Digest::new(DigestAlgorithm::Sha1, &hasher.finalize()),
            Self::Sha256(hasher) => Digest::new(DigestAlgorithm::Sha256, &hasher.finalize()),
            Self::Sha512(hasher) => Digest::new(DigestAlgorithm::Sha512, &hasher.finalize()),
        };
        digest.ok()
    }
}
