//! `ntf.rank`

mod criteria;
mod params;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Seed, Step,
    StepOutput, StepPlan, Summary, Table, Unit,
};
use neuroloom_table::{TableBuilder, kinds};
use serde::{Deserialize, Serialize};

use self::criteria::{curves, cv_errors};
use super::factorise::{Dtype, warnings};
use super::input::{Built, Data, TensorInput, build, ports};
use super::output::{
    Run, components, components_table, error_figure, factor_figures, factors_table, rank_figure, runs_table,
};
use super::starts::{Fixed, fit, starts};
use crate::error::NtfError;
use crate::fit::{Fit, Fitting};
use crate::rank::{Curve, suggest};

pub use params::{RankParams, SelectRank};

/// The step `ntf.rank`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RankStep;

/// The ranks that are done and the one at work: what a checkpoint keeps.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Sweep {
    done: Vec<Fitting>,
    current: Option<Fitting>,
    /// Errors on held-out entries of the ranks that are done, per fold.
    cv_errors: Vec<Vec<f64>>,
}

impl Step for RankStep {
    type Params = RankParams;
    const ID: &'static str = "ntf.rank";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "How many components? Fits of many ranks from many starts, and what speaks for each",
            about: "For every rank in `ranks`, `starts` fits. Criteria: relative error (bend of the curve), similarity between starts \
                    (largest reproducible rank), core consistency (largest rank whose components are parallel), error on entries \
                    that were held out (lowest, within a standard error), and the plateau of the nuclear norm of the neurons' \
                    (or pairs') factor. Each suggests a rank by its own rule; none is picked silently: `select` says which rank's \
                    factors are returned.",
            reference: Some(
                "core consistency: Bro and Kiers 2003, J Chemometrics 17:274; similarity: Williams et al. 2018, Neuron 98:1099; nuclear \
                 norm: practice of Dyballa et al. 2024, ICLR",
            ),
            inputs: ports(),
            outputs: vec![
                PortSpec::required("ranks", kinds::NTF_RANK, "Criteria and suggestions"),
                PortSpec::required("runs", kinds::NTF_RUNS, "How every start of every rank went"),
                PortSpec::required(
                    "factors",
                    kinds::NTF_FACTORS,
                    "The factors of the rank that `select` names",
                ),
                PortSpec::required("components", kinds::NTF_COMPONENTS, "Its components"),
                PortSpec::required(
                    "edges",
                    kinds::EDGES,
                    "Of pairs layouts, its components as graphs; else empty",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &RankParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let largest = params.ranks.iter().copied().max().unwrap_or(1);
        let bytes = super::planned_bytes(inputs, largest, params.starts * params.ranks.len(), params.dtype)?;
        let n = params.ranks.len() as u64;
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("ranks", kinds::NTF_RANK, [])
            .output("runs", kinds::NTF_RUNS, [("starts", n * params.starts as u64)])
            .output("factors", kinds::NTF_FACTORS, [])
            .output("components", kinds::NTF_COMPONENTS, [])
            .output("edges", kinds::EDGES, []))
    }

    fn run(&self, ctx: &RunContext, params: &RankParams, inputs: &Inputs) -> Result<StepOutput> {
        let input = TensorInput::read(inputs, params.missing)?;
        let (seed, ranks) = (ctx.seed(), params.sorted_ranks());
        let form = params.form(ranks.last().copied().unwrap_or(1));
        let built = match params.dtype {
            Dtype::F32 => build::<f32>(&input, form, &seed)?,
            Dtype::F64 => build::<f64>(&input, form, &seed)?,
        };
        if built.operand.squared_norm() == 0.0 {
            return Err(NtfError::ZeroTensor.into());
        }
        for &rank in &ranks {
            params.fit_options(rank).check(built.operand.shape())?;
        }
        let sweep = fit_ranks(ctx, params, &input, &built, &ranks, &seed)?;
        let fits: Vec<Fit> = sweep.done.into_iter().map(Fitting::finish).collect();
        let curves = curves(&ranks, &fits, &built, &input, sweep.cv_errors)?;
        output(params, &input, &ranks, &fits, curves)
    }
}

