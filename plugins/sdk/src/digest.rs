//! Digests of content.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A digest algorithm that the host can compute while an upload streams by.
///
/// SHA-256 is always computed: it is how blobs are addressed. A format asks for others in its
/// [`Descriptor`](crate::Descriptor).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-1 (FIPS 180-4), 20 bytes. For old clients that ask for it; proves nothing.
    Sha1,
    /// SHA-256 (FIPS 180-4), 32 bytes.
    Sha256,
    /// SHA-512 (FIPS 180-4), 64 bytes.
    Sha512,
}

impl DigestAlgorithm {
    /// Length of a digest in bytes.
    pub fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// The algorithm of this name, as [`DigestAlgorithm::as_str`] writes it.
    pub fn named(name: &str) -> Option<Self> {
        let known = [Self::Sha1, Self::Sha256, Self::Sha512];
        known.into_iter().find(|known| known.as_str() == name)
    }

    /// The name that Subresource Integrity and npm use: `sha1`, `sha256`, `sha512`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
}

/// The digest of some content, with its algorithm.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    bytes: Box<[u8]>,
}

impl Digest {
    /// Takes the raw bytes of a digest; fails if their number is not the algorithm's.
    pub fn new(algorithm: DigestAlgorithm, bytes: &[u8]) -> Result<Self, InvalidDigest> {
        if bytes.len() == algorithm.length() {
            Ok(Self {
                algorithm,
                bytes: bytes.into(),
            })
        } else {
            Err(InvalidDigest)
        }
    }

    /// Reads lower- or upper-case hexadecimal.
    pub fn from_hex(algorithm: DigestAlgorithm, hex: &str) -> Result<Self, InvalidDigest> {
        Self::new(algorithm, &decode_hex(hex)?)
    }

    /// Reads one digest as W3C Subresource Integrity (section 3.5) writes it: `sha512-<base64>`, perhaps with options behind
    /// a `?`, which say nothing about the content. A text of several digests is several calls: they stand apart by spaces.
    pub fn from_integrity(text: &str) -> Result<Self, InvalidIntegrity> {
        let shown = || text.chars().take(128).collect::<String>();
        let malformed = || InvalidIntegrity::Malformed { found: shown() };
        let expression = text
            .split_once('?')
            .map_or(text, |(before, _options)| before);
        let (name, base64) = expression.split_once('-').ok_or_else(malformed)?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_name {
            return Err(malformed());
        }
        let algorithm = DigestAlgorithm::named(name)
            .ok_or_else(|| InvalidIntegrity::UnknownAlgorithm { found: shown() })?;
        let bytes = STANDARD.decode(base64).map_err(|_error| malformed())?;
        Self::new(algorithm, &bytes).map_err(|InvalidDigest| malformed())
    }

    /// The algorithm.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Lower-case hexadecimal.
    pub fn to_hex(&self) -> String {
        encode_hex(&self.bytes)
    }

    /// The form of W3C Subresource Integrity: `sha512-<base64>`.
    pub fn to_integrity(&self) -> String {
        format!(
            "{}-{}",
            self.algorithm.as_str(),
            STANDARD.encode(&self.bytes)
        )
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_integrity())
    }
}

/// A SHA-256 digest: the address of a blob.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// Takes the raw bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Lower-case hexadecimal, 64 characters.
    pub fn to_hex(self) -> String {
        encode_hex(&self.0)
    }

    /// The form of W3C Subresource Integrity: `sha256-<base64>`.
    pub fn to_integrity(self) -> String {
        format!("sha256-{}", STANDARD.encode(self.0))
    }
}

impl From<Sha256> for Digest {
    fn from(digest: Sha256) -> Self {
        Self {
            algorithm: DigestAlgorithm::Sha256,
            bytes: digest.0.into(),
        }
    }
}

impl FromStr for Sha256 {
    type Err = InvalidDigest;

    fn from_str(hex: &str) -> Result<Self, InvalidDigest> {
        decode_hex(hex)?
            .try_into()
            .map(Self)
            .map_err(|_wrong_length| InvalidDigest)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{self}")
    }
}

impl Serialize for Sha256 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A text or byte string is not a digest of the algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a digest: wrong length or not hexadecimal")]
pub struct InvalidDigest;

/// A text is not one digest as Subresource Integrity writes it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidIntegrity {
    /// It is no algorithm, `-` and the digest in base64, or the digest has not the algorithm's length.
    #[error("{found:?} is not an integrity like sha512-…, with the whole digest in base64")]
    Malformed {
        /// How the text begins.
        found: String,
    },
    /// It is by an algorithm that the host does not compute.
    #[error("the integrity {found:?} is by none of sha1, sha256, sha512")]
    UnknownAlgorithm {
        /// How the text begins.
        found: String,
    },
}

fn encode_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        hex.push(char::from(DIGITS[usize::from(byte >> 4)]));
        hex.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    hex
}

fn decode_hex(hex: &str) -> Result<Vec<u8>, InvalidDigest> {
    if !hex.len().is_multiple_of(2) {
        return Err(InvalidDigest);
    }
    hex.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?))
        .collect::<Option<_>>()
        .ok_or(InvalidDigest)
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_what_it_writes() {
        let digest = Sha256::new([0xab; 32]);
        assert_eq!(digest.to_hex().parse(), Ok(digest));
        assert_eq!(Digest::from(digest).to_integrity(), digest.to_integrity());
        assert_eq!("abc".parse::<Sha256>(), Err(InvalidDigest));
        assert_eq!("zz".repeat(32).parse::<Sha256>(), Err(InvalidDigest));
    }

    #[test]
    fn an_integrity_reads_back_as_the_digest_that_wrote_it() {
        for algorithm in ["sha1", "sha256", "sha512"] {
            let algorithm = DigestAlgorithm::named(algorithm).unwrap();
            let digest = Digest::new(algorithm, &vec![0xfb; algorithm.length()]).unwrap();
            let text = digest.to_integrity();
            assert_eq!(Digest::from_integrity(&text), Ok(digest.clone()), "{text}");
            let with_options = format!("{text}?ct=application/gzip");
            assert_eq!(Digest::from_integrity(&with_options), Ok(digest));
        }
    }

    #[test]
    fn what_is_no_integrity_is_refused_with_how_it_begins() {
        let good = Digest::from(Sha256::new([7; 32])).to_integrity();
        let two = format!("{good} {good}");
        let short = good[..good.len() - 4].to_owned();
        let url_safe = good.replace('/', "_").replace('+', "-").replace('c', "_");
        for bad in [
            "", "sha512", "-", "sha256-", "sha512-!", " sha1-", "-abc", &two, &short,
        ] {
            let error = Digest::from_integrity(bad).unwrap_err();
            assert!(
                matches!(error, InvalidIntegrity::Malformed { .. }),
                "{bad:?}: {error}"
            );
        }
        assert_ne!(url_safe, good);
        assert!(Digest::from_integrity(&url_safe).is_err());
        assert!(
            Digest::from_integrity(good.trim_end_matches('=')).is_err(),
            "no padding"
        );
        let unknown = Digest::from_integrity("sha384-AAAA").unwrap_err();
        assert!(matches!(unknown, InvalidIntegrity::UnknownAlgorithm { .. }));
        let endless = Digest::from_integrity(&"é".repeat(5000)).unwrap_err();
        assert!(endless.to_string().len() < 400);
    }
}
