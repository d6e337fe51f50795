//! How far a run has come, from its plan, its journals and the store.

use std::collections::BTreeMap;
use std::fmt;

use neuroloom_core::Result;
use serde::Serialize;

use crate::frozen::FrozenPlan;
use crate::journal::{Journal, JournalEvent};
use crate::layout::RunFolder;
use crate::store::Store;

/// How far a run has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Whether its results are all in its folder.
    pub complete: bool,
    /// Its tasks, in the order of the plan.
    pub tasks: Vec<TaskProgress>,
}

/// How far a task has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskProgress {
    /// Where it stands.
    pub state: TaskStanding,
    /// More words: wall seconds, where it runs, an error.
    pub detail: String,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStanding {
    /// It ran to its end.
    Finished,
    /// Its result was there already.
    DoneBefore,
    /// It runs, or the process that ran it was killed.
    Running,
    /// It was stopped and will go on.
    Stopped,
    /// It went wrong.
    Failed,
    /// A batch system has it in its queue.
    Queued,
    /// It has not begun.
    Waiting,
}

impl TaskStanding {
    /// Whether its result is there.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Finished | Self::DoneBefore)
    }

    /// Whether one would want to see it among many.
    pub fn is_notable(self) -> bool {
        matches!(self, Self::Running | Self::Stopped | Self::Failed)
    }
}

impl fmt::Display for TaskStanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Finished => "finished",
            Self::DoneBefore => "done before",
            Self::Running => "running, or cut short",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Queued => "queued",
            Self::Waiting => "waiting",
        })
    }
}

impl Progress {
    /// How many tasks stand where.
    pub fn counts(&self) -> BTreeMap<TaskStanding, usize> {
        let mut counts = BTreeMap::new();
        for task in &self.tasks {
            *counts.entry(task.state).or_default() += 1;
        }
        counts
    }
}

/// How far the run that `plan` was frozen for has come. A task that is in the store is done, whatever the journals say.
///
/// # Errors
/// When a journal cannot be read.
pub fn of_run(plan: &FrozenPlan, folder: &RunFolder) -> Result<Progress> {
    let lines = Journal::read(&folder.journals(), &plan.run.id)?;
    let last = Journal::last_of_tasks(&lines);
    let store = Store::new(&plan.run.store);
    let tasks = plan.tasks.iter().map(|task| {
        let line = last.get(task.id.as_str());
        let detail = line.map(|line| line.detail.clone()).unwrap_or_default();
        let state = match line.map(|line| line.event) {
            Some(JournalEvent::Finished) => TaskStanding::Finished,
            Some(JournalEvent::Cached) => TaskStanding::DoneBefore,
            _ if store.find(task.recipe).is_some() => TaskStanding::DoneBefore,
            Some(JournalEvent::Started) => TaskStanding::Running,
            Some(JournalEvent::Stopped) => TaskStanding::Stopped,
            Some(JournalEvent::Failed) => TaskStanding::Failed,
            None | Some(JournalEvent::Run | JournalEvent::Complete) => TaskStanding::Waiting,
        };
        TaskProgress { state, detail }
    });
    let tasks = tasks.collect();
    let complete = lines.iter().any(|line| line.event == JournalEvent::Complete);
    Ok(Progress { complete, tasks })
}
