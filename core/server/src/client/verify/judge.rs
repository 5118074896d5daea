//! Whether the bytes that somebody wants are those that a registry has signed.

use cellier_model::Timestamp;
use cellier_model::signing::check_signature;
use cellier_sdk::{Pin, Signature, SigningKey, Statement};

/// What is to be held of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A known key has signed these bytes.
    Verified,
    /// It comes from another registry, which was not asked.
    Elsewhere,
    /// The registry does not know it, or does not show it to this caller.
    Unknown,
    /// What the registry says of it was not kept, and nobody may be asked.
    NotKept,
    /// Nothing says which bytes it has.
    WithoutDigest,
    /// The registry has other bytes.
    OtherBytes,
    /// Nobody has signed it.
    Unsigned,
    /// It is signed with a key that is not among those known.
    UnknownKey,
    /// It was published when the key that signed it had expired.
    Expired,
    /// The signature is one of something else.
    WrongSignature,
}

impl Verdict {
    /// Whether there is nothing to worry about.
    pub(crate) fn is_good(self) -> bool {
        matches!(self, Self::Verified | Self::Elsewhere)
    }

    /// A word for programs.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Elsewhere => "elsewhere",
            Self::Unknown => "unknown",
            Self::NotKept => "not_kept",
            Self::WithoutDigest => "without_digest",
            Self::OtherBytes => "other_bytes",
            Self::Unsigned => "unsigned",
            Self::UnknownKey => "unknown_key",
            Self::Expired => "key_expired",
            Self::WrongSignature => "wrong_signature",
        }
    }

    /// What was found and what it means, for people.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Verified => "a known key has signed these bytes",
            Self::Elsewhere => "it comes from another registry, which was not asked",
            Self::Unknown => "the registry has no such version, or none that this key may see",
            Self::NotKept => {
                "what the registry says of it is not among the kept documents: run this once without --offline"
            }
            Self::WithoutDigest => {
                "the document names no digest that proves anything: write the lockfile anew"
            }
            Self::OtherBytes => {
                "the registry has signed OTHER BYTES: do not install it before you know why"
            }
            Self::Unsigned => "the registry has not signed it",
            Self::UnknownKey => {
                "it is signed with a key that is not among those known; has the registry a new one? Then get the new list of \
                 keys from its operator"
            }
            Self::Expired => "it was published after the key that signed it had expired",
            Self::WrongSignature => {
                "the signature is one of something else: do not install it before you know why"
            }
        }
    }
}

/// Compares what is wanted with what was signed.
pub(crate) fn judge(pin: &Pin, statements: &[Statement], keys: &[SigningKey]) -> Verdict {
    let about_it =
        |statement: &&Statement| statement.name == pin.name && statement.version == pin.version;
    let Some(statement) = statements.iter().find(about_it) else {
        return Verdict::Unknown;
    };
    if let Some(verdict) = compare_bytes(pin, statement) {
        return verdict;
    }
    // The worst that is to be said of any signature counts: one that is wrong does not become right beside a good one.
    let verdicts = statement.signatures.iter();
    let verdicts = verdicts.map(|signature| judge_signature(statement, signature, keys));
    let mut all: Vec<_> = verdicts.collect();
    let worst_first = [Verdict::WrongSignature, Verdict::Verified, Verdict::Expired];
    for verdict in worst_first {
        if all.contains(&verdict) {
            return verdict;
        }
    }
    all.pop().unwrap_or(Verdict::Unsigned)
}

/// Why the bytes are not the same, if it is not sure that they are.
fn compare_bytes(pin: &Pin, statement: &Statement) -> Option<Verdict> {
    let mut compared = false;
    for wanted in &pin.digests {
        let same_algorithm =
            |signed: &&cellier_sdk::Digest| signed.algorithm() == wanted.algorithm();
        match statement.digests.iter().find(same_algorithm) {
            Some(signed) if signed != wanted => return Some(Verdict::OtherBytes),
            Some(_) => compared = true,
            None => {}
        }
    }
    (!compared).then_some(Verdict::WithoutDigest)
}

fn judge_signature(statement: &Statement, signature: &Signature, keys: &[SigningKey]) -> Verdict {
    let Some(key) = keys.iter().find(|key| key.key_id == signature.key_id) else {
        return Verdict::UnknownKey;
    };
    if check_signature(key, &statement.text, signature).is_err() {
        return Verdict::WrongSignature;
    }
    if signed_too_late(statement.published_at.as_deref(), key.expires.as_deref()) {
        return Verdict::Expired;
    }
    Verdict::Verified
}