/// All ranks, one after the other, from the last checkpoint on.
fn fit_ranks(
    ctx: &RunContext,
    params: &RankParams,
    input: &TensorInput,
    built: &Built,
    ranks: &[usize],
    seed: &Seed,
) -> Result<Sweep> {
    let Sweep { mut done, mut current, cv_errors: mut errors } = ctx.resume()?.unwrap_or_default();
    let work = ctx.begin("ranks", Some((ranks.len() * params.starts) as u64));
    work.advance((done.len() * params.starts) as u64);
    while let Some(&rank) = ranks.get(done.len()) {
        let options = params.fit_options(rank);
        let seed = seed.child_index(rank as u64);
        let mut fitting = match current.take() {
            Some(fitting) => fitting,
            None => {
                let fixed =
                    Fixed { given: vec![None; input.modes.len()], init: params.init, n: params.starts };
                Fitting::new(starts(built, input, &options, &fixed, &seed)?, built.compressed.is_some())
            }
        };
        fit(built, &options, &mut fitting, work.as_ref(), |fitting| {
            ctx.boundary(&SweepRef { done: &done, current: Some(fitting), cv_errors: &errors })
        })?;
        done.push(fitting);
        if let (Data::Dense { tensor, hidden }, Some(share)) = (&input.data, params.cv_share(input)) {
            ctx.check_cancelled()?;
            errors.push(cv_errors(tensor, hidden, share, params.cv_folds, &options, &seed)?);
        }
    }
    Ok(Sweep { done, current, cv_errors: errors })
}

/// A [`Sweep`] by reference, of the same bytes.
#[derive(Serialize)]
struct SweepRef<'a> {
    done: &'a Vec<Fitting>,
    current: Option<&'a Fitting>,
    cv_errors: &'a Vec<Vec<f64>>,
}

fn output(
    params: &RankParams,
    input: &TensorInput,
    ranks: &[usize],
    fits: &[Fit],
    curves: Vec<Curve>,
) -> Result<StepOutput> {
    let curves: Vec<(Curve, Option<usize>)> = curves
        .into_iter()
        .map(|curve| {
            let suggested = suggest(&curve);
            (curve, suggested)
        })
        .collect();
    let selected = params.select.rank(ranks, &curves)?;
    let place = ranks.iter().position(|rank| *rank == selected).unwrap_or(0);
    let runs: Vec<Vec<Run>> = ranks.iter().zip(fits).map(|(rank, fit)| Run::of(fit, *rank)).collect();
    let (model, components) = (&fits[place].model, components(&fits[place].model, &input.modes));
    let mut summary = summary(&curves, selected, &runs[place]);
    if params.ranks != ranks {
        summary = summary.warn(format!("`ranks` was sorted, each once: {ranks:?}"));
    }
    for warning in input
        .warnings()
        .into_iter()
        .chain(runs.iter().zip(ranks).flat_map(|(runs, rank)| warnings(*rank, runs)))
    {
        summary = summary.warn(warning);
    }
    summary = summary.figure(rank_figure(&curves));
    for figure in factor_figures(model, &input.modes) {
        summary = summary.figure(figure);
    }
    summary = summary.figure(error_figure(&runs[place]));
    let edges = super::edges(input, model, &(0..model.rank()).collect::<Vec<_>>(), 0.0)?;
    Ok(StepOutput::new(summary)
        .table("ranks", ranks_table(&curves)?)
        .table("runs", runs_table(&runs.concat(), params.method, crate::Loss::Gaussian, params.dtype.name())?)
        .table("factors", factors_table(model, &input.modes)?)
        .table("components", components_table(&components)?)
        .table("edges", edges))
}

fn summary(curves: &[(Curve, Option<usize>)], selected: usize, runs: &[Run]) -> Summary {
    let mut summary = Summary::default().count("rank", selected);
    if let Some(best) = runs.iter().find(|run| run.is_best) {
        summary = summary.number("relative error", best.error, Unit::ONE);
    }
    for (curve, suggested) in curves {
        let text = suggested.map_or_else(|| "none".to_owned(), |rank| rank.to_string());
        summary = summary.text(format!("suggested by {}", curve.criterion.name().replace('_', " ")), text);
    }
    summary
}

fn ranks_table(curves: &[(Curve, Option<usize>)]) -> Result<Table> {
    struct Row {
        criterion: &'static str,
        rank: usize,
        mean: f64,
        sd: Option<f64>,
        n: usize,
        is_suggested: bool,
    }
    let mut rows = Vec::new();
    for (curve, suggested) in curves {
        let (means, deviations) = (curve.means(), curve.deviations());
        for (place, &rank) in curve.ranks.iter().enumerate() {
            rows.push(Row {
                criterion: curve.criterion.name(),
                rank,
                mean: means[place],
                sd: deviations[place],
                n: curve.values[place].len(),
                is_suggested: *suggested == Some(rank),
            });
        }
    }
    TableBuilder::new(kinds::NTF_RANK)
        .text("criterion", rows.iter().map(|row| row.criterion))
        .integers("rank", rows.iter().map(|row| row.rank as i64))
        .numbers("mean", rows.iter().map(|row| row.mean))
        .optional_numbers("sd", rows.iter().map(|row| row.sd))
        .integers("n", rows.iter().map(|row| row.n as i64))
        .optional_bools("suggested", rows.iter().map(|row| Some(row.is_suggested)))
        .finish()
}
