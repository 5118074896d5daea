//! How far a long command has come: a bar on standard error, if that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far a long command has come. Nothing is shown unless standard error is a terminal.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::no_length();
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Begins something that takes so many bytes.
    pub(crate) fn begin(&self, doing: &'static str, bytes: u64) {
        let template =
            "{msg} {wide_bar} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta}";
        self.show(doing, template);
        self.0.set_length(bytes);
    }

    /// Begins something of which nobody knows how long it takes.
    pub(crate) fn begin_counting(&self, doing: &'static str) {
        self.show(doing, "{spinner} {msg} {elapsed}");
        self.0.unset_length();
    }

    fn show(&self, doing: &'static str, template: &'static str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
        self.0.reset();
        self.0.set_message(doing);
    }

    /// So many bytes more are done.
    pub(crate) fn advance(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// Does something that writes to the terminal, while the bar is out of its way.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
