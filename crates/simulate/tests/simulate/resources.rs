//! What a plan promises, held against what the work takes.

use neuroloom_core::{PlanContext, PlannedInputs, Resources, Step, StepPlan};
use neuroloom_simulate::lorenz::{LorenzParams, LorenzStep};
use neuroloom_simulate::ring::{RingAttractorStep, RingParams};
use neuroloom_simulate::worms::{WormsParams, WormsStep};
use neuroloom_testkit::peak_allocation;

use crate::support::{bytes, run, table};

fn plan<S: Step>(step: &S, params: &S::Params) -> StepPlan {
    let ctx = PlanContext { base: ".".into(), threads: 1 };
    step.plan(&ctx, params, &PlannedInputs::default()).unwrap()
}

/// Peak memory of the work and of writing its tables, and what the plan has for it beyond what any task needs.
fn found_and_planned<S: Step>(step: &S, params: &S::Params) -> (u64, u64) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    // On the one thread of the pool, whose allocations are counted.
    let (_, peak) = pool.install(|| peak_allocation(|| bytes(run(step, params, &[]).unwrap())));
    (peak as u64, plan(step, params).resources.memory_bytes - Resources::default().memory_bytes)
}

#[test]
fn a_ring_stays_within_its_plan() {
    let params = RingParams { duration_s: 300.0, ring_units: 64, n_units: 64, ..RingParams::default() };
    let (found, planned) = found_and_planned(&RingAttractorStep, &params);
    // The base covers the buffers of the writer, which do not grow with the table.
    assert!(found < planned + (16 << 20), "{found} bytes, planned {planned}");
    let spikes = table(&RingAttractorStep, &params, "spikes");
    let n_spikes: usize = (0..64)
        .map(|row| neuroloom_table::Columns::lists(&spikes, "spike_times_s").unwrap().get(row).unwrap().len())
        .sum();
    let planned = plan(&RingAttractorStep, &params).outputs["spikes"].dim("spikes").unwrap();
    assert!(
        (n_spikes as u64) < planned && planned < n_spikes as u64 * 3 / 2,
        "{n_spikes} spikes, planned {planned}"
    );
}

#[test]
fn a_population_stays_within_its_plan() {
    let params = LorenzParams { n_repeats: 60, burn_in_s: 1.0, ..LorenzParams::default() };
    let (found, planned) = found_and_planned(&LorenzStep, &params);
    assert!(found < planned + (16 << 20), "{found} bytes, planned {planned}");
    let rows = plan(&LorenzStep, &params).outputs["trials"].dim("rows").unwrap();
    assert_eq!(table(&LorenzStep, &params, "trials").n_rows() as u64, rows);
}

#[test]
fn worms_stay_within_their_plan() {
    let params = WormsParams { n_worms: 12, n_neurons: 100, n_frames: 4000, ..WormsParams::default() };
    let (found, planned) = found_and_planned(&WormsStep, &params);
    assert!(found < planned + (16 << 20), "{found} bytes, planned {planned}");
}
