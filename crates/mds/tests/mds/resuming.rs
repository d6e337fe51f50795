//! Steps that are stopped at a checkpoint and go on from it.

use std::sync::{Arc, Mutex};

use neuroloom_core::{
    CancelToken, Checkpoints, Digest, ErrorKind, NoProgress, Result, RunContext, Seed, StepOutput, Table,
};
use serde_json::{Value, json};

use crate::support::{run, run_on};

/// Keeps every checkpoint, and asks for a stop at that with the number `stop`, from 1.
struct StopAt {
    kept: Mutex<Option<Vec<u8>>>,
    seen: Mutex<usize>,
    stop: usize,
    cancel: CancelToken,
}

impl StopAt {
    fn new(stop: usize, cancel: CancelToken) -> Arc<Self> {
        Arc::new(Self { kept: Mutex::default(), seen: Mutex::default(), stop, cancel })
    }

    fn seen(&self) -> usize {
        *self.seen.lock().unwrap()
    }
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

fn context(kept: &Arc<StopAt>, cancel: CancelToken) -> RunContext {
    let context = RunContext::new(".", 1, Seed::root(5), Arc::new(NoProgress), cancel);
    context.with_checkpoints(Arc::<StopAt>::clone(kept))
}

fn digests(output: &StepOutput) -> Vec<(&'static str, Digest)> {
    let folder = tempfile::tempdir().unwrap();
    let digest = |(port, table): (&&'static str, &Table)| {
        (*port, neuroloom_table::parquet::write(&folder.path().join(port), table).unwrap())
    };
    output.tables.iter().map(digest).collect()
}

/// Of the summary: a figure may have places without a value, which are not equal to themselves.
fn report(output: &StepOutput) -> String {
    serde_json::to_string(&output.summary).unwrap()
}

/// Runs a step whole, then stops it at each of its checkpoints and goes on from there: all end in the same bytes, and nothing
/// is done twice.
fn stops_leave_no_trace(id: &str, params: &Value, tables: &[(&str, &Table)], n_checkpoints: usize) {
    let never = StopAt::new(usize::MAX, CancelToken::default());
    let whole = run_on(&context(&never, CancelToken::default()), id, params.clone(), tables).unwrap();
    assert_eq!(never.seen(), n_checkpoints, "{id}");
    for stop in 1..=n_checkpoints {
        let cancel = CancelToken::default();
        let kept = StopAt::new(stop, cancel.clone());
        let stopped = run_on(&context(&kept, cancel), id, params.clone(), tables).unwrap_err();
        assert_eq!(stopped.kind(), ErrorKind::Cancelled, "{}", stopped.report());
        let resumed = run_on(&context(&kept, CancelToken::default()), id, params.clone(), tables).unwrap();
        assert_eq!(digests(&resumed), digests(&whole), "{id}, stopped at checkpoint {stop}");
        assert!(report(&resumed) == report(&whole), "{id}, stopped at checkpoint {stop}");
        // The checkpoint at which it stopped comes twice, the others once.
        assert_eq!(kept.seen(), n_checkpoints + 1, "{id}, stopped at checkpoint {stop}");
    }
}

fn simulated() -> std::collections::BTreeMap<&'static str, Table> {
    let cells = json!({"ON-s-large": 6, "OFF-s-large": 6});
    let params = json!({"cells": cells, "train_clips": 2, "test_clips": 1, "battery_repeats": 0});
    run("simulate.retina", params, &[]).unwrap().tables
}

#[test]
fn a_stopped_fit_ends_in_the_bytes_of_a_whole_one() {
    let retina = simulated();
    let inputs =
        [("responses", &retina["responses"]), ("stimuli", &retina["stimuli"]), ("units", &retina["units"])];
    let params = json!({"features": 2, "size": 5, "taps": 6, "encoder": "lnln", "epochs": 4, "chunk": 60});
    stops_leave_no_trace("mds.fit_encoder", &params, &inputs, 4);
    let mut params = params;
    params["optimiser"] = json!("lbfgs");
    params["mask"] = json!("oval");
    stops_leave_no_trace("mds.fit_encoder", &params, &inputs, 4);
}

#[test]
fn a_stopped_clustering_ends_in_the_bytes_of_a_whole_one() {
    let retina = simulated();
    let inputs = [("cells", &retina["cells"]), ("stimuli", &retina["stimuli"])];
    let params = json!({"frames": 20, "k_init": 4, "restarts": 4, "steps": 4, "steps_first": 6, "em_max": 3,
        "final_steps": 6, "min_cluster": 2, "split": {"max_passes": 1, "steps": 3, "trials": 1}});
    // One for each search: there is a single thread.
    stops_leave_no_trace("mds.cluster", &params, &inputs, 4);
}
