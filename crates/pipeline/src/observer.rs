//! Who watches a run.

use std::sync::Arc;

use neuroloom_core::{Error, NoProgress, Progress};

/// Something that happened to a task.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// It began.
    Started {
        /// `factors[rank=4]`.
        task: &'a str,
        /// `ntf.factorise@1`.
        step: &'a str,
    },
    /// It is done.
    Finished {
        /// `factors[rank=4]`.
        task: &'a str,
        /// Whether the result was there already.
        cached: bool,
        /// Wall time, seconds.
        seconds: f64,
        /// What the user should know that is no error.
        warnings: &'a [String],
    },
    /// It went wrong.
    Failed {
        /// `factors[rank=4]`.
        task: &'a str,
        /// What went wrong.
        error: &'a Error,
    },
}

/// Is told what happens; may be called from several threads at once.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event<'_>);

    /// Where the progress within `task` goes.
    fn progress(&self, task: &str) -> Arc<dyn Progress>;
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn event(&self, _: &Event<'_>) {}

    fn progress(&self, _: &str) -> Arc<dyn Progress> {
        Arc::new(NoProgress)
    }
}
