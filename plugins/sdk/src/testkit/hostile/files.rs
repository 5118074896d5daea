//! Files that no format has asked for.

use std::sync::LazyLock;

use super::{Mutant, Random, archives, json, texts};

/// One of everything that people send by mistake or on purpose. They are made once: tests of several formats, or of this
/// kit, share them.
pub(in crate::testkit) fn files() -> Vec<Mutant> {
    static FILES: LazyLock<Vec<Mutant>> = LazyLock::new(|| {
        let kinds = [
            raw(),
            headers(),
            texts::texts(),
            json::documents(),
            archives::archives(),
        ];
        kinds.concat()
    });
    FILES.clone()
}

fn raw() -> Vec<Mutant> {
    let made = [
        ("nothing at all", Vec::new()),
        ("one zero", vec![0]),
        ("one letter", vec![b'a']),
        ("64 KiB of zeros", vec![0; 64 * 1024]),
        ("64 KiB of 0xff", vec![0xff; 64 * 1024]),
        ("100 bytes of noise", Random::new(1).bytes(100)),
        ("64 KiB of noise", Random::new(2).bytes(64 * 1024)),
        ("every byte once", (0..=255).collect()),
    ];
    made.into_iter()
        .map(|(label, bytes)| Mutant::new(label, bytes))
        .collect()
}

/// Files of other kinds, of which only the beginning is there.
fn headers() -> Vec<Mutant> {
    let sqlite = |page_count: u32| {
        let mut page = b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20".to_vec();
        page.extend([0; 4]);
        page.extend(page_count.to_be_bytes());
        page.resize(4096, 0);
        page
    };
    let made = [
        (
            "an ELF program",
            [b"\x7fELF\x02\x01\x01\0".to_vec(), vec![0; 120]].concat(),
        ),
        (
            "a Windows program",
            [
                b"MZ\x90\0".to_vec(),
                vec![0; 56],
                b"\x40\0\0\0PE\0\0".to_vec(),
            ]
            .concat(),
        ),
        ("a Mach-O program", b"\xcf\xfa\xed\xfe\x07\0\0\x01".to_vec()),
        ("a WebAssembly module", b"\0asm\x01\0\0\0".to_vec()),
        (
            "the header of an SQLite database",
            b"SQLite format 3\0".to_vec(),
        ),
        ("an SQLite database of one empty page", sqlite(1)),
        (
            "an SQLite database of more pages than there are",
            sqlite(u32::MAX),
        ),
        (
            "the log of an SQLite database",
            b"\x37\x7f\x06\x82\0\x2d\xe2\x18".to_vec(),
        ),
        ("the header of a PMTiles archive", b"PMTiles\x03".to_vec()),
        (
            "a PMTiles archive that points everywhere",
            [b"PMTiles\x03".to_vec(), vec![0xff; 119]].concat(),
        ),
        (
            "a PNG picture that claims a huge size",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        ),
        ("the start of a PDF document", b"%PDF-1.7\n".to_vec()),
        (
            "the start of a JPEG picture",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(),
        ),
        ("a git bundle", b"# v2 git bundle\n".to_vec()),
    ];
    made.into_iter()
        .map(|(label, bytes)| Mutant::new(label, bytes))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_has_a_label_of_its_own() {
        let files = files();
        let labels: BTreeSet<_> = files.iter().map(|file| &file.label).collect();
        assert_eq!(labels.len(), files.len());
        assert!(files.len() > 100, "{}", files.len());
    }

    #[test]
    fn together_they_fit_into_memory() {
        let bytes: usize = files().iter().map(|file| file.bytes.len()).sum();
        assert!(bytes < 64 << 20, "{bytes}");
    }
}
