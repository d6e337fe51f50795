//! `neuroloom explain`.

use neuroloom_pipeline::frozen::freeze;
use neuroloom_pipeline::manifest::Manifest;
use neuroloom_pipeline::sources::SourceDigests;
use neuroloom_pipeline::state::{TaskState, assess};
use serde_json::json;

use super::{aligned, load, places, pretty};
use crate::args::LocatedArguments;
use crate::failure::Failure;

pub fn explain(arguments: &LocatedArguments, json: bool) -> Result<(), Failure> {
    let plan = load(&arguments.pipeline)?;
    let (folder, store) = places(arguments, &plan);
    let previous = Manifest::read(&folder.manifest())?;
    let sources = SourceDigests::remembered(store.sources());
    let frozen = freeze(&plan, &store, &sources)?;
    let states = assess(&frozen, &store, previous.as_ref());
    if json {
        let tasks: Vec<_> =
            states.iter().map(|(task, state)| json!({ "task": task, "state": state })).collect();
        println!("{}", pretty(&tasks)?);
    } else {
        let rows: Vec<Vec<String>> = states.iter().flat_map(|(task, state)| rows(task, state)).collect();
        print!("{}", aligned(&rows));
    }
    Ok(())
}

/// A line per reason; the first carries the task.
fn rows(task: &str, state: &TaskState) -> Vec<Vec<String>> {
    let (word, reasons) = match state {
        TaskState::Cached { .. } => ("done", vec!["nothing that it depends on changed".to_owned()]),
        TaskState::WillRun { reasons } => ("runs", reasons.clone()),
        TaskState::MayRun { after } => {
            ("may run", vec![format!("runs if {} gives other bytes than before", after.join(" or "))])
        }
    };
    let first = [task, word];
    let lead = |i: usize| if i == 0 { first } else { ["", ""] };
    let row = |(i, reason): (usize, String)| {
        let [task, word] = lead(i);
        vec![task.to_owned(), word.to_owned(), reason]
    };
    reasons.into_iter().enumerate().map(row).collect()
}
