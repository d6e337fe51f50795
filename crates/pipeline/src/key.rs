//! What a result depends on, in one digest: by content (the key) and by descent (the recipe).
//!
//! The *key* of a task holds the digests of the tables that come in. It is known once these exist, and two tasks whose
//! inputs have the same bytes have the same key, however the bytes came about. The *recipe* holds the recipes of the
//! tasks that the tables come from. It is known before anything runs. The store finds results by key and knows which
//! key a recipe led to.

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
    /// Digest of the table at each input; of the list of tables where an input collects variants.
    pub inputs: BTreeMap<String, Digest>,
    /// Digest of each source file, by the path as the pipeline writes it.
    pub files: BTreeMap<String, Digest>,
}

impl Ingredients {
    /// The key under which the results lie in the store.
    pub fn key(&self) -> Digest {
        digest_json(&json!({ "neuroloom task": 1, "ingredients": self }))
    }

    /// The recipe, where the digests of the inputs are those of the recipes that they come from.
    pub fn recipe(&self) -> Digest {
        digest_json(&json!({ "neuroloom recipe": 1, "ingredients": self }))
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

/// What comes in at a connection: the labels of the collected variant, and a digest.
pub type LabelledDigest<'a> = (&'a [(String, String)], Digest);

/// Digest of what comes in at one input. `sources` has one digest with its labels for each connection: a single one
/// without labels where nothing is collected.
pub fn input_digest(sources: &[LabelledDigest<'_>]) -> Digest {
    match sources {
        [([], digest)] => *digest,
        several => digest_json(&json!({ "neuroloom variants": 1, "variants": several })),
    }
}

/// `rsa.rdm@1`.
pub fn step_name(task: &TaskSpec) -> String {
    format!("{}@{}", task.step.id(), task.step.version())
}
