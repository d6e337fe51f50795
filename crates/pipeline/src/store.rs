//! The content-addressed store: finished tasks by key, shared by runs, processes, computers and users.
//!
//! ```text
//! ab/abcdef…/            a finished task: its tables, summary.json, task.json
//! recipes/12/1234…       points to the key that a recipe led to
//! shared/12abcd/…        what the remote behind the store has
//! leases/abcdef…         somebody is making this result now
//! checkpoints/abcdef…    the state of a task that is not finished
//! sources.jsonl          digests of source files that have not changed since
//! runs/…                 names the folders of the runs that use the store
//! ```
//!
//! An entry is filled under a temporary name and renamed as a whole, so an entry that exists is complete. Nothing is
//! ever locked: two that make the same result at once make the same bytes, and the first stays.
//!
//! Behind it there may be a [`Remote`]: what is not here is fetched from there, and what is made is put there too. The
//! folder stays the working copy; garbage collection and verification never look beyond it.

mod checkpoints;
mod collect;
mod entry;
mod lease;
mod remote;
mod verify;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use neuroloom_core::files::{self, StagedFolder};
use neuroloom_core::{Digest, Error, Result, StepOutput, StoredParts, Table, TableParts};
use neuroloom_table::parquet;
use serde::Serialize;

use crate::key::Ingredients;
use remote::{Shared, Tier};

pub use checkpoints::TaskCheckpoints;
pub use collect::{Garbage, collect_garbage};
pub use entry::{Entry, OutputRecord, Record, file_name};
pub use lease::{Claim, Lease, LeaseTimes, Leases};
pub use remote::Remote;
pub use verify::{Damage, Verified, verify_entries};

/// A folder of finished tasks.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    tier: Option<Arc<Tier>>,
}

impl Store {
    /// The store in `root`, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), tier: None }
    }

    /// The same with `remote` behind it.
    ///
    /// A remote that fails stops nothing: it is left alone from then on, [one warning](Self::take_warning) is due, and
    /// [`settle`](Self::settle) says at the end what it lacks.
    #[must_use]
    pub fn with_remote(self, remote: Arc<dyn Remote>) -> Self {
        let tier = Tier::new(remote, &self);
        Self { tier: Some(Arc::new(tier)), ..self }
    }

    /// The folder alone.
    #[must_use]
    pub fn without_remote(&self) -> Self {
        Self { root: self.root.clone(), tier: None }
    }

    /// What the user calls the remote behind it.
    pub fn remote_address(&self) -> Option<&str> {
        self.tier.as_ref().map(|tier| tier.address())
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The entry of `key`, if it is there with all its files at their sizes. One that is not whole is as good as
    /// absent: the task runs again and replaces it. One that only the remote has is fetched; one that it lacks is put
    /// there.
    pub fn get(&self, key: Digest) -> Option<Entry> {
        let here = self.look_for(key).ok().flatten();
        let Some(tier) = &self.tier else { return here };
        if here.is_some() {
            tier.share(Shared::Entry(key), self);
            return here;
        }
        tier.fetch(key, self)
    }

    /// The entry in the folder, where it matters why an entry cannot be had.
    ///
    /// # Errors
    /// When the operating system refuses to say whether it is there.
    fn look_for(&self, key: Digest) -> Result<Option<Entry>> {
        Ok(Entry::open(self.folder(key))?.filter(|entry| entry.key() == key))
    }

    /// The entry that the recipe led to, if it is known and there.
    pub fn find(&self, recipe: Digest) -> Option<Entry> {
        if let Some(entry) = self.key_of(recipe).and_then(|key| self.get(key)) {
            return Some(entry);
        }
        let key = self.tier.as_ref()?.key_of(recipe)?;
        let entry = self.get(key)?;
        // Otherwise the remote is asked again, which costs time and nothing else.
        let _ = self.remember(recipe, key);
        Some(entry)
    }

    /// The key that the recipe led to, if it is known here.
    pub fn key_of(&self, recipe: Digest) -> Option<Digest> {
        files::pointed(&self.recipe(recipe))?.trim().parse().ok()
    }

    /// Remembers that `recipe` led to `key`.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn remember(&self, recipe: Digest, key: Digest) -> Result<()> {
        files::point(&self.recipe(recipe), &key.to_string())?;
        if let Some(tier) = &self.tier {
            tier.share(Shared::Recipe(recipe, key), self);
        }
        Ok(())
    }

    /// Puts a finished task under `key`, and then into the remote. With `replace`, one that is there already makes way.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn put(
        &self,
        key: Digest,
        ingredients: Ingredients,
        output: &StepOutput,
        replace: bool,
    ) -> Result<Entry> {
        let staged = StagedFolder::new(&self.root)?;
        let mut outputs = BTreeMap::new();
        for (port, table) in &output.tables {
            outputs.insert((*port).to_owned(), write_table(&staged, port, table)?);
        }
        for (port, parts) in &output.stored {
            outputs.insert((*port).to_owned(), take_over(staged.path(), port, parts.as_ref())?);
        }
        let summary = &output.summary;
        let figures = summary.figures.iter().map(|figure| figure.name.clone()).collect();
        let record = Record { ingredients, outputs, figures, warnings: summary.warnings.clone() };
        write_record(&staged, entry::SUMMARY, summary)?;
        write_record(&staged, entry::RECORD, &record)?;
        if let Some(tier) = &self.tier {
            tier.forget(key)?;
        }
        let entry = self.commit(key, staged, replace)?;
        if let Some(tier) = &self.tier {
            tier.share(Shared::Entry(key), self);
        }
        Ok(entry)
    }

    /// Makes the filled folder the entry of `key`.
    fn commit(&self, key: Digest, staged: StagedFolder, replace: bool) -> Result<Entry> {
        let folder = self.folder(key);
        if replace || (files::exists(&folder) && self.look_for(key)?.is_none()) {
            self.discard(key)?;
        }
        staged.commit(&folder)?;
        self.look_for(key)?.ok_or_else(|| {
            Error::internal("a result was stored and is not there")
                .at_file(&folder)
                .at_object(key.to_string())
        })
    }

    /// Removes the entry of `key`, so that its task runs again. It disappears as a whole before its files do.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn discard(&self, key: Digest) -> Result<()> {
        let aside = StagedFolder::new(&self.root)?;
        files::take_away(&self.folder(key), &aside.path().join("discarded"))?;
        Ok(())
    }

    /// Puts into the remote what it lacks because it failed before.
    ///
    /// # Errors
    /// Of the kind `Io` when it still fails: all results are here, and the next run with it puts them there.
    pub fn settle(&self) -> Result<()> {
        self.tier.as_ref().map_or(Ok(()), |tier| tier.settle(self))
    }

    /// What the user should know of the remote, once: the first thing that went wrong.
    pub fn take_warning(&self) -> Option<String> {
        self.tier.as_ref()?.take_warning()
    }

    /// Where tables may be written before their task is finished: on the file system of the store.
    pub fn scratch(&self) -> &Path {
        &self.root
    }

    /// Where the digests of source files are remembered.
    pub fn sources(&self) -> PathBuf {
        self.root.join("sources.jsonl")
    }

    /// The checkpoints of the task with `key`.
    pub fn checkpoints(&self, key: Digest, every: std::time::Duration) -> TaskCheckpoints {
        TaskCheckpoints::new(self.root.join("checkpoints").join(key.to_string()), key, every)
    }

    /// Makes it known that the run in `folder` uses the store, so that its results are not garbage.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn register_run(&self, folder: &Path) -> Result<()> {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let name = Digest::of(folder.to_string_lossy().as_bytes()).short();
        // A file and not a link: whoever walks through the store must not end up in the run that has the store in it.
        let path = self.root.join("runs").join(name);
        let text = folder.to_string_lossy();
        let known = files::read_text_if_present(&path)?.is_some_and(|known| known == text);
        if known { Ok(()) } else { files::write_bytes(&path, text.as_bytes()) }
    }

    fn folder(&self, key: Digest) -> PathBuf {
        sharded(&self.root, key)
    }

    fn recipe(&self, recipe: Digest) -> PathBuf {
        sharded(&self.root.join("recipes"), recipe)
    }
}

