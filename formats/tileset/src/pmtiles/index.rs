//! One directory, made ready to be searched.

use super::directory::{Entries, Entry};

/// Most entries that are kept unpacked, some four MiB. Real directories have some thousands.
const MOST_ENTRIES: u64 = 128 * 1024;

/// A directory that is searched for tiles.
#[derive(Debug)]
pub(super) enum Index {
    /// Its entries, in the order of their ids.
    Entries(Vec<Entry>),
    /// The bytes of one that has too many entries to keep, and that is read anew for each search.
    Bytes(Vec<u8>),
}

impl Index {
    /// Reads a directory, unpacked. Says what is malformed, as the end of a sentence.
    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, String> {
        let mut entries = Entries::new(&bytes)?;
        if entries.left() > MOST_ENTRIES {
            return Ok(Self::Bytes(bytes));
        }
        let mut all = Vec::new();
        while let Some(entry) = entries.next()? {
            all.push(entry);
        }
        if !all.is_sorted_by_key(|entry| entry.id) {
            return Err("has tile ids out of order".to_owned());
        }
        Ok(Self::Entries(all))
    }

    /// The entry that holds a tile, or the leaf directory that may.
    pub(super) fn find(&self, id: u64) -> Result<Option<Entry>, String> {
        let last = match self {
            Self::Entries(all) => {
                let behind = all.partition_point(|entry| entry.id <= id);
                behind.checked_sub(1).map(|index| all[index])
            }
            Self::Bytes(bytes) => last_not_past(bytes, id)?,
        };
        Ok(last.filter(|entry| entry.run == 0 || id - entry.id < entry.run))
    }

    /// About how many bytes it takes in memory.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Entries(all) => size_of_val(all.as_slice()) + 64,
            Self::Bytes(bytes) => bytes.len() + 64,
        }
    }
}

/// The last entry whose id is not past this one.
fn last_not_past(bytes: &[u8], id: u64) -> Result<Option<Entry>, String> {
    let mut entries = Entries::new(bytes)?;
    let mut last = None;
    while let Some(entry) = entries.next()? {
        if entry.id > id {
            break;
        }
        last = Some(entry);
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tiles 3, then 5 to 7, then a leaf from 20 on; one byte a tile.
    const BYTES: &[u8] = &[3, 3, 2, 15, 1, 3, 0, 1, 1, 9, 1, 0, 1];

    #[test]
    fn a_tile_is_found_in_its_entry_in_its_run_and_in_a_leaf() {
        let kept = Index::read(BYTES.to_vec()).unwrap();
        for index in [kept, Index::Bytes(BYTES.to_vec())] {
            let found = |id| index.find(id).unwrap().map(|entry| (entry.id, entry.run));
            assert_eq!([found(0), found(4), found(8), found(19)], [None; 4]);
            assert_eq!(found(3), Some((3, 1)));
            assert_eq!([found(5), found(7)], [Some((5, 3)); 2]);
            assert_eq!([found(20), found(u64::MAX)], [Some((20, 0)); 2]);
        }
    }

    #[test]
    fn what_is_malformed_is_told() {
        assert!(Index::read(vec![9, 1]).is_err());
    }
}
