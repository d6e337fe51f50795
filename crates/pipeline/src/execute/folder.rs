//! The run's folder: links into the store, and nothing left over from earlier runs.

use std::path::Path;

use neuroloom_core::{Result, files};

use super::task::Finished;
use crate::layout::RunFolder;
use crate::manifest::Manifest;
use crate::plan::Plan;

/// Makes every result appear in the run's folder. Returns whether anything had to be done.
pub(super) fn publish(plan: &Plan, folder: &RunFolder, finished: &[Finished]) -> Result<bool> {
    let mut changed = false;
    for (task, finished) in plan.pipeline.tasks.iter().zip(finished) {
        for port in finished.entry.record.outputs.keys() {
            let target = folder.root().join(RunFolder::table(task, port));
            changed |= link(&finished.entry.file(port), &target)?;
        }
    }
    for output in &plan.pipeline.outputs {
        if let Some(finished) = plan.position(&output.task).and_then(|index| finished.get(index)) {
            changed |= link(&finished.entry.file(&output.port), &folder.root().join(&output.file))?;
        }
    }
    Ok(changed)
}

/// Links unless the target is there already: the same file, or, where links are copies, the same bytes.
fn link(source: &Path, target: &Path) -> Result<bool> {
    let same = files::is_same_file(source, target)
        || (files::is_file(target) && files::digest(source)? == files::digest(target)?);
    if !same {
        files::link(source, target)?;
    }
    Ok(!same)
}

/// Removes the tables of an earlier run that are no results of this one. Only files that the earlier manifest
/// lists are touched.
pub(super) fn remove_stale(folder: &RunFolder, before: &Manifest, now: &Manifest) -> Result<()> {
    let kept: Vec<&Path> = now.files().collect();
    let mut stale = before.files().filter(|file| !kept.contains(file));
    stale.try_for_each(|file| files::remove_file(&folder.root().join(file)))
}
