//! `rsa.compare`

use ndarray::Array2;
use neuroloom_core::{
    Description, Dims, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Table,
};
use neuroloom_table::{TableBuilder, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::comparison_figure;
use super::tables::{BYTES_PER_ROW, read_rdms};
use crate::Rdm;
use crate::compare::{Measure, compare};

/// `rsa.compare`: similarity of RDMs with models or other RDMs.
#[derive(Clone, Copy, Debug)]
pub struct CompareRdms;

/// Parameters of `rsa.compare`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareParams {
    /// The measures of similarity, each once.
    #[serde(default = "all_measures")]
    pub measures: Vec<Measure>,
}

fn all_measures() -> Vec<Measure> {
    vec![Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA]
}

impl StepParams for CompareParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(!self.measures.is_empty(), "measures", || "must name at least one measure".into());
        for (place, measure) in self.measures.iter().enumerate() {
            let first = !self.measures[..place].contains(measure);
            issues.require(first, &format!("measures.{place}"), || {
                format!("names {} a second time", measure.name())
            });
        }
    }
}

impl Step for CompareRdms {
    type Params = CompareParams;
    const ID: &'static str = "rsa.compare";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Similarity of RDMs with model RDMs",
            about: "Which model predicts the dissimilarities best? Over the N pairs of conditions of two RDMs: \
                cosine = a.b/(|a||b|), for distances with a true zero; corr = Pearson's r; spearman = r of the average ranks; \
                rho_a = 12 sum (r_a - mean)(r_b - mean)/(N^3 - N), Spearman's expectation under random breaking of ties, which gives a model no credit for ties. \
                All are pure numbers of at most 1. Both tables must have the same conditions; their order may differ.",
            reference: Some(
                "Nili et al. 2014, PLoS Comput Biol 10:e1003553; rho_a: Schuett et al. 2023, eLife 12:e82566",
            ),
            inputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "The RDMs"),
                PortSpec::required("models", kinds::RDMS, "The RDMs that they are compared with"),
            ],
            outputs: vec![PortSpec::required(
                "comparisons",
                kinds::COMPARISONS,
                "A row per RDM, model and measure",
            )],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &CompareParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let (rdms, models) = (inputs.required("rdms")?, inputs.required("models")?);
        let n_measures = params.measures.len() as u64;
        let rows = rdms.dim("rdms").zip(models.dim("rdms")).map(|(n, m)| n.saturating_mul(m) * n_measures);
        let dims: Dims = rows.map(|rows| ("rows", rows)).into_iter().collect();
        let size = |name: &str| rdms.dim(name).unwrap_or(1);
        let n_rdms = size("rdms").saturating_add(models.dim("rdms").unwrap_or(1));
        let bytes = n_rdms.saturating_mul(size("pairs")).saturating_mul(BYTES_PER_ROW);
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads)).output(
            "comparisons",
            kinds::COMPARISONS,
            dims,
        ))
    }

    fn run(&self, ctx: &RunContext, params: &CompareParams, inputs: &Inputs) -> Result<StepOutput> {
        let rdms = read_rdms(inputs.required("rdms")?)?;
        let models = read_rdms(inputs.required("models")?)?;
        let mut results = Vec::with_capacity(params.measures.len());
        for &measure in &params.measures {
            ctx.check_cancelled()?;
            results.push((measure, compare(&rdms, &models, measure)?));
        }
        let summary = summarise(&rdms, &models, &results);
        Ok(StepOutput::new(summary).table("comparisons", comparisons(&rdms, &models, &results)?))
    }
}

fn comparisons(rdms: &[Rdm], models: &[Rdm], results: &[(Measure, Array2<f64>)]) -> Result<Table> {
    let rows = || {
        results.iter().flat_map(|(measure, similarities)| {
            similarities
                .indexed_iter()
                .map(move |((rdm, model), &similarity)| (rdm, model, *measure, similarity))
        })
    };
    TableBuilder::new(kinds::COMPARISONS)
        .text("rdm_id", rows().map(|(rdm, ..)| rdms[rdm].name()))
        .text("reference_id", rows().map(|(_, model, ..)| models[model].name()))
        .text("measure", rows().map(|(_, _, measure, _)| measure.name()))
        .numbers("similarity", rows().map(|(.., similarity)| similarity))
        .integers("n_pairs", rows().map(|(rdm, ..)| rdms[rdm].dissimilarities().len() as i64))
        .finish()
}

fn summarise(rdms: &[Rdm], models: &[Rdm], results: &[(Measure, Array2<f64>)]) -> Summary {
    let mut summary = Summary::default();
    for (measure, similarities) in results.iter().take(1) {
        for (rdm, row) in rdms.iter().zip(similarities.outer_iter()) {
            let best = row.iter().zip(models).reduce(|best, next| if next.0 > best.0 { next } else { best });
            if let Some((similarity, model)) = best {
                let words = format!("{} ({} {similarity:.3})", model.name(), measure.name());
                summary = summary.text(format!("best model of {}", rdm.name()), words);
            }
        }
    }
    summary.figure(comparison_figure(rdms, models, results))
}
