//! All paths of an archive, so that no two of them meet on any file system.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::path::EntryPath;

/// The paths that were met so far, in sixteen bytes each however long they are.
#[derive(Debug, Default)]
pub(super) struct Paths(HashMap<u128, Occupant>);

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occupant {
    /// A file, by the number of its entry.
    File(u64),
    /// A folder that has an entry of its own, by its number.
    Folder(u64),
    /// A folder that is only known from what lies in it, by the number of the first such entry.
    Implied(u64),
}

/// Two entries that cannot both be unpacked everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Clash {
    /// The same path but for letter case or compatible characters.
    #[error("has the same path as entry {0}, at least where letter case does not count")]
    Same(u64),
    /// A file where there already is a folder, or the other way round.
    #[error("is a file where entry {0} needs a folder, or the other way round")]
    FileAndFolder(u64),
}

impl Paths {
    /// Adds the path of an entry and of all folders above it.
    pub(super) fn add(
        &mut self,
        path: &EntryPath,
        is_folder: bool,
        number: u64,
    ) -> Result<(), Clash> {
        let folded = path.folded();
        for (slash, _) in folded.match_indices('/') {
            let above = fingerprint(&folded[..slash]);
            let implied = Occupant::Implied(number);
            if let Occupant::File(earlier) = *self.0.entry(above).or_insert(implied) {
                return Err(Clash::FileAndFolder(earlier));
            }
        }
        let occupant = if is_folder {
            Occupant::Folder(number)
        } else {
            Occupant::File(number)
        };
        match self.0.insert(fingerprint(&folded), occupant) {
            None => Ok(()),
            Some(Occupant::Implied(_)) if is_folder => Ok(()),
            Some(Occupant::Folder(earlier)) if is_folder => Err(Clash::Same(earlier)),
            Some(Occupant::File(earlier)) if !is_folder => Err(Clash::Same(earlier)),
            Some(
                Occupant::File(earlier) | Occupant::Folder(earlier) | Occupant::Implied(earlier),
            ) => Err(Clash::FileAndFolder(earlier)),
        }
    }
}

/// Stands for a path. Equal paths never get past it; whoever made two others meet would only have his own upload refused.
fn fingerprint(path: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, path).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add_all(entries: &[&str]) -> Vec<Result<(), Clash>> {
        let mut paths = Paths::default();
        (1..)
            .zip(entries)
            .map(|(number, entry)| {
                let is_folder = entry.ends_with('/');
                let path = EntryPath::parse(entry.as_bytes(), is_folder).unwrap();
                paths.add(&path, is_folder, number)
            })
            .collect()
    }

    #[test]
    fn a_folder_may_come_before_or_after_what_lies_in_it() {
        let all = add_all(&["package/a/x", "package/a/", "package/b/", "package/B/y"]);
        assert!(all.iter().all(Result::is_ok), "{all:?}");
    }

    #[test]
    fn the_second_of_two_that_meet_is_told_of_the_first() {
        assert_eq!(
            add_all(&["package/a", "package/b", "package/A"])[2],
            Err(Clash::Same(1))
        );
        assert_eq!(
            add_all(&["package/a/", "package/a/"])[1],
            Err(Clash::Same(1))
        );
    }

    #[test]
    fn nothing_lies_below_a_file() {
        assert_eq!(
            add_all(&["package/a", "package/A/b"])[1],
            Err(Clash::FileAndFolder(1))
        );
        assert_eq!(
            add_all(&["package/a/b", "package/a"])[1],
            Err(Clash::FileAndFolder(1))
        );
        assert_eq!(
            add_all(&["package/a", "package/a/"])[1],
            Err(Clash::FileAndFolder(1))
        );
    }
}
