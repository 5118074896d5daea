//! The walk through all directories: one at a time in memory, in the order of tile ids, each entry once.

use cellier_sdk::{ReadAt, ReadAtExt as _};

use super::directory::{Entries, Entry};
use super::header::{Header, Section};
use super::tile_id::{place_of, zoom_of};
use crate::codes::pmtiles::DIRECTORY;
use crate::limits;
use crate::place::{DEEPEST, Place, ZOOMS};
use crate::stop::Stop;
use crate::text::grouped;
use crate::tile::{Compression, Inflated, inflate};

/// What the walk came to.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// How many tiles each zoom has.
    pub(super) per_zoom: [u64; ZOOMS],
    /// How many entries there are, leaf directories not counted.
    pub(super) entries: u64,
    /// The zooms of the first and of the last tile.
    pub(super) zooms: Option<(u8, u8)>,
    /// How many levels of leaf directories there are.
    pub(super) depth: usize,
    /// How many distinct contents there are, as long as each starts where the one before ends.
    pub(super) contents: Option<u64>,
}

impl Walked {
    /// How many tiles are addressed.
    pub(super) fn addressed(&self) -> u64 {
        self.per_zoom.iter().sum()
    }
}

/// Walks through all directories and shows every entry that holds tiles, with the place of its first.
pub(super) fn walk(
    content: &dyn ReadAt,
    header: &Header,
    compression: Compression,
    mut visit: impl FnMut(Place, Entry) -> Result<(), Stop>,
) -> Result<Walked, Stop> {
    let packed = header.root.length.saturating_add(header.leaves.length);
    let most = limits::ENTRIES_FREE
        .saturating_add(packed.saturating_mul(limits::ENTRIES_PER_BYTE))
        .min(limits::ENTRIES);
    let mut walk = Walk {
        content,
        header,
        compression,
        visit: &mut visit,
        left: most,
        next_id: 0,
        end_of_contents: 0,
        walked: Walked {
            contents: Some(0),
            ..Walked::default()
        },
    };
    walk.directory("the root directory", header.root, 0, None)?;
    Ok(walk.walked)
}

struct Walk<'a> {
    content: &'a dyn ReadAt,
    header: &'a Header,
    compression: Compression,
    visit: &'a mut dyn FnMut(Place, Entry) -> Result<(), Stop>,
    /// How many more entries are walked.
    left: u64,
    /// The smallest id that the next tile may have.
    next_id: u64,
    /// Where the contents so far end.
    end_of_contents: u64,
    walked: Walked,
}

