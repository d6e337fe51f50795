//! `neuroloom status`.

use std::path::Path;

use neuroloom_core::Error;
use neuroloom_pipeline::journal::{Journal, JournalEvent, Line};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::lock::{self, FrozenPlan};
use serde_json::json;

use super::{aligned, pretty};
use crate::failure::Failure;

pub fn status(path: &Path, json: bool) -> Result<(), Failure> {
    let folder = RunFolder::new(path);
    let plan = lock::read(&folder.lock())?.ok_or_else(|| {
        Error::data("no run was started here")
            .at_file(path)
            .expected("a run.lock in the folder")
            .hint("give the folder that `neuroloom run --out` wrote to (results/NAME by default)")
    })?;
    let lines = Journal::last_run(&folder.journal())?;
    let tasks = states(&plan, &lines);
    let complete = lines.iter().any(|line| line.event == JournalEvent::Complete);
    if json {
        let tasks: Vec<_> = tasks
            .iter()
            .map(|row| json!({ "task": row.task, "state": row.state, "detail": row.detail }))
            .collect();
        println!("{}", pretty(&json!({ "name": plan.name, "complete": complete, "tasks": tasks }))?);
    } else {
        print!("{}", as_text(&plan, &tasks, complete));
    }
    Ok(())
}

struct Row {
    task: String,
    state: &'static str,
    detail: String,
}

/// The last event of every task of the last run.
fn states(plan: &FrozenPlan, lines: &[Line]) -> Vec<Row> {
    let row = |task: &str| {
        let last = lines.iter().rfind(|line| line.task == task);
        let state = match last.map(|line| line.event) {
            None | Some(JournalEvent::Run | JournalEvent::Complete) => "waiting",
            Some(JournalEvent::Started) => "running, or cut short",
            Some(JournalEvent::Finished) => "finished",
            Some(JournalEvent::Cached) => "done before",
            Some(JournalEvent::Failed) => "failed",
        };
        let detail = last.map(|line| line.detail.clone()).unwrap_or_default();
        Row { task: task.to_owned(), state, detail }
    };
    plan.tasks.iter().map(|task| row(&task.id)).collect()
}

fn as_text(plan: &FrozenPlan, tasks: &[Row], complete: bool) -> String {
    let done = tasks.iter().filter(|row| matches!(row.state, "finished" | "done before")).count();
    let word = if complete { "complete" } else { "not complete" };
    let rows: Vec<_> =
        tasks.iter().map(|row| vec![row.task.clone(), row.state.to_owned(), row.detail.clone()]).collect();
    format!("{}: {word}, {done} of {} tasks done\n{}", plan.name, tasks.len(), aligned(&rows))
}
