//! Bars on a terminal: one for the run, one per piece of long work within a step.

use std::sync::Arc;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use neuroloom_core::{Progress, Task};
use neuroloom_pipeline::observer::{Event, Observer};

use super::plain::{finished, warnings};

const RUN: &str = "{bar:30.cyan/blue} {pos}/{len} steps  {elapsed} {msg}";
const WORK: &str = "  {prefix} {bar:24} {percent:>3}%  {eta} left  {msg}";
const WORK_WITHOUT_END: &str = "  {prefix} {spinner} {pos}  {elapsed}  {msg}";

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
        let bar = match total {
            Some(total) => ProgressBar::new(total).with_style(style(WORK)),
            None => ProgressBar::no_length().with_style(style(WORK_WITHOUT_END)),
        };
        Arc::new(WorkBar(self.bars.add(bar.with_prefix(format!("{}: {label}", self.task)))))
    }
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

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_sound() {
        for template in [RUN, WORK, WORK_WITHOUT_END] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
