//! Task keys: what a result depends on, in one digest.

use std::collections::BTreeMap;

use neuroloom_core::{Digest, Seed};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::canonical::digest_json;
use crate::document::TaskSpec;

/// Everything that decides the bytes of a task's outputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ingredients {
    /// `rsa.rdm@1`.
    pub step: String,
    /// All parameters, defaults included.
    pub params: Value,
    /// The run's seed, for steps that draw random numbers.
    pub seed: Option<u64>,
    /// Digest of the table at each input.
    pub inputs: BTreeMap<String, Digest>,
    /// Digest of each source file, by the path as the pipeline writes it.
    pub files: BTreeMap<String, Digest>,
}

impl Ingredients {
    /// What `task` depends on, given the digests of its inputs and files.
    pub fn of(
        task: &TaskSpec,
        seed: u64,
        inputs: BTreeMap<String, Digest>,
        files: BTreeMap<String, Digest>,
    ) -> Self {
        Self {
            step: step_name(task),
            params: task.params.canonical().clone(),
            seed: task.step.random().then_some(seed),
            inputs,
            files,
        }
    }

    /// The key under which the results lie in the store.
    pub fn key(&self) -> Digest {
        digest_json(&json!({ "neuroloom task": 1, "ingredients": self }))
    }

    /// The task's node of the seed tree. It hangs on the step, not on its name in the file, so that renaming a
    /// step changes nothing. A step that declares no randomness gets a node that depends on its key alone.
    pub fn seed_node(&self) -> Seed {
        match self.seed {
            Some(seed) => Seed::root(seed).child(&self.step),
            None => Seed::root(0).child("no randomness declared").child(&self.key().to_string()),
        }
    }
}

/// `rsa.rdm@1`.
pub fn step_name(task: &TaskSpec) -> String {
    format!("{}@{}", task.step.id(), task.step.version())
}
