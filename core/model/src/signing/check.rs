//! Checking what a registry has signed, by whoever does not ask that registry.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_sdk::{Signature, SigningKey};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature as EcdsaSignature, VerifyingKey};
use p256::pkcs8::DecodePublicKey as _;

/// Why a signature proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSignature {
    /// The key is not a public key for ECDSA on P-256.
    #[error("the key is not a public key for ECDSA on P-256")]
    Key,
    /// The signature is not one, or is one of another text or by another key.
    #[error("the signature is not one of this text by this key")]
    Signature,
}

/// Whether somebody who holds the private part of a key has signed a text: ECDSA on P-256 with SHA-256.
pub fn check_signature(
    key: &SigningKey,
    text: &str,
    signature: &Signature,
) -> Result<(), InvalidSignature> {
    let public = STANDARD.decode(&key.public_key);
    let public = public.map_err(|_not_base64| InvalidSignature::Key)?;
    let public = VerifyingKey::from_public_key_der(&public);
    let public = public.map_err(|_other_key| InvalidSignature::Key)?;
    let der = STANDARD.decode(&signature.signature);
    let der = der.map_err(|_not_base64| InvalidSignature::Signature)?;
    let signature = EcdsaSignature::from_der(&der);
    let signature = signature.map_err(|_not_der| InvalidSignature::Signature)?;
    let verified = public.verify(text.as_bytes(), &signature);
    verified.map_err(|_not_signed| InvalidSignature::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::KeyPair;
    use crate::testing::SeededRandom;

    fn listed(pair: &KeyPair) -> SigningKey {
        SigningKey {
            key_id: pair.id().to_owned(),
            public_key: pair.public_key().to_owned(),
            expires: None,
        }
    }

    #[test]
    fn a_signature_is_one_of_its_text_by_its_key_and_of_nothing_else() {
        let pair = KeyPair::generate(&SeededRandom::new(1)).unwrap();
        let other = KeyPair::generate(&SeededRandom::new(2)).unwrap();
        let signature = pair.sign("widget@1.0.0:sha512-x");
        let check = |key: &KeyPair, text| check_signature(&listed(key), text, &signature);
        assert_eq!(check(&pair, "widget@1.0.0:sha512-x"), Ok(()));
        let wrong = Err(InvalidSignature::Signature);
        assert_eq!(check(&pair, "widget@1.0.1:sha512-x"), wrong);
        assert_eq!(check(&other, "widget@1.0.0:sha512-x"), wrong);
    }

    #[test]
    fn what_is_no_key_or_no_signature_proves_nothing() {
        let pair = KeyPair::generate(&SeededRandom::new(1)).unwrap();
        let signature = pair.sign("x");
        for public_key in ["", "!", "AAAA"] {
            let key = SigningKey {
                public_key: public_key.to_owned(),
                ..listed(&pair)
            };
            let checked = check_signature(&key, "x", &signature);
            assert_eq!(checked, Err(InvalidSignature::Key), "{public_key}");
        }
        for text in ["", "!", "AAAA"] {
            let signature = Signature {
                signature: text.to_owned(),
                ..signature.clone()
            };
            let checked = check_signature(&listed(&pair), "x", &signature);
            assert_eq!(checked, Err(InvalidSignature::Signature), "{text}");
        }
    }
}
