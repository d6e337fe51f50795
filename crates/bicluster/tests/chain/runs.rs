//! Runs of the step on simulated counts.

use std::path::Path;
use std::sync::{Arc, Mutex};

use neuroloom_bicluster::steps::SampleStep;
use neuroloom_core::{
    CancelToken, Checkpoints, Digest, Inputs, NoProgress, Result, RunContext, Seed, Step, StepOutput, Table,
};
use neuroloom_simulate::bicluster::{BiclusterParams, BiclusterStep};
use serde_json::{Value, json};

/// Counts of a small simulated recording.
pub fn counts(params: Value) -> Table {
    let params: BiclusterParams = serde_json::from_value(params).unwrap();
    BiclusterStep
        .run(&RunContext::for_test("."), &params, &Inputs::default())
        .unwrap()
        .tables
        .remove("counts")
        .unwrap()
}

pub fn small() -> Table {
    counts(json!({"n_per": [5, 4], "n_bins": 60, "n_latents": 1, "dwell_bins": 20.0, "missing_share": 0.05}))
}

/// Few sweeps of few chains.
pub fn few() -> Value {
    json!({"n_latents": 1, "chains": 3, "sweeps": 40, "thin": 2, "priors": {"max_states": 3}})
}

pub fn run(ctx: &RunContext, params: Value, counts: &Table) -> Result<StepOutput> {
    run_with(ctx, params, Inputs::new([("counts".to_owned(), counts.clone())]))
}

pub fn run_with(ctx: &RunContext, params: Value, inputs: Inputs) -> Result<StepOutput> {
    SampleStep.run(ctx, &serde_json::from_value(params).unwrap(), &inputs)
}

pub fn context(folder: &Path, threads: usize) -> RunContext {
    RunContext::new(".", threads, Seed::root(5), Arc::new(NoProgress), CancelToken::default())
        .with_scratch(folder)
}

/// Digests of all tables, by port.
pub fn digests(output: &StepOutput) -> Vec<(String, Digest)> {
    let folder = tempfile::tempdir().unwrap();
    let whole = output.tables.iter().map(|(port, table)| {
        let path = folder.path().join(port);
        ((*port).to_owned(), neuroloom_table::parquet::write(&path, table).unwrap())
    });
    let stored = output.stored.iter().map(|(port, parts)| ((*port).to_owned(), parts.digest()));
    whole.chain(stored).collect()
}

/// All draws as one table.
pub fn draws(output: &StepOutput) -> Vec<Table> {
    let parts = &output.stored["draws"];
    (0..parts.n_parts()).map(|part| parts.part(part).unwrap()).collect()
}

/// Keeps a checkpoint at every boundary, and asks for a stop at one of them.
pub struct StopAt {
    pub kept: Mutex<Option<Vec<u8>>>,
    pub seen: Mutex<usize>,
    pub stop: usize,
    pub cancel: CancelToken,
}

impl Checkpoints for StopAt {
    fn load(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.kept.lock().unwrap().clone())
    }

    fn save(&self, state: &[u8]) -> Result<()> {
        *self.kept.lock().unwrap() = Some(state.to_vec());
        let mut seen = self.seen.lock().unwrap();
        *seen += 1;
        if *seen == self.stop {
            self.cancel.cancel();
        }
        Ok(())
    }

    fn is_due(&self) -> bool {
        true
    }
}
