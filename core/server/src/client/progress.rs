//! What somebody sees while bytes travel: a bar on a terminal, plain lines elsewhere. All of it goes to standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::client::words;

/// Below this many bytes a log gets no lines on the way, only the one at the start.
const WORTH_LINES: u64 = 64 << 20;

/// Where it is told how far something is, and what else is worth knowing.
#[derive(Clone, Debug)]
pub(crate) enum Progress {
    /// Nothing but warnings.
    Quiet,
    /// Plain lines.
    Lines,
    /// Bars, and lines above them.
    Bars(MultiProgress),
}

impl Progress {
    /// Bars where standard error is a terminal, lines where it is not, and nothing if that was asked for.
    pub(crate) fn new(quiet: bool) -> Self {
        if quiet {
            Self::Quiet
        } else if io::stderr().is_terminal() {
            Self::Bars(MultiProgress::new())
        } else {
            Self::Lines
        }
    }

    /// Says something worth knowing.
    pub(crate) fn note(&self, text: &str) {
        if !matches!(self, Self::Quiet) {
            self.warn(text);
        }
    }

    /// Says something that must be known, also where it is to be quiet.
    pub(crate) fn warn(&self, text: &str) {
        match self {
            Self::Quiet | Self::Lines => write_line(text),
            Self::Bars(bars) => bars.suspend(|| write_line(text)),
        }
    }

    /// Starts to tell how `total` bytes travel, of which `done` have already.
    pub(crate) fn start(&self, doing: &str, done: u64, total: u64) -> Travel {
        match self {
            Self::Quiet => Travel::Untold,
            Self::Lines => {
                write_line(&format!("{doing} ({})", words::size(total)));
                Travel::Lines(Lines {
                    total,
                    done: done.into(),
                })
            }
            Self::Bars(bars) => {
                let bar = ProgressBar::new(total)
                    .with_style(style())
                    .with_message(doing.to_owned())
                    .with_position(done);
                Travel::Bar(bars.add(bar))
            }
        }
    }
}

/// Bytes that travel. The bar goes when this is dropped.
#[derive(Debug)]
pub(crate) enum Travel {
    /// Nobody looks.
    Untold,
    /// In lines.
    Lines(Lines),
    /// As a bar.
    Bar(ProgressBar),
}

impl Travel {
    /// So many bytes more.
    pub(crate) fn advance(&self, bytes: u64) {
        match self {
            Self::Untold => {}
            Self::Lines(lines) => {
                if let Some(tenths) = lines.advance(bytes) {
                    write_line(&format!("  {tenths}0 %"));
                }
            }
            Self::Bar(bar) => bar.inc(bytes),
        }
    }
}

impl Drop for Travel {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// How far something is that is told in lines.
#[derive(Debug)]
pub(crate) struct Lines {
    total: u64,
    done: AtomicU64,
}

impl Lines {
    /// Which tenth was reached by this step, if it was one and not the last.
    fn advance(&self, bytes: u64) -> Option<u128> {
        let before = self.done.fetch_add(bytes, Ordering::Relaxed);
        if self.total < WORTH_LINES {
            return None;
        }
        let tenth = |done: u64| u128::from(done) * 10 / u128::from(self.total);
        let now = tenth(before.saturating_add(bytes));
        (now > tenth(before) && now < 10).then_some(now)
    }
}

fn style() -> ProgressStyle {
    let template =
        "{msg} {wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta}";
    ProgressStyle::with_template(template).unwrap_or_else(|_mistaken| ProgressStyle::default_bar())
}

fn write_line(text: &str) {
    // Where nobody listens, nothing is lost.
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(total: u64) -> Lines {
        Lines {
            total,
            done: 0.into(),
        }
    }

    #[test]
    fn a_log_gets_a_line_for_each_tenth_of_what_is_large() {
        let large = lines(100 << 20);
        let told: Vec<_> = (0..100).filter_map(|_| large.advance(1 << 20)).collect();
        assert_eq!(told, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn what_is_small_or_empty_needs_no_lines() {
        assert_eq!(lines(1 << 20).advance(1 << 20), None);
        assert_eq!(lines(0).advance(0), None);
    }
}
