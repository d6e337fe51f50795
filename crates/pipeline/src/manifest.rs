//! The record of a finished run: `manifest.json`. Writing it is what makes a run complete.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_core::{Digest, Error, Result, files};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a run read, did and gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of Neuroloom.
    pub neuroloom: String,
    /// Name of the pipeline.
    pub name: String,
    /// The pipeline file, as it was given.
    pub file: PathBuf,
    /// Its seed.
    pub seed: u64,
    /// Digest of all that decides what the run's folder holds: equal fingerprints, equal results.
    pub fingerprint: Digest,
    /// Start, RFC 3339.
    pub started: String,
    /// End, RFC 3339.
    pub finished: String,
    /// Threads.
    pub threads: usize,
    /// Whether all tasks of the pipeline are among `tasks`: some may not have been asked for.
    #[serde(default = "yes")]
    pub complete: bool,
    /// The tasks, each after those it depends on.
    pub tasks: Vec<TaskRecord>,
}

/// One task of a finished run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRecord {
    /// `factors` or `factors[rank=4]`.
    pub id: String,
    /// `ntf.factorise@1`.
    pub step: String,
    /// Its key in the store.
    pub key: Digest,
    /// All parameters, defaults included.
    pub params: Value,
    /// The seed, for steps that draw random numbers.
    pub seed: Option<u64>,
    /// Where each input came from.
    pub inputs: BTreeMap<String, InputRecords>,
    /// Source files, by the path as the pipeline writes it.
    pub files: BTreeMap<String, Digest>,
    /// Its tables, by port.
    pub outputs: BTreeMap<String, TableRecord>,
    /// Its figures as the report draws them, relative to the run's folder.
    pub figures: Vec<PathBuf>,
    /// Whether the result was there already.
    pub cached: bool,
    /// Wall time of the task in this run, seconds.
    pub seconds: f64,
}

/// What came in at one input of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum InputRecords {
    /// One table.
    One(InputRecord),
    /// The tables of the variants that were collected, in their order.
    Collected(Vec<InputRecord>),
}

impl InputRecords {
    /// The tables, in their order.
    pub fn all(&self) -> &[InputRecord] {
        match self {
            Self::One(record) => std::slice::from_ref(record),
            Self::Collected(records) => records,
        }
    }
}

/// One input of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputRecord {
    /// The task that gave it.
    pub task: String,
    /// The port of that task.
    pub port: String,
    /// Digest of the table's file.
    pub digest: Digest,
    /// Axis and label of the collected variant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variant: Vec<(String, String)>,
}

/// One table of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableRecord {
    /// The file, relative to the run's folder.
    pub file: PathBuf,
    /// Kind of table.
    pub kind: String,
    /// Rows.
    pub rows: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Digest of the file.
    pub digest: Digest,
}

fn yes() -> bool {
    true
}

impl Manifest {
    /// The manifest at `path`; none if there is none.
    ///
    /// # Errors
    /// When it is there and damaged.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let Some(text) = files::read_text_if_present(path)? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|e| {
            Error::data("the manifest is damaged")
                .at_file(path)
                .found(e.to_string())
                .hint("delete it and run again: finished tasks are found in the store")
        })
    }

    /// The task called `id`.
    pub fn task(&self, id: &str) -> Option<&TaskRecord> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// All files that the run put into its folder, relative to it.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.tasks.iter().flat_map(|task| {
            let tables = task.outputs.values().map(|table| table.file.as_path());
            tables.chain(task.figures.iter().map(PathBuf::as_path))
        })
    }
}
