//! The numeric passes: derivative, smoothing, resampling, normalisation, eight neurons at a time.

use std::collections::BTreeMap;

use ndarray::Array2;
use pulp::{Arch, NullaryFnOnce};

use super::Homogenised;
use crate::block::{LANES, Row, Rows, deinterleave, interleave};
use crate::half::to_half_precision;
use crate::normalise::{Normalisation, Standard, Standardised};
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
    // The widest vectors that the processor has: the same operations in the same order, so the same bits on all.
    let vectors = Arch::new();
    for (block, traces) in traces.chunks(LANES).enumerate() {
        let first = block * LANES * n_out;
        let places = stored.iter_mut().map(|(signal, values)| {
            let part = values.get_mut(first..first + traces.len() * n_out).unwrap_or_default();
            (*signal, part.chunks_mut(n_out.max(1)).collect())
        });
        let mut places = Places(places.collect());
        vectors.dispatch(Block { passes: &mut passes, traces, places: &mut places });
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

/// Where the signals of a block go, neuron by neuron.
struct Places<'a>(BTreeMap<StoredSignal, Vec<&'a mut [f32]>>);

impl Places<'_> {
    /// Stores `signal`, where it is asked for.
    #[inline(always)]
    fn store(&mut self, signal: StoredSignal, n_rows: usize, rows: &impl Rows) {
        if let Some(traces) = self.0.get_mut(&signal) {
            deinterleave(n_rows, rows, traces);
        }
    }
}

/// The work on a block; a named one, because a closure is not compiled for the vectors that it is dispatched to.
struct Block<'a, 'b, 'c> {
    passes: &'a mut Passes<'b>,
    traces: &'a [&'a [f64]],
    places: &'a mut Places<'c>,
}

impl NullaryFnOnce for Block<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.passes.block(self.traces, self.places);
    }
}

impl Passes<'_> {
    /// Takes `traces` through all passes and stores every signal that is asked for, resampled.
    #[inline(always)]
    fn block(&mut self, traces: &[&[f64]], places: &mut Places<'_>) {
        use StoredSignal::{Calcium, Raw, Residual, Smooth, SmoothResidual};
        let Self { times_s, plan, params, smoother, buffers } = self;
        let Buffers { raw, smooth, residual: slope, resampled } = buffers;
        let stores = |signal| params.stores(signal);
        let n_out = plan.times_s.len();
        interleave(traces, times_s.len(), raw);
        places.store(Raw, n_out, &plan.samples(raw));
        if stores(Smooth) || stores(Calcium) {
            smoother.smooth(raw, smooth);
            plan.resample(smooth, resampled);
        }
        places.store(Smooth, n_out, &resampled.as_slice());
        match params.normalise {
            _ if !stores(Calcium) => {}
            Normalisation::Standard => {
                let standard = Standard::of(resampled);
                places.store(Calcium, n_out, &Standardised { rows: resampled, standard });
            }
            Normalisation::Causal => {
                params.normalise.normalise(resampled, params.profile);
                places.store(Calcium, n_out, &resampled.as_slice());
            }
        }
        if stores(Residual) || stores(SmoothResidual) {
            residual(raw, times_s, slope);
        }
        places.store(Residual, n_out, &plan.samples(slope));
        if stores(SmoothResidual) {
            smoother.smooth(slope, smooth);
        }
        places.store(SmoothResidual, n_out, &plan.samples(smooth));
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
