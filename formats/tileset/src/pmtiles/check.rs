//! What can be checked in the header alone.

use super::header::{Header, SIZE, Section};
use crate::codes::pmtiles::{
    BOUNDS, CENTER, DIRECTORY, KIND, NOT_CLUSTERED, NOT_FOR_BROWSERS, ROOT_LARGE, SECTION_NOWHERE,
    SECTIONS,
};
use crate::findings::Findings;
use crate::geo::{Bounds, Center, Wrong};
use crate::stop::Stop;
use crate::text::grouped;
use crate::tile::Compression;

/// Clients fetch so many bytes first, and find the root directory in them.
const FIRST_FETCH: u64 = 16_384;

/// Checks that the sections lie in the file, one beside the other, and make up all of it.
pub(super) fn sections(header: &Header, size: u64, findings: &mut Findings) -> Result<(), Stop> {
    let named = [
        ("root directory", header.root),
        ("metadata", header.metadata),
        ("section of leaf directories", header.leaves),
        ("tile data", header.data),
    ];
    let refuse = |message: String| Err(Stop::Refused(SECTIONS.error(message)));
    let mut taken: Vec<(&str, Section, u64)> = Vec::new();
    for (name, section) in named {
        let Some(end) = section.end().filter(|end| *end <= size) else {
            return refuse(format!(
                "truncated: the {name} of {} bytes should start at {}, received {} bytes",
                grouped(section.length),
                grouped(section.offset),
                grouped(size)
            ));
        };
        if section.length == 0 {
            if section.offset < SIZE {
                let message = format!(
                    "the {name} has no bytes and starts at {}, within the header",
                    section.offset
                );
                findings.report(&SECTION_NOWHERE, message);
            }
            continue;
        }
        if section.offset < SIZE {
            return refuse(format!(
                "the {name} starts at {}, within the header",
                section.offset
            ));
        }
        let mut others = taken.iter();
        if let Some((other, ..)) =
            others.find(|(_, other, other_end)| section.offset < *other_end && other.offset < end)
        {
            return refuse(format!("the {name} and the {other} overlap"));
        }
        taken.push((name, section, end));
    }
    if header.root.length == 0 {
        return refuse("there is no root directory".to_owned());
    }
    // Some programs put the root directory right behind the header, others keep room for one of full size.
    let behind = header.metadata.length + header.leaves.length + header.data.length;
    let lengths = [SIZE + header.root.length + behind, FIRST_FETCH + behind];
    if !lengths.contains(&size) {
        return refuse(format!(
            "header and sections make up {} bytes, received {}",
            grouped(lengths[0]),
            grouped(size)
        ));
    }
    Ok(())
}

/// Checks everything else that the header says by itself.
pub(super) fn fields(header: &Header, findings: &mut Findings) -> Result<Compression, Stop> {
    if header.root.end().is_none_or(|end| end > FIRST_FETCH) {
        let message = format!(
            "the root directory has {} bytes and ends behind the first {}",
            grouped(header.root.length),
            grouped(FIRST_FETCH)
        );
        findings.report(&ROOT_LARGE, message);
    }
    if header.kind().is_none() {
        let message = format!("the header declares tiles of type {}", header.tile_type);
        findings.report(&KIND, message);
    }
    if !header.clustered {
        let message = "the archive is not clustered: its tiles are not in the order of their ids";
        findings.report(&NOT_CLUSTERED, message);
    }
    let Some(internal) = header.internal() else {
        let message = format!(
            "the directories are packed in a way that does not exist, {}",
            header.internal_compression
        );
        return Err(Stop::Refused(DIRECTORY.error(message)));
    };
    for (what, used) in [("directories", Some(internal)), ("tiles", header.tiles())] {
        if let Some(used @ (Compression::Brotli | Compression::Zstd)) = used {
            let message = format!(
                "the {what} are packed with {used}: pmtiles.js in browsers reads gzip only"
            );
            findings.report(&NOT_FOR_BROWSERS, message);
        }
    }
    Ok(internal)
}

/// The bounds; none if they are no bounds.
pub(super) fn bounds(header: &Header, findings: &mut Findings) -> Option<Bounds> {
    let problem = match header.bounds.wrong() {
        None => return Some(header.bounds),
        Some(Wrong::Outside) => "lie outside the world",
        Some(Wrong::Crossed) => "are crossed",
        Some(Wrong::Flat) => "have no area: clients may show nothing",
    };
    findings.report(&BOUNDS, format!("the bounds {} {problem}", header.bounds));
    None
}

/// The center: the one that is declared, or the middle of the bounds where that is no center.
pub(super) fn center(
    header: &Header,
    bounds: Option<&Bounds>,
    zooms: (u8, u8),
    findings: &mut Findings,
) -> Option<Center> {
    match header.center.problem(bounds, zooms) {
        None => Some(header.center),
        Some(problem) => {
            let Center {
                longitude,
                latitude,
                zoom,
            } = header.center;
            findings.report(
                &CENTER,
                format!("center {longitude},{latitude},{zoom}: {problem}"),
            );
            bounds.map(|bounds| Center::of(bounds, zooms.0))
        }
    }
}
