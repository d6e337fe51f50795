//! `neuroloom status`.

use std::path::Path;

use neuroloom_pipeline::frozen::FrozenPlan;
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::progress::{Progress, TaskProgress, TaskStanding, of_run};
use serde_json::json;

use super::{aligned, planned, pretty};
use crate::failure::Failure;

/// More tasks than this are counted and not listed, but for those that are not simply done or waiting.
const LISTED: usize = 60;

pub fn status(path: &Path, json: bool) -> Result<(), Failure> {
    let folder = RunFolder::new(path);
    let plan = planned(&folder)?;
    let mut progress = of_run(&plan, &folder)?;
    add_what_slurm_says(&plan, &folder, &mut progress)?;
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

/// Of tasks that are not done, Slurm knows more than the journals where it runs them.
fn add_what_slurm_says(
    plan: &FrozenPlan,
    folder: &RunFolder,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let Some(submission) = neuroloom_slurm::submissions(folder)?.pop() else { return Ok(()) };
    if progress.tasks.iter().all(|task| task.state.is_done()) {
        return Ok(());
    }
    let standings = neuroloom_slurm::standings(&submission);
    for (task, found) in
        plan.tasks.iter().zip(&mut progress.tasks).filter(|(_, found)| !found.state.is_done())
    {
        let Some(standing) = standings.get(&task.id) else { continue };
        let Some(state) = &standing.state else { continue };
        found.state = match state.word.as_str() {
            "PENDING" | "CONFIGURING" | "REQUEUED" if state.is_active() => TaskStanding::Queued,
            "RUNNING" | "COMPLETING" => found.state,
            _ if state.is_active() => found.state,
            _ => TaskStanding::Failed,
        };
        let words = [standing.element.as_str(), &state.word, &state.reason, &state.node];
        let said: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        found.detail = [format!("job {}", said.join(" ")), found.detail.clone()].join("; ");
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
