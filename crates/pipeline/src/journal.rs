//! The journals of a run: one line of JSON per event, appended, so that a killed run leaves a true account.
//!
//! Every process that works on a run writes a file of its own, because appending to one file from several computers is
//! not safe on network file systems. Those who read put the lines together by time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use neuroloom_core::{Result, files};
use serde::{Deserialize, Serialize};

use crate::host::unique_name;

/// Journals of so many runs are kept in a run's folder.
const RUNS_KEPT: usize = 10;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// When, RFC 3339.
    pub time: String,
    /// The task; empty for the run as a whole.
    pub task: String,
    /// What happened.
    pub event: JournalEvent,
    /// More words: an error, wall seconds, where it runs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What happened to a task or to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalEvent {
    /// A process began to work on the run.
    Run,
    /// A task began.
    Started,
    /// A task ran to its end.
    Finished,
    /// A task's result was there already.
    Cached,
    /// A task went wrong.
    Failed,
    /// A task was stopped on request; its state may have been kept.
    Stopped,
    /// The run ended: all tasks are done.
    Complete,
}

/// The journal of this process on one run.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Mutex<Option<files::Lines>>,
}

impl Journal {
    /// The journal of this process on the run `id`, in `folder`, which has those of other processes and runs. Journals
    /// of runs long ago are removed.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn begin(folder: &Path, id: &str) -> Result<Self> {
        let own = folder.join(id);
        if !files::is_folder(&own) {
            files::create_folders(&own)?;
            remove_old(folder)?;
        }
        let path = own.join(format!("{}.jsonl", unique_name()));
        Ok(Self { path, file: Mutex::new(None) })
    }

    /// Appends an event.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn write(&self, task: &str, event: JournalEvent, detail: impl Into<String>) -> Result<()> {
        let line = Line { time: now(), task: task.to_owned(), event, detail: detail.into() };
        let text = serde_json::to_string(&line).unwrap_or_default();
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            *file = Some(files::Lines::open(&self.path)?);
        }
        file.as_mut().map_or(Ok(()), |file| file.append(&text))
    }

    /// The lines of all processes that worked on the run `id`, in the order of time. A line that a kill cut short is
    /// left out.
    ///
    /// # Errors
    /// When a journal is there and cannot be read.
    pub fn read(folder: &Path, id: &str) -> Result<Vec<Line>> {
        let own = folder.join(id);
        if !files::is_folder(&own) {
            return Ok(Vec::new());
        }
        let mut lines = Vec::new();
        for file in files::list_files(&own)? {
            let text = files::read_text(&own.join(file))?;
            lines.extend(text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()));
        }
        lines.sort_by(|a, b| a.time.cmp(&b.time));
        Ok(lines)
    }

    /// The last line of each task, by its id.
    pub fn last_of_tasks(lines: &[Line]) -> BTreeMap<&str, &Line> {
        lines.iter().map(|line| (line.task.as_str(), line)).collect()
    }
}

fn remove_old(folder: &Path) -> Result<()> {
    // Their names begin with the time.
    let runs = files::list(folder)?;
    let old = runs.len().saturating_sub(RUNS_KEPT);
    runs.iter().take(old).try_for_each(|run| files::remove_folder(run))
}

/// The time of day in UTC, RFC 3339, to the millisecond.
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
