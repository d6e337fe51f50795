//! `neuroloom logs`.

use std::path::Path;

use neuroloom_core::{Error, files, nearest};
use neuroloom_pipeline::journal::Journal;
use neuroloom_pipeline::layout::RunFolder;

use super::planned;
use crate::failure::Failure;

pub fn logs(folder: &Path, task: &str) -> Result<(), Failure> {
    let folder = RunFolder::new(folder);
    let plan = planned(&folder)?;
    if plan.task(task).is_none() {
        let error = Error::params(format!("the run has no task `{task}`")).at_file(folder.lock());
        let near = nearest(task, plan.tasks.iter().map(|task| task.id.as_str()));
        let hint = near
            .map_or("`neuroloom status` lists the tasks".into(), |near| format!("did you mean `{near}`?"));
        return Err(error.hint(hint).into());
    }
    for line in Journal::read(&folder.journals(), &plan.run.id)?.iter().filter(|line| line.task == task) {
        println!("{} {:?} {}", line.time, line.event, line.detail);
    }
    for submission in neuroloom_slurm::submissions(&folder)? {
        for log in submission.logs_of(task) {
            if let Some(text) = files::read_text_if_present(&log)? {
                println!("\n== {}\n{}", log.display(), text.trim_end());
            }
        }
    }
    Ok(())
}
