//! What a table step may need.

use neuroloom_core::{PlannedInputs, PlannedTable, Resources};

/// Bytes of a value, with its part of dictionaries, masks and offsets.
const VALUE_BYTES: u64 = 16;

/// `copies` of the tables at `ports`, on one core: polars works on one thread.
pub(super) fn resources(inputs: &PlannedInputs, ports: &[&str], copies: u64) -> Resources {
    let tables = ports.iter().filter_map(|port| inputs.optional(port));
    let values = tables.fold(0_u64, |sum, table| sum.saturating_add(values(table)));
    Resources::memory(values.saturating_mul(VALUE_BYTES).saturating_mul(copies))
}

/// Values of a table, from the sizes that are known before it is there.
fn values(table: &PlannedTable) -> u64 {
    let size = |name| table.dim(name);
    let samples = size("samples").map_or(0, |samples| samples.saturating_mul(size("units").unwrap_or(1)));
    table.dims.values().copied().fold(samples, u64::saturating_add)
}
