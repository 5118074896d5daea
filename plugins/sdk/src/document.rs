//! What documents of an ecosystem say that can be checked by whoever does not trust the one that handed them over.

use crate::{Digest, Signature, SigningKey};

/// What a document says, as far as somebody can check it: a lockfile, what a registry tells of an artefact, the list of a
/// registry's keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// What it fixes, as a lockfile does.
    pub pins: Vec<Pin>,
    /// What it fixes and no registry can vouch for, such as a folder beside it.
    pub local: Vec<String>,
    /// What a registry has signed.
    pub statements: Vec<Statement>,
    /// The keys of a registry.
    pub keys: Vec<SigningKey>,
}

/// One version of an artefact, as somebody wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The artefact's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The digests of its bytes, those by algorithms that are known.
    pub digests: Vec<Digest>,
    /// The URL that it came from, if the document says so.
    pub source: Option<String>,
}

/// What a registry has signed about one version of an artefact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The artefact's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The digests of its bytes, those by algorithms that are known.
    pub digests: Vec<Digest>,
    /// The text that was signed; it names artefact, version and bytes.
    pub text: String,
    /// The signatures.
    pub signatures: Vec<Signature>,
    /// When it was published (RFC 3339), if the document says so: no key signs after it has expired.
    pub published_at: Option<String>,
}

/// Where a registry has the documents that tell what it has signed, below the mount of the format.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DocumentPaths {
    /// The list of its keys, such as `-/keys`.
    pub keys: String,
    /// What it tells of an artefact, with `{name}` for the name as one segment, such as `{name}` or `-/info/{name}`.
    pub artefact: String,
}

impl DocumentPaths {
    /// The segments of the path of an artefact.
    pub fn of_artefact(&self, name: &str) -> Vec<String> {
        let segments = self.artefact.split('/');
        let named = segments.map(|segment| if segment == NAME { name } else { segment });
        named.map(str::to_owned).collect()
    }

    /// The segments of the path of the keys.
    pub fn of_keys(&self) -> Vec<String> {
        self.keys.split('/').map(str::to_owned).collect()
    }

    /// Whether both are paths of plain segments, and the name stands in the one of an artefact, once.
    pub(crate) fn are_sound(&self) -> bool {
        let names = self.artefact.split('/').filter(|part| *part == NAME);
        let others = self.artefact.split('/').filter(|part| *part != NAME);
        names.count() == 1 && others.chain(self.keys.split('/')).all(is_plain)
    }
}

/// Stands for the name in a path.
const NAME: &str = "{name}";

fn is_plain(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    let only_dots = segment.bytes().all(|byte| byte == b'.');
    !only_dots && segment.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(keys: &str, artefact: &str) -> DocumentPaths {
        DocumentPaths {
            keys: keys.to_owned(),
            artefact: artefact.to_owned(),
        }
    }

    #[test]
    fn a_name_is_one_segment_whatever_stands_in_it() {
        let paths = paths("-/v1/keys", "-/{name}/info");
        assert!(paths.are_sound());
        assert_eq!(paths.of_artefact("@a/b"), ["-", "@a/b", "info"]);
        assert_eq!(paths.of_keys(), ["-", "v1", "keys"]);
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for (keys, artefact) in [
            ("", "{name}"),
            ("keys", "info"),
            ("keys", "{name}/{name}"),
            ("keys", "x{name}"),
            ("../keys", "{name}"),
            ("/keys", "{name}"),
            ("keys?x", "{name}"),
        ] {
            assert!(!paths(keys, artefact).are_sound(), "{keys} {artefact}");
        }
    }
}
