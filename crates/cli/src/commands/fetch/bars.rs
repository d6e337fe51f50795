//! A bar for each file that comes.

use std::sync::Arc;

use indicatif::MultiProgress;
use neuroloom_core::{Progress, Task};

use crate::bars::Templates;

const FILE: Templates = Templates {
    with_end: "  {prefix:30!} {bar:24.cyan/blue} {bytes:>10}/{total_bytes:10} {bytes_per_sec:>12}  {eta} left",
    without_end: "  {prefix} {spinner} {bytes}  {elapsed}",
};

/// Bars on a terminal.
#[derive(Default)]
pub struct Bars(MultiProgress);

impl Progress for Bars {
    fn begin(&self, label: &str, total: Option<u64>) -> Arc<dyn Task> {
        FILE.begin(&self.0, label.to_owned(), total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_sound() {
        crate::bars::assert_sound(&[FILE.with_end, FILE.without_end]);
    }
}
