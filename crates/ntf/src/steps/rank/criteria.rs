//! The criteria of all ranks.

use neuroloom_core::{Error, Result, Seed};

use crate::error::NtfError;
use crate::factors::{Factor, Model};
use crate::fit::{Fit, Fitting};
use crate::operand::{DenseRows, Operand, TwoPass};
use crate::options::FitOptions;
use crate::rank::{Criterion, Curve, HoldOut, core_consistency, held_out_error, nuclear_norm};
use crate::start::Start;
use crate::steps::input::{Built, TensorInput};
use crate::sweep::Problem;
use crate::tensor::{MAX_MODES, Tensor};

/// Ranks beyond this have no core consistency: its core has rank^modes entries.
const LARGEST_CORE: usize = 1_000_000;

/// The curves of all criteria that can be computed.
pub(super) fn curves(
    ranks: &[usize],
    fits: &[Fit],
    built: &Built,
    input: &TensorInput,
    cv_errors: Vec<Vec<f64>>,
) -> Result<Vec<Curve>> {
    let curve = |criterion, values: Vec<Vec<f64>>| Curve { criterion, ranks: ranks.to_vec(), values };
    let errors = fits.iter().map(|fit| fit.starts.iter().map(Start::error).collect()).collect();
    let mut curves = vec![curve(Criterion::Error, errors)];
    if fits.iter().all(|fit| fit.starts.len() > 1) {
        let others = |fit: &Fit| {
            let others = fit.similarities.iter().enumerate().filter(|(number, _)| *number != fit.best);
            others.map(|(_, similarity)| *similarity).collect()
        };
        curves.push(curve(Criterion::Similarity, fits.iter().map(others).collect()));
    }
    let n_modes = built.operand.shape().len();
    // What is masked has no part in a core that fits all entries.
    if matches!(built.mask, crate::Mask::Full) {
        let small: Vec<(usize, &Fit)> = ranks
            .iter()
            .copied()
            .zip(fits)
            .filter(|(rank, _)| rank.pow(n_modes as u32) <= LARGEST_CORE)
            .collect();
        let values =
            small.iter().map(|(_, fit)| Ok(vec![core_consistency(built.operand.as_ref(), &fit.model)?]));
        let values: Vec<Vec<f64>> =
            values.collect::<Result<_, neuroloom_math::MathError>>().map_err(numeric)?;
        let ranks: Vec<usize> = small.iter().map(|(rank, _)| *rank).collect();
        if !ranks.is_empty() {
            curves.push(Curve { criterion: Criterion::CoreConsistency, ranks, values });
        }
    }
    if !cv_errors.is_empty() {
        curves.push(curve(Criterion::CvError, cv_errors));
    }
    let neurons = neuron_mode(input);
    let norms = |fit: &Fit| -> Result<Vec<f64>> {
        let unit = |start: &Start| Model::from_factors(&start.factors).factors.swap_remove(neurons);
        fit.starts.iter().map(|start| nuclear_norm(&unit(start)).map_err(numeric)).collect()
    };
    curves.push(curve(Criterion::NuclearNorm, fits.iter().map(norms).collect::<Result<_>>()?));
    Ok(curves)
}

fn numeric(error: neuroloom_math::MathError) -> Error {
    Error::data(format!("a criterion of the rank cannot be computed: {error}"))
}

/// The mode of pairs or neurons; without names the longest mode without times.
fn neuron_mode(input: &TensorInput) -> usize {
    let named = input.pair_mode().or_else(|| input.modes.iter().position(|mode| mode.name == "neuron"));
    let longest = || {
        let modes = input.modes.iter().enumerate().filter(|(_, mode)| mode.times_s.is_none());
        modes
            .max_by_key(|(number, mode)| (mode.labels.len(), std::cmp::Reverse(*number)))
            .map(|(number, _)| number)
    };
    named.or_else(longest).unwrap_or(0)
}

/// The error on entries that were held out, per fold.
///
/// # Errors
/// When a place has no entry left.
pub(super) fn cv_errors(
    tensor: &Tensor<f64>,
    hidden: &[[u32; MAX_MODES]],
    share: f64,
    n_folds: usize,
    options: &FitOptions,
    seed: &Seed,
) -> Result<Vec<f64>> {
    (0..n_folds)
        .map(|fold| {
            // The same entries for all ranks: their errors are compared.
            let held = HoldOut::new(tensor, hidden, share, &Seed::root(fold as u64).child("ntf.rank"));
            held.mask.check(tensor.shape()).map_err(|error| match error {
                NtfError::UnobservedSlice { mode, place } => Error::data(format!(
                    "place {place} of mode {mode} has no entry left once some are held out"
                ))
                .hint("lower `cv_fraction`, or set it to 0"),
                other => other.into(),
            })?;
            let operand = TwoPass::new(DenseRows::new(held.tensor));
            let problem = Problem { operand: &operand, mask: &held.mask, options };
            let start =
                Start::random(tensor.shape(), options.rank, operand.squared_norm(), &seed.child("cv"), fold);
            let mut fitting = Fitting::new(vec![start], false);
            while !fitting.is_done() {
                fitting.round(&problem, None)?;
            }
            let factors: &[Factor] = &fitting.starts()[0].factors;
            Ok(held_out_error(&held.entries, factors))
        })
        .collect()
}
