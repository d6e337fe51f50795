//! What a plan of `ntf.affinity` promises, held against what the work takes.

use neuroloom_core::{PlanContext, PlannedInputs, PlannedTable, Registry, Resources};
use neuroloom_table::kinds;
use neuroloom_testkit::peak_allocation;
use serde_json::{Value, json};

use crate::support::{run, traces, wave};

/// Peak memory of a run on `n_neurons` of two recordings of `n_frames`, and what the plan has for it.
fn found_and_planned(params: Value, n_neurons: usize, n_frames: usize) -> (u64, u64) {
    let of = |recording| (0..n_neurons).map(move |neuron| wave(recording, neuron, n_frames));
    let table = traces(&of("a").chain(of("b")).collect::<Vec<_>>());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let inputs = [("traces", &table)];
    let (_, peak) =
        pool.install(|| peak_allocation(|| run("ntf.affinity", params.clone(), &inputs).unwrap()));
    let names: Vec<String> = (0..n_neurons).map(|neuron| format!("N{neuron:02}")).collect();
    let with_names = || {
        let mut params = params.clone();
        params["neurons"] = json!(names);
        params
    };
    let registry = neuroloom_ntf::register(Registry::default());
    let step = registry.get("ntf.affinity").unwrap();
    let params = step.check(&with_names()).unwrap();
    let dims = [("recordings", 2), ("units", 2 * n_neurons as u64), ("samples", n_frames as u64)];
    let inputs = PlannedInputs::new([("traces".to_owned(), PlannedTable::new(kinds::TRACES, dims))]);
    let plan = step.plan(&PlanContext { base: ".".into(), threads: 1 }, &params, &inputs).unwrap();
    (peak as u64, plan.resources.memory_bytes - Resources::default().memory_bytes)
}

#[test]
fn the_implicit_form_stays_within_its_plan() {
    let (found, planned) = found_and_planned(json!({}), 60, 20_000);
    assert!(found < planned + (4 << 20), "{found} bytes, planned {planned}");
}

#[test]
fn the_dense_form_stays_within_its_plan() {
    let (found, planned) = found_and_planned(json!({"form": "dense"}), 40, 5000);
    assert!(found < planned + (4 << 20), "{found} bytes, planned {planned}");
    assert!(planned < 3 * found, "{found} bytes, planned {planned}");
}
