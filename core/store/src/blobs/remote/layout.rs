//! From a key to the name of an object, and back.

use cellier_model::BlobKey;
use object_store::path::Path;

use crate::blobs::marker::Marker;

/// Where things are in a bucket:
///
/// ```text
/// <prefix>/sha256/<ab>/<cd>/<digest>.<generation>   blobs, spread as on local disk
/// <prefix>/probe/<random digits>                    what a start writes to learn what the store can do
/// <prefix>/registry, <prefix>/restoring             whose storage it is, and whether a restore into it has not ended
/// ```
#[derive(Clone, Debug)]
pub(super) struct Layout {
    prefix: Path,
}

impl Layout {
    pub(super) fn below(prefix: Path) -> Self {
        Self { prefix }
    }

    /// The only name that is ever made of a key, and a key is digits and a dot.
    pub(super) fn blob(&self, key: &BlobKey) -> Path {
        let name = key.to_string();
        self.folder(&name).join(name)
    }

    /// What the names of the blobs start with whose digest starts as this text in hexadecimal does.
    pub(super) fn folder(&self, digest: &str) -> Path {
        self.blobs().join(&digest[0..2]).join(&digest[2..4])
    }

    /// What the names of all blobs start with.
    pub(super) fn blobs(&self) -> Path {
        self.prefix.clone().join("sha256")
    }

    /// What the names of all objects of probes start with.
    pub(super) fn probes(&self) -> Path {
        self.prefix.clone().join("probe")
    }

    /// The name of what is noted about the whole storage.
    pub(super) fn marker(&self, marker: Marker) -> Path {
        self.prefix.clone().join(marker.name())
    }

    /// The key of an object; `None` if it is no blob.
    pub(super) fn key(name: &Path) -> Option<BlobKey> {
        name.filename()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_again_in_the_name_of_its_object() {
        let key: BlobKey = format!("{}.00000000000000ff", "ab12".repeat(16))
            .parse()
            .unwrap();
        let layout = Layout::below(Path::from("cellier/prod"));
        let name = layout.blob(&key);
        assert_eq!(name.as_ref(), format!("cellier/prod/sha256/ab/12/{key}"));
        assert_eq!(Layout::key(&name), Some(key));
        assert_eq!(Layout::key(&Path::from("cellier/prod/README")), None);
        let without_prefix = Layout::below(Path::default()).blob(&key);
        assert_eq!(without_prefix.as_ref(), format!("sha256/ab/12/{key}"));
    }
}
