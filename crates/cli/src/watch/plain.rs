//! A line per event, on standard error.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use neuroloom_core::{NoProgress, Progress};
use neuroloom_pipeline::observer::{Event, Observer};

use super::seconds;

/// In a run of more tasks, those that were done before are not listed.
const CACHED_SHOWN: usize = 40;

pub struct Plain {
    tasks: usize,
    done: AtomicUsize,
}

impl Plain {
    pub fn new(tasks: usize) -> Self {
        Self { tasks, done: AtomicUsize::new(0) }
    }
}

impl Observer for Plain {
    fn event(&self, event: &Event<'_>) {
        if let Some(done) = finished(event) {
            let n = self.done.fetch_add(1, Ordering::Relaxed) + 1;
            let cached = matches!(event, Event::Finished { cached: true, .. });
            if !cached || self.tasks <= CACHED_SHOWN {
                eprintln!("[{n}/{}] {done}", self.tasks);
            }
        }
        for warning in warnings(event) {
            eprintln!("      warning: {warning}");
        }
    }

    fn progress(&self, _: &str) -> Arc<dyn Progress> {
        Arc::new(NoProgress)
    }
}

/// The line for a task that ended; none for other events (a failure is reported once, when the run stops).
pub fn finished(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Finished { task, cached: true, .. } => Some(format!("{task}: done before")),
        Event::Finished { task, seconds: s, .. } => Some(format!("{task}: {}", seconds(*s))),
        Event::Failed { task, .. } => Some(format!("{task}: failed")),
        Event::Started { .. } => None,
    }
}

/// What the user should know of a task that ended.
pub fn warnings<'a>(event: &'a Event<'_>) -> &'a [String] {
    match event {
        Event::Finished { warnings, .. } => warnings,
        _ => &[],
    }
}
