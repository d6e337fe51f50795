//! The journal of a run: one line of JSON per event, appended, so that a killed run leaves a true account.

use std::path::{Path, PathBuf};

use neuroloom_core::{Result, files};
use serde::{Deserialize, Serialize};

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// When, RFC 3339.
    pub time: String,
    /// The task; empty for the run as a whole.
    pub task: String,
    /// What happened.
    pub event: JournalEvent,
    /// More words: an error, wall seconds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What happened to a task or to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalEvent {
    /// A run began; what stands above belongs to earlier runs.
    Run,
    /// A task began.
    Started,
    /// A task ran to its end.
    Finished,
    /// A task's result was there already.
    Cached,
    /// A task went wrong.
    Failed,
    /// The run ended: all tasks are done.
    Complete,
}

/// A journal that is being written.
#[derive(Clone, Debug)]
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// The journal at `path`, which need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Appends an event.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn write(&self, task: &str, event: JournalEvent, detail: impl Into<String>) -> Result<()> {
        let line = Line { time: now(), task: task.to_owned(), event, detail: detail.into() };
        let text = serde_json::to_string(&line).unwrap_or_default();
        files::append_line(&self.path, &text)
    }

    /// The lines of the run that was started last. A line that a kill cut short is left out.
    ///
    /// # Errors
    /// When the journal is there and cannot be read.
    pub fn last_run(path: &Path) -> Result<Vec<Line>> {
        let text = files::read_text_if_present(path)?.unwrap_or_default();
        let lines: Vec<Line> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let start = lines.iter().rposition(|line| line.event == JournalEvent::Run).unwrap_or(0);
        Ok(lines.into_iter().skip(start).collect())
    }
}

/// The time of day in UTC, RFC 3339, to the second.
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
