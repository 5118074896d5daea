//! The digests that a client says its tarball has.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_sdk::{Digest, DigestAlgorithm, Finding};

use super::body::Claimed;
use crate::{codes, text};

/// The algorithms that the host computes.
const KNOWN: [DigestAlgorithm; 3] = [
    DigestAlgorithm::Sha512,
    DigestAlgorithm::Sha256,
    DigestAlgorithm::Sha1,
];

/// All digests that were said and can be checked.
pub(super) fn of(claimed: &Claimed) -> Result<Vec<Digest>, Finding> {
    let mut digests = Vec::new();
    if let Some(integrity) = &claimed.integrity {
        digests.extend(integrity.split_ascii_whitespace().filter_map(digest));
        if digests.is_empty() {
            let message = format!("dist.integrity is {}", text::quote(integrity));
            return Err(codes::NOT_A_DIGEST.error(message));
        }
    }
    if let Some(shasum) = &claimed.shasum {
        let sha1 = Digest::from_hex(DigestAlgorithm::Sha1, shasum);
        digests.push(sha1.map_err(|_not_a_digest| {
            codes::NOT_A_DIGEST.error(format!("dist.shasum is {}", text::quote(shasum)))
        })?);
    }
    Ok(digests)
}

/// One digest in the form of Subresource Integrity; none if it is of an algorithm that is not known here.
fn digest(text: &str) -> Option<Digest> {
    let (algorithm, digest) = text.split_once('-')?;
    let algorithm = KNOWN
        .into_iter()
        .find(|known| known.as_str() == algorithm)?;
    let digest = digest.split('?').next()?;
    Digest::new(algorithm, &STANDARD.decode(digest).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(integrity: Option<&str>, shasum: Option<&str>) -> Option<Vec<String>> {
        let claimed = Claimed {
            integrity: integrity.map(str::to_owned),
            shasum: shasum.map(str::to_owned),
            ..Claimed::default()
        };
        let digests = of(&claimed).ok()?;
        Some(digests.iter().map(Digest::to_integrity).collect())
    }

    #[test]
    fn every_digest_that_is_known_is_checked() {
        let sha1 = Digest::new(DigestAlgorithm::Sha1, &[1; 20]).unwrap();
        let sha512 = Digest::new(DigestAlgorithm::Sha512, &[2; 64]).unwrap();
        assert_eq!(read(None, None), Some(Vec::new()));
        let both = format!("md5-abc= {}?x", sha512.to_integrity());
        assert_eq!(
            read(Some(&both), Some(&sha1.to_hex())),
            Some(vec![sha512.to_integrity(), sha1.to_integrity()])
        );
        for bad in ["", "sha512-", "sha512-AAAA", "md5-abc=", "sha512"] {
            assert_eq!(read(Some(bad), None), None, "{bad}");
        }
        assert_eq!(read(None, Some("zz")), None);
    }
}
