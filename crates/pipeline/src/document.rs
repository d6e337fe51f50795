//! Pipeline files: from YAML to a checked list of tasks, with all mistakes reported at once.
//!
//! A file goes through the modules below in this order: its text becomes a tree whose values know where they stand,
//! bases and overrides are merged in, variables are put in place, steps are read and connected, parameters are
//! checked, and axes are spread out into tasks. Each stage goes on as far as it can after a mistake.

mod axis;
mod bind;
mod collect;
mod diagnostics;
mod emit;
mod extends;
mod file;
mod findings;
mod foreach;
mod header;
mod matrix;
mod node;
mod order;
mod outputs;
mod overrides;
mod params;
mod resolved;
mod resources;
mod scalars;
mod steps;
mod tasks;
mod variants;
mod vars;
mod yaml;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use neuroloom_core::{CheckedParams, ErasedStep, Registry};
use serde::{Deserialize, Serialize};

use crate::resources::ResourceRequest;

pub use diagnostics::{Diagnostic, Diagnostics, Severity};
use findings::Findings;
pub use overrides::Override;
pub use resolved::edit_values;
use steps::{Steps, Surroundings};
use tasks::Parts;
use vars::Vars;

/// A checked pipeline.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Its name; that of the file where it has none.
    pub name: String,
    /// Root of the seed tree.
    pub seed: u64,
    /// The file, as given.
    pub file: PathBuf,
    /// The folder of the file, which the paths in parameters are relative to, also those that a base contributed.
    pub base: PathBuf,
    /// The text of the file.
    pub text: String,
    /// The pipeline as the text of one file: bases merged, overrides applied, every step with its version, and what
    /// `foreach` found.
    pub resolved: String,
    /// The tasks: each after those that it reads from, otherwise in the order of the file.
    pub tasks: Vec<TaskSpec>,
    /// Copies of tables under names of their own.
    pub outputs: Vec<OutputSpec>,
    /// What has no effect.
    pub warnings: Vec<Diagnostic>,
}

/// One task: a step with one set of parameters.
#[derive(Clone)]
pub struct TaskSpec {
    /// `factors`, or `factors[rank=4]` where a matrix or a `foreach` gives it variants.
    pub id: String,
    /// Name of the step in the file: `factors`.
    pub step_name: String,
    /// Axis and value, in the order in which the file declares the axes; empty where there is none.
    pub variant: Vec<(String, String)>,
    /// Where its results lie below the folder of the run: `factors/rank=4`.
    pub folder: PathBuf,
    /// The step.
    pub step: Arc<dyn ErasedStep>,
    /// Its parameters.
    pub params: CheckedParams,
    /// What its inputs are connected to, in the order of the step's ports. An input that collects variants has an
    /// entry for each of them, in their order.
    pub inputs: Vec<InputSpec>,
    /// What the file says of the resources of the task.
    pub resources: ResourceRequest,
    /// Of the value of `use`.
    pub position: Position,
}

impl fmt::Debug for TaskSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskSpec")
            .field("id", &self.id)
            .field("use", &format_args!("{}@{}", self.step.id(), self.step.version()))
            .field("params", &self.params)
            .field("inputs", &self.inputs)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// A connected input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputSpec {
    /// The input.
    pub port: String,
    /// Id of the task that feeds it.
    pub from_task: String,
    /// The output of that task.
    pub from_port: String,
    /// Axis and label of the collected variant; empty where nothing is collected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variant: Vec<(String, String)>,
}

/// A copy of a table under a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputSpec {
    /// Relative to the folder of the run.
    pub file: PathBuf,
    /// Id of the task.
    pub task: String,
    /// Its output.
    pub port: String,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The file, or `--set N` for the N-th override of the command line.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

/// Reads the pipeline file at `path`, applies `overrides`, and checks everything that can be checked without
/// looking at data.
///
/// # Errors
/// All that is wrong with the file, its bases and the overrides, each with its place.
pub fn load(path: &Path, overrides: &[Override], registry: &Registry) -> Result<Pipeline, Diagnostics> {
    let mut findings = Findings::default();
    let pipeline = read(path, overrides, registry, &mut findings);
    let failed = findings.has_errors();
    let diagnostics = findings.finish();
    match pipeline {
        Some(pipeline) if !failed => Ok(Pipeline { warnings: diagnostics.into_vec(), ..pipeline }),
        _ => Err(diagnostics),
    }
}

fn read(
    path: &Path,
    overrides: &[Override],
    registry: &Registry,
    findings: &mut Findings,
) -> Option<Pipeline> {
    let extends::Loaded { source, bases, mut root, text } = extends::load(path, findings)?;
    overrides::apply(&mut root, overrides, findings);
    let header = header::read(&root, path, findings);
    let mut vars = Vars::read(&root, findings);
    let base = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let surroundings = Surroundings { start: source.start(), base, registry };
    let mut steps = Steps::read(&root, &surroundings, &mut vars, findings);
    let copies = outputs::read(&root, &steps, &mut vars, findings);
    let order = order::order(&steps, findings);
    let bindings = bind::bind_all(&mut steps, order.as_deref(), findings);
    let variants = variants::variants(&steps, findings);
    if findings.has_errors() {
        return None;
    }
    vars.warn_of_unused(|source| bases.contains(&source), findings);
    let parts =
        Parts { steps: &steps, order: &order?, bindings: &bindings, variants: &variants, copies: &copies };
    let (tasks, outputs) = tasks::tasks(&parts, findings)?;
    let resolved = resolved::text(root, &header.name, &steps);
    Some(Pipeline {
        name: header.name,
        seed: header.seed,
        file: path.to_path_buf(),
        base: base.to_path_buf(),
        text,
        resolved,
        tasks,
        outputs,
        warnings: Vec::new(),
    })
}
