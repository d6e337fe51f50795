//! `neuroloom submit`.

use std::collections::BTreeMap;
use std::sync::Arc;

use neuroloom_core::Error;
use neuroloom_pipeline::execute::{finish, prepare_folder};
use neuroloom_pipeline::frozen::{FrozenPlan, FrozenTask, freeze};
use neuroloom_pipeline::journal::now;
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::sources::SourceDigests;
use neuroloom_pipeline::store::Store;
use neuroloom_provenance::record;
use neuroloom_slurm::{Options, Remedy, Submission};
use serde_json::json;

use super::behind::{warn, with_remote};
use super::{load_for, places, present};
use crate::args::{Executor, SubmitArguments};
use crate::failure::Failure;

pub fn submit(arguments: &SubmitArguments, json: bool) -> Result<(), Failure> {
    let Executor::Slurm = arguments.executor;
    // The processors of this computer say nothing about those of the nodes.
    let threads = arguments.located.pipeline.threads.map_or(1, usize::from);
    let plan = load_for(&arguments.located.pipeline, threads)?;
    let (folder, store) = places(&arguments.located, &plan);
    let store = with_remote(store, arguments.behind.address())?;
    let sources = SourceDigests::remembered(store.sources());
    let frozen = Arc::new(freeze(&plan, &store, &sources)?);
    let options = Options { max_running: arguments.max_running, retries: arguments.retries };
    if arguments.dry_run {
        let (_, scripts) =
            neuroloom_slurm::submit(&frozen, &folder, &is_open(&store), &BTreeMap::new(), &options, true)?;
        scripts.iter().for_each(|script| println!("{script}"));
        return Ok(());
    }
    refuse_where_active(&folder)?;
    prepare_folder(&frozen, &folder, &store, &sources)?;
    record::freeze(&folder, &plan.pipeline)?;
    if frozen.tasks.iter().all(|task| !is_open(&store)(task)) {
        let outcome = finish(&frozen, &folder, &store, now())?;
        present(&folder, &outcome)?;
        println!(
            "nothing to submit: all {} tasks are done; report: {}",
            frozen.tasks.len(),
            folder.report().display()
        );
        warn(&store);
        return outcome.unshared.map_or(Ok(()), |error| Err(error.into()));
    }
    let (submission, _) =
        neuroloom_slurm::submit(&frozen, &folder, &is_open(&store), &BTreeMap::new(), &options, false)?;
    say(&frozen, &folder, &submission, json);
    warn(&store);
    Ok(())
}

/// Whether a task is not done yet.
pub fn is_open(store: &Store) -> impl Fn(&FrozenTask) -> bool {
    move |task: &FrozenTask| store.find(task.recipe).is_none()
}

/// Submits what is open, with remedies for what was lacking.
pub fn again(
    plan: &FrozenPlan,
    folder: &RunFolder,
    wanted: &dyn Fn(&FrozenTask) -> bool,
    remedies: &BTreeMap<String, Remedy>,
    options: &Options,
    json: bool,
) -> Result<(), Failure> {
    let (submission, _) = neuroloom_slurm::submit(plan, folder, wanted, remedies, options, false)?;
    say(plan, folder, &submission, json);
    Ok(())
}

/// Two submissions at once would wait for each other's leases.
pub fn refuse_where_active(folder: &RunFolder) -> Result<(), Failure> {
    let Some(submission) = neuroloom_slurm::submissions(folder)?.pop() else { return Ok(()) };
    let active = neuroloom_slurm::active_of(&submission.ids());
    if active.is_empty() {
        return Ok(());
    }
    let error =
        Error::params("jobs of this run have not ended").at_file(folder.root()).found(active.join(", "));
    Err(error.hint("wait for them (`neuroloom status`), or end them with `neuroloom cancel`").into())
}

fn say(plan: &FrozenPlan, folder: &RunFolder, submission: &Submission, json: bool) {
    let tasks: usize = submission.jobs.iter().flat_map(|job| &job.elements).map(Vec::len).sum();
    if json {
        let jobs: Vec<_> = submission
            .jobs
            .iter()
            .map(|job| json!({ "id": job.id, "step": job.step, "elements": job.elements.len() }))
            .collect();
        println!(
            "{}",
            json!({ "event": "submitted", "tasks": tasks, "jobs": jobs, "folder": folder.root() })
        );
        return;
    }
    println!("{}: {tasks} of {} tasks submitted", plan.run.name, plan.tasks.len());
    for job in &submission.jobs {
        println!("  job {}: {} ({} elements)", job.id, job.step, job.elements.len().max(1));
    }
    println!("see `neuroloom status {}`", folder.root().display());
}
