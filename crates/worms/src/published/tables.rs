//! The worms as the tables of `celegans.homogenise`.

use std::sync::Arc;

use arrow_array::{BooleanArray, Int64Array};
use neuroloom_core::{Result, Table};
use neuroloom_math::quantile;
use neuroloom_table::{TableBuilder, kinds};

use super::read::{Neuron, Worm};

/// The published pipeline does not say the unit of what it read.
const UNKNOWN: &str = "unknown";

/// The rows of a worm in the table `homogenised`.
pub(super) fn traces(worm: &Worm) -> Result<Table> {
    let neurons = &worm.neurons;
    let status = |neuron: &Neuron| if neuron.slot.is_some() { "published" } else { "none" };
    TableBuilder::new(kinds::HOMOGENISED)
        .text("recording_id", neurons.iter().map(|_| &worm.id))
        .integers("position", (0..).take(neurons.len()))
        .text("neuron", neurons.iter().map(|neuron| &neuron.name))
        .integers("slot", neurons.iter().map(slot))
        .optional_bools("is_labeled", neurons.iter().map(|neuron| Some(neuron.slot.is_some())))
        .text("label_status", neurons.iter().map(status))
        .text("signal_unit", neurons.iter().map(|_| UNKNOWN))
        .lists_f32("original_calcium_data", neurons.iter().map(|neuron| neuron.original.clone()))
        .lists_f32("calcium_data", neurons.iter().map(|neuron| neuron.calcium.clone()))
        .finish()
}

/// `calcium_data` as a traces table.
pub(super) fn signals(worm: &Worm) -> Result<Table> {
    let neurons = &worm.neurons;
    let n = neurons.len();
    let table = TableBuilder::new(kinds::TRACES)
        .text("recording_id", neurons.iter().map(|_| &worm.id))
        .text("unit_id", neurons.iter().map(|neuron| &neuron.name))
        .text("signal", neurons.iter().map(|_| "calcium_data"))
        .integers("segment", neurons.iter().map(|_| 0))
        .optional_lists(
            "t_s",
            neurons.iter().map(|_| regular_s(worm).is_none().then(|| worm.times_s.clone())),
        )
        .optional_numbers("t0_s", std::iter::repeat_n(regular_s(worm).map(|(start_s, _)| start_s), n))
        .optional_numbers("dt_s", std::iter::repeat_n(regular_s(worm).map(|(_, dt_s)| dt_s), n))
        .lists_f32("trace", neurons.iter().map(|neuron| neuron.calcium.clone()))
        .text("trace_unit", neurons.iter().map(|_| "sd"));
    table
        .extra("slot", None, Arc::new(neurons.iter().map(slot).collect::<Int64Array>()))
        .extra("is_labeled", None, {
            Arc::new(neurons.iter().map(|neuron| Some(neuron.slot.is_some())).collect::<BooleanArray>())
        })
        .finish()
}

/// The table of worms.
pub(super) fn recordings(worms: &[Worm]) -> Result<Table> {
    let all = |word: &'static str| worms.iter().map(move |_| word);
    let dt_s = |worm: &Worm| regular_s(worm).map_or_else(|| median_step_s(&worm.times_s), |(_, dt_s)| dt_s);
    let path = |worm: &Worm| match dt_s(worm) < median_step_s(&worm.original_times_s) {
        true => "up",
        false => "down",
    };
    let method = |i: usize| worms.iter().map(move |worm| worm.methods.get(i).cloned().unwrap_or_default());
    TableBuilder::new(kinds::HOMOGENISED_RECORDINGS)
        .text("recording_id", worms.iter().map(|worm| &worm.id))
        .text("source_dataset", worms.iter().map(|worm| &worm.source))
        .text("raw_data_file", worms.iter().map(|worm| &worm.raw_data_file))
        .text("status", all("used"))
        .integers("n_neurons", worms.iter().map(|worm| worm.n_neurons as i64))
        .integers("n_labeled", worms.iter().map(|worm| worm.n_labeled as i64))
        .numbers("original_median_dt_s", worms.iter().map(|worm| median_step_s(&worm.original_times_s)))
        .integers("original_max_timesteps", worms.iter().map(|worm| worm.original_times_s.len() as i64))
        .numbers("resample_dt_s", worms.iter().map(dt_s))
        .text("resample_path", worms.iter().map(path))
        .text("aggregate_timestamp", all("start"))
        .integers("max_timesteps", worms.iter().map(|worm| worm.times_s.len() as i64))
        .lists("original_time_in_seconds", worms.iter().map(|worm| worm.original_times_s.clone()))
        .lists("time_in_seconds", worms.iter().map(|worm| worm.times_s.clone()))
        .text("smooth_method", method(0))
        .text("interpolate_method", method(1))
        .text("normalization_method", method(2))
        .text("impute_method", all(UNKNOWN))
        .text("profile", all("compat"))
        .text("storage", worms.iter().map(|worm| if worm.is_half { "float16" } else { "float32" }))
        .finish()
}

/// Start and interval of the clock, where it is a regular one that was rounded to 32 or 16 bits: no stamp is half an
/// interval off.
fn regular_s(worm: &Worm) -> Option<(f64, f64)> {
    let (first, last) = (*worm.times_s.first()?, *worm.times_s.last()?);
    let steps = worm.times_s.len().checked_sub(1).filter(|steps| *steps > 0)?;
    let dt_s = (last - first) / steps as f64;
    let off = |(k, t): (usize, &f64)| (t - first - k as f64 * dt_s).abs();
    let is_regular = worm.times_s.iter().enumerate().map(off).all(|off| off < 0.5 * dt_s);
    (dt_s > 0.0 && is_regular).then_some((first, dt_s))
}

/// NaN for fewer than two samples.
fn median_step_s(times_s: &[f64]) -> f64 {
    let mut steps: Vec<f64> = times_s.windows(2).map(|pair| pair[1] - pair[0]).collect();
    quantile(&mut steps, 0.5).unwrap_or(f64::NAN)
}

fn slot(neuron: &Neuron) -> i64 {
    neuron.slot.map_or(-1, |slot| slot as i64)
}