/// Whether something was published after a key had expired. A time that nobody can read counts as too late, one that nobody
/// told as long ago, as npm has it.
fn signed_too_late(published_at: Option<&str>, expires: Option<&str>) -> bool {
    let (Some(published_at), Some(expires)) = (published_at, expires) else {
        return false;
    };
    match (Timestamp::parse(published_at), Timestamp::parse(expires)) {
        (Ok(published_at), Ok(expires)) => published_at >= expires,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use cellier_model::signing::KeyPair;
    use cellier_model::testing::SeededRandom;
    use cellier_sdk::{Digest, Sha256};

    use super::*;

    fn pair(seed: u64) -> KeyPair {
        KeyPair::generate(&SeededRandom::new(seed)).unwrap()
    }

    fn key(pair: &KeyPair, expires: Option<&str>) -> SigningKey {
        SigningKey {
            key_id: pair.id().to_owned(),
            public_key: pair.public_key().to_owned(),
            expires: expires.map(str::to_owned),
        }
    }

    fn digest(byte: u8) -> Digest {
        Sha256::new([byte; 32]).into()
    }

    fn pin() -> Pin {
        Pin {
            name: "widget".to_owned(),
            version: "1.0.0".to_owned(),
            digests: vec![digest(1)],
            source: None,
        }
    }

    fn statement(signed_by: &[&KeyPair]) -> Statement {
        let text = format!("widget@1.0.0:{}", digest(1).to_integrity());
        Statement {
            name: "widget".to_owned(),
            version: "1.0.0".to_owned(),
            digests: vec![digest(1)],
            signatures: signed_by.iter().map(|pair| pair.sign(&text)).collect(),
            published_at: Some("2026-03-01T00:00:00Z".to_owned()),
            text,
        }
    }

    #[test]
    fn bytes_that_a_known_key_has_signed_are_verified() {
        let (ours, theirs) = (pair(1), pair(2));
        let keys = [key(&ours, None)];
        assert_eq!(
            judge(&pin(), &[statement(&[&ours])], &keys),
            Verdict::Verified
        );
        let by_both = statement(&[&theirs, &ours]);
        assert_eq!(judge(&pin(), &[by_both], &keys), Verdict::Verified);
    }

    #[test]
    fn whatever_is_not_sure_is_told_for_what_it_is() {
        let (ours, theirs) = (pair(1), pair(2));
        let keys = [key(&ours, None)];
        let judge_one = |statement: Statement| judge(&pin(), &[statement], &keys);
        assert_eq!(judge(&pin(), &[], &keys), Verdict::Unknown);
        assert_eq!(judge_one(statement(&[])), Verdict::Unsigned);
        assert_eq!(judge_one(statement(&[&theirs])), Verdict::UnknownKey);

        let mut other_bytes = statement(&[&ours]);
        other_bytes.digests = vec![digest(2)];
        assert_eq!(judge_one(other_bytes), Verdict::OtherBytes);
        let mut no_bytes = statement(&[&ours]);
        no_bytes.digests.clear();
        assert_eq!(judge_one(no_bytes), Verdict::WithoutDigest);
        let mut other_version = statement(&[&ours]);
        other_version.version = "1.0.1".to_owned();
        assert_eq!(judge_one(other_version), Verdict::Unknown);

        let mut forged = statement(&[&ours]);
        forged.signatures.push(Signature {
            key_id: ours.id().to_owned(),
            signature: theirs.sign(&forged.text).signature,
        });
        assert_eq!(
            judge_one(forged),
            Verdict::WrongSignature,
            "beside a right one"
        );
    }

    #[test]
    fn no_key_signs_after_it_has_expired() {
        let ours = pair(1);
        let judge_with = |expires| judge(&pin(), &[statement(&[&ours])], &[key(&ours, expires)]);
        assert_eq!(judge_with(Some("2026-03-01T00:00:01Z")), Verdict::Verified);
        assert_eq!(
            judge_with(Some("2026-03-01T01:00:00+01:00")),
            Verdict::Expired
        );
        assert_eq!(judge_with(Some("some day")), Verdict::Expired);
        let mut undated = statement(&[&ours]);
        undated.published_at = None;
        let keys = [key(&ours, Some("2020-01-01T00:00:00Z"))];
        assert_eq!(judge(&pin(), &[undated], &keys), Verdict::Verified);
    }
}
