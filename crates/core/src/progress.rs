//! Progress of long work.

use std::sync::Arc;

/// Where progress goes: a bar on a terminal, lines in a log, nowhere in a test.
pub trait Progress: Send + Sync {
    /// Work called `label` begins; `total` units of it are expected, if known.
    fn begin(&self, label: &str, total: Option<u64>) -> Arc<dyn Task>;
}

/// One piece of work in progress. Dropping it ends it.
pub trait Task: Send + Sync {
    /// `n` more units are done.
    fn advance(&self, n: u64);

    /// A few words on where the work stands ("log-likelihood -1234.5").
    fn note(&self, note: &str);
}

/// Discards all progress.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _: &str, _: Option<u64>) -> Arc<dyn Task> {
        Arc::new(Self)
    }
}

impl Task for NoProgress {
    fn advance(&self, _: u64) {}

    fn note(&self, _: &str) {}
}
