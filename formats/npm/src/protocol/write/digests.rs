//! The digests that a client says its tarball has.

use cellier_sdk::{Digest, DigestAlgorithm, Finding, InvalidIntegrity};

use super::body::Claimed;
use crate::{codes, text};

/// All digests that were said and can be checked.
pub(super) fn of(claimed: &Claimed) -> Result<Vec<Digest>, Finding> {
    let mut digests = Vec::new();
    if let Some(integrity) = &claimed.integrity {
        for one in integrity.split_ascii_whitespace() {
            match Digest::from_integrity(one) {
                Ok(digest) => digests.push(digest),
                // One that can be checked is enough.
                Err(InvalidIntegrity::UnknownAlgorithm { .. }) => {}
                Err(_malformed) => return Err(not_a_digest("integrity", integrity)),
            }
        }
        if digests.is_empty() {
            return Err(not_a_digest("integrity", integrity));
        }
    }
    if let Some(shasum) = &claimed.shasum {
        let sha1 = Digest::from_hex(DigestAlgorithm::Sha1, shasum);
        digests.push(sha1.map_err(|_wrong_length| not_a_digest("shasum", shasum))?);
    }
    Ok(digests)
}

fn not_a_digest(field: &str, found: &str) -> Finding {
    codes::NOT_A_DIGEST.error(format!("dist.{field} is {}", text::quote(found)))
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
        let both = format!("sha384-abc= {}?x", sha512.to_integrity());
        assert_eq!(
            read(Some(&both), Some(&sha1.to_hex())),
            Some(vec![sha512.to_integrity(), sha1.to_integrity()])
        );
        for bad in ["", "sha512-", "sha512-AAAA", "sha384-abc=", "sha512"] {
            assert_eq!(read(Some(bad), None), None, "{bad}");
        }
        assert_eq!(read(None, Some("zz")), None);
    }
}
