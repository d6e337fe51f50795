//! `rsa.rdm`

use neuroloom_core::{
    Description, Dims, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::rdm_figure;
use super::index::{IndexRow, index_table};
use super::responses::{Group, groups};
use super::tables::{BYTES_PER_ROW, rdms_table};
use super::units::squared;
use crate::estimators::{correlation, crossnobis, euclidean};
use crate::noise::{self, Precision};
use crate::{Rdm, RsaError};

/// `rsa.rdm`: dissimilarities from responses.
#[derive(Clone, Copy, Debug)]
pub struct EstimateRdms;

/// Parameters of `rsa.rdm`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RdmParams {
    /// The dissimilarity.
    #[serde(default)]
    pub method: Method,
    /// Which neurons make an RDM together.
    #[serde(default)]
    pub group_by: GroupBy,
    /// How the noise of the neurons is taken into account (crossnobis only).
    #[serde(default)]
    pub noise: Noise,
    /// Groups of fewer neurons are left out, with a warning.
    #[serde(default = "two")]
    pub min_units: usize,
    /// What to do with neurons that have a NaN response.
    #[serde(default)]
    pub nan: NanPolicy,
}

fn two() -> usize {
    2
}

/// A dissimilarity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Cross-validated squared Mahalanobis distance per neuron: unbiased, so negative where there is no difference.
    #[default]
    Crossnobis,
    /// Squared Euclidean distance per neuron of the mean responses; biased upwards by noise.
    Euclidean,
    /// 1 - Pearson correlation of the mean responses over neurons.
    Correlation,
}

/// Which neurons make an RDM together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Those of a region of a recording: `recording/region`.
    #[default]
    Region,
    /// Those of a recording: `recording`.
    Recording,
    /// All of all recordings, which must have met the same conditions: `pooled`.
    None,
}

/// A model of the noise of the neurons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// None: all neurons count alike, in the unit of their responses.
    #[default]
    None,
    /// Every neuron is divided by the standard deviation of its repeats.
    Diag,
}

/// What to do with neurons that have a NaN response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NanPolicy {
    /// Stop and name the first.
    #[default]
    Error,
    /// Leave these neurons out.
    DropChannel,
}

impl StepParams for RdmParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.min_units >= 1, "min_units", || "must be at least 1, got 0".into());
        let fits = self.noise == Noise::None || self.method == Method::Crossnobis;
        issues.require(fits, "noise", || "needs `method: crossnobis`; other methods do not use it".into());
    }
}

impl Step for EstimateRdms {
    type Params = RdmParams;
    const ID: &'static str = "rsa.rdm";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Representational dissimilarity matrices from responses",
            about: "How differently does a group of neurons respond to every pair of conditions? With responses a_i^f of p neurons to condition i in fold f (R folds, means x_i): \
                crossnobis = 1/(R (R-1) p) sum over f != g of (a_i^f - a_j^f)' P (a_i^g - a_j^g), with noise precision P (`noise`), unbiased and therefore sometimes negative; \
                euclidean = |x_i - x_j|^2 / p; correlation = 1 - r(x_i, x_j). \
                Units: the square of the response unit (Hz^2 for rates), 1 where noise is divided out and for correlation. \
                Conditions are sorted by condition_value where all have one, otherwise by label; the upper triangle is kept, i < j.",
            reference: Some(
                "Kriegeskorte, Mur & Bandettini 2008, Front Syst Neurosci 2:4; crossnobis: Walther et al. 2016, NeuroImage 137:188",
            ),
            inputs: vec![PortSpec::required(
                "responses",
                kinds::RESPONSES,
                "Responses of every neuron to every condition in every fold",
            )],
            outputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "One RDM per group of neurons"),
                PortSpec::required("index", kinds::RDM_INDEX, "Where every RDM comes from and its unit"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &RdmParams, inputs: &PlannedInputs) -> Result<StepPlan> {
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
        let bytes = n_responses.saturating_mul(160).saturating_add(n_entries.saturating_mul(BYTES_PER_ROW));
        let index_dims: Dims = n_rdms.map(|n| ("rdms", n)).into_iter().collect();
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("rdms", kinds::RDMS, dims)
            .output("index", kinds::RDM_INDEX, index_dims))
    }

    fn run(&self, ctx: &RunContext, params: &RdmParams, inputs: &Inputs) -> Result<StepOutput> {
        let groups = groups(inputs.required("responses")?, params.group_by, params.nan)?;
        let (used, left_out): (Vec<Group>, Vec<Group>) =
            groups.into_iter().partition(|group| group.channels.len() >= params.min_units);
        if used.is_empty() {
            return Err(no_group_left(params, &left_out));
        }
        let progress = ctx.begin("RDMs", Some(used.len() as u64));
        let mut rdms = Vec::with_capacity(used.len());
        for group in &used {
            ctx.check_cancelled()?;
            rdms.push(estimate(group, params).map_err(|error| in_group(error, group))?);
            progress.advance(1);
        }
        let index: Vec<IndexRow> = used.iter().map(|group| index_row(group, params)).collect();
        let units: Vec<&str> = index.iter().map(|row| row.unit.as_str()).collect();
        let summary = summarise(&used, &left_out, &rdms, &index);
        Ok(StepOutput::new(summary)
            .table("rdms", rdms_table(&rdms, &units)?)
            .table("index", index_table(&index)?))
    }
}

