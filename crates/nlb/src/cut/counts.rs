//! Spike counts in the windows of trials.

use neuroloom_prepare::SpikeTrain;

use super::events::Trial;
use super::grid::{first_from, step_of};
use super::params::CutParams;

/// Counts of a unit in all bins of a trial's window. NaN where the unit was not observed when the bin began.
pub(super) fn counts(params: &CutParams, train: &SpikeTrain<'_>, trial: &Trial) -> Vec<f32> {
    let n_bins = params.n_bins();
    let steps = params.steps_per_bin() as i64;
    let mut counts = vec![0.0_f32; n_bins];
    let edge_s = |bin: i64| bin as f64 * params.bin_s;
    let (start_s, stop_s) = (edge_s(trial.first_bin - 1), edge_s(trial.first_bin + n_bins as i64 + 1));
    let first = train.times_s.partition_point(|&time| time < start_s);
    for &time in train.times_s.iter().skip(first).take_while(|&&time| time < stop_s) {
        let bin = step_of(time, params.grid_s).div_euclid(steps) - trial.first_bin;
        if let Some(count) = usize::try_from(bin).ok().and_then(|bin| counts.get_mut(bin)) {
            *count += 1.0;
        }
    }
    for (bin, count) in (trial.first_bin..).zip(&mut counts) {
        if bin < 0 || !is_observed(params, train, bin * steps) {
            *count = f32::NAN;
        }
    }
    counts
}

/// Whether a unit was observed in a step of the grid.
fn is_observed(params: &CutParams, train: &SpikeTrain<'_>, step: i64) -> bool {
    let Some(observed) = &train.observed else { return true };
    let inside = |span: &neuroloom_prepare::Span| {
        first_from(span.start_s, params.grid_s) <= step && step < step_of(span.stop_s, params.grid_s)
    };
    observed.spans().iter().any(inside)
}
