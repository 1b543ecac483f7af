//! How far a batch is.

use std::io::Read;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar with rate and time left, on a terminal, where work takes longer than
/// a second.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    is_terminal: bool,
}

impl Progress {
    /// Makes a bar for so many bytes, where that is known.
    pub(super) fn new(size: Option<u64>, is_terminal: bool) -> Progress {
        let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::hidden());
        let template = match size {
            Some(_) => "{bar:40} {percent}% {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes} {bytes_per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Progress { bar, is_terminal }
    }

    /// Counts what is read.
    pub(super) fn watch<R: Read>(&self, source: R) -> impl Read + use<R> {
        self.bar.wrap_read(source)
    }

    /// Shows the bar once the work has taken a second.
    pub(super) fn tick(&self) {
        if self.is_terminal && self.bar.is_hidden() && Duration::from_secs(1) < self.bar.elapsed() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
