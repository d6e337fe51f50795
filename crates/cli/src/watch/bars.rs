//! Bars on a terminal: one for the run, one per piece of long work within a step.

use std::sync::Arc;

use indicatif::{MultiProgress, ProgressBar};
use neuroloom_core::{Progress, Task};
use neuroloom_pipeline::observer::{Event, Observer};

use super::plain::{finished, warnings};
use crate::bars::{Templates, style};

const RUN: &str = "{bar:30.cyan/blue} {pos}/{len} steps  {elapsed} {msg}";
const WORK: Templates = Templates {
    with_end: "  {prefix} {bar:24} {percent:>3}%  {eta} left  {msg}",
    without_end: "  {prefix} {spinner} {pos}  {elapsed}  {msg}",
};

pub struct Bars {
    bars: MultiProgress,
    run: ProgressBar,
}

impl Bars {
    pub fn new(tasks: usize) -> Self {
        let bars = MultiProgress::new();
        let run = bars.add(ProgressBar::new(tasks as u64).with_style(style(RUN)));
        run.tick();
        Self { bars, run }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.run.finish_and_clear();
    }
}

impl Observer for Bars {
    fn event(&self, event: &Event<'_>) {
        if let Event::Started { task, .. } = event {
            self.run.set_message((*task).to_owned());
        }
        if let Some(line) = finished(event) {
            self.run.inc(1);
            self.bars.suspend(|| eprintln!("{line}"));
        }
        for warning in warnings(event) {
            self.bars.suspend(|| eprintln!("  warning: {warning}"));
        }
    }

    fn progress(&self, task: &str) -> Arc<dyn Progress> {
        Arc::new(TaskBars { bars: self.bars.clone(), task: task.to_owned() })
    }
}

struct TaskBars {
    bars: MultiProgress,
    task: String,
}

impl Progress for TaskBars {
    fn begin(&self, label: &str, total: Option<u64>) -> Arc<dyn Task> {
        WORK.begin(&self.bars, format!("{}: {label}", self.task), total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_sound() {
        crate::bars::assert_sound(&[RUN, WORK.with_end, WORK.without_end]);
    }
}
