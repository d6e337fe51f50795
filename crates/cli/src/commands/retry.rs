//! `neuroloom retry`.

use std::path::Path;

use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::store::Store;

use super::planned;
use super::submit::{again, is_open, refuse_where_active};
use crate::failure::Failure;

pub fn retry(folder: &Path, json: bool) -> Result<(), Failure> {
    let folder = RunFolder::new(folder);
    let submission = neuroloom_slurm::latest(&folder)?;
    refuse_where_active(&folder)?;
    let plan = planned(&folder)?;
    let store = Store::new(&plan.run.store);
    if plan.tasks.iter().all(|task| !is_open(&store)(task)) {
        return super::finish::finish(folder.root(), &submission.folder);
    }
    let remedies = neuroloom_slurm::remedies(&plan, &folder)?;
    again(&plan, &folder, &is_open(&store), &remedies, &submission.options, json)
}
