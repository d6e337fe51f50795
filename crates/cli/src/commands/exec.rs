//! `neuroloom exec`.

use std::path::Path;

use neuroloom_core::{Error, ErrorKind, files};
use neuroloom_pipeline::execute::{RunOptions, execute_tasks};
use neuroloom_pipeline::frozen;
use neuroloom_pipeline::host::{available_memory, available_threads, batch_job};
use neuroloom_pipeline::layout::RunFolder;

use super::behind::{store_of_run, warn};
use crate::args::ExecArguments;
use crate::failure::Failure;
use crate::registry::registry;
use crate::signals;
use crate::watch::Watch;

pub fn exec(arguments: &ExecArguments, json: bool) -> Result<(), Failure> {
    let folder = RunFolder::new(&arguments.folder);
    let ids = match (&arguments.list, arguments.line) {
        (Some(list), Some(line)) => listed(list, line)?,
        _ => arguments.tasks.clone(),
    };
    // A submission has a plan of its own: the folder's may be that of a later run by now.
    let lock = arguments.list.as_ref().map_or_else(|| folder.lock(), |list| list.with_file_name("run.lock"));
    let (run, tasks) = frozen::read_tasks(&lock, &ids)?;
    let options = RunOptions {
        threads: arguments.threads.map_or_else(available_threads, usize::from),
        memory_bytes: available_memory(),
        cancel: signals::stop_on_signals(),
        checkpoint_every: arguments.patience.checkpoint_every,
        leases: arguments.patience.leases(),
        ..RunOptions::default()
    };
    let store = store_of_run(&run)?;
    let observer = Watch::choose(json, true).observer(tasks.len());
    let worked = execute_tasks(&run, &tasks, &registry(), &folder, &store, &options, observer.as_ref())?;
    warn(&store);
    if let Some(error) = worked.unshared {
        // No failure: the jobs after this one find the results in the store, and the last job puts them there.
        eprintln!("warning: {}", error.report());
    }
    let Some(failure) = worked.failure else { return Ok(()) };
    let out_of_time = failure.error.kind() == ErrorKind::Cancelled && signals::is_time_over();
    if out_of_time && worked.advanced && batch_job().is_some() {
        // It goes on from where it is. One that is no further would never come to its end like this.
        neuroloom_slurm::requeue_this_job()?;
    }
    Err(failure.into())
}

/// The tasks of one line.
fn listed(list: &Path, line: usize) -> Result<Vec<String>, Error> {
    let text = files::read_text(list)?;
    let damaged = |found: String| {
        Error::new(ErrorKind::Params, "the list of tasks is damaged")
            .at_file(list)
            .at_object(format!("line {line}"))
            .expected("a list of task ids in JSON")
            .found(found)
    };
    let found = text.lines().nth(line).ok_or_else(|| damaged(format!("{} lines", text.lines().count())))?;
    serde_json::from_str(found).map_err(|e| damaged(e.to_string()))
}
