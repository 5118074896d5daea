//! What was seen in the tiles that were looked into.

use std::collections::BTreeMap;

use super::look::{Content, Hint, Look, look};
use super::{Compression, Kind};
use crate::codes::mbtiles::{
    COMPRESSED_TWICE, KIND_DIFFERS, KIND_UNKNOWN, KINDS_MIXED, LAYER_UNKNOWN, TILE_BOMB,
    TILE_DAMAGED,
};
use crate::findings::Findings;
use crate::limits;
use crate::place::Place;
use crate::tally::Tally;
use crate::text::{grouped, quote};

/// How many pixels a tile has each way.
const SIDES: [u32; 2] = [256, 512];

/// What a tile costs beside its bytes, so that very many very small ones come to an end as well.
const OVERHEAD: u64 = 256;

/// What was seen so far.
#[derive(Debug)]
pub(crate) struct Survey {
    hint: Hint,
    /// How many more bytes tiles may have, packed and unpacked, before no further one is looked into.
    left: u64,
    looked: u64,
    kinds: Vec<(Kind, Place)>,
    compressions: Vec<(Compression, Place)>,
    layers: BTreeMap<String, Place>,
    sides: Option<u32>,
    odd_sizes: Tally<(Place, (u32, u32))>,
    damaged: Tally<(Place, String)>,
    doubled: Tally<(Place, Compression, Compression)>,
    too_large: Tally<(Place, u64)>,
    unknown: Tally<(Place, Vec<u8>)>,
}

impl Survey {
    /// Nothing seen yet. Tiles may have so many bytes, packed and unpacked, all together.
    pub(crate) fn new(hint: Hint, most: u64) -> Self {
        Self {
            hint,
            left: most,
            looked: 0,
            kinds: Vec::new(),
            compressions: Vec::new(),
            layers: BTreeMap::new(),
            sides: None,
            odd_sizes: Tally::default(),
            damaged: Tally::default(),
            doubled: Tally::default(),
            too_large: Tally::default(),
            unknown: Tally::default(),
        }
    }

    /// Whether a further tile may be shown.
    pub(crate) fn has_room(&self) -> bool {
        self.left > 0
    }

    /// Looks into a tile. False means that no further one should be shown.
    pub(crate) fn see(&mut self, place: Place, bytes: &[u8]) -> bool {
        if !self.has_room() {
            return false;
        }
        let look = look(bytes, self.hint);
        self.looked += 1;
        let packed = bytes.len() as u64;
        let cost = look
            .unpacked
            .saturating_add(packed)
            .saturating_add(OVERHEAD);
        self.left = self.left.saturating_sub(cost);
        self.remember(place, packed, look);
        true
    }

    /// A tile whose packed size alone is too large to look into.
    pub(crate) fn see_too_large(&mut self, place: Place, packed: u64) {
        self.too_large.add(|| (place, packed));
    }

    fn remember(&mut self, place: Place, packed: u64, look: Look) {
        if let Some(kind) = look.content.kind()
            && !self.kinds.iter().any(|(seen, _)| *seen == kind)
        {
            self.kinds.push((kind, place));
        }
        let compression = look.compression;
        if !self
            .compressions
            .iter()
            .any(|(seen, _)| *seen == compression)
        {
            self.compressions.push((compression, place));
        }
        match look.content {
            Content::Vector(layers) => self.remember_layers(place, layers),
            Content::Declared(_) => {}
            Content::Image(_, (width, height)) => self.remember_size(place, width, height),
            Content::Damaged(_, problem) => self.damaged.add(|| (place, problem)),
            Content::TooLarge => self.too_large.add(|| (place, packed)),
            Content::Doubled(inner) => self.doubled.add(|| (place, compression, inner)),
            Content::Unknown(start) => self.unknown.add(|| (place, start)),
        }
    }

    fn remember_layers(&mut self, place: Place, layers: Vec<String>) {
        for layer in layers {
            if self.layers.len() < limits::LAYERS {
                self.layers.entry(layer).or_insert(place);
            }
        }
    }

    fn remember_size(&mut self, place: Place, width: u32, height: u32) {
        if width == height && SIDES.contains(&width) {
            self.sides.get_or_insert(width);
        } else {
            self.odd_sizes.add(|| (place, (width, height)));
        }
    }

    /// How many tiles were looked into.
    pub(crate) fn looked(&self) -> u64 {
        self.looked
    }

