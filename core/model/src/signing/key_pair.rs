//! A key that signs: ECDSA on P-256 with SHA-256 (FIPS 186-5).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use cellier_sdk::Signature;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature as EcdsaSignature, SigningKey};
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use sha2::{Digest as _, Sha256};

use crate::Random;
use crate::signing::PrivateKey;

/// A key that signs. Its signatures are deterministic (RFC 6979): the same text has the same one.
#[derive(Clone)]
pub struct KeyPair {
    id: String,
    public_key: String,
    signing: SigningKey,
}

impl KeyPair {
    /// A new key that nobody can guess.
    pub fn generate(random: &dyn Random) -> Result<Self, InvalidSigningKey> {
        let mut secret = [0; 32];
        // Some numbers of 256 bits are none of the curve's: less than one in four billion.
        for _ in 0..8 {
            random.fill(&mut secret);
            if let Ok(signing) = SigningKey::from_slice(&secret) {
                return Self::of(signing);
            }
        }
        Err(InvalidSigningKey)
    }

    /// Reads a key as the catalogue holds it.
    pub fn from_stored(private: &PrivateKey) -> Result<Self, InvalidSigningKey> {
        let der = STANDARD.decode(private.reveal());
        let der = der.map_err(|_not_base64| InvalidSigningKey)?;
        let signing = SigningKey::from_pkcs8_der(&der);
        Self::of(signing.map_err(|_other_key| InvalidSigningKey)?)
    }

    /// Reads a key from a file: PKCS#8 in PEM, as `openssl genpkey` writes it.
    pub fn from_pem(text: &str) -> Result<Self, InvalidSigningKey> {
        let signing = SigningKey::from_pkcs8_pem(text.trim());
        Self::of(signing.map_err(|_other_key| InvalidSigningKey)?)
    }

    fn of(signing: SigningKey) -> Result<Self, InvalidSigningKey> {
        let public = signing.verifying_key().to_public_key_der();
        let public = public.map_err(|_not_written| InvalidSigningKey)?;
        let digest = STANDARD_NO_PAD.encode(Sha256::digest(public.as_bytes()));
        Ok(Self {
            id: format!("SHA256:{digest}"),
            public_key: STANDARD.encode(public.as_bytes()),
            signing,
        })
    }

    /// The private part, for the catalogue.
    pub fn private_key(&self) -> Result<PrivateKey, InvalidSigningKey> {
        let der = self.signing.to_pkcs8_der();
        let der = der.map_err(|_not_written| InvalidSigningKey)?;
        Ok(PrivateKey::new(STANDARD.encode(der.as_bytes())))
    }

    /// Its identifier: `SHA256:` and the digest of the public part, in base64 without padding.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public part: `SubjectPublicKeyInfo` in DER, in base64.
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// Signs a text.
    pub fn sign(&self, text: &str) -> Signature {
        let signature: EcdsaSignature = self.signing.sign(text.as_bytes());
        Signature {
            key_id: self.id.clone(),
            signature: STANDARD.encode(signature.to_der()),
        }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({})", self.id)
    }
}

/// A text is not the private part of a key for ECDSA on P-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a private key for ECDSA on P-256 in PKCS#8; \
     make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
)]
pub struct InvalidSigningKey;

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;
    use p256::pkcs8::DecodePublicKey as _;

    use super::*;
    use crate::testing::SeededRandom;

    /// Made by openssl.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtSxZmJ38DRVXTyJS
x7K3Nx9VdZDEcakkDhA0eS0G3+OhRANCAAQlVgVyYhpTMVdVbL15rqxl6WP1zFLC
IduSpcAEYl4sL/0ircub5oKsvZPtyRK0r6Vrv+4MKH+LTtMgv4z6W9D5
-----END PRIVATE KEY-----
";

    fn key(seed: u64) -> KeyPair {
        KeyPair::generate(&SeededRandom::new(seed)).unwrap()
    }

    #[test]
    fn what_is_signed_can_be_checked_with_what_is_listed_and_nothing_else_can() {
        let key = key(1);
        let text = "widget@1.0.0:sha512-x";
        let signed = key.sign(text);
        assert_eq!(
            signed,
            key.sign(text),
            "the same text has the same signature"
        );
        assert_eq!(signed.key_id, key.id());
        let public = STANDARD.decode(key.public_key()).unwrap();
        let public = VerifyingKey::from_public_key_der(&public).unwrap();
        let signature = STANDARD.decode(&signed.signature).unwrap();
        let signature = EcdsaSignature::from_der(&signature).unwrap();
        assert!(public.verify(text.as_bytes(), &signature).is_ok());
        assert!(public.verify(b"widget@1.0.1:sha512-x", &signature).is_err());
    }

    #[test]
    fn a_key_reads_back_from_the_catalogue_and_from_a_file_and_is_never_shown() {
        let key = key(2);
        let private = key.private_key().unwrap();
        let again = KeyPair::from_stored(&private).unwrap();
        assert_eq!(again.sign("x"), key.sign("x"));
        assert_eq!(format!("{private:?}"), "PrivateKey(…)");
        assert_eq!(format!("{key:?}"), format!("KeyPair({})", key.id()));
        let from_file = KeyPair::from_pem(PEM).unwrap();
        assert_eq!(
            from_file.id(),
            "SHA256:aIwT3zLhJZMkDMJuQZBgvC9MOnM2hzt/R935gy9CmoU",
            "the digest that openssl computes"
        );
    }

    #[test]
    fn what_is_no_such_key_is_refused() {
        for bad in [
            "",
            "x",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            assert!(KeyPair::from_pem(bad).is_err(), "{bad:?}");
            assert!(KeyPair::from_stored(&PrivateKey::new(bad)).is_err());
        }
    }
}
