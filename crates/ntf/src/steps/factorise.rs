//! `ntf.factorise`

mod params;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

use super::input::{Built, TensorInput, build, ports};
use super::output::{
    Component, Run, components, components_table, error_figure, factor_figures, factors_table, runs_table,
};
use super::starts::{Fixed, fit_all, fixed_factors, starts};
use crate::error::NtfError;
use crate::factors::Model;
use crate::fit::Fit;

pub use params::{Compat, Dtype, FactoriseParams, Init, Select};

/// The step `ntf.factorise`.
#[derive(Clone, Copy, Debug, Default)]
pub struct FactoriseStep;

impl Step for FactoriseStep {
    type Params = FactoriseParams;
    const ID: &'static str = "ntf.factorise";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        let mut inputs = ports();
        inputs.push(PortSpec::optional(
            "init",
            kinds::NTF_FACTORS,
            "Factors to start from or to keep (`init: given`, `fixed_modes`), matched by names of modes and labels",
        ));
        Description {
            title: "Non-negative tensor factorisation: components, each with its times, animals and neurons",
            about: "A tensor X of 2 to 4 modes is explained as a sum of few components, X = sum_r lambda_r u_r o v_r o w_r, all \
                    factors non-negative. Updates: hierarchical alternating least squares (hals), multiplicative (mu) or block \
                    coordinate descent (bcd); losses: squared error or Kullback-Leibler divergence. Entries that were not \
                    observed do not count, by exact updates. Affinity tensors are factorised without ever being built. \
                    The best of several starts is kept; the similarity of the others to it says how far the components can be trusted.",
            reference: Some(
                "Cichocki and Phan 2009, IEICE Trans Fundam E92-A:708 (HALS); Phan, Tichavsky and Cichocki 2013, IEEE Trans Signal \
                 Process 61:4834 (trees); Xu and Yin 2013, SIAM J Imaging Sci 6:1758 (BCD); Chi and Kolda 2012, SIAM J Matrix Anal Appl 33:1272 (KL)",
            ),
            inputs,
            outputs: vec![
                PortSpec::required("factors", kinds::NTF_FACTORS, "The factors of the best start"),
                PortSpec::required(
                    "components",
                    kinds::NTF_COMPONENTS,
                    "Weight, interval and animals of every component",
                ),
                PortSpec::required("runs", kinds::NTF_RUNS, "How every start went"),
                PortSpec::required(
                    "edges",
                    kinds::EDGES,
                    "Of pairs layouts, a weighted graph per component; else empty",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &FactoriseParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let bytes = super::planned_bytes(inputs, params.rank, params.starts, params.dtype)?;
        let rank = params.rank as u64;
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("factors", kinds::NTF_FACTORS, [("components", rank)])
            .output("components", kinds::NTF_COMPONENTS, [("components", rank)])
            .output("runs", kinds::NTF_RUNS, [("starts", params.starts as u64)])
            .output("edges", kinds::EDGES, []))
    }

    fn run(&self, ctx: &RunContext, params: &FactoriseParams, inputs: &Inputs) -> Result<StepOutput> {
        let input = TensorInput::read(inputs, params.missing)?;
        let seed = ctx.seed();
        let form = params.form();
        let built = match params.dtype {
            Dtype::F32 => build::<f32>(&input, form, &seed)?,
            Dtype::F64 => build::<f64>(&input, form, &seed)?,
        };
        let options = params.fit_options(&input)?;
        options.check(built.operand.shape())?;
        let given = fixed_factors(inputs.optional("init"), &input, &options, params.init == Init::Given)?;
        if built.operand.squared_norm() == 0.0 {
            return zero_tensor(params, &input);
        }
        let starts =
            starts(&built, &input, &options, &Fixed { given, init: params.init, n: params.starts }, &seed)?;
        let progress = ctx.begin("factorise", Some(starts.len() as u64));
        let fit = fit_all(ctx, &built, &options, starts, progress.as_ref())?;
        output(params, &input, &built, &fit)
    }
}

fn output(params: &FactoriseParams, input: &TensorInput, built: &Built, fit: &Fit) -> Result<StepOutput> {
    let (model, runs) = (&fit.model, Run::of(fit, params.rank));
    let components = components(model, &input.modes);
    let mut summary = summary(built, &components, &runs);
    for warning in input.warnings().into_iter().chain(warnings(params.rank, &runs)) {
        summary = summary.warn(warning);
    }
    for figure in factor_figures(model, &input.modes) {
        summary = summary.figure(figure);
    }
    tables(params, input, model, &components, &runs, summary.figure(error_figure(&runs)))
}

fn tables(
    params: &FactoriseParams,
    input: &TensorInput,
    model: &Model,
    components: &[Component],
    runs: &[Run],
    summary: Summary,
) -> Result<StepOutput> {
    let edges = super::edges(input, model, &params.components.of(model.rank())?, params.edge_min)?;
    Ok(StepOutput::new(summary)
        .table("factors", factors_table(model, &input.modes)?)
        .table("components", components_table(components)?)
        .table("runs", runs_table(runs, params.method, params.loss, params.dtype.name())?)
        .table("edges", edges))
}

fn summary(built: &Built, components: &[Component], runs: &[Run]) -> Summary {
    let best = runs.iter().find(|run| run.is_best);
    let shape: Vec<String> = built.operand.shape().iter().map(ToString::to_string).collect();
    let mut summary = Summary::default()
        .text("tensor", format!("{} of {}", built.operand.name(), shape.join(" x ")))
        .count("components", components.len())
        .count("starts", runs.len());
    if let Some(best) = best {
        summary = summary
            .number("relative error", best.error, Unit::ONE)
            .count("sweeps of the best start", best.trace.len());
    }
    let others: Vec<f64> = runs.iter().filter(|run| !run.is_best).map(|run| run.similarity).collect();
    if others.is_empty() {
        return summary;
    }
    let mean = others.iter().sum::<f64>() / others.len() as f64;
    summary.number("similarity of the other starts with the best", mean, Unit::ONE)
}

/// Doubts about a fit.
pub(super) fn warnings(rank: usize, runs: &[Run]) -> Vec<String> {
    let mut warnings = Vec::new();
    let unfinished = runs.iter().filter(|run| run.status == "max_iter").count();
    if unfinished > 0 {
        warnings.push(format!(
            "rank {rank}: {unfinished} of {} starts did not converge; raise `max_iterations` or `tolerance`",
            runs.len()
        ));
    }
    if let Some(best) = runs.iter().find(|run| run.is_best && run.effective_rank < rank) {
        warnings.push(format!(
            "rank {rank}: only {} components of the best start are not 0",
            best.effective_rank
        ));
    }
    // The better half: bad starts are bad in ways of their own.
    let mut by_error: Vec<&Run> = runs.iter().filter(|run| !run.is_best).collect();
    by_error.sort_by(|a, b| a.objective.total_cmp(&b.objective));
    by_error.truncate(by_error.len().div_ceil(2));
    if !by_error.is_empty() {
        let similarity = by_error.iter().map(|run| run.similarity).sum::<f64>() / by_error.len() as f64;
        if similarity < 0.8 {
            warnings.push(format!(
                "rank {rank}: not reproducible: the similarity of the best starts is {similarity:.2}, below 0.8; try another rank (`ntf.rank`)"
            ));
        }
    }
    warnings
}

/// What is returned for a tensor of zeros, where that is wanted.
fn zero_tensor(params: &FactoriseParams, input: &TensorInput) -> Result<StepOutput> {
    if !params.allow_zero {
        return Err(NtfError::ZeroTensor.into());
    }
    let factors: Vec<_> =
        input.shape().into_iter().map(|length| ndarray::Array2::zeros((length, params.rank))).collect();
    let model = Model::from_factors(&factors);
    let run = Run {
        rank: params.rank,
        start: 0,
        error: 0.0,
        objective: 0.0,
        status: "zero_tensor",
        effective_rank: 0,
        similarity: 1.0,
        is_best: true,
        trace: Vec::new(),
    };
    let components = components(&model, &input.modes);
    let summary = Summary::default()
        .count("components", params.rank)
        .warn("all entries of the tensor are 0: the model is empty");
    tables(params, input, &model, &components, &[run], summary)
}
