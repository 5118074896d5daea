//! zip archives that no archive should be.

use flate2::Crc;

use super::{Mutant, gzip};

/// A file of an archive in the making.
struct Entry<'a> {
    path: &'a [u8],
    body: &'a [u8],
    /// What the headers say of its size, if not the truth.
    claimed: Option<u32>,
    /// The kind of file and its rights, as Unix has them.
    mode: u32,
}

impl<'a> Entry<'a> {
    fn new(path: &'a [u8], body: &'a [u8]) -> Self {
        Self {
            path,
            body,
            claimed: None,
            mode: 0o10_0644,
        }
    }
}

/// Archives of one oddity each.
pub(super) fn archives() -> Vec<Mutant> {
    let zeros = vec![0; 16 << 20];
    let link = Entry {
        mode: 0o12_0777,
        ..Entry::new(b"link", b"/etc/passwd")
    };
    let lie = Entry {
        claimed: Some(u32::MAX),
        ..Entry::new(b"lie", b"short")
    };
    let many: Vec<_> = (0..2000).map(|_| Entry::new(b"same", b"")).collect();
    let whole = write(&[Entry::new(b"a", b"hello")]);
    let made = [
        (
            "a path with ..",
            write(&[Entry::new(b"../../etc/passwd", b"x")]),
        ),
        (
            "a path that is not UTF-8",
            write(&[Entry::new(b"\xff\xfe", b"x")]),
        ),
        ("a symbolic link", write(&[link])),
        (
            "16 MiB of zeros in it",
            write(&[Entry::new(b"zeros", &zeros)]),
        ),
        ("a size that is not true", write(&[lie])),
        ("the same path two thousand times", write(&many)),
        ("nothing in it", write(&[])),
        (
            "something before it",
            [&b"#!/bin/sh\nexit\n"[..], &whole].concat(),
        ),
        ("its directory cut off", whole[..whole.len() / 2].to_vec()),
    ];
    made.into_iter()
        .map(|(label, bytes)| Mutant::new(format!("a zip archive with {label}"), bytes))
        .collect()
}

fn write(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let packed = gzip::deflate(entry.body);
        let mut crc = Crc::new();
        crc.update(entry.body);
        let offset = word(archive.len());
        let mut common = b"\x14\0\0\0\x08\0\0\0\0\0".to_vec();
        common.extend(crc.sum().to_le_bytes());
        common.extend(word(packed.len()));
        common.extend(
            entry
                .claimed
                .map_or_else(|| word(entry.body.len()), u32::to_le_bytes),
        );
        common.extend(&word(entry.path.len())[..2]);
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(b"\0\0");
        archive.extend(entry.path);
        archive.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend([0; 8]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(offset);
        directory.extend(entry.path);
    }
    let count = word(entries.len());
    let start = word(archive.len());
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(&count[..2]);
    archive.extend(&count[..2]);
    archive.extend(word(directory.len()));
    archive.extend(start);
    archive.extend(b"\0\0");
    archive
}

fn word(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_record_points_at_the_directory() {
        let archive = write(&[Entry::new(b"a", b"hello"), Entry::new(b"b", b"")]);
        let end = &archive[archive.len() - 22..];
        assert!(end.starts_with(b"PK\x05\x06"));
        assert_eq!(&end[8..12], b"\x02\0\x02\0");
        let start = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
        assert!(archive[start..].starts_with(b"PK\x01\x02"));
        let second = start + 46 + 1;
        assert!(archive[second..].starts_with(b"PK\x01\x02"));
    }

    #[test]
    fn a_bomb_is_small() {
        let bomb = archives()
            .into_iter()
            .find(|made| made.label.contains("zeros"))
            .unwrap();
        assert!(bomb.bytes.len() < 1 << 18, "{}", bomb.bytes.len());
    }
}
