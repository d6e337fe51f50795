//! `rsa.compare`

mod params;
mod sigma;

use neuroloom_core::{
    Description, Dims, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Table,
};
use neuroloom_table::{TableBuilder, kinds};

use super::figures::comparison_figure;
use super::rdm_warnings::warn_about;
use super::tables::{BYTES_PER_ROW, read_rdms};
use crate::Rdm;
use crate::compare::{Comparison, Measure, Similarities, on_shared_conditions};

pub use params::{CompareParams, ConditionPolicy, MissingPolicy, WhiteningName};

/// `rsa.compare`: similarity of RDMs with models or other RDMs.
#[derive(Clone, Copy, Debug)]
pub struct CompareRdms;

impl Step for CompareRdms {
    type Params = CompareParams;
    const ID: &'static str = "rsa.compare";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Similarity of RDMs with model RDMs",
            about: "Which model predicts the dissimilarities best? Over the N pairs of conditions of two RDMs: \
                cosine = a.b/(|a||b|), for distances with a true zero; corr = Pearson's r; spearman = r of the average ranks; \
                rho_a = 12 sum (r_a - mean)(r_b - mean)/(N^3 - N), Spearman's expectation under random breaking of ties, which gives a model no credit for ties; \
                tau_a = (concordant - discordant)/(N (N - 1)/2), tau_b = the same over untied pairs; \
                cosine_cov = a'V^-1 b/sqrt(a'V^-1 a b'V^-1 b) with the covariance V of the dissimilarities, corr_cov after their mean was taken away; \
                bures = tr sqrt(A^1/2 B A^1/2)/sqrt(tr A tr B) with second moments A = -1/2 H D H; bures_metric = tr A + tr B - 2 tr sqrt(A^1/2 B A^1/2), a distance in the unit of the dissimilarities; \
                neg_riem_dist = minus the Riemannian distance of second moments. \
                V = (C S C') o (C S C') with contrasts C and the covariance S of the pattern estimates: the identity, `variances` on its diagonal, or what the input `sigma` says; \
                `whitening: signal` adds 4/M (C G C') o (C S C') for M folds and the second moments G of the mean RDM. \
                All but bures_metric are pure numbers of at most 1. Both tables must have the same conditions (or `conditions: intersect`); their order may differ.",
            reference: Some(
                "Nili et al. 2014, PLoS Comput Biol 10:e1003553; rho_a: Schuett et al. 2023, eLife 12:e82566; whitening: Diedrichsen et al. 2021, arXiv 2007.02789, and 2016, arXiv 1607.01371",
            ),
            inputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "The RDMs"),
                PortSpec::required("models", kinds::RDMS, "The RDMs that they are compared with"),
                PortSpec::optional(
                    "sigma",
                    kinds::RDMS,
                    "One RDM of noise: the variance of the difference of the pattern estimates of every two conditions, s_ii + s_jj - 2 s_ij",
                ),
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
        let mut rdms = read_rdms(inputs.required("rdms")?)?;
        let mut models = read_rdms(inputs.required("models")?)?;
        let summary = warn_about(Summary::default(), &rdms);
        if params.conditions == ConditionPolicy::Intersect {
            (rdms, models) = on_shared_conditions(&rdms, &models)?;
        }
        let differences = inputs.optional("sigma").map(read_rdms).transpose()?;
        let whitening = match params.uses_sigma() {
            true => sigma::whitening(params, &rdms, differences)?,
            false => None,
        };
        let mut results = Vec::with_capacity(params.measures.len());
        for &measure in &params.measures {
            ctx.check_cancelled()?;
            let comparison = Comparison::new(measure).missing(params.nan.into());
            let comparison = whitening.iter().fold(comparison, Comparison::whitening);
            results.push((measure, comparison.of(&rdms, &models)?));
        }
        let summary = summarise(summary, &rdms, &models, &results);
        Ok(StepOutput::new(summary).table("comparisons", comparisons(&rdms, &models, &results)?))
    }
}

fn comparisons(rdms: &[Rdm], models: &[Rdm], results: &[(Measure, Similarities)]) -> Result<Table> {
    let rows = || {
        results.iter().flat_map(|(measure, found)| {
            let entries = found.similarities.indexed_iter().zip(&found.n_pairs);
            entries.map(move |(((rdm, model), &similarity), &n)| (rdm, model, *measure, similarity, n))
        })
    };
    TableBuilder::new(kinds::COMPARISONS)
        .text("rdm_id", rows().map(|(rdm, ..)| rdms[rdm].name()))
        .text("reference_id", rows().map(|(_, model, ..)| models[model].name()))
        .text("measure", rows().map(|(_, _, measure, ..)| measure.name()))
        .numbers("similarity", rows().map(|(_, _, _, similarity, _)| similarity))
        .integers("n_pairs", rows().map(|(.., n_pairs)| n_pairs as i64))
        .finish()
}

fn summarise(
    mut summary: Summary,
    rdms: &[Rdm],
    models: &[Rdm],
    results: &[(Measure, Similarities)],
) -> Summary {
    for (measure, found) in results.iter().take(1) {
        let sign = if measure.is_distance() { -1.0 } else { 1.0 };
        for (rdm, row) in rdms.iter().zip(found.similarities.outer_iter()) {
            let nearer =
                |best: (f64, _), next: (f64, _)| if sign * next.0 > sign * best.0 { next } else { best };
            if let Some((similarity, model)) = row.iter().copied().zip(models).reduce(nearer) {
                let words = format!("{} ({} {similarity:.3})", model.name(), measure.name());
                summary = summary.text(format!("best model of {}", rdm.name()), words);
            }
        }
    }
    summary.figure(comparison_figure(rdms, models, results))
}
