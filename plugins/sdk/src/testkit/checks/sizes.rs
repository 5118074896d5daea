//! Uploads larger than any memory.

use std::io;
use std::sync::Arc;

use super::Known;
use crate::Upload;

/// How many MiB of zeros a bomb unpacks to: 64 GiB.
const BOMB: u32 = 64 * 1024;

/// How much may be read of a bomb: it has unpacked to about 2 GiB by then.
const FUSE: Allowance = Allowance {
    bytes: 2 << 20,
    reads: u64::MAX,
};
use crate::testkit::content::{Allowance, Lent, Sparse};
use crate::testkit::exam::{Exam, Question};
use crate::testkit::hostile::{Bomb, unpack};

/// Sizes that overflow something: 32 bits, a disk, and (nearly) what a file can have.
const SIZES: [u64; 3] = [(1 << 32) + 1, 1 << 40, i64::MAX.cast_unsigned()];

/// The largest size for which a file with a hole is made.
const LARGEST_FILE: u64 = 1 << 40;

/// The upload with zeros behind its last byte, up to a size that no memory holds.
pub(super) fn huge(exam: &mut Exam, known: &Known) {
    let name = format!(
        "{}: a huge upload is answered within the budget of a small one",
        known.name
    );
    check_sizes(exam, name, &known.bytes, &known.upload, known.needs_file);
}

/// Bytes with zeros behind them, up to a size that no memory holds.
pub(super) fn check_sizes(
    exam: &mut Exam,
    name: String,
    bytes: &Arc<[u8]>,
    upload: &Upload,
    with_file: bool,
) {
    if exam.options().reads_everything {
        return;
    }
    let possible = SIZES
        .into_iter()
        .filter(|size| !with_file || *size <= LARGEST_FILE);
    let cases = possible.map(|size| {
        (
            format!("{size} bytes, zeros after the first {}", bytes.len()),
            size,
        )
    });
    exam.check(name, cases, |exam, size| {
        let lend = || -> io::Result<Lent> { Ok(Arc::new(Sparse::new(bytes, size, with_file)?)) };
        let question = Question {
            upload,
            content: &lend,
            allowance: exam.options().budget.allowance(bytes.len() as u64),
            readable: true,
        };
        exam.ask(&question).map(drop)
    });
}

/// The upload as a bomb: what its gzip layer holds, and 64 GiB of zeros behind it.
pub(super) fn bomb_of(exam: &mut Exam, known: &Known) {
    let Some(unpacked) = unpack(&known.bytes) else {
        return;
    };
    let name = format!("{}: a bomb is given up early", known.name);
    check_bomb(exam, name, &unpacked, &known.upload);
}

/// A gzip file of these bytes and 64 GiB of zeros is not unpacked to its end.
pub(super) fn check_bomb(exam: &mut Exam, name: String, start: &[u8], upload: &Upload) {
    let bomb: Lent = Arc::new(Bomb::new(start, BOMB));
    let cases = [("64 GiB of zeros in gzip".to_owned(), ())];
    exam.check(name, cases, |exam, ()| {
        let question = Question {
            upload,
            content: &|| Ok(Arc::clone(&bomb)),
            allowance: FUSE,
            readable: false,
        };
        // Once is enough: even a format that gives up early has unpacked a lot by then.
        exam.ask_once(&question).map(drop)
    });
}
