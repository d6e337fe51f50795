//! Starts of fits, and fits that can be interrupted.

use neuroloom_core::{Error, Result, RunContext, Seed, Table, Task};

use super::factorise::Init;
use super::input::{Built, Data, TensorInput};
use super::output::read_factors;
use crate::error::NtfError;
use crate::factors::{Factor, model_squared_norm};
use crate::fit::{Fit, Fitting};
use crate::nndsvd::nndsvd;
use crate::operand::Operand;
use crate::options::FitOptions;
use crate::start::{Start, check_factor};
use crate::sweep::Problem;

/// Factors that are given, and how many starts there are.
pub(super) struct Fixed {
    /// Of every mode, its given factor.
    pub(super) given: Vec<Option<Factor>>,
    pub(super) init: Init,
    pub(super) n: usize,
}

/// The given factors of every mode that is to have one.
///
/// # Errors
/// When a fixed mode has none, or factors are asked for and there is no table.
pub(super) fn fixed_factors(
    table: Option<&Table>,
    input: &TensorInput,
    options: &FitOptions,
    is_start: bool,
) -> Result<Vec<Option<Factor>>> {
    let fixed = |mode: usize| options.mode(mode).fixed;
    let n_modes = input.modes.len();
    let Some(table) = table else {
        if is_start {
            return Err(Error::params("`init: given` needs factors").expected("a table at the input `init`"));
        }
        return match (0..n_modes).find(|mode| fixed(*mode)) {
            Some(mode) => Err(NtfError::NoFixedFactor { mode }.into()),
            None => Ok(vec![None; n_modes]),
        };
    };
    let given = read_factors(table, options.rank, &input.modes, |mode| is_start || fixed(mode))?;
    for (mode, factor) in given.iter().enumerate() {
        if fixed(mode) && factor.is_none() {
            return Err(NtfError::NoFixedFactor { mode }.into());
        }
        if let Some(factor) = factor {
            check_factor(
                mode,
                factor,
                [input.modes[mode].labels.len(), options.rank],
                options.mode(mode).signed,
            )?;
        }
    }
    Ok(given)
}

/// The starts of one rank.
///
/// # Errors
/// When singular vectors are asked for and cannot be had.
pub(super) fn starts(
    built: &Built,
    input: &TensorInput,
    options: &FitOptions,
    fixed: &Fixed,
    seed: &Seed,
) -> Result<Vec<Start>> {
    let (shape, norm) = (built.operand.shape(), built.operand.squared_norm());
    let all_given = fixed.given.iter().all(Option::is_some);
    let n = if fixed.init == Init::Given && all_given { 1 } else { fixed.n };
    let mut starts: Vec<Start> =
        (0..n).map(|number| Start::random(shape, options.rank, norm, seed, number)).collect();
    if fixed.init == Init::Nndsvd {
        let Data::Dense { tensor, .. } = &input.data else {
            return Err(NtfError::NotAvailable {
                what: "`init: nndsvd`",
                tensor: built.operand.name(),
                instead: "use `init: random`",
            }
            .into());
        };
        starts[0] = nndsvd(tensor, options.rank, norm, seed)?;
    }
    for start in &mut starts {
        place_given(start, &fixed.given, norm);
        built.mask.clear_unobserved_pairs(&mut start.factors);
    }
    Ok(starts)
}

/// Puts the given factors in their places; the others are scaled so that the model has the norm of the tensor.
fn place_given(start: &mut Start, given: &[Option<Factor>], squared_norm: f64) {
    for (factor, given) in start.factors.iter_mut().zip(given) {
        if let Some(given) = given {
            factor.clone_from(given);
        }
    }
    let n_free = given.iter().filter(|given| given.is_none()).count();
    let model = model_squared_norm(&start.factors);
    if n_free == given.len() || n_free == 0 || model <= 0.0 {
        return;
    }
    let scale = (squared_norm / model).sqrt().powf(1.0 / n_free as f64);
    for (factor, _) in start.factors.iter_mut().zip(given).filter(|(_, given)| given.is_none()) {
        *factor *= scale;
    }
}

/// Fits all starts; goes on from the last checkpoint, and keeps one between rounds.
///
/// # Errors
/// When the run is cancelled, or the loss is not available for the tensor.
pub(super) fn fit_all(
    ctx: &RunContext,
    built: &Built,
    options: &FitOptions,
    starts: Vec<Start>,
    progress: &dyn Task,
) -> Result<Fit> {
    let mut fitting: Fitting =
        ctx.resume()?.unwrap_or_else(|| Fitting::new(starts, built.compressed.is_some()));
    fit(built, options, &mut fitting, progress, |state| ctx.boundary(state))?;
    Ok(fitting.finish())
}

/// Takes `fitting` to its end, with a boundary before every round.
pub(super) fn fit(
    built: &Built,
    options: &FitOptions,
    fitting: &mut Fitting,
    progress: &dyn Task,
    boundary: impl Fn(&Fitting) -> Result<()>,
) -> Result<()> {
    let problem = Problem { operand: built.operand.as_ref(), mask: &built.mask, options };
    let compressed = built.compressed.as_ref().map(|compressed| compressed as &dyn Operand);
    let n = fitting.starts().len();
    let mut reported = 0;
    while !fitting.is_done() {
        boundary(fitting)?;
        fitting.round(&problem, compressed)?;
        let finished = if fitting.is_done() { n } else { n - fitting.n_open() };
        progress.advance(finished.saturating_sub(reported) as u64);
        reported = finished.max(reported);
    }
    Ok(())
}
