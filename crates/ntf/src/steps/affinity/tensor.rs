//! The tensor with all its entries, as tables.

use neuroloom_core::{Dims, Error, ErrorKind, Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::choose::Chosen;
use super::params::{AffinityParams, LayoutName};
use crate::affinity::{DenseAffinity, n_pairs, pairs};

/// Peak memory per entry: 32 bits, in a column that doubles when it is full and then stands there twice.
const BYTES_PER_ENTRY: u64 = 12;
/// Peak memory per row: three indices and the end of its list, twice.
const BYTES_PER_ROW: u64 = 56;

/// Memory of a stored tensor of the sizes known so far, at most what is allowed.
pub(super) fn planned_bytes(params: &AffinityParams, dims: &Dims) -> u64 {
    let size = |name: &str| dims.get(name).copied();
    let pairs = size("units").map(|n| match params.layout {
        LayoutName::Pairs => n_pairs(n as usize) as u64,
        LayoutName::Square => n.saturating_mul(n),
    });
    let entries = pairs.zip(size("samples")).map(|(pairs, samples)| {
        pairs.saturating_mul(samples).saturating_mul(size("recordings").unwrap_or(1))
    });
    let limit = params.memory_limit_bytes();
    entries.map_or(limit, |entries| entries.saturating_mul(BYTES_PER_ENTRY).min(limit))
}

/// # Errors
/// When the tensor would take more memory than is allowed, or than a column of lists can hold.
pub(super) fn check_memory(dense: &DenseAffinity<'_>, params: &AffinityParams) -> Result<()> {
    let entries = dense.n_entries() as u64;
    let last = dense.shape().last().copied().unwrap_or(1).max(1) as u64;
    let bytes = entries
        .saturating_mul(BYTES_PER_ENTRY)
        .saturating_add((entries / last).saturating_mul(BYTES_PER_ROW));
    let limit = params.memory_limit_bytes();
    if bytes <= limit && entries <= i32::MAX as u64 {
        return Ok(());
    }
    let gib = |bytes: u64| bytes as f64 / (1_u64 << 30) as f64;
    let shape: Vec<String> = dense.shape().iter().map(usize::to_string).collect();
    let error = Error::new(ErrorKind::Memory, "the stored tensor would be too large")
        .at_object("memory_limit_gib")
        .expected(format!("at most {:.3} GiB and {} entries", gib(limit), i32::MAX))
        .found(format!("{:.3} GiB: {} entries ({})", gib(bytes), entries, shape.join(" x ")));
    Err(error.hint(
        "use `form: implicit` (with `combine: geometric`), which is exact and as small as the traces; or name fewer \
         `neurons`",
    ))
}

/// The entries, one row per fibre along the last mode.
///
/// # Errors
/// When it does not fit the schema.
pub(super) fn tensor_table(dense: &DenseAffinity<'_>) -> Result<Table> {
    let index = |mode: usize| dense.places().map(move |place| place.get(mode).map(|&index| index as i64));
    let fibre = |place: Vec<usize>| dense.fibre(&place).into_iter().map(|entry| entry as f32).collect();
    TableBuilder::new(kinds::TENSOR)
        .optional_integers("index_0", index(0))
        .optional_integers("index_1", index(1))
        .optional_integers("index_2", index(2))
        .lists_f32("values", dense.places().map(fibre))
        .finish()
}

/// What stands at every place of every mode.
///
/// # Errors
/// When it does not fit the schema.
pub(super) fn modes_table(dense: &DenseAffinity<'_>, chosen: &Chosen) -> Result<Table> {
    let modes: Vec<Mode> = match dense.shape().as_slice() {
        [_, _, _] if dense.is_of_pairs() => vec![Mode::Time, Mode::Animal, Mode::Pair],
        [_, _, _] => vec![Mode::Neuron, Mode::Neuron, Mode::Time],
        _ => vec![Mode::Neuron, Mode::Neuron, Mode::Time, Mode::Animal],
    };
    let rows: Vec<(usize, Mode, usize, String)> = modes
        .iter()
        .enumerate()
        .flat_map(|(number, &mode)| {
            let labels = mode.labels(chosen).into_iter().enumerate();
            labels.map(move |(index, label)| (number, mode, index, label))
        })
        .collect();
    let time_s = |mode: Mode, index: usize| {
        (mode == Mode::Time).then_some(chosen.grid.t0_s + index as f64 * chosen.grid.dt_s)
    };
    TableBuilder::new(kinds::TENSOR_MODES)
        .integers("mode", rows.iter().map(|(number, ..)| *number as i64))
        .text("mode_name", rows.iter().map(|(_, mode, ..)| mode.name()))
        .integers("index", rows.iter().map(|(_, _, index, _)| *index as i64))
        .text("label", rows.iter().map(|(.., label)| label))
        .optional_numbers("t_s", rows.iter().map(|(_, mode, index, _)| time_s(*mode, *index)))
        .finish()
}

/// A mode of the tensor.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Time,
    Animal,
    Pair,
    Neuron,
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Animal => "animal",
            Self::Pair => "pair",
            Self::Neuron => "neuron",
        }
    }

    fn labels(self, chosen: &Chosen) -> Vec<String> {
        let neurons = &chosen.neurons;
        match self {
            Self::Time => (0..chosen.n_frames).map(|frame| frame.to_string()).collect(),
            Self::Animal => chosen.recordings.clone(),
            Self::Pair => {
                pairs(neurons.len()).map(|(i, j)| format!("{}|{}", neurons[i], neurons[j])).collect()
            }
            Self::Neuron => neurons.clone(),
        }
    }
}
