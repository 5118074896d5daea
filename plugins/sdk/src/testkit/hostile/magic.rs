//! Files that begin as a format claims, and go on as they please.

use super::{Mutant, Random};
use crate::{Claim, Descriptor};

/// Most bytes of a magic and what stands before it; a host looks no further.
const MOST: usize = 4096;

/// For each sign that the format knows its files by: the sign alone, and with something else behind it.
pub(in crate::testkit) fn behind_magic(descriptor: &Descriptor) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for claim in descriptor.claims() {
        let Claim::Magic { offset, bytes } = claim else {
            continue;
        };
        let Some(start) = usize::try_from(*offset).ok().filter(|start| *start <= MOST) else {
            continue;
        };
        let head = [vec![0; start], bytes.clone()].concat();
        let tails = [
            ("alone", Vec::new()),
            ("and one byte", vec![1]),
            ("and zeros", vec![0; 64 * 1024]),
            ("and ones", vec![0xff; 64 * 1024]),
            ("and noise", Random::new(start as u64).bytes(64 * 1024)),
            ("again and again", bytes.repeat(1000)),
        ];
        for (label, tail) in tails {
            let label = format!(
                "the magic bytes {:?} {label}",
                String::from_utf8_lossy(bytes)
            );
            mutants.push(Mutant::new(label, [head.as_slice(), &tail].concat()));
        }
    }
    mutants
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_magic_stands_at_its_offset() {
        let descriptor = Descriptor::new("toy", "1")
            .claim(Claim::extension("toy"))
            .claim(Claim::magic(2, b"TOY"))
            .claim(Claim::magic(u64::MAX, b"FAR"));
        let mutants = behind_magic(&descriptor);
        assert_eq!(mutants.len(), 6);
        assert!(
            mutants
                .iter()
                .all(|mutant| mutant.bytes.starts_with(b"\0\0TOY"))
        );
    }
}
