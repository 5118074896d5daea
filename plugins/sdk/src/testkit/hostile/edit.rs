//! Changing a good upload, byte by byte.

use std::collections::BTreeSet;
use std::fmt;

use super::{Mutant, Random};

/// A change of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Edit {
    /// Keeps only so many of the first bytes.
    Cut(usize),
    /// Flips bits: the place of a byte and which of its bits.
    Flip(Vec<(usize, u8)>),
    /// Writes one byte over all bytes from a place on.
    Fill(usize, usize, u8),
    /// Takes bytes out.
    Remove(usize, usize),
    /// Writes bytes twice.
    Repeat(usize, usize),
    /// Puts bytes before the first.
    Prepend(Vec<u8>),
    /// Puts bytes behind the last.
    Append(Vec<u8>),
}

impl Edit {
    fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Cut(length) => bytes[..*length].to_vec(),
            Self::Flip(bits) => {
                let mut flipped = bytes.to_vec();
                for (at, bit) in bits {
                    flipped[*at] ^= 1 << bit;
                }
                flipped
            }
            Self::Fill(at, length, byte) => {
                let mut filled = bytes.to_vec();
                filled[*at..at + length].fill(*byte);
                filled
            }
            Self::Remove(at, length) => [&bytes[..*at], &bytes[at + length..]].concat(),
            Self::Repeat(at, length) => [&bytes[..at + length], &bytes[*at..]].concat(),
            Self::Prepend(front) => [front, bytes].concat(),
            Self::Append(back) => [bytes, back].concat(),
        }
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut(length) => write!(f, "cut after {length} bytes"),
            Self::Flip(bits) => match bits.as_slice() {
                [(at, bit)] => write!(f, "bit {bit} of byte {at} flipped"),
                bits => {
                    let first = bits.first().map_or(0, |(at, _)| *at);
                    write!(f, "{} bits flipped, the first in byte {first}", bits.len())
                }
            },
            Self::Fill(at, length, byte) => {
                write!(f, "{length} bytes from {at} on set to {byte:#04x}")
            }
            Self::Remove(at, length) => write!(f, "{length} bytes from {at} on taken out"),
            Self::Repeat(at, length) => write!(f, "{length} bytes from {at} on written twice"),
            Self::Prepend(front) => write!(f, "{} bytes put before the first", front.len()),
            Self::Append(back) => write!(f, "{} bytes put behind the last", back.len()),
        }
    }
}

/// The upload, broken off at many places, the first and the last among them.
pub(in crate::testkit) fn cuts(bytes: &[u8], count: usize) -> Vec<Mutant> {
    let size = bytes.len();
    let mut random = Random::new(size as u64);
    let mut lengths: BTreeSet<usize> = [0, 1, 2, 3, 4, 7, 8, 15, 16, 512, 1024, size / 2].into();
    lengths.extend((1..=9).filter_map(|less| size.checked_sub(less)));
    lengths.extend((0..count).map(|_| random.below(size)));
    let shorter = lengths.into_iter().filter(|length| *length < size);
    apply(shorter.map(Edit::Cut), bytes)
}

/// Single bits flipped, the first bytes above all, and then some at once.
pub(in crate::testkit) fn flips(bytes: &[u8], count: usize) -> Vec<Mutant> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let mut random = Random::new(!(bytes.len() as u64));
    let mut bit = |at: usize| (at, u8::try_from(random.below(8)).unwrap_or_default());
    let mut edits: Vec<_> = (0..bytes.len().min(count))
        .map(|at| Edit::Flip(vec![bit(at)]))
        .collect();
    let mut random = Random::new(bytes.len() as u64 ^ 0xf11b);
    for number in 0..count * 2 {
        let several = if number % 4 == 0 { 16 } else { 1 };
        let bits = (0..several).map(|_| bit(random.below(bytes.len())));
        edits.push(Edit::Flip(bits.collect()));
    }
    apply(edits, bytes)
}

/// Blocks overwritten, taken out and written twice.
pub(in crate::testkit) fn blocks(bytes: &[u8], count: usize) -> Vec<Mutant> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let mut random = Random::new(bytes.len() as u64 ^ 0xb10c);
    let mut edits = Vec::new();
    for number in 0..count {
        let at = random.below(bytes.len());
        let longest = if number % 2 == 0 { 4 } else { 1024 };
        let length = 1 + random.below(longest.min(bytes.len() - at));
        edits.push(match number % 6 {
            0 | 1 => Edit::Fill(at, length, 0),
            2 => Edit::Fill(at, length, 0xff),
            3 => Edit::Fill(at, length, random.byte()),
            4 => Edit::Remove(at, length),
            _ => Edit::Repeat(at, length),
        });
    }
    apply(edits, bytes)
}

/// Something put before the first byte or behind the last.
pub(in crate::testkit) fn frames(bytes: &[u8]) -> Vec<Mutant> {
    let mut random = Random::new(0xf4a3e);
    let edits = [
        Edit::Append(vec![0]),
        Edit::Append(b"\n".to_vec()),
        Edit::Append(b"trailing".to_vec()),
        Edit::Append(vec![0; 1024]),
        Edit::Append(vec![0xff; 1024]),
        Edit::Append(random.bytes(1024)),
        Edit::Append(bytes.to_vec()),
        Edit::Prepend(b"\n".to_vec()),
        Edit::Prepend(b"\xef\xbb\xbf".to_vec()),
        Edit::Prepend(b"#!/bin/sh\n".to_vec()),
        Edit::Prepend(vec![0; 512]),
    ];
    apply(edits, bytes)
}

fn apply(edits: impl IntoIterator<Item = Edit>, bytes: &[u8]) -> Vec<Mutant> {
    edits
        .into_iter()
        .map(|edit| Mutant::new(edit.to_string(), edit.apply(bytes)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_keep_the_start_and_never_all_of_it() {
        let bytes: Vec<u8> = (0..200).collect();
        let cuts = cuts(&bytes, 16);
        assert!(cuts.iter().any(|cut| cut.bytes.is_empty()));
        assert!(cuts.iter().any(|cut| cut.bytes.len() == 199));
        for cut in &cuts {
            assert!(
                cut.bytes.len() < 200 && bytes.starts_with(&cut.bytes),
                "{}",
                cut.label
            );
        }
    }

    #[test]
    fn nothing_that_is_called_a_change_leaves_the_bytes_as_they_were() {
        let bytes: Vec<u8> = (0..=255).collect();
        for mutant in flips(&bytes, 64).iter().chain(&frames(&bytes)) {
            assert_ne!(mutant.bytes.as_ref(), bytes.as_slice(), "{}", mutant.label);
        }
    }

    #[test]
    fn the_shortest_uploads_can_be_changed_too() {
        for bytes in [&b""[..], b"x", b"xy"] {
            let changed = [
                cuts(bytes, 8),
                flips(bytes, 8),
                blocks(bytes, 8),
                frames(bytes),
            ];
            assert!(changed.concat().len() >= 11);
        }
    }

    #[test]
    fn every_run_makes_the_same() {
        let bytes: Vec<u8> = (0..100).collect();
        let made = || {
            blocks(&bytes, 32)
                .into_iter()
                .map(|mutant| mutant.bytes)
                .collect::<Vec<_>>()
        };
        assert_eq!(made(), made());
    }
}
