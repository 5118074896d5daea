//! Archives and compressed files that were made to do harm.

use super::{Mutant, Random, gzip, tar, zip};

pub(super) fn archives() -> Vec<Mutant> {
    let mut mutants = compressed();
    for archive in tar::archives() {
        let label = format!("{} in gzip", archive.label);
        mutants.push(Mutant::new(label, gzip::pack(&archive.bytes)));
        mutants.push(archive);
    }
    mutants.extend(zip::archives());
    mutants
}

fn compressed() -> Vec<Mutant> {
    let text = gzip::pack(b"hello, hello");
    let long_name = [
        b"\x1f\x8b\x08\x08\0\0\0\0\0\x03".to_vec(),
        vec![b'n'; 1 << 20],
    ]
    .concat();
    let mut wrong_sum = text.clone();
    if let Some(byte) = wrong_sum.iter_mut().rev().nth(7) {
        *byte ^= 1;
    }
    let tar_of_zeros = tar::Entry::file(b"package/package.json", b"").blocks();
    let made = [
        ("gzip of nothing", gzip::pack(b"")),
        ("gzip of a text", text.clone()),
        ("gzip in gzip in gzip", gzip::pack(&gzip::pack(&text))),
        (
            "gzip of noise",
            gzip::pack(&Random::new(9).bytes(64 * 1024)),
        ),
        ("two gzip files in one", text.repeat(2)),
        (
            "gzip with bytes behind it",
            [text.as_slice(), b"more"].concat(),
        ),
        ("gzip with a wrong checksum", wrong_sum),
        ("gzip broken off", text[..text.len() / 2].to_vec()),
        ("gzip with a name of 1 MiB that never ends", long_name),
        (
            "gzip of 1 GiB of zeros",
            gzip::Bomb::new(b"", 1024).to_vec(),
        ),
        (
            "gzip of a tar entry and 1 GiB of zeros",
            gzip::Bomb::new(&tar_of_zeros, 1024).to_vec(),
        ),
        (
            "zstd of nothing that can be",
            b"\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff".to_vec(),
        ),
        (
            "xz and then noise",
            [b"\xfd7zXZ\0".to_vec(), Random::new(10).bytes(1000)].concat(),
        ),
        (
            "bzip2 and then noise",
            [b"BZh9".to_vec(), Random::new(11).bytes(1000)].concat(),
        ),
    ];
    made.into_iter()
        .map(|(label, bytes)| Mutant::new(label, bytes))
        .collect()
}
