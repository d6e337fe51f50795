//! `rsa.transform`

mod params;

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary,
};
use neuroloom_table::kinds;

use super::figures::rdm_figure;
use super::index::{IndexRow, index_table, read_index};
use super::rdm_warnings::{named, warn_about};
use super::tables::{BYTES_PER_ROW, rdms_table, read_rdms, read_units};
use super::units::root;
use crate::transforms::{Transform, Transformed};
use crate::{Rdm, RsaError};

pub use params::{CompatName, ConstantPolicy, TransformName, TransformParams};

/// `rsa.transform`: ranks, geo-topological and geodesic transforms of RDMs.
#[derive(Clone, Copy, Debug)]
pub struct TransformRdms;

impl Step for TransformRdms {
    type Params = TransformParams;
    const ID: &'static str = "rsa.transform";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Ranks, geo-topological and geodesic transforms of RDMs",
            about: "Makes RDMs sensitive to topology, that is to which conditions are neighbours, and insensitive to the smallest (noise) and largest distances. \
                With x the average ranks of the dissimilarities scaled to [0, 1] and the thresholds x_l, x_u at their quantiles l, u (type 7): \
                geotop(x) = 0 where x < x_l; (x - x_l)/(x_u - x_l) where x_l <= x <= x_u; 1 where x > x_u; where the thresholds coincide (rtm) 1[x > x_l]. \
                geodesic: lengths of the shortest paths along pairs with geotop(x) < 1, edges of length 0 included; \
                rgdm_p_shortest, rgdm_k_nearest, rgdm_p_nearest: the same along the share p of shortest pairs, the k or p n nearest neighbours of either end, with lengths x. \
                Pairs that no path joins get the largest length of the set; the lengths become ranks unless `rank_after: false`. \
                sigmoid = 1/(1 + exp(-alpha (x - beta))). \
                Every RDM is transformed on its own. The results are pure numbers, except those of sqrt, positive and affine.",
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

    fn plan(&self, ctx: &PlanContext, params: &TransformParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let rdms = inputs.required("rdms")?;
        let n_conditions = rdms.dim("conditions").map(|n| n as usize);
        let too_many =
            n_conditions.filter(|&n| params.transform == TransformName::RgdmKNearest && params.k >= n);
        if let Some(n_conditions) = too_many {
            let error = RsaError::Neighbours { k: params.k, n_conditions };
            return Err(Error::params(error.to_string()).at_object("k"));
        }
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
        let table = inputs.required("rdms")?;
        let before = read_rdms(table)?;
        let units: Vec<String> = read_units(table)?.iter().map(|unit| unit_after(&transform, unit)).collect();
        let transformed = transform.apply_with(&before, params.constant.into())?;
        let name = transform.to_string();
        let colour_labels: Vec<String> = units.iter().map(|unit| format!("{name} ({unit})")).collect();
        let summary = Summary::default()
            .count("RDMs", before.len())
            .text("transform", &name)
            .figure(rdm_figure(&format!("RDMs after {name}"), &transformed.rdms, &colour_labels));
        let summary = warn_about_replaced(warn_about(summary, &before), &transformed);
        let summary = warn_about_joined(summary, &transform, &transformed);
        let output = StepOutput::new(summary).table("rdms", rdms_table(&transformed.rdms, &units)?);
        match inputs.optional("index") {
            Some(index) => {
                let noted = |row: IndexRow| noted(row, &transform);
                let rows = read_index(index)?.into_iter().map(noted).collect::<Vec<_>>();
                Ok(output.table("index", index_table(&rows)?))
            }
            None => Ok(output),
        }
    }
}

fn unit_after(transform: &Transform, unit: &str) -> String {
    match transform {
        Transform::Sqrt => root(unit),
        Transform::Positive | Transform::Affine(_) => unit.to_owned(),
        _ => "1".to_owned(),
    }
}

fn noted(row: IndexRow, transform: &Transform) -> IndexRow {
    let (measure, unit) = (format!("{}, {transform}", row.measure), unit_after(transform, &row.unit));
    IndexRow { measure, unit, ..row }
}

/// A graph whose edges of length 0 join everything has no ways left to tell apart.
fn warn_about_joined(summary: Summary, transform: &Transform, transformed: &Transformed) -> Summary {
    let is_flat = |rdm: &&Rdm| crate::is_constant(rdm.dissimilarities());
    let flat: Vec<&str> = match transform {
        Transform::Geodesic(_) => transformed.rdms.iter().filter(is_flat).map(Rdm::name).collect(),
        _ => Vec::new(),
    };
    match flat.is_empty() {
        true => summary,
        false => summary.warn(format!(
            "all ways have the same length in {} RDMs: {}; with `l` above 0 the closest pairs are edges of length 0, which may join everything: use `l: 0`",
            flat.len(),
            named(&flat)
        )),
    }
}

fn warn_about_replaced(mut summary: Summary, transformed: &Transformed) -> Summary {
    if transformed.n_unreachable > 0 {
        summary = summary.warn(format!(
            "{} pairs of conditions are joined by no path; they got the largest length of the set",
            transformed.n_unreachable
        ));
    }
    if !transformed.constant.is_empty() {
        let names: Vec<&str> = transformed.constant.iter().map(String::as_str).collect();
        summary = summary.warn(format!("{} constant RDMs became zeros: {}", names.len(), named(&names)));
    }
    summary
}
