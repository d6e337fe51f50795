//! Where each task of a submission stands, by Slurm's word.

use std::collections::BTreeMap;

use crate::client;
use crate::submission::Submission;

/// What Slurm says of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementState {
    /// `PENDING`, `RUNNING`, `COMPLETED`, `FAILED`, `TIMEOUT`, `OUT_OF_MEMORY`, `NODE_FAIL`, `CANCELLED` …
    pub word: String,
    /// Why it waits, or ended.
    pub reason: String,
    /// Where it runs, or ran.
    pub node: String,
}

impl ElementState {
    /// Whether it has not ended.
    pub fn is_active(&self) -> bool {
        let words = [
            "PENDING",
            "RUNNING",
            "SUSPENDED",
            "COMPLETING",
            "CONFIGURING",
            "REQUEUED",
            "RESIZING",
            "STOPPED",
        ];
        // A dependant that can never start waits for ever in some configurations.
        words.contains(&self.word.as_str()) && self.reason != "DependencyNeverSatisfied"
    }
}

/// A task, its element, and what Slurm says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// `12_3`.
    pub element: String,
    /// None where Slurm has forgotten it.
    pub state: Option<ElementState>,
}

/// Where the tasks of `submission` stand, by id.
pub fn standings(submission: &Submission) -> BTreeMap<String, Standing> {
    let states = client::states(&submission.ids());
    let mut found = BTreeMap::new();
    for job in &submission.jobs {
        for (at, tasks) in job.elements.iter().enumerate() {
            let element = format!("{}_{at}", job.id);
            // The elements of an array that was cancelled as a whole have one line for all of them.
            let state = states.get(&element).or_else(|| whole_array(&states, &job.id)).cloned();
            for task in tasks {
                found.insert(task.clone(), Standing { element: element.clone(), state: state.clone() });
            }
        }
    }
    found
}

/// `12_[0-199]`, or `12`.
fn whole_array<'a>(states: &'a BTreeMap<String, ElementState>, job: &str) -> Option<&'a ElementState> {
    let prefix = format!("{job}_[");
    let mut of_all = states.iter().filter(|(id, _)| *id == job || id.starts_with(&prefix));
    of_all.next().map(|(_, state)| state)
}
