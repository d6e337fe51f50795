//! The steps: adaptors between tables and the functions of this crate.

mod affinity;
mod factorise;
mod input;
mod output;
mod rank;
mod starts;

use neuroloom_core::{PlannedInputs, Registry, Result, Table};

pub use affinity::{AffinityParams, AffinityStep, read_affinity};
pub use factorise::{Compat, Dtype, FactoriseParams, FactoriseStep, Init, Select};
pub use input::Missing;
pub use rank::{RankParams, RankStep, SelectRank};

use self::input::TensorInput;
use self::output::edges_table;
use crate::factors::Model;

/// Adds the steps of this crate: `ntf.affinity`, `ntf.factorise` and `ntf.rank`.
pub fn register(registry: Registry) -> Registry {
    registry.with(AffinityStep).with(FactoriseStep).with(RankStep)
}

/// The graphs of the components `chosen`; of a tensor without a mode of pairs an empty table.
fn edges(input: &TensorInput, model: &Model, chosen: &[usize], edge_min: f64) -> Result<Table> {
    match input.pair_mode() {
        Some(mode) => edges_table(model, mode, &input.modes[mode].labels, chosen, edge_min),
        None => edges_table(model, 0, &[], &[], edge_min),
    }
}

/// Memory of a factorisation: the tensor as a table and as it is held, factors of all starts, and products.
fn planned_bytes(inputs: &PlannedInputs, rank: usize, starts: usize, dtype: Dtype) -> Result<u64> {
    let table = ["affinity", "tensor", "entries"].into_iter().find_map(|port| inputs.optional(port));
    let dim = |name: &str| table.and_then(|table| table.dim(name)).unwrap_or(1);
    let samples = dim("recordings").saturating_mul(dim("units")).saturating_mul(dim("samples"));
    let pairs = dim("units").saturating_mul(dim("units")) / 2;
    let places = dim("samples").saturating_mul(dim("recordings").max(1)).saturating_add(pairs);
    let factors = places.saturating_mul(8 * rank as u64).saturating_mul(3 + 2 * starts as u64);
    let held = samples.saturating_mul(8 + 4 * dtype.bytes());
    Ok(held.saturating_add(factors).saturating_add(64 << 20))
}
