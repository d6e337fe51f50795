//! The run's folder: links into the store, and nothing left over from earlier runs.

use std::path::Path;
use std::sync::Arc;

use neuroloom_core::{Result, files};

use super::Outcome;
use super::record::{found, manifest};
use super::task::Finished;
use crate::frozen::FrozenPlan;
use crate::layout::RunFolder;
use crate::manifest::Manifest;
use crate::store::{Store, write_json};

/// Puts the results that other processes left in the store into the run's folder, and its manifest.
///
/// # Errors
/// When the operating system refuses.
pub fn finish(plan: &Arc<FrozenPlan>, folder: &RunFolder, store: &Store, started: String) -> Result<Outcome> {
    let finished = plan.tasks.iter().map(|task| store.find(task.recipe).map(found)).collect();
    publish(plan, folder, store, finished, started, crate::host::available_threads())
}

/// Makes every result appear in the run's folder; the manifest comes last and says that they are all there.
pub(super) fn publish(
    plan: &Arc<FrozenPlan>,
    folder: &RunFolder,
    store: &Store,
    finished: Vec<Option<Finished>>,
    started: String,
    threads: usize,
) -> Result<Outcome> {
    let previous = Manifest::read(&folder.manifest())?;
    let ran = finished.iter().flatten().filter(|task| !task.cached).count();
    // What was not asked for is shown all the same where it is done.
    let finished: Vec<Option<Finished>> = plan
        .tasks
        .iter()
        .zip(finished)
        .map(|(task, finished)| finished.or_else(|| store.find(task.recipe).map(found)))
        .collect();
    let changed = link_all(plan, folder, &finished)?;
    let manifest = manifest(plan, &finished, started, threads);
    let same = |old: &Manifest| old.fingerprint == manifest.fingerprint;
    let unchanged = !changed && previous.as_ref().is_some_and(same);
    if !unchanged {
        if let Some(before) = &previous {
            remove_stale(folder, before, &manifest)?;
        }
        write_json(&folder.manifest(), &manifest)?;
    }
    let entries = finished.into_iter().map(|task| task.map(|task| Arc::clone(&task.entry))).collect();
    let unshared = store.settle().err();
    Ok(Outcome { plan: Arc::clone(plan), manifest, entries, ran, unchanged, unshared })
}

fn link_all(plan: &FrozenPlan, folder: &RunFolder, finished: &[Option<Finished>]) -> Result<bool> {
    let mut changed = false;
    for (task, finished) in plan.tasks.iter().zip(finished) {
        let Some(finished) = finished else { continue };
        for port in finished.entry.record.outputs.keys() {
            let target = folder.root().join(RunFolder::table(task, port));
            changed |= link(&finished.entry.file(port), &target)?;
        }
    }
    for output in &plan.run.outputs {
        let finished = plan.position(&output.task).and_then(|index| finished.get(index)?.as_ref());
        if let Some(finished) = finished.filter(|task| task.entry.record.outputs.contains_key(&output.port)) {
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
fn remove_stale(folder: &RunFolder, before: &Manifest, now: &Manifest) -> Result<()> {
    let kept: std::collections::BTreeSet<&Path> = now.files().collect();
    let mut stale = before.files().filter(|file| !kept.contains(file));
    stale.try_for_each(|file| files::remove_file(&folder.root().join(file)))
}
