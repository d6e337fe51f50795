//! `rsa.rdm`

mod params;
mod report;
mod residuals;

use ndarray::Array2;
use neuroloom_core::{
    Description, Dims, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext,
    Step, StepOutput, StepPlan, Table,
};
use neuroloom_table::{TableBuilder, kinds};

use super::index::{IndexRow, index_table};
use super::responses::{Group, groups};
use super::tables::{BYTES_PER_ROW, rdms_table};
use crate::estimators::{Dissimilarities, NoiseSource};
pub use crate::estimators::{Method, NanPolicy};
pub use crate::noise::NoiseModel as Noise;
use crate::{Rdm, n_pairs};

pub(super) use params::check_estimator;
pub use params::{GroupBy, NoiseFrom, RdmParams};
use report::summarise;
pub(super) use report::{dissimilarity_unit, in_group, index_row, no_group_left, warnings};
use residuals::Residuals;

/// `rsa.rdm`: dissimilarities from responses.
#[derive(Clone, Copy, Debug)]
pub struct EstimateRdms;

impl Step for EstimateRdms {
    type Params = RdmParams;
    const ID: &'static str = "rsa.rdm";
    const VERSION: u32 = 2;

    fn describe(&self) -> Description {
        Description {
            title: "Representational dissimilarity matrices from responses",
            about: "How differently does a group of neurons respond to every pair of conditions? With responses a_i^f of p neurons to condition i in fold f (R folds, means x_i): \
                crossnobis = 1/(R (R-1) p) sum over f != g of (a_i^f - a_j^f)' P (a_i^g - a_j^g), with noise precision P (`noise`), unbiased and therefore sometimes negative; \
                euclidean = |x_i - x_j|^2 / p; mahalanobis = (x_i - x_j)' P (x_i - x_j) / p; correlation = 1 - r(x_i, x_j); cv_correlation the same with (co)variances between folds; \
                poisson = sum (m_i - m_j)(log m_i - log m_j) / p with m = (x + rate weight)/(1 + weight), poisson_cv its mean over left-out folds; cross_run_* compare i in one fold with j in another and have a diagonal. \
                Units: the square of the response unit (Hz^2 for rates), that unit for poisson, 1 where noise is divided out and for correlations. \
                Conditions are sorted by condition_value where all have one, otherwise by label; the upper triangle is kept, i < j.",
            reference: Some(
                "Kriegeskorte, Mur & Bandettini 2008, Front Syst Neurosci 2:4; crossnobis: Walther et al. 2016, NeuroImage 137:188; noise: Ledoit & Wolf 2004, Schaefer & Strimmer 2005",
            ),
            inputs: vec![
                PortSpec::required(
                    "responses",
                    kinds::RESPONSES,
                    "Responses of every neuron to every condition in every fold",
                ),
                PortSpec::optional("residuals", kinds::RESIDUALS, "Where the noise is estimated from"),
            ],
            outputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "One RDM per group of neurons"),
                PortSpec::required("index", kinds::RDM_INDEX, "Where every RDM comes from and its unit"),
                PortSpec::optional(
                    "diagonal",
                    kinds::RDM_DIAGONAL,
                    "Dissimilarity of every condition with itself, of methods between runs",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &RdmParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        check_residuals(params, inputs.optional("residuals").is_some())?;
        let responses = inputs.required("responses")?;
        let dim = |name: &str| responses.dim(name);
        let n_rdms = match params.group_by {
            GroupBy::None => Some(1),
            GroupBy::Recording => dim("recordings"),
            GroupBy::Region => None,
        };
        let n_pairs = dim("conditions").map(|n| n * n.saturating_sub(1) / 2);
        let dims: Dims = [("rdms", n_rdms), ("conditions", dim("conditions")), ("pairs", n_pairs)]
            .into_iter()
            .filter_map(|(name, size)| Some((name, size?)))
            .collect();
        let size = |name: &str| dim(name).unwrap_or(1);
        let n_responses = size("units").saturating_mul(size("conditions")).saturating_mul(size("folds"));
        let n_entries = n_rdms.unwrap_or(8).saturating_mul(n_pairs.unwrap_or(0));
        let noise = if mixes_channels(params.noise) { size("units").saturating_pow(2) } else { 0 };
        let bytes = n_responses
            .saturating_mul(160)
            .saturating_add(n_entries.saturating_mul(BYTES_PER_ROW))
            .saturating_add(noise.saturating_mul(NOISE_BYTES));
        let index_dims: Dims = n_rdms.map(|n| ("rdms", n)).into_iter().collect();
        let plan = StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("rdms", kinds::RDMS, dims.clone())
            .output("index", kinds::RDM_INDEX, index_dims);
        let has_diagonal = matches!(params.method, Method::CrossRunEuclidean | Method::CrossRunCorrelation);
        Ok(if has_diagonal { plan.output("diagonal", kinds::RDM_DIAGONAL, dims) } else { plan })
    }

    fn run(&self, ctx: &RunContext, params: &RdmParams, inputs: &Inputs) -> Result<StepOutput> {
        let residuals = inputs.optional("residuals");
        check_residuals(params, residuals.is_some())?;
        let residuals = residuals.filter(|_| params.noise_from == NoiseFrom::Residuals);
        let groups = groups(inputs.required("responses")?, params.group_by, params.nan)?;
        let (used, left_out): (Vec<Group>, Vec<Group>) =
            groups.into_iter().partition(|group| group.channels.len() >= params.min_units);
        if used.is_empty() {
            return Err(no_group_left(params.min_units, &left_out));
        }
        check_memory(params, &used)?;
        let progress = ctx.begin("RDMs", Some(used.len() as u64));
        let (mut rdms, mut diagonals) = (Vec::with_capacity(used.len()), Vec::new());
        for group in &used {
            ctx.check_cancelled()?;
            let found = estimate(group, params, residuals)?;
            let rdm = Rdm::new(&group.name, group.conditions.clone(), found.upper);
            rdms.push(rdm.map_err(|error| in_group(error, group))?);
            diagonals.extend(found.diagonal.map(|diagonal| (group, diagonal)));
            progress.advance(1);
        }
        let (estimator, before) = (params.estimator(), params.subject_before.as_deref());
        let index: Vec<IndexRow> = used.iter().map(|group| index_row(group, &estimator, before)).collect();
        let units: Vec<&str> = index.iter().map(|row| row.unit.as_str()).collect();
        let output = StepOutput::new(summarise(&used, &left_out, &rdms, &index))
            .table("rdms", rdms_table(&rdms, &units)?)
            .table("index", index_table(&index)?);
        if diagonals.is_empty() {
            return Ok(output);
        }
        let unit = units.first().copied().unwrap_or("1");
        Ok(output.table("diagonal", diagonal_table(&diagonals, unit)?))
    }
}

/// Bytes per entry of a covariance: itself, its factor and what estimates it.
const NOISE_BYTES: u64 = 40;

fn mixes_channels(noise: Noise) -> bool {
    !matches!(noise, Noise::None | Noise::Diag)
}

fn check_residuals(params: &RdmParams, connected: bool) -> Result<()> {
    if params.noise_from == NoiseFrom::Residuals && !connected {
        return Err(Error::params("the noise is to be estimated from residuals, and there are none")
            .at_object("noise_from")
            .expected("a table at the input `residuals`")
            .found("nothing connected"));
    }
    Ok(())
}

/// # Errors
/// When the arrays of the groups would take more than the limit.
fn check_memory(params: &RdmParams, groups: &[Group]) -> Result<()> {
    let bytes = |group: &Group| {
        let (n_folds, n, p) = group.responses.dim();
        let noise = if mixes_channels(params.noise) { p * p * NOISE_BYTES as usize } else { 0 };
        let table = n_pairs(n) * BYTES_PER_ROW as usize;
        (group.responses.len() * 8 + table, n * n * 8 + noise + n_folds * n * 8)
    };
    let held: usize = groups.iter().map(|group| bytes(group).0).sum();
    let working = groups.iter().map(|group| bytes(group).1).max().unwrap_or(0);
    let mib = ((held + working) as u64).div_ceil(1 << 20);
    match params.memory_limit_mib {
        Some(limit) if mib > limit => Err(Error::params("the RDMs would need more memory than the limit")
            .at_object("memory_limit_mib")
            .expected(format!("at most {limit} MiB"))
            .found(format!("an estimate of {mib} MiB"))
            .hint("raise the limit, use fewer neurons, conditions or recordings, or `noise: diag`")),
        _ => Ok(()),
    }
}

fn estimate(group: &Group, params: &RdmParams, residuals: Option<&Table>) -> Result<Dissimilarities> {
    let estimator = params.estimator();
    let patterns = (&group.responses).into();
    let found = match residuals.map(|table| Residuals::read(table, group)).transpose()? {
        None => estimator.estimate_whole(patterns, NoiseSource::Repeats),
        Some(residuals) if params.per_fold => {
            let folds: Vec<Array2<f64>> = residuals.of_folds(group)?;
            let views: Vec<_> = folds.iter().map(|fold| fold.view()).collect();
            estimator.estimate_whole(patterns, NoiseSource::PerFold(&views))
        }
        Some(residuals) => {
            let source = NoiseSource::Residuals(residuals.values.view(), params.residual_dof);
            estimator.estimate_whole(patterns, source)
        }
    };
    found.map_err(|error| in_group(error, group))
}

fn diagonal_table(diagonals: &[(&Group, Vec<f64>)], unit: &str) -> Result<Table> {
    let rows = || {
        diagonals.iter().flat_map(|(group, diagonal)| {
            let cells = group.conditions.iter().zip(diagonal).enumerate();
            cells.map(move |(i, (condition, value))| (&group.name, i, condition, *value))
        })
    };
    TableBuilder::new(kinds::RDM_DIAGONAL)
        .text("rdm_id", rows().map(|(name, ..)| name))
        .integers("i", rows().map(|(_, i, ..)| i as i64))
        .text("condition", rows().map(|(.., condition, _)| condition))
        .numbers("dissimilarity", rows().map(|(.., value)| value))
        .text("dissimilarity_unit", rows().map(|_| unit))
        .finish()
}