impl Walk<'_> {
    /// Walks through one directory and those below it. `first` is the id that the entry above promises.
    fn directory(
        &mut self,
        name: &str,
        section: Section,
        depth: usize,
        first: Option<u64>,
    ) -> Result<(), Stop> {
        let bytes = self.read(name, section)?;
        let mut entries = Entries::new(&bytes).map_err(|problem| malformed(name, &problem))?;
        if entries.left() == 0 && first.is_some() {
            return Err(malformed(name, "is empty"));
        }
        self.walked.depth = self.walked.depth.max(depth);
        let mut expected = first;
        while let Some(entry) = entries
            .next()
            .map_err(|problem| malformed(name, &problem))?
        {
            if let Some(promised) = expected.take()
                && entry.id != promised
            {
                let problem = format!("starts with tile id {}, not {promised}", entry.id);
                return Err(malformed(name, &problem));
            }
            self.entry(name, entry, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, name: &str, entry: Entry, depth: usize) -> Result<(), Stop> {
        if self.left == 0 {
            return Err(malformed(
                name,
                "leads to more entries than an archive of its size has",
            ));
        }
        self.left -= 1;
        if entry.id < self.next_id {
            let problem = format!(
                "has tile id {} behind {}",
                entry.id,
                self.next_id.saturating_sub(1)
            );
            return Err(malformed(name, &problem));
        }
        if entry.length == 0 {
            return Err(malformed(
                name,
                &format!("has an entry of no bytes at tile id {}", entry.id),
            ));
        }
        if entry.run == 0 {
            return self.leaf(name, entry, depth);
        }
        self.tiles(name, entry)
    }

    fn leaf(&mut self, name: &str, entry: Entry, depth: usize) -> Result<(), Stop> {
        if depth == limits::DIRECTORY_DEPTH {
            let problem = format!("has leaf directories more than {depth} levels deep");
            return Err(malformed(name, &problem));
        }
        let within = self.header.leaves;
        let end = entry.offset.checked_add(entry.length);
        if end.is_none_or(|end| end > within.length) {
            let problem = format!(
                "has a leaf directory past the end of its section, at tile id {}",
                entry.id
            );
            return Err(malformed(name, &problem));
        }
        let section = Section {
            offset: within.offset + entry.offset,
            length: entry.length,
        };
        let name = format!("the leaf directory at {}", grouped(entry.offset));
        self.directory(&name, section, depth + 1, Some(entry.id))
    }

    fn tiles(&mut self, name: &str, entry: Entry) -> Result<(), Stop> {
        let end = entry.offset.checked_add(entry.length);
        let Some(end) = end.filter(|end| *end <= self.header.data.length) else {
            let problem = format!(
                "has a tile past the end of the data, at tile id {}",
                entry.id
            );
            return Err(malformed(name, &problem));
        };
        let next = entry.id.checked_add(entry.run);
        let last = next.and_then(|next| zoom_of(next - 1));
        let (Some(next), Some(last), Some(place)) = (next, last, place_of(entry.id)) else {
            let problem = format!(
                "has tiles deeper than zoom {DEEPEST}, at tile id {}",
                entry.id
            );
            return Err(malformed(name, &problem));
        };
        self.count(entry.id, next, place.zoom, last);
        self.count_contents(entry, end);
        self.next_id = next;
        self.walked.entries += 1;
        let first = self.walked.zooms.map_or(place.zoom, |(first, _)| first);
        self.walked.zooms = Some((first, last));
        (self.visit)(place, entry)
    }

    /// Counts the tiles of a run, which may go on into the next zooms.
    fn count(&mut self, id: u64, next: u64, first: u8, last: u8) {
        for zoom in first..=last {
            let from = id.max(Place::before(zoom));
            let to = next.min(Place::before(zoom + 1));
            self.walked.per_zoom[usize::from(zoom)] += to - from;
        }
    }

    /// Counts contents that start where the one before ends; one that starts earlier is shared.
    fn count_contents(&mut self, entry: Entry, end: u64) {
        if entry.offset == self.end_of_contents {
            self.end_of_contents = end;
            self.walked.contents = self.walked.contents.map(|contents| contents + 1);
        } else if end > self.end_of_contents {
            self.walked.contents = None;
        }
    }

    /// Reads and unpacks one directory.
    fn read(&self, name: &str, section: Section) -> Result<Vec<u8>, Stop> {
        let length = usize::try_from(section.length)
            .ok()
            .filter(|length| *length <= limits::DIRECTORY);
        let Some(length) = length else {
            let problem = format!("has {} bytes, packed", grouped(section.length));
            return Err(malformed(name, &problem));
        };
        let packed = self.content.read_range(section.offset, length)?;
        match inflate(&packed, self.compression, limits::DIRECTORY) {
            Inflated::Whole(bytes) => Ok(bytes),
            Inflated::TooMuch => {
                let most = limits::DIRECTORY >> 20;
                Err(malformed(name, &format!("unpacks to more than {most} MiB")))
            }
            Inflated::Damaged(damage) => {
                let problem = format!("cannot be unpacked with {}: {damage}", self.compression);
                Err(malformed(name, &problem))
            }
        }
    }
}

fn malformed(name: &str, problem: &str) -> Stop {
    Stop::Refused(DIRECTORY.error(format!("{name} {problem}")))
}
