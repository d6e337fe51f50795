//! `neuroloom finish`: what the last job of a submission does.

use std::path::Path;
use std::sync::Arc;

use neuroloom_core::{Error, ErrorKind};
use neuroloom_pipeline::execute::finish as publish;
use neuroloom_pipeline::frozen::{self, FrozenPlan, FrozenTask};
use neuroloom_pipeline::journal::{Journal, JournalEvent, now};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::store::Store;
use neuroloom_slurm::{Options, Shortage, Submission};

use super::behind::{store_of_run, warn};
use super::present;
use super::submit::{again, is_open};
use crate::failure::Failure;

pub fn finish(folder: &Path, submission: &Path) -> Result<(), Failure> {
    let folder = RunFolder::new(folder);
    let submission = Submission::read(submission)?;
    let plan = frozen::read(&submission.lock())?;
    let plan = plan.ok_or_else(|| Error::data("the submission has no plan").at_file(submission.lock()))?;
    let store = store_of_run(&plan.run)?;
    let open: Vec<&FrozenTask> = plan.tasks.iter().filter(|task| is_open(&store)(task)).collect();
    if !open.is_empty() {
        return go_on(&plan, &folder, &store, &submission, &open);
    }
    let plan = Arc::new(plan);
    let outcome = publish(&plan, &folder, &store, now())?;
    present(&folder, &outcome)?;
    let journal = Journal::begin(&folder.journals(), &plan.run.id)?;
    journal.write("", JournalEvent::Complete, "")?;
    println!("all {} tasks are done; report: {}", plan.tasks.len(), folder.report().display());
    warn(&store);
    outcome.unshared.map_or(Ok(()), |error| Err(error.into()))
}

/// Submits again what was cut short, unless something went wrong by itself or it was tried often enough.
fn go_on(
    plan: &FrozenPlan,
    folder: &RunFolder,
    store: &Store,
    submission: &Submission,
    open: &[&FrozenTask],
) -> Result<(), Failure> {
    let remedies = neuroloom_slurm::remedies(plan, folder)?;
    let failed: Vec<&str> = open
        .iter()
        .filter(|task| remedies.get(&task.id).is_some_and(|remedy| remedy.last == Some(Shortage::Failure)))
        .map(|task| task.id.as_str())
        .collect();
    if !failed.is_empty() || submission.options.retries == 0 {
        let what = if failed.is_empty() { "were cut short" } else { "are not done" };
        let error = Error::new(ErrorKind::Data, format!("{} tasks {what}", open.len()))
            .found(if failed.is_empty() {
                open.iter().take(1).map(|task| task.id.as_str()).collect::<String>()
            } else {
                format!("{} failed", failed.join(", "))
            })
            .hint("`neuroloom logs` says what happened; `neuroloom retry` submits them again");
        return Err(error.into());
    }
    let options = Options { retries: submission.options.retries - 1, ..submission.options.clone() };
    again(plan, folder, &is_open(store), &remedies, &options, false)
}
