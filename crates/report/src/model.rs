//! What a report says, as plain data.

use neuroloom_core::{Digest, Figure, Result, Summary};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dag::Dag;

/// Everything on the page. [`render`](crate::render) adds nothing to it: no clock, no host, no paths of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Name of the pipeline.
    pub title: String,
    /// What it does, in a line; may be empty.
    pub subtitle: String,
    /// The run's seed.
    pub seed: u64,
    /// Version of the program that ran it.
    pub version: String,
    /// The command that runs it again.
    pub command: String,
    /// The pipeline file as it was run.
    pub pipeline_text: String,
    /// The steps and what flows between them.
    pub dag: Dag,
    /// The steps, in the order in which they ran.
    pub steps: Vec<StepSection>,
    /// The source files that were read.
    pub inputs: Vec<InputFile>,
    /// References that belong to no step: of the data, of the program.
    pub references: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepSection {
    /// Its name in the pipeline, unique: `rdm`, `factors[rank=4]`.
    pub name: String,
    /// The step that it uses, with its version: `rsa.rdm@1`.
    pub step_id: String,
    /// What that does, in one line.
    pub title: String,
    /// The paper behind it, if any.
    pub reference: Option<String>,
    /// Its parameters, complete.
    pub params: Value,
    /// The parameters' defaults, where they have any; equal values are shown in grey.
    pub defaults: Value,
    /// How it ended.
    pub status: StepStatus,
    /// Metrics and warnings. Its figures are not drawn from here but from [`figures`](Self::figures).
    pub summary: Summary,
    /// Its tables.
    pub tables: Vec<TableSection>,
    /// Its figures, drawn.
    pub figures: Vec<FigureSection>,
}

/// How a step ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum StepStatus {
    /// Its results are there.
    #[default]
    Done,
    /// Its results are there, from an earlier run. Say [`Done`](Self::Done) if reports are to be compared by bytes.
    Reused,
    /// It failed.
    Failed {
        /// The error, with its place and hint.
        message: String,
    },
    /// It was not reached.
    NotRun,
}

/// A drawn figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FigureSection {
    /// Name, unique within the step.
    pub name: String,
    /// How to read it.
    pub caption: String,
    /// The SVG, as [`figure::draw`](crate::figure::draw) makes it: it goes into the page as it is.
    pub svg: String,
    /// Where the SVG also stands as a file, relative to the report; empty if nowhere.
    pub file: String,
}

impl FigureSection {
    /// Draws `figure`.
    ///
    /// # Errors
    /// Those of [`figure::draw`](crate::figure::draw).
    pub fn of(figure: &Figure) -> Result<Self> {
        let svg = crate::figure::draw(figure)?;
        Ok(Self { name: figure.name.clone(), caption: figure.caption.clone(), svg, file: String::new() })
    }
}

/// One output table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableSection {
    /// The port that it left the step by.
    pub port: String,
    /// Its kind.
    pub kind: String,
    /// The file, relative to the report: `rdm/rdms.parquet`.
    pub file: String,
    /// Digest of the file.
    pub digest: Digest,
    /// Rows.
    pub n_rows: u64,
    /// Columns, as [`columns`](crate::columns) gives them.
    pub columns: Vec<ColumnSection>,
    /// The first rows, as [`preview`](crate::preview) gives them: a text per column.
    pub preview: Vec<Vec<String>>,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSection {
    /// Name.
    pub name: String,
    /// Type, in plain words: `text`, `number`, `list of numbers`.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Unit; empty for names and flags.
    pub unit: String,
    /// What it means; empty if unknown.
    pub doc: String,
}

/// One source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Path, as the pipeline writes it.
    pub path: String,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Size in bytes.
    pub bytes: u64,
}
