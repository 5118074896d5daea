//! The conformance kit: an exam of the contract that every format takes in one line of its tests.
//!
//! ```no_run
//! # use cellier_sdk::testkit::Conformance;
//! # fn exam(palette: impl cellier_sdk::Format) {
//! Conformance::of(palette).golden("tests/golden").check();
//! # }
//! ```
//!
//! An author gives uploads and what should come of them. The kit makes hostile ones of each: broken off, with bits
//! flipped, with bytes around it, changed within (in its gzip layer, its tar entries, its JSON), as a bomb, and so huge
//! that no memory holds it. It lends them a byte at a time, lets reads fail, asks from four threads at once and with
//! everything that a publisher or an operator may say. And it sends one of everything that people upload by mistake.
//!
//! # What passing means
//!
//! * Every call **returns**, in time and without a panic, and the same question has the **same answer**.
//! * Every answer **keeps to the rules**: findings are coded, few and fit to be shown; an upload is taken without errors
//!   and refused with at least one; names, versions, categories, media types and file names are what the host accepts;
//!   metadata is at most 1 MiB and survives JSON; nothing holds the path of a staged file.
//! * A **read error** is reported as [`Rejection::Unreadable`] or makes no difference: an upload is never refused, and
//!   never taken with less, because a disk failed. How many bytes a read gives makes no difference either.
//! * No more is read than the **[`ReadBudget`]** allows, however large an upload says it is, and a bomb is given up early.
//! * **Documents** that can be checked are read, and hostile ones answered, as uploads are.
//! * With a mount: reads, writes and outcomes are answered with a status, headers and a body that a host can send, and
//!   only with blobs that the registry has shown. Nothing that a client writes becomes a header of its own.
//!
//! What the kit cannot see: memory. It does not count allocations, but its bombs and its huge uploads end a process that
//! holds on to what it reads, and a stack that overflows ends it too; the name of its thread then says at which upload.
//!
//! # A whole example
//!
//! ```
//! use cellier_sdk::testkit::{Conformance, Sample};
//! use cellier_sdk::{
//!     Claim, Descriptor, Finding, Format, Inspection, ReadAt, ReadAtExt, Rejection, Upload, Versioning,
//! };
//!
//! /// Colour palettes: a line `PALETTE`, then one `#rrggbb` a line.
//! struct Palette;
//!
//! impl Format for Palette {
//!     fn describe(&self) -> Descriptor {
//!         Descriptor::new("palette", "1.0.0")
//!             .title("en", "Colour palette")
//!             .versioning(Versioning::Revisions)
//!             .category("palette")
//!             .claim(Claim::extension("palette"))
//!             .claim(Claim::magic(0, b"PALETTE\n"))
//!     }
//!
//!     fn inspect(&self, _upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
//!         let head = content.read_head(64 * 1024)?;
//!         let Some(colours) = head.strip_prefix(b"PALETTE\n") else {
//!             return Err(Rejection::not_this_format(
//!                 Finding::error("PAL001", "the file does not start with the line PALETTE")
//!                     .fix("write PALETTE as the first line"),
//!             ));
//!         };
//!         let count = colours.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"#")).count();
//!         if count == 0 {
//!             return Err(Rejection::invalid([Finding::error("PAL002", "the palette has no colour")
//!                 .fix("add at least one line like #ffcc00")]));
//!         }
//!         Ok(Inspection::new().media_type("text/plain").metadata("colours", count))
//!     }
//! }
//!
//! Conformance::of(Palette)
//!     .sample(Sample::new("two colours", "PALETTE\n#ffcc00\n#003366\n"))
//!     .sample(Sample::new("no colour", "PALETTE\n").refused(&["PAL002"]))
//!     .sample(Sample::new("a letter", "Dear all,\n").of_another_format("PAL001"))
//!     .check();
//! ```
//!
//! # Golden uploads
//!
//! [`Conformance::golden`] takes a folder with a folder for each upload:
//!
//! ```text
//! tests/golden/
//!   two-colours/
//!     sunset.palette      the file: any name, exactly one
//!     upload.json         what the publisher said; may be left out
//!     expected.json       what the format should answer
//! ```
//!
//! `upload.json` may say `name` (else that of the folder), `version`, `category`, `fileName` (else that of the file),
//! `mediaType` and `settings`. With `file` it names a file that lies elsewhere, from its own folder, so that several
//! uploads can share one.
//!
//! `expected.json` holds the whole answer: `{"taken": {…}}` with all that was learnt, `{"invalid": ["error PAL002"]}`, or
//! `{"notThisFormat": "PAL001"}`. Of findings only weight and code stand there; their words may be improved at any time.
//! Have the files written with `CELLIER_BLESS=1 cargo test`, read them, and commit them. An answer that changes later
//! fails with the lines that differ.
//!
//! # The protocol
//!
//! A format with a mount is asked about a registry that holds the samples it took, or about a [`FakeRegistry`] of its
//! author's. The paths that most protocols have are found by themselves; [`Conformance::read`] and
//! [`Conformance::write`] add those that only the author knows, and the kit makes hostile requests of these too. A
//! [`FakeRegistry`] is of use in a format's own tests as well.
//!
//! # Without a test
//!
//! [`Conformance::run`] gives a [`Report`] instead of a panic, for programs that examine a format which they loaded.
//! [`check_answer`] judges a single answer, for fuzzers.

mod answer;
mod budget;
mod checks;
mod conformance;
mod content;
mod exam;
mod golden;
mod guard;
mod hostile;
mod options;
mod registry;
mod report;
mod rules;
mod sample;

use self::answer::Answer;
use self::checks::Exchange;
use self::rules::Asked;
use crate::{Descriptor, Inspection, Rejection, Upload};

pub use self::budget::ReadBudget;
pub use self::conformance::Conformance;
pub use self::registry::{FakeArtefact, FakeRegistry, FakeVersion};
pub use self::report::{Check, Report};
pub use self::sample::Sample;

/// Judges a single answer to an upload whose bytes can be read: what is true of every answer, in a sentence if it is not.
///
/// The exam does so with each answer that it gets; this is for fuzzers, which make their uploads themselves.
pub fn check_answer(
    descriptor: &Descriptor,
    upload: &Upload,
    answer: Result<Inspection, Rejection>,
) -> Result<(), String> {
    let asked = Asked {
        descriptor,
        upload,
        local_path: None,
        readable: true,
    };
    rules::check_answer(&Answer::of(answer), asked)
}
