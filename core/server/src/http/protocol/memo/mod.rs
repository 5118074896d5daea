//! What formats have answered, kept for who asks for the same.
//!
//! A format is asked once. Its answer is given again to everybody who may see as much of the artefact that it was made of,
//! for as long as that artefact has the same revision. Both are looked at anew for every request, in the catalogue: so a
//! held answer is never given to somebody who may not have it, and what is published, deleted or hidden on one server shows
//! in the very next answer of another.
//!
//! | file | |
//! |---|---|
//! | `place` | what is asked for: format, path and query |
//! | `trace` | what a format has looked at for an answer, which decides whether it can be held |
//! | `sight` | what a caller may see of an artefact, as far as answers depend on it |
//! | `slot` | the answers of one place |
//! | `shelf` | all of them, bounded by their bytes |
//! | `flight` | one call of the format for a crowd that asks for the same at the same time |
//! | `walk` | from a request to a held answer, or to a new one |

mod flight;
mod place;
mod shelf;
mod sight;
mod slot;
mod trace;
mod walk;

use cellier_model::FormatId;
use cellier_model::ports::FormatInfo;
use metrics::Counter;

use self::flight::Flights;
use self::shelf::Shelf;

pub(super) use self::place::{Entrance, Place};
pub(super) use self::sight::Sight;
pub(super) use self::trace::Trace;

/// The answers that are held.
#[derive(Debug)]
pub(crate) struct Memo {
    shelf: Shelf,
    flights: Flights,
    counters: Vec<(FormatId, Counters)>,
}

/// What became of reads in the protocol of a format.
#[derive(Clone)]
struct Counters {
    /// A held answer was given.
    held: Counter,
    /// The format made an answer that is held now.
    made: Counter,
    /// The format made an answer for this request alone.
    once: Counter,
}

impl std::fmt::Debug for Counters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Counters").finish_non_exhaustive()
    }
}

impl Memo {
    /// Holds answers of at most so many bytes in all; none if that is zero.
    pub(crate) fn new(most: u64, formats: &[FormatInfo]) -> Self {
        let with_protocol = formats
            .iter()
            .filter(|format| format.descriptor.mount_segment().is_some());
        Self {
            shelf: Shelf::up_to(usize::try_from(most).unwrap_or(usize::MAX)),
            flights: Flights::default(),
            counters: with_protocol
                .map(|format| (format.id.clone(), Counters::of(&format.id)))
                .collect(),
        }
    }

    /// How many bytes are held.
    pub(crate) fn bytes(&self) -> usize {
        self.shelf.bytes()
    }

    fn count(&self, format: &FormatId, which: fn(&Counters) -> &Counter) {
        if let Some((_, counters)) = self.counters.iter().find(|(id, _)| id == format) {
            which(counters).increment(1);
        }
    }
}

impl Counters {
    fn of(format: &FormatId) -> Self {
        let counter = |outcome: &'static str| {
            let format = format.as_str().to_owned();
            let counter = metrics::counter!("cellier_format_reads_total", "format" => format, "outcome" => outcome);
            counter.increment(0);
            counter
        };
        Self {
            held: counter("held"),
            made: counter("made"),
            once: counter("once"),
        }
    }
}