/// `root/ab/abcdef…`: no folder has too many entries.
fn sharded(root: &Path, digest: Digest) -> PathBuf {
    let name = digest.to_string();
    root.join(name.get(..2).unwrap_or_default()).join(&name)
}

fn write_table(folder: &StagedFolder, port: &str, table: &Table) -> Result<OutputRecord> {
    let name = file_name(port);
    let digest = parquet::write_in(folder, &name, table)?;
    record(&folder.path().join(name), digest, table)
}

fn take_over(folder: &Path, port: &str, parts: &dyn StoredParts) -> Result<OutputRecord> {
    let path = folder.join(file_name(port));
    parts.move_to(&path)?;
    record(&path, parts.digest(), parts)
}

fn record(path: &Path, digest: Digest, table: &dyn TableParts) -> Result<OutputRecord> {
    files::make_read_only(path)?;
    let bytes = files::size(path)?;
    Ok(OutputRecord { kind: table.kind().name().to_owned(), digest, bytes, rows: table.n_rows() as u64 })
}

fn write_record(folder: &StagedFolder, name: &str, value: &impl Serialize) -> Result<()> {
    let text = indented(&folder.path().join(name), value)?;
    folder.write(name, |file| {
        file.write_all(text.as_bytes()).map_err(|e| Error::io("write", folder.path().join(name), &e))
    })
}

/// Writes `value` as indented JSON, atomically.
///
/// # Errors
/// When the operating system refuses.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    files::write_bytes(path, indented(path, value)?.as_bytes())
}

fn indented(path: &Path, value: &impl Serialize) -> Result<String> {
    let mut text = serde_json::to_string_pretty(value)
        .map_err(|e| Error::internal(format!("cannot be written as JSON: {e}")).at_file(path))?;
    text.push('\n');
    Ok(text)
}
