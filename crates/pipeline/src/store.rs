//! The content-addressed store: finished tasks by key.
//!
//! An entry is a folder `ab/abcdef…/` with the task's tables, `summary.json` and `task.json`. It is filled under
//! a temporary name and renamed as a whole, so an entry that exists is complete.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_core::files::{self, StagedFolder};
use neuroloom_core::{Digest, Error, Result, StepOutput, StoredParts, Summary, Table, TableParts};
use neuroloom_table::parquet::{self, PartsFile};
use serde::{Deserialize, Serialize};

use crate::key::Ingredients;

const RECORD: &str = "task.json";
const SUMMARY: &str = "summary.json";

/// A folder of finished tasks.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// What the store knows of a finished task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What it was made from.
    pub ingredients: Ingredients,
    /// Its tables, by port.
    pub outputs: BTreeMap<String, OutputRecord>,
}

/// A table in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputRecord {
    /// Kind of table.
    pub kind: String,
    /// Digest of the file.
    pub digest: Digest,
    /// Size of the file.
    pub bytes: u64,
    /// Rows of the table.
    pub rows: u64,
}

/// A finished task.
#[derive(Clone, Debug)]
pub struct Entry {
    folder: PathBuf,
    /// What it was made from and gave.
    pub record: Record,
    /// What the report says of it.
    pub summary: Summary,
}

impl Store {
    /// The store in `root`, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The entry of `key`, if it is there with all its files at their sizes. One that is not whole is as good as
    /// absent: the task runs again and replaces it.
    pub fn get(&self, key: Digest) -> Option<Entry> {
        let folder = self.folder(key);
        let record: Record = read_json(&folder.join(RECORD))?;
        let summary = read_json(&folder.join(SUMMARY))?;
        let entry = Entry { folder, record, summary };
        (entry.record.ingredients.key() == key && entry.is_whole()).then_some(entry)
    }

    /// Puts a finished task under `key`.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn put(&self, key: Digest, ingredients: Ingredients, output: &StepOutput) -> Result<Entry> {
        let staged = StagedFolder::new(&self.root)?;
        let mut outputs = BTreeMap::new();
        for (port, table) in &output.tables {
            outputs.insert((*port).to_owned(), write_table(staged.path(), port, table)?);
        }
        for (port, parts) in &output.stored {
            outputs.insert((*port).to_owned(), take_over(staged.path(), port, parts.as_ref())?);
        }
        let record = Record { ingredients, outputs };
        write_json(&staged.path().join(SUMMARY), &output.summary)?;
        write_json(&staged.path().join(RECORD), &record)?;
        let folder = self.folder(key);
        if self.get(key).is_none() {
            files::remove_folder(&folder)?;
        }
        staged.commit(&folder)?;
        self.get(key).ok_or_else(|| {
            Error::internal("a result was stored and is not there")
                .at_file(&folder)
                .at_object(key.to_string())
        })
    }

    /// Removes the entry of `key`, so that its task runs again.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn discard(&self, key: Digest) -> Result<()> {
        files::remove_folder(&self.folder(key))
    }

    /// Where tables may be written before their task is finished: on the file system of the store.
    pub fn scratch(&self) -> &Path {
        &self.root
    }

    fn folder(&self, key: Digest) -> PathBuf {
        let name = key.to_string();
        self.root.join(name.get(..2).unwrap_or_default()).join(&name)
    }
}

impl Entry {
    /// The file of the table at `port`.
    pub fn file(&self, port: &str) -> PathBuf {
        self.folder.join(file_name(port))
    }

    /// The table at `port`, every byte verified.
    ///
    /// # Errors
    /// When the file is damaged or gone.
    pub fn table(&self, port: &str) -> Result<Table> {
        parquet::read(&self.file(port))
    }

    /// The table at `port` in parts, every byte verified.
    ///
    /// # Errors
    /// When the file is damaged or gone.
    pub fn parts(&self, port: &str) -> Result<PartsFile> {
        PartsFile::open(&self.file(port))
    }

    fn is_whole(&self) -> bool {
        self.record
            .outputs
            .iter()
            .all(|(port, output)| files::size(&self.file(port)).is_ok_and(|bytes| bytes == output.bytes))
    }
}

/// `rdms.parquet`.
pub fn file_name(port: &str) -> String {
    format!("{port}.parquet")
}

/// `None` where the file is absent or damaged.
fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_str(&files::read_text(path).ok()?).ok()
}

fn write_table(folder: &Path, port: &str, table: &Table) -> Result<OutputRecord> {
    let path = folder.join(file_name(port));
    let digest = parquet::write(&path, table)?;
    record(&path, digest, table)
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

/// Writes `value` as indented JSON, atomically.
///
/// # Errors
/// When the operating system refuses.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value)
        .map_err(|e| Error::internal(format!("cannot be written as JSON: {e}")).at_file(path))?;
    text.push('\n');
    files::write_bytes(path, text.as_bytes())
}
