//! `rsa.evaluate`

mod figures;
mod inputs;
mod params;
mod run;
mod tables;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary,
};
use neuroloom_table::kinds;

use super::tables::BYTES_PER_ROW;
use crate::inference::{Evaluator, Problem};

pub use params::{EvaluateParams, FlexibleKind, FlexibleModel, Inference, Resampled};
use run::{Outcome, evaluate};

/// `rsa.evaluate`: which model predicts the RDMs best, and how certainly.
#[derive(Clone, Copy, Debug)]
pub struct EvaluateModels;

impl Step for EvaluateModels {
    type Params = EvaluateParams;
    const ID: &'static str = "rsa.evaluate";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Which model predicts the RDMs best: similarities, noise ceiling and tests",
            about: "Every model is compared with the RDMs of all subjects. The noise ceiling says what the best possible model would reach: \
                lower end, every subject with the pool of the others; upper end, with the pool of all. Uncertainty comes from subjects (`fixed`, `bootstrap_rdm`), conditions (`bootstrap_pattern`) or both (`bootstrap_both`; `dual` counts each source once). \
                Tests are t tests: against 0 one-sided, against the lower end of the ceiling and between models two-sided, with false discovery rates (Benjamini & Hochberg) over models and pairs. `permutation` relabels conditions instead. \
                Models with parameters (select, weighted, interpolate) are fitted to some subjects and conditions and tested on others (`crossval`, `dual`). \
                A bootstrap sample gives condition i the multiplicity w_i and pair (i, j) the weight w_i w_j; pairs of a condition with its own copy have none.",
            reference: Some(
                "Schuett et al. 2023, eLife 12:e82566; noise ceiling: Nili et al. 2014, PLoS Comput Biol 10:e1003553; as in rsatoolbox 0.3.2",
            ),
            inputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "The RDMs of the data"),
                PortSpec::required("models", kinds::RDMS, "The RDMs of the models, or their components"),
                PortSpec::optional(
                    "index",
                    kinds::RDM_INDEX,
                    "The index of `rdms`: RDMs of one subject are drawn and left out together; without it every RDM is a subject",
                ),
            ],
            outputs: vec![
                PortSpec::required(
                    "stats",
                    kinds::RSA_MODEL_STATS,
                    "Mean, uncertainty and tests of every model",
                ),
                PortSpec::required(
                    "evaluations",
                    kinds::RSA_EVALUATIONS,
                    "Similarities with RDMs and in samples",
                ),
                PortSpec::required("pairs", kinds::RSA_MODEL_PAIRS, "Tests between models"),
                PortSpec::required("ceiling", kinds::RSA_CEILING, "The noise ceiling"),
                PortSpec::optional(
                    "weights",
                    kinds::RSA_MODEL_WEIGHTS,
                    "Parameters of flexible models, if there are any",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &EvaluateParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let (rdms, models) = (inputs.required("rdms")?, inputs.required("models")?);
        let size = |name: &str| rdms.dim(name).unwrap_or(1);
        let n_rdms = size("rdms").saturating_add(models.dim("rdms").unwrap_or(1));
        let values = n_rdms.saturating_mul(size("pairs"));
        let read = values.saturating_mul(BYTES_PER_ROW);
        // Three copies of all vectors, and for rank measures two of ranks per thread.
        let work = values.saturating_mul(8 * (3 + 2 * ctx.threads as u64));
        let n_measures = params.measures.len() as u64;
        let rows = models.dim("rdms").map(|n| n.saturating_mul(params.n_samples as u64 * 3 * n_measures));
        let bytes = read.saturating_add(work).saturating_add(rows.unwrap_or(0).saturating_mul(BYTES_PER_ROW));
        let plan = StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("stats", kinds::RSA_MODEL_STATS, [])
            .output("evaluations", kinds::RSA_EVALUATIONS, [])
            .output("pairs", kinds::RSA_MODEL_PAIRS, [])
            .output("ceiling", kinds::RSA_CEILING, [("rows", n_measures)]);
        Ok(match params.has_flexible_models() {
            true => plan.output("weights", kinds::RSA_MODEL_WEIGHTS, []),
            false => plan,
        })
    }

    fn run(&self, ctx: &RunContext, params: &EvaluateParams, inputs: &Inputs) -> Result<StepOutput> {
        let problem = inputs::problem(params, inputs)?;
        let mut evaluators = Vec::with_capacity(params.measures.len());
        for &measure in &params.measures {
            ctx.check_cancelled()?;
            let evaluator = Evaluator::new(&problem, measure)?;
            params.check_against(&evaluator)?;
            evaluators.push(evaluator);
        }
        let outcomes = evaluate(ctx, params, &evaluators)?;
        let output = StepOutput::new(summarise(params, &problem, &outcomes))
            .table("stats", tables::stats(&problem, &outcomes)?)
            .table("evaluations", tables::evaluations(&problem, &outcomes)?)
            .table("pairs", tables::pairs(&problem, &outcomes)?)
            .table("ceiling", tables::ceiling(&outcomes)?);
        Ok(match params.has_flexible_models() {
            true => output.table("weights", tables::weights(&problem, &outcomes)?),
            false => output,
        })
    }
}

fn summarise(params: &EvaluateParams, problem: &Problem, outcomes: &[Outcome]) -> Summary {
    let mut summary = Summary::default()
        .count("models", problem.n_models())
        .count("RDMs", problem.n_rdms())
        .count("subjects", problem.n_groups())
        .count("conditions", problem.n_conditions());
    let names: Vec<&str> = problem.model_names().collect();
    for outcome in outcomes {
        let measure = outcome.measure.name();
        let models = names.iter().zip(&outcome.tests.models);
        let best = models.reduce(|best, next| if next.1.mean > best.1.mean { next } else { best });
        if let Some((name, test)) = best {
            summary = summary.text(format!("best model ({measure})"), format!("{name} ({:.3})", test.mean));
        }
        let undefined = outcome.n_undefined();
        if undefined > 0 {
            summary = summary.warn(format!(
                "{measure}: {undefined} of {} samples have too few conditions or subjects, or similarities that are not defined; they are left out",
                outcome.records.len()
            ));
        }
    }
    if problem.n_groups() == 1 {
        summary = summary.warn("there is one subject: no noise ceiling, and no variance over subjects");
    }
    summary.figure(figures::models_figure(params, problem, outcomes))
}
