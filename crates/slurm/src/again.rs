//! What is submitted again, and with how much more.

use std::collections::BTreeMap;

use neuroloom_core::Result;
use neuroloom_pipeline::frozen::{self, FrozenPlan};
use neuroloom_pipeline::journal::{Journal, JournalEvent};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::store::Store;

use crate::standing::{ElementState, standings as of_submission};
use crate::submission::submissions;

/// How much more of what was lacking, each time.
const MORE: f64 = 1.5;

/// Why a task did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// It was killed for want of memory.
    Memory,
    /// Its time was over.
    Time,
    /// It was cut short: killed, cancelled, or its node failed.
    CutShort,
    /// What it reads from was not done.
    Before,
    /// It went wrong by itself, and would again.
    Failure,
}

/// How much more a task gets than its plan says, by what it lacked in earlier submissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remedy {
    /// How often its memory was not enough.
    pub memory: u32,
    /// How often its time was not enough.
    pub time: u32,
    /// What ended it the last time.
    pub last: Option<Shortage>,
}

impl Remedy {
    pub(crate) fn memory(&self, bytes: u64) -> u64 {
        more(bytes, self.memory)
    }

    pub(crate) fn time(&self, seconds: u64) -> u64 {
        more(seconds, self.time)
    }
}

fn more(amount: u64, times: u32) -> u64 {
    (amount as f64 * MORE.powi(i32::try_from(times).unwrap_or(i32::MAX))).ceil() as u64
}

/// What is to be remedied of the tasks of `plan` that are not done, by id.
///
/// # Errors
/// When the journals or submissions cannot be read.
pub fn remedies(plan: &FrozenPlan, run: &RunFolder) -> Result<BTreeMap<String, Remedy>> {
    let store = Store::new(&plan.run.store);
    let lines = Journal::read(&run.journals(), &plan.run.id)?;
    let last = Journal::last_of_tasks(&lines);
    let mut standings = Vec::new();
    for submission in submissions(run)? {
        // What became of the tasks of another plan says nothing about these.
        if frozen::read_header(&submission.lock())?.is_some_and(|other| other.id == plan.run.id) {
            standings.push(of_submission(&submission));
        }
    }
    let mut found = BTreeMap::new();
    for task in plan.tasks.iter().filter(|task| store.find(task.recipe).is_none()) {
        let mut remedy = Remedy::default();
        for standing in standings.iter().filter_map(|standing| standing.get(&task.id)) {
            let event = last.get(task.id.as_str()).map(|line| line.event);
            let shortage = shortage(standing.state.as_ref(), event);
            remedy.memory += u32::from(shortage == Shortage::Memory);
            remedy.time += u32::from(shortage == Shortage::Time);
            remedy.last = Some(shortage);
        }
        found.insert(task.id.clone(), remedy);
    }
    Ok(found)
}

fn shortage(state: Option<&ElementState>, event: Option<JournalEvent>) -> Shortage {
    match (state.map(|state| state.word.as_str()), event) {
        (Some("OUT_OF_MEMORY"), _) => Shortage::Memory,
        (Some("TIMEOUT" | "DEADLINE"), _) => Shortage::Time,
        (_, Some(JournalEvent::Failed)) => Shortage::Failure,
        (Some("CANCELLED"), None) => Shortage::Before,
        // Told that its time was nearly over, it had nothing to keep.
        (Some("FAILED"), Some(JournalEvent::Stopped)) => Shortage::Time,
        _ => Shortage::CutShort,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(word: &str) -> ElementState {
        ElementState { word: word.into(), reason: String::new(), node: String::new() }
    }

    #[test]
    fn what_ended_a_task_is_told_by_slurm_and_by_the_journal() {
        let of = |word: &str, event| shortage(Some(&state(word)), event);
        assert_eq!(of("OUT_OF_MEMORY", Some(JournalEvent::Started)), Shortage::Memory);
        assert_eq!(of("TIMEOUT", Some(JournalEvent::Started)), Shortage::Time);
        assert_eq!(of("FAILED", Some(JournalEvent::Stopped)), Shortage::Time);
        assert_eq!(of("FAILED", Some(JournalEvent::Failed)), Shortage::Failure);
        assert_eq!(of("FAILED", Some(JournalEvent::Started)), Shortage::CutShort, "killed");
        assert_eq!(of("CANCELLED", None), Shortage::Before);
        assert_eq!(shortage(None, Some(JournalEvent::Started)), Shortage::CutShort);
    }

    #[test]
    fn half_as_much_again_each_time() {
        let remedy = Remedy { memory: 2, time: 1, last: None };
        assert_eq!((remedy.memory(1000), remedy.time(60)), (2250, 90));
    }
}
