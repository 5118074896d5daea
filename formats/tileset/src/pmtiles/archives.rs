//! Archives whose directories are remembered between requests for their tiles.

use std::ops::Range;
use std::sync::Arc;

use cellier_sdk::Sha256;

use super::header::{Header, Section};
use super::index::Index;
use super::tile_id::{id_of, place_of, zoom_of, zooms_of};
use super::walk::{malformed, read_directory, walk};
use crate::blob::Blob;
use crate::codes::pmtiles::DIRECTORY;
use crate::findings::Findings;
use crate::kept::Kept;
use crate::limits;
use crate::place::Place;
use crate::stop::Stop;
use crate::text::grouped;
use crate::tile::Compression;

/// Most bytes of headers and root directories that are remembered.
const MOST_ROOTS: usize = 16 << 20;

/// Most bytes of leaf directories that are remembered: enough for several maps of the whole world at once.
const MOST_LEAVES: usize = 32 << 20;

/// How many tiles of a run are shown one by one.
const SHOWN_SINGLY: u64 = 10;

/// The directories of archives, by the digests of their files. What a digest names never changes, so neither do they.
#[derive(Debug)]
pub(crate) struct Archives {
    roots: Kept<Sha256, Arc<Archive>>,
    leaves: Kept<(Sha256, u64), Arc<Index>>,
}

/// What is known of an archive.
#[derive(Debug)]
struct Archive {
    header: Header,
    /// How its directories are packed.
    internal: Compression,
    root: Arc<Index>,
}

impl Default for Archives {
    fn default() -> Self {
        Self {
            roots: Kept::up_to(MOST_ROOTS),
            leaves: Kept::up_to(MOST_LEAVES),
        }
    }
}

impl Archives {
    /// Which bytes of the file are a tile; none where there is none. The file is opened only for what is not remembered.
    pub(crate) fn find(&self, blob: &Blob<'_>, place: Place) -> Result<Option<Range<u64>>, Stop> {
        let archive = self.archive(blob)?;
        let id = id_of(place);
        let mut index = Arc::clone(&archive.root);
        for _level in 0..=limits::DIRECTORY_DEPTH {
            let found = index.find(id);
            let found = found.map_err(|problem| malformed("a directory", &problem))?;
            let Some(entry) = found else {
                return Ok(None);
            };
            let within = match entry.run {
                0 => archive.header.leaves,
                _ => archive.header.data,
            };
            let Some(section) = part(within, entry.offset, entry.length) else {
                return Err(malformed("a directory", "leads past the end of a section"));
            };
            if entry.run > 0 {
                return Ok(Some(section.offset..section.offset + section.length));
            }
            index = self.leaf(blob, &archive, section)?;
        }
        Err(malformed(
            "the root directory",
            "has leaves that lead too deep",
        ))
    }

    /// Shows how long the tiles are: each place with how many tiles of this length it stands for. The first tiles of a run
    /// are shown one by one, those behind them together.
    pub(crate) fn sizes(
        &self,
        blob: &Blob<'_>,
        visit: &mut dyn FnMut(Place, u64, u64),
    ) -> Result<(), Stop> {
        let archive = self.archive(blob)?;
        walk(
            blob.content()?,
            &archive.header,
            archive.internal,
            |first, entry| {
                let next = entry.id.saturating_add(entry.run);
                let last = zoom_of(next.saturating_sub(1)).unwrap_or(first.zoom);
                for (_, ids) in zooms_of(entry.id..next, first.zoom..=last) {
                    let singly = ids.end.min(ids.start.saturating_add(SHOWN_SINGLY));
                    for id in ids.start..singly {
                        if let Some(place) = place_of(id) {
                            visit(place, entry.length, 1);
                        }
                    }
                    if let Some(place) = place_of(singly).filter(|_| singly < ids.end) {
                        visit(place, entry.length, ids.end - singly);
                    }
                }
                Ok(())
            },
        )?;
        Ok(())
    }

    fn archive(&self, blob: &Blob<'_>) -> Result<Arc<Archive>, Stop> {
        if let Some(known) = self.roots.get(&blob.digest()) {
            return Ok(known);
        }
        let content = blob.content()?;
        // What is odd about the header was told when it was published.
        let header = Header::read(content, &mut Findings::new(false))?;
        let internal = header.internal().ok_or_else(|| {
            Stop::Refused(
                DIRECTORY.error("the directories are packed in a way that does not exist"),
            )
        })?;
        let name = "the root directory";
        let bytes = read_directory(content, name, header.root, internal)?;
        let root = Index::read(bytes).map_err(|problem| malformed(name, &problem))?;
        let weight = root.weight();
        let archive = Arc::new(Archive {
            header,
            internal,
            root: Arc::new(root),
        });
        self.roots.put(blob.digest(), Arc::clone(&archive), weight);
        Ok(archive)
    }

    fn leaf(
        &self,
        blob: &Blob<'_>,
        archive: &Archive,
        section: Section,
    ) -> Result<Arc<Index>, Stop> {
        let key = (blob.digest(), section.offset);
        if let Some(known) = self.leaves.get(&key) {
            return Ok(known);
        }
        let name = format!("the leaf directory at {}", grouped(section.offset));
        let bytes = read_directory(blob.content()?, &name, section, archive.internal)?;
        let index = Index::read(bytes).map_err(|problem| malformed(&name, &problem))?;
        let weight = index.weight();
        let index = Arc::new(index);
        self.leaves.put(key, Arc::clone(&index), weight);
        Ok(index)
    }
}

/// A part of a section, if all of it lies within.
fn part(within: Section, offset: u64, length: u64) -> Option<Section> {
    let end = offset.checked_add(length)?;
    let offset = within.offset.checked_add(offset)?;
    offset.checked_add(length)?;
    (end <= within.length).then_some(Section { offset, length })
}
