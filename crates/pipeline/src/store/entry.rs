//! A finished task in the store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_core::{Digest, Error, Result, Summary, Table, files};
use neuroloom_table::parquet::{self, PartsFile};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::key::Ingredients;

pub(super) const RECORD: &str = "task.json";
pub(super) const SUMMARY: &str = "summary.json";

/// What the store knows of a finished task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What it was made from.
    pub ingredients: Ingredients,
    /// Its tables, by port.
    pub outputs: BTreeMap<String, OutputRecord>,
    /// Names of its figures.
    pub figures: Vec<String>,
    /// What the user should know that is no error.
    pub warnings: Vec<String>,
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
    key: Digest,
    /// What it was made from and gave.
    pub record: Record,
}

impl Entry {
    /// The entry in `folder`; none if it is not there with all its files at their sizes.
    ///
    /// # Errors
    /// When the operating system refuses to say.
    pub(super) fn open(folder: PathBuf) -> Result<Option<Self>> {
        let Some(text) = files::read_text_if_present(&folder.join(RECORD))? else { return Ok(None) };
        let Ok(record) = serde_json::from_str::<Record>(&text) else { return Ok(None) };
        let entry = Self { key: record.ingredients.key(), folder, record };
        Ok(entry.is_whole()?.then_some(entry))
    }

    /// The key of what it was made from.
    pub fn key(&self) -> Digest {
        self.key
    }

    /// Its folder in the store.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the report says of it.
    ///
    /// # Errors
    /// When the file is damaged or gone.
    pub fn summary(&self) -> Result<Summary> {
        read_json(&self.folder.join(SUMMARY))
    }

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

    fn is_whole(&self) -> Result<bool> {
        if files::size_if_present(&self.folder.join(SUMMARY))?.is_none() {
            return Ok(false);
        }
        for (port, output) in &self.record.outputs {
            if files::size_if_present(&self.file(port))? != Some(output.bytes) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// `rdms.parquet`.
pub fn file_name(port: &str) -> String {
    format!("{port}.parquet")
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_str(&files::read_text(path)?)
        .map_err(|e| Error::data("a file of the store is damaged").at_file(path).found(e.to_string()))
}
