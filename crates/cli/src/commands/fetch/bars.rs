//! A bar for each file that comes.

use std::sync::Arc;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use neuroloom_core::{Progress, Task};

const FILE: &str =
    "  {prefix:30!} {bar:24.cyan/blue} {bytes:>10}/{total_bytes:10} {bytes_per_sec:>12}  {eta} left";
const WITHOUT_END: &str = "  {prefix} {spinner} {bytes}  {elapsed}";

/// Bars on a terminal.
#[derive(Default)]
pub struct Bars(MultiProgress);

impl Progress for Bars {
    fn begin(&self, label: &str, total: Option<u64>) -> Arc<dyn Task> {
        let bar = match total {
            Some(total) => ProgressBar::new(total).with_style(style(FILE)),
            None => ProgressBar::no_length().with_style(style(WITHOUT_END)),
        };
        let bar = self.0.add(bar.with_prefix(label.to_owned()));
        bar.tick();
        Arc::new(FileBar(bar))
    }
}

struct FileBar(ProgressBar);

impl Task for FileBar {
    fn advance(&self, n: u64) {
        self.0.inc(n);
    }

    fn note(&self, note: &str) {
        self.0.set_message(note.to_owned());
    }
}

impl Drop for FileBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_sound() {
        for template in [FILE, WITHOUT_END] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
