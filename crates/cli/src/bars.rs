//! A bar on a terminal for a piece of long work.

use std::sync::Arc;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use neuroloom_core::Task;

/// How a bar is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Templates {
    /// Where the end is known.
    pub with_end: &'static str,
    /// Where it is not.
    pub without_end: &'static str,
}

impl Templates {
    /// A bar among `bars` for work called `label`; it goes when the work does.
    pub fn begin(&self, bars: &MultiProgress, label: String, total: Option<u64>) -> Arc<dyn Task> {
        let bar = match total {
            Some(total) => ProgressBar::new(total).with_style(style(self.with_end)),
            None => ProgressBar::no_length().with_style(style(self.without_end)),
        };
        Arc::new(WorkBar(bars.add(bar.with_prefix(label))))
    }
}

/// The style that `template` describes.
pub fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

struct WorkBar(ProgressBar);

impl Task for WorkBar {
    fn advance(&self, n: u64) {
        self.0.inc(n);
    }

    fn note(&self, note: &str) {
        self.0.set_message(note.to_owned());
    }
}

impl Drop for WorkBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Fails on a template that indicatif cannot read: it would be drawn as a plain bar.
#[cfg(test)]
pub fn assert_sound(templates: &[&str]) {
    for template in templates {
        assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
    }
}
