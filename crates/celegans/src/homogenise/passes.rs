//! The numeric passes: derivative, smoothing, resampling, normalisation, eight neurons at a time.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::Homogenised;
use crate::block::{LANES, Row, deinterleave, interleave};
use crate::half::to_half_precision;
use crate::resample::Resampler;
use crate::residual::residual;
use crate::smooth::Smoother;
use crate::{HomogeniseParams, Storage, StoredSignal};

/// The signals of `traces` `[n_neurons][n_samples]` that `params` asks for, the original one apart, on the common
/// clock `[n_neurons, n_resampled]`.
pub(super) fn signals(
    traces: &[&[f64]],
    times_s: &[f64],
    plan: &Resampler,
    params: &HomogeniseParams,
) -> BTreeMap<StoredSignal, Array2<f32>> {
    let n_out = plan.times_s.len();
    let wanted = StoredSignal::ALL.into_iter().filter(|signal| *signal != StoredSignal::Original);
    let wanted = wanted.filter(|signal| params.stores(*signal));
    let mut stored: BTreeMap<StoredSignal, Vec<f32>> =
        wanted.map(|signal| (signal, vec![0.0; traces.len() * n_out])).collect();
    let mut passes =
        Passes { times_s, plan, params, smoother: params.smoother(), buffers: Buffers::default() };
    for (block, traces) in traces.chunks(LANES).enumerate() {
        passes.block(traces, |signal, rows| {
            let first = block * LANES * n_out;
            let part = stored
                .get_mut(&signal)
                .and_then(|values| values.get_mut(first..first + traces.len() * n_out));
            let mut part: Vec<&mut [f32]> = part.unwrap_or_default().chunks_mut(n_out.max(1)).collect();
            deinterleave(rows, &mut part);
        });
    }
    let shape = (traces.len(), n_out);
    let matrix = |values| Array2::from_shape_vec(shape, values).unwrap_or_default();
    stored.into_iter().map(|(signal, values)| (signal, matrix(values))).collect()
}

/// The passes over one block after the other.
struct Passes<'a> {
    times_s: &'a [f64],
    plan: &'a Resampler,
    params: &'a HomogeniseParams,
    smoother: Smoother,
    buffers: Buffers,
}

/// Rows of a block, kept from block to block: fresh memory for each costs more than the arithmetic.
#[derive(Default)]
struct Buffers {
    raw: Vec<Row>,
    smooth: Vec<Row>,
    residual: Vec<Row>,
    resampled: Vec<Row>,
}

impl Passes<'_> {
    /// Takes `traces` through all passes and hands every signal that is asked for to `store`, resampled.
    fn block(&mut self, traces: &[&[f64]], mut store: impl FnMut(StoredSignal, &[Row])) {
        use StoredSignal::{Calcium, Raw, Residual, Smooth, SmoothResidual};
        let Self { times_s, plan, params, smoother, buffers } = self;
        let Buffers { raw, smooth, residual: slope, resampled } = buffers;
        let stores = |signal| params.stores(signal);
        interleave(traces, times_s.len(), raw);
        if stores(Raw) {
            plan.resample(raw, resampled);
            store(Raw, resampled);
        }
        if stores(Smooth) || stores(Calcium) {
            smoother.smooth(raw, smooth);
            plan.resample(smooth, resampled);
        }
        if stores(Smooth) {
            store(Smooth, resampled);
        }
        if stores(Calcium) {
            params.normalise.normalise(resampled, params.profile);
            store(Calcium, resampled);
        }
        if stores(Residual) || stores(SmoothResidual) {
            residual(raw, times_s, slope);
        }
        if stores(Residual) {
            plan.resample(slope, resampled);
            store(Residual, resampled);
        }
        if stores(SmoothResidual) {
            smoother.smooth(slope, smooth);
            plan.resample(smooth, resampled);
            store(SmoothResidual, resampled);
        }
    }
}

/// `traces` in 32 bits `[n_neurons, n_samples]`.
pub(super) fn narrowed(traces: &[&[f64]], n_samples: usize) -> Array2<f32> {
    let mut values = Vec::with_capacity(traces.len() * n_samples);
    traces.iter().for_each(|trace| values.extend(trace.iter().map(|value| *value as f32)));
    Array2::from_shape_vec((traces.len(), n_samples), values).unwrap_or_default()
}

/// Rounds signals and times to what is stored.
pub(super) fn round_for_storage(result: &mut Homogenised, storage: Storage) {
    if storage == Storage::Float32 {
        return;
    }
    for signal in result.signals.values_mut() {
        signal.mapv_inplace(to_half_precision);
    }
    for time_s in result.times_s.iter_mut().chain(&mut result.clock.times_s) {
        *time_s = f64::from(to_half_precision(*time_s as f32));
    }
}
