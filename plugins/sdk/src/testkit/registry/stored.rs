//! Digests of what is in a registry in memory.

use sha1::Sha1;
use sha2::{Digest as _, Sha256 as Sha256Hasher, Sha512};

use crate::{Digest, DigestAlgorithm, Sha256};

/// The address of some bytes.
pub(super) fn digest(bytes: &[u8]) -> Sha256 {
    Sha256::new(Sha256Hasher::digest(bytes).into())
}

/// The digests of some bytes in the form of Subresource Integrity: SHA-256 first, then the others.
pub(super) fn integrity(bytes: &[u8], others: &[DigestAlgorithm]) -> Vec<String> {
    let others = others.iter().filter_map(|algorithm| {
        let digest = match algorithm {
            DigestAlgorithm::Sha1 => Digest::new(*algorithm, &Sha1::digest(bytes)),
            DigestAlgorithm::Sha512 => Digest::new(*algorithm, &Sha512::digest(bytes)),
            DigestAlgorithm::Sha256 => return None,
        };
        digest.ok()
    });
    std::iter::once(digest(bytes).to_integrity())
        .chain(others.map(|digest| digest.to_integrity()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standard() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest(b"").to_hex(), empty);
        let all = integrity(b"", &[DigestAlgorithm::Sha1, DigestAlgorithm::Sha512]);
        assert_eq!(all[1], "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
        assert!(all[2].starts_with("sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXc"));
    }
}
