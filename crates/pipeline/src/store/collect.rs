//! Garbage: what no run needs any more.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use neuroloom_core::{Digest, Result, files};

use super::Store;
use crate::frozen;
use crate::layout::RunFolder;
use crate::manifest::Manifest;

/// What was, or would be, removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Garbage {
    /// Finished tasks.
    pub entries: usize,
    /// Pointers that lead nowhere, marks of what is not here, checkpoints of finished tasks, leases of nobody, temporaries.
    pub leftovers: usize,
    /// Size of all files, bytes. Tables that a run's folder still links to take their space all the same.
    pub bytes: u64,
    /// Finished tasks that stay.
    pub kept: usize,
    /// The runs that they stay for.
    pub runs: Vec<PathBuf>,
}

/// Removes from `store` what no run that uses it needs: runs whose folders are still there need what their manifest
/// and their frozen plan name. Nothing younger than `age` is touched: a run may be about to name it.
///
/// With `dry`, nothing is removed.
///
/// # Errors
/// When the plan or manifest of a run is damaged (nothing is removed then), or the operating system refuses.
pub fn collect_garbage(store: &Store, age: Duration, dry: bool) -> Result<Garbage> {
    // What the remote has may be the only copy of what others need.
    let store = &store.without_remote();
    let mut garbage = Garbage::default();
    let (runs, live) = needed(store)?;
    garbage.runs = runs;
    let old = |path: &Path| {
        let modified = files::metadata_of_link(path).ok().and_then(|found| found.modified().ok());
        modified.and_then(|time| SystemTime::now().duration_since(time).ok()).is_some_and(|past| past >= age)
    };
    for (key, folder) in store.entries()? {
        if live.contains(&key) || !old(&folder) {
            garbage.kept += 1;
            continue;
        }
        garbage.entries += 1;
        garbage.bytes += size(&folder)?;
        if !dry {
            store.discard(key)?;
        }
    }
    for path in leftovers(store)?.into_iter().filter(|path| old(path)) {
        garbage.leftovers += 1;
        garbage.bytes += size(&path)?;
        if !dry {
            if files::is_folder(&path) { files::remove_folder(&path)? } else { files::remove_file(&path)? }
        }
    }
    Ok(garbage)
}

/// The folders of the runs that use the store, and the keys that they need.
fn needed(store: &Store) -> Result<(Vec<PathBuf>, BTreeSet<Digest>)> {
    let (mut folders, mut live) = (Vec::new(), BTreeSet::new());
    for folder in store.runs()? {
        let run = RunFolder::new(&folder);
        let (plan, manifest) = (frozen::read(&run.lock())?, Manifest::read(&run.manifest())?);
        if plan.is_none() && manifest.is_none() {
            continue;
        }
        live.extend(manifest.iter().flat_map(|manifest| &manifest.tasks).map(|task| task.key));
        let recipes = plan.iter().flat_map(|plan| &plan.tasks).map(|task| task.recipe);
        live.extend(recipes.filter_map(|recipe| store.key_of(recipe)));
        folders.push(folder);
    }
    Ok((folders, live))
}

/// What is no entry and serves nothing any more.
fn leftovers(store: &Store) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for (_, path) in store.recipes()? {
        let key = files::pointed(&path).and_then(|word| word.trim().parse().ok());
        if key.is_none_or(|key: Digest| store.get(key).is_none()) {
            found.push(path);
        }
    }
    let keyed = |folder: &str| list(&store.root().join(folder));
    for path in keyed("checkpoints")? {
        let key = path.file_name().and_then(|name| name.to_str()?.parse::<Digest>().ok());
        if key.is_none_or(|key| store.get(key).is_some()) {
            found.push(path);
        }
    }
    for remote in keyed("shared")? {
        let without_entry = |(key, _): &(Digest, PathBuf)| store.get(*key).is_none();
        found.extend(shards(&remote)?.into_iter().filter(without_entry).map(|(_, mark)| mark));
        let unknown = |(recipe, _): &(Digest, PathBuf)| store.key_of(*recipe).is_none();
        found.extend(shards(&remote.join("recipes"))?.into_iter().filter(unknown).map(|(_, mark)| mark));
    }
    // A lease that is held is touched every few seconds: one that is old is nobody's.
    found.extend(keyed("leases")?);
    let temporary = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(files::TEMPORARY_PREFIX))
    };
    found.extend(list(store.root())?.into_iter().filter(temporary));
    Ok(found)
}

impl Store {
    /// All entries: keys and folders, whole or not.
    pub(super) fn entries(&self) -> Result<Vec<(Digest, PathBuf)>> {
        shards(self.root())
    }

    /// All recipes and the pointers of their names.
    fn recipes(&self) -> Result<Vec<(Digest, PathBuf)>> {
        shards(&self.root().join("recipes"))
    }

    /// The folders of the runs that use the store, as far as they are there.
    fn runs(&self) -> Result<Vec<PathBuf>> {
        let names = list(&self.root().join("runs"))?;
        let folders =
            names.iter().map(|name| files::read_text(name).map(PathBuf::from)).collect::<Result<Vec<_>>>()?;
        Ok(folders.into_iter().filter(|folder| files::is_folder(folder)).collect())
    }
}

/// What `root/ab/abcdef…` has.
fn shards(root: &Path) -> Result<Vec<(Digest, PathBuf)>> {
    let is_shard = |path: &PathBuf| path.file_name().is_some_and(|name| name.len() == 2);
    let mut found = Vec::new();
    for shard in list(root)?.into_iter().filter(is_shard) {
        let keyed = |path: PathBuf| Some((path.file_name()?.to_str()?.parse().ok()?, path));
        found.extend(list(&shard)?.into_iter().filter_map(keyed));
    }
    Ok(found)
}

/// What lies in `folder`, sorted; nothing where there is no such folder.
fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    if files::is_folder(folder) { files::list(folder) } else { Ok(Vec::new()) }
}

fn size(path: &Path) -> Result<u64> {
    let of = |path: &Path| files::metadata_of_link(path).map(|found| found.len());
    if !files::is_folder(path) {
        return of(path);
    }
    files::list_files(path)?.iter().map(|file| of(&path.join(file))).sum()
}
