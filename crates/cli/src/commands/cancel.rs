//! `neuroloom cancel`.

use std::path::Path;

use neuroloom_pipeline::layout::RunFolder;
use serde_json::json;

use crate::failure::Failure;

pub fn cancel(folder: &Path, json: bool) -> Result<(), Failure> {
    let submission = neuroloom_slurm::latest(&RunFolder::new(folder))?;
    let active = neuroloom_slurm::active_of(&submission.ids());
    // The last job first: it would take the end of the others for its cue.
    let last_first: Vec<String> = active.iter().rev().cloned().collect();
    neuroloom_slurm::cancel(&last_first)?;
    if json {
        println!("{}", json!({ "event": "cancelled", "jobs": active }));
    } else if active.is_empty() {
        println!("no job of this run is waiting or running");
    } else {
        println!("jobs ended: {}; what is done stays in the store", active.join(", "));
    }
    Ok(())
}
