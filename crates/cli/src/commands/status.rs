//! `neuroloom status`.

use std::path::Path;

use neuroloom_core::Error;
use neuroloom_pipeline::frozen::{self, FrozenPlan};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::progress::{Progress, TaskProgress, of_run};
use serde_json::json;

use super::{aligned, pretty};
use crate::failure::Failure;

/// More tasks than this are counted and not listed, but for those that are not simply done or waiting.
const LISTED: usize = 60;

pub fn status(path: &Path, json: bool) -> Result<(), Failure> {
    let folder = RunFolder::new(path);
    let plan = frozen::read(&folder.lock())?.ok_or_else(|| {
        Error::data("no run was started here")
            .at_file(path)
            .expected("a run.lock in the folder")
            .hint("give the folder that `neuroloom run --out` wrote to (results/NAME by default)")
    })?;
    let progress = of_run(&plan, &folder)?;
    if json {
        let rows = plan.tasks.iter().zip(&progress.tasks);
        let tasks: Vec<_> = rows
            .map(|(task, found)| json!({ "task": task.id, "state": found.state, "detail": found.detail }))
            .collect();
        let value = json!({ "name": plan.run.name, "complete": progress.complete, "tasks": tasks });
        println!("{}", pretty(&value)?);
    } else {
        print!("{}", as_text(&plan, &progress));
    }
    Ok(())
}

fn as_text(plan: &FrozenPlan, progress: &Progress) -> String {
    let word = if progress.complete { "complete" } else { "not complete" };
    let counts: Vec<String> =
        progress.counts().into_iter().map(|(state, count)| format!("{count} {state}")).collect();
    let short = plan.tasks.len() > LISTED;
    let shown = |found: &&TaskProgress| !short || found.state.is_notable();
    let rows = plan.tasks.iter().zip(&progress.tasks).filter(|(_, found)| shown(found));
    let rows: Vec<_> = rows
        .map(|(task, found)| vec![task.id.clone(), found.state.to_string(), first_line(&found.detail)])
        .collect();
    format!("{}: {word}; {}\n{}", plan.run.name, counts.join(", "), aligned(&rows))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