    /// What the tiles are: the kind that was seen first.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.kinds.first().map(|(kind, _)| *kind)
    }

    /// How the tiles are packed, each way with the place where it was seen first.
    pub(crate) fn compressions(&self) -> &[(Compression, Place)] {
        &self.compressions
    }

    /// How many pixels images have each way, where that is usual.
    pub(crate) fn sides(&self) -> Option<u32> {
        self.sides
    }

    /// The names of the layers that were seen.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &str> {
        self.layers.keys().map(String::as_str)
    }

    /// Says what is wrong with the tiles, whatever they lie in; `fix_kind` says how to declare their kind.
    pub(crate) fn report(&self, fix_kind: impl Fn(Kind) -> String, findings: &mut Findings) {
        self.report_kinds(fix_kind, findings);
        if let Some(((place, outer, inner), others)) = self.doubled.first() {
            let message = format!("tile {place} is {inner} inside {outer}{others}");
            findings.report(&COMPRESSED_TWICE, message);
        }
        if let Some(((place, problem), others)) = self.damaged.first() {
            findings.report(&TILE_DAMAGED, format!("tile {place}: {problem}{others}"));
        }
        if let Some(((place, (width, height)), others)) = self.odd_sizes.first() {
            let message = format!("tile {place} has {width} × {height} pixels{others}");
            findings.report(&TILE_DAMAGED, message);
        }
        if let Some(((place, packed), others)) = self.too_large.first() {
            let message = format!(
                "tile {place} of {} bytes has more than {} MiB, unpacked{others}",
                grouped(*packed),
                limits::TILE >> 20
            );
            findings.report(&TILE_BOMB, message);
        }
    }

    fn report_kinds(&self, fix_kind: impl Fn(Kind) -> String, findings: &mut Findings) {
        if let Some(((place, start), others)) = self.unknown.first() {
            let start = start.escape_ascii();
            let message = format!(
                "tile {place} starts with \"{start}\", which no kind of tiles does{others}"
            );
            findings.report(&KIND_UNKNOWN, message);
        } else if self.kinds.is_empty() && self.damaged.count() > 0 {
            let message = "no tile that was looked into could be decoded";
            findings.report(&KIND_UNKNOWN, message);
        }
        if let [first, second, ..] = self.kinds.as_slice() {
            let message = format!(
                "mixed kinds of tiles: {} is {}, {} is {}",
                first.1, first.0, second.1, second.0
            );
            findings.report(&KINDS_MIXED, message);
        } else if let (Some(declared), Some((kind, place))) = (self.hint.kind, self.kinds.first())
            && declared != *kind
        {
            let message = format!("the tiles are declared as {declared}, but {place} is {kind}");
            findings.report_with(&KIND_DIFFERS, message, fix_kind(*kind));
        }
    }

    /// Says which layers are in the tiles and in no description.
    pub(crate) fn report_layers(&self, described: &[&str], findings: &mut Findings) {
        for (layer, place) in &self.layers {
            if !described.contains(&layer.as_str()) {
                let message = format!(
                    "layer {} is in tile {place}, but not in vector_layers: styles made from it will miss the layer",
                    quote(layer)
                );
                findings.report(&LAYER_UNKNOWN, message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0";
    const GIF: &[u8] = b"GIF89a\0\x01\0\x01";

    fn place(x: u32) -> Place {
        Place { zoom: 3, x, y: 0 }
    }

    fn messages(survey: &Survey) -> Vec<String> {
        let mut findings = Findings::new(true);
        survey.report(|kind| kind.to_string(), &mut findings);
        let refused = findings.conclude(cellier_sdk::Inspection::new());
        let findings = match refused {
            Ok(inspection) => inspection.findings,
            Err(rejection) => rejection.into_findings(),
        };
        findings
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn a_mistake_that_many_tiles_share_is_told_once() {
        let mut survey = Survey::new(Hint::default(), u64::MAX);
        for x in 0..5 {
            survey.see(place(x), b"\x1a\x7f");
        }
        let messages = messages(&survey);
        assert_eq!(messages.len(), 1);
        assert!(messages[0].starts_with("tile 3/0/0: bad protobuf at byte 2"));
        assert!(messages[0].ends_with("(and 4 more)"));
    }

    #[test]
    fn tiles_of_two_kinds_are_told_with_one_place_each() {
        let mut survey = Survey::new(Hint::default(), u64::MAX);
        survey.see(place(1), PNG);
        survey.see(place(2), GIF);
        assert_eq!(
            messages(&survey),
            ["mixed kinds of tiles: 3/1/0 is png, 3/2/0 is gif"]
        );
        assert_eq!(survey.kind(), Some(Kind::Png));
        assert_eq!(survey.sides(), Some(256));
    }

    #[test]
    fn nothing_more_is_looked_into_once_enough_was_unpacked() {
        let mut survey = Survey::new(Hint::default(), 400);
        assert!(survey.see(place(1), PNG));
        assert!(survey.see(place(2), PNG));
        assert!(!survey.see(place(3), PNG));
        assert_eq!(survey.looked(), 2);
    }
}
