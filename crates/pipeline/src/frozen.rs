//! The frozen plan of a run: `run.lock`.
//!
//! It is written before anything runs, and holds all that is needed to run any of its tasks: whoever executes a task
//! reads its line and never plans again. The file has a line of JSON for the run and then one per task, so that a
//! worker finds its task among many without reading them all.

mod file;
mod freeze;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use neuroloom_core::{CheckedParams, Digest, ErasedStep, Error, Registry, Resources, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::{InputSpec, OutputSpec};
use crate::resources::ResourceRequest;

pub use file::{read, read_header, read_tasks, write};
pub use freeze::freeze;

/// A plan as it will be executed.
#[derive(Clone, Debug)]
pub struct FrozenPlan {
    /// The run.
    pub run: FrozenRun,
    /// Its tasks, each after those it depends on.
    pub tasks: Vec<FrozenTask>,
    positions: HashMap<String, usize>,
}

/// What the tasks of a run have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenRun {
    /// Version of Neuroloom that planned.
    pub neuroloom: String,
    /// When, and by which process: tells the runs in one folder apart.
    pub id: String,
    /// Name of the pipeline.
    pub name: String,
    /// The pipeline file, as it was given.
    pub file: PathBuf,
    /// The folder that the paths of the pipeline are relative to, from the root of the file system.
    pub base: PathBuf,
    /// The store, from the root of the file system.
    pub store: PathBuf,
    /// What the user calls the remote behind the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// Root of the seed tree.
    pub seed: u64,
    /// The text of the pipeline file.
    pub text: String,
    /// Copies of tables under names of their own.
    pub outputs: Vec<OutputSpec>,
    /// How many tasks there are.
    pub tasks: usize,
}

/// A task of a frozen plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrozenTask {
    /// `factors[rank=4]`.
    pub id: String,
    /// Name of the step in the file: `factors`.
    pub name: String,
    /// `ntf.factorise@1`.
    pub step: String,
    /// Axis and label, in the order of the axes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variant: Vec<(String, String)>,
    /// Where its results lie below the folder of the run: `factors/rank=4`.
    pub folder: PathBuf,
    /// Digest of all that decides the results, as far as it is known before anything runs.
    pub recipe: Digest,
    /// All parameters, defaults included.
    pub params: Value,
    /// The run's seed, for steps that draw random numbers.
    pub seed: Option<u64>,
    /// What comes in.
    pub inputs: Vec<FrozenInput>,
    /// Digest of each source file, by the path as the pipeline writes it.
    pub files: BTreeMap<String, Digest>,
    /// Kinds of the tables that it will give, by port.
    pub outputs: BTreeMap<String, String>,
    /// What it may use.
    pub resources: Resources,
    /// What the file says of the resources: words for the batch system.
    #[serde(default, skip_serializing_if = "is_default")]
    pub request: ResourceRequest,
}

/// A connected input of a frozen task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenInput {
    /// What is connected to what.
    #[serde(flatten)]
    pub spec: InputSpec,
    /// Recipe of the task that it comes from.
    pub recipe: Digest,
    /// Whether the step can do without.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// The step of a task with its parameters, ready to run.
#[derive(Clone)]
pub struct Prepared {
    /// The step.
    pub step: Arc<dyn ErasedStep>,
    /// Its parameters.
    pub params: CheckedParams,
}

impl FrozenPlan {
    /// A plan of `tasks`, each after those it depends on.
    pub fn new(run: FrozenRun, tasks: Vec<FrozenTask>) -> Self {
        let positions = tasks.iter().enumerate().map(|(index, task)| (task.id.clone(), index)).collect();
        Self { run, tasks, positions }
    }

    /// Where the task called `id` stands.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }

    /// The task called `id`.
    pub fn task(&self, id: &str) -> Option<&FrozenTask> {
        self.tasks.get(self.position(id)?)
    }
}

impl FrozenTask {
    /// The step that the plan names, with the parameters in it.
    ///
    /// # Errors
    /// When this program does not have the step in the version that the plan was made for.
    pub fn prepare(&self, registry: &Registry) -> Result<Prepared> {
        let (id, version) = self.step.split_once('@').unwrap_or((&self.step, ""));
        let step =
            registry.get(id).filter(|step| step.version().to_string() == version).ok_or_else(|| {
                let found = registry
                    .get(id)
                    .map_or_else(|| "no such step".to_owned(), |step| step.version().to_string());
                Error::params(format!("the plan was made for the step {}", self.step))
                    .expected(format!("version {version} of {id} in this program"))
                    .found(found)
                    .hint("run with the program that made the plan, or start the run again with this one")
            })?;
        let params = step.check(&self.params).map_err(|issues| {
            let issues: Vec<String> = issues.iter().map(ToString::to_string).collect();
            Error::params(format!("the parameters of `{}` in the plan are damaged", self.id))
                .found(issues.join("; "))
        })?;
        Ok(Prepared { step: Arc::clone(step), params })
    }

    /// The connections of each input, in the order of the plan.
    pub fn connections(&self) -> BTreeMap<&str, Vec<&FrozenInput>> {
        let mut ports: BTreeMap<&str, Vec<&FrozenInput>> = BTreeMap::new();
        for input in &self.inputs {
            ports.entry(&input.spec.port).or_default().push(input);
        }
        ports
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
