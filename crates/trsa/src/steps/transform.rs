//! `rsa.transform`

use neuroloom_core::{
    Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext,
    Step, StepOutput, StepParams, StepPlan, Summary,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::rdm_figure;
use super::index::{IndexRow, index_table, read_index};
use super::tables::{BYTES_PER_ROW, rdms_table, read_rdms};
use crate::RsaError;
use crate::transforms::{GeoTop, Transform};

/// `rsa.transform`: ranks and geo-topological transforms of RDMs.
#[derive(Clone, Copy, Debug)]
pub struct TransformRdms;

/// Parameters of `rsa.transform`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransformParams {
    /// The transform.
    pub transform: TransformName,
    /// Lower threshold of geotop, as a quantile of the RDM, from 0 to `u`.
    #[serde(default = "default_l")]
    pub l: f64,
    /// Upper threshold of geotop, as a quantile of the RDM, from `l` to 1.
    #[serde(default = "default_u")]
    pub u: f64,
    /// Whether geotop works on ranks (as published) or on the dissimilarities themselves.
    #[serde(default = "default_rank")]
    pub rank: bool,
}

fn default_l() -> f64 {
    0.2
}

fn default_u() -> f64 {
    0.8
}

fn default_rank() -> bool {
    true
}

/// A transform of dissimilarities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransformName {
    /// Average ranks within the RDM, from 1.
    Rank,
    /// Scaled to [0, 1].
    Minmax,
    /// RGTM: 0 below the lower threshold, 1 above the upper one, linear between; `l = u` gives the adjacency matrix (RTM).
    Geotop,
}

impl TransformParams {
    fn transform(&self) -> Result<Transform, RsaError> {
        Ok(match self.transform {
            TransformName::Rank => Transform::Rank,
            TransformName::Minmax => Transform::MinMax,
            TransformName::Geotop => Transform::GeoTop(GeoTop::new(self.l, self.u, self.rank)?),
        })
    }
}

impl StepParams for TransformParams {
    fn check(&self, issues: &mut ParamIssues) {
        let in_range = |value: f64| (0.0..=1.0).contains(&value);
        for (name, value) in [("l", self.l), ("u", self.u)] {
            issues.require(in_range(value), name, || format!("must lie in [0, 1], got {value}"));
        }
        let ordered = self.l <= self.u || !in_range(self.l) || !in_range(self.u);
        issues.require(ordered, "l", || format!("must not be above u = {}, got {}", self.u, self.l));
    }
}

impl Step for TransformRdms {
    type Params = TransformParams;
    const ID: &'static str = "rsa.transform";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Ranks and geo-topological transforms of RDMs",
            about: "Makes RDMs sensitive to topology, that is to which conditions are neighbours, and insensitive to the smallest (noise) and largest distances. \
                With x the average ranks of the dissimilarities scaled to [0, 1] and the thresholds x_l, x_u at their quantiles l, u (type 7): \
                geotop(x) = 0 where x < x_l; (x - x_l)/(x_u - x_l) where x_l <= x <= x_u; 1 where x > x_u; where the thresholds coincide 1[x > x_l]. \
                Every RDM is transformed on its own. The results are pure numbers.",
            reference: Some(
                "Lin & Kriegeskorte, The topology and geometry of neural representations, PNAS 2024, arXiv 2309.11028",
            ),
            inputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "The RDMs"),
                PortSpec::optional("index", kinds::RDM_INDEX, "Their index"),
            ],
            outputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "The transformed RDMs, under the same names"),
                PortSpec::optional(
                    "index",
                    kinds::RDM_INDEX,
                    "The index with the transform noted, if there was one",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &TransformParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let rdms = inputs.required("rdms")?;
        let size = |name: &str| rdms.dim(name).unwrap_or(1);
        let bytes = size("rdms").saturating_mul(size("pairs")).saturating_mul(2 * BYTES_PER_ROW);
        let plan = StepPlan::new(Resources::memory(bytes).cores(ctx.threads));
        let plan = plan.output("rdms", kinds::RDMS, rdms.dims.clone());
        Ok(match inputs.optional("index") {
            Some(index) => plan.output("index", kinds::RDM_INDEX, index.dims.clone()),
            None => plan,
        })
    }

    fn run(&self, _: &RunContext, params: &TransformParams, inputs: &Inputs) -> Result<StepOutput> {
        let transform = params.transform()?;
        let rdms = transform.apply(&read_rdms(inputs.required("rdms")?)?)?;
        let name = transform.to_string();
        let colour_labels = vec![format!("{name} (1)"); rdms.len()];
        let summary = Summary::default()
            .count("RDMs", rdms.len())
            .text("transform", &name)
            .figure(rdm_figure(&format!("RDMs after {name}"), &rdms, &colour_labels));
        let output = StepOutput::new(summary).table("rdms", rdms_table(&rdms, &vec!["1"; rdms.len()])?);
        match inputs.optional("index") {
            Some(index) => {
                let rows = read_index(index)?.into_iter().map(|row| noted(row, &name)).collect::<Vec<_>>();
                Ok(output.table("index", index_table(&rows)?))
            }
            None => Ok(output),
        }
    }
}

fn noted(row: IndexRow, transform: &str) -> IndexRow {
    IndexRow { measure: format!("{}, {transform}", row.measure), unit: "1".to_owned(), ..row }
}