fn estimate(group: &Group, params: &RdmParams) -> Result<Rdm, RsaError> {
    let responses = group.responses.view();
    let dissimilarities = match params.method {
        Method::Euclidean => euclidean(responses)?,
        Method::Correlation => correlation(responses)?,
        Method::Crossnobis => {
            let precision = match params.noise {
                Noise::None => Precision::identity(),
                Noise::Diag => noise::diagonal(responses)?,
            };
            crossnobis(responses, &precision)?
        }
    };
    Rdm::new(&group.name, group.conditions.clone(), dissimilarities)
}

/// The error with the names of the group, condition and neuron that it speaks of.
fn in_group(error: RsaError, group: &Group) -> Error {
    let place = match error {
        RsaError::ConstantPattern { condition } => {
            group.conditions.get(condition).map(|label| format!("{}: condition {label:?}", group.name))
        }
        RsaError::NotPositive { channel, .. } => {
            group.channels.get(channel).map(|unit| format!("{}: unit {unit}", group.name))
        }
        _ => None,
    };
    Error::from(error).at_object(place.unwrap_or_else(|| group.name.clone()))
}

fn no_group_left(params: &RdmParams, left_out: &[Group]) -> Error {
    let found: Vec<String> =
        left_out.iter().map(|group| format!("{} with {}", group.name, group.channels.len())).collect();
    let n_dropped: usize = left_out.iter().map(|group| group.n_dropped).sum();
    let hint = if n_dropped > 0 {
        format!(
            "{n_dropped} units were left out for NaN responses: use fewer conditions or folds, so that every condition is met in every fold"
        )
    } else {
        "lower `min_units`, or use `group_by: recording` or `none`".to_owned()
    };
    Error::data("no group has enough neurons for an RDM")
        .expected(format!("at least {} (min_units)", params.min_units))
        .found(if found.is_empty() { "no responses".to_owned() } else { found.join(", ") })
        .hint(hint)
}

fn index_row(group: &Group, params: &RdmParams) -> IndexRow {
    let (n_folds, n_conditions, n_channels) = group.responses.dim();
    let measure = match (params.method, params.noise) {
        (Method::Euclidean, _) => "euclidean",
        (Method::Correlation, _) => "correlation",
        (Method::Crossnobis, _) => "crossnobis",
    };
    let has_unit = params.method != Method::Correlation && params.noise == Noise::None;
    IndexRow {
        rdm_id: group.name.clone(),
        recording: group.recording.clone(),
        region: group.region.clone(),
        measure: measure.to_owned(),
        unit: if has_unit { squared(&group.unit) } else { "1".to_owned() },
        n_conditions,
        n_channels: Some(n_channels),
        n_folds: Some(n_folds),
        ..IndexRow::default()
    }
}

fn summarise(used: &[Group], left_out: &[Group], rdms: &[Rdm], index: &[IndexRow]) -> Summary {
    let colour_labels: Vec<String> =
        index.iter().map(|row| format!("{} ({})", row.measure, row.unit)).collect();
    let mut summary = Summary::default().count("RDMs", rdms.len());
    for group in used {
        summary = summary.count(format!("units of {}", group.name), group.channels.len());
    }
    for group in used.iter().filter(|group| group.n_dropped > 0) {
        summary =
            summary.warn(format!("{}: {} units with NaN responses left out", group.name, group.n_dropped));
    }
    for group in left_out {
        summary =
            summary.warn(format!("{} left out: {} units are too few", group.name, group.channels.len()));
    }
    summary.figure(rdm_figure("Representational dissimilarity matrices", rdms, &colour_labels))
}
