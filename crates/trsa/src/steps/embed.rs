//! `rsa.embed`

use neuroloom_core::{
    Description, Dims, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Table, Unit,
};
use neuroloom_table::{TableBuilder, kinds};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::map_figure;
use super::index::{IndexRow, read_index};
use super::tables::{BYTES_PER_ROW, read_rdms, read_units};
use super::units::root;
use crate::embed::{Embedding, Scale, classical_mds};
use crate::{Rdm, RsaError};

/// `rsa.embed`: maps of the conditions.
#[derive(Clone, Copy, Debug)]
pub struct EmbedRdms;

/// Parameters of `rsa.embed`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbedParams {
    /// Dimensions of the map, at least 1 and fewer than conditions.
    #[serde(default = "two")]
    pub dimensions: usize,
    /// What the dissimilarities are.
    #[serde(default)]
    pub scale: EmbedScale,
}

fn two() -> usize {
    2
}

/// What the dissimilarities are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmbedScale {
    /// As the index says: crossnobis, euclidean and correlation are squared, models and transformed RDMs plain.
    /// Without an index: squared.
    #[default]
    Auto,
    /// Squared distances.
    Squared,
    /// Distances.
    Plain,
}

impl StepParams for EmbedParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.dimensions >= 1, "dimensions", || "must be at least 1, got 0".into());
    }
}

impl Step for EmbedRdms {
    type Params = EmbedParams;
    const ID: &'static str = "rsa.embed";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Maps of the conditions by classical multidimensional scaling",
            about: "Places the conditions so that their distances approximate the dissimilarities: B = -1/2 H D^2 H = V L V' with the centring H; coordinates V sqrt(L) of the largest eigenvalues, the widest dimension first. \
                crossnobis, euclidean and correlation dissimilarities are squared distances already; ranks, transformed RDMs and models are distances. \
                `explained` is the share of a dimension in the sum of absolute eigenvalues. Directions are arbitrary; the largest entry of a dimension is made positive.",
            reference: Some("Torgerson 1952, Psychometrika 17:401"),
            inputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "The RDMs"),
                PortSpec::optional(
                    "index",
                    kinds::RDM_INDEX,
                    "Their index, which says whether they are squared distances",
                ),
            ],
            outputs: vec![PortSpec::required("embedding", kinds::EMBEDDING, "Coordinates of the conditions")],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &EmbedParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let rdms = inputs.required("rdms")?;
        let (n_rdms, n_conditions) = (rdms.dim("rdms"), rdms.dim("conditions"));
        if n_conditions.is_some_and(|n| params.dimensions as u64 >= n) {
            let n_conditions = n_conditions.unwrap_or(0) as usize;
            let message = RsaError::Dimensions { dimensions: params.dimensions, n_conditions }.to_string();
            return Err(Error::params(message).at_object("dimensions"));
        }
        let points = n_rdms.zip(n_conditions).map(|(n, m)| n.saturating_mul(m));
        let rows = points.map(|points| points.saturating_mul(params.dimensions as u64));
        let dims: Dims = [("rdms", n_rdms), ("conditions", n_conditions), ("rows", rows)]
            .into_iter()
            .filter_map(|(name, size)| Some((name, size?)))
            .collect();
        let squares = n_conditions.map_or(0, |n| n.saturating_mul(n).saturating_mul(40 * ctx.threads as u64));
        let table = n_rdms.unwrap_or(1).saturating_mul(rdms.dim("pairs").unwrap_or(0));
        let bytes = squares.saturating_add(table.saturating_mul(BYTES_PER_ROW));
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads)).output(
            "embedding",
            kinds::EMBEDDING,
            dims,
        ))
    }

    fn run(&self, _: &RunContext, params: &EmbedParams, inputs: &Inputs) -> Result<StepOutput> {
        let index = inputs.optional("index").map(read_index).transpose()?;
        let table = inputs.required("rdms")?;
        let (rdms, units) = (read_rdms(table)?, read_units(table)?);
        let maps: Vec<Result<Map, RsaError>> = rdms
            .into_par_iter()
            .zip(units)
            .map(|(rdm, unit)| map(rdm, &unit, params, index.as_deref()))
            .collect();
        let maps = maps.into_iter().collect::<Result<Vec<_>, RsaError>>()?;
        let summary = summarise(&maps);
        Ok(StepOutput::new(summary).table("embedding", embedding_table(&maps)?))
    }
}

/// A map of one RDM.
pub(super) struct Map {
    pub rdm: Rdm,
    pub embedding: Embedding,
    /// Unit of the coordinates.
    pub unit: String,
}

fn map(rdm: Rdm, unit: &str, params: &EmbedParams, index: Option<&[IndexRow]>) -> Result<Map, RsaError> {
    let scale = scale(params.scale, index, rdm.name());
    let embedding = classical_mds(&rdm, params.dimensions, scale)?;
    let unit = if scale == Scale::Squared { root(unit) } else { unit.to_owned() };
    Ok(Map { rdm, embedding, unit })
}

fn scale(asked: EmbedScale, index: Option<&[IndexRow]>, rdm_id: &str) -> Scale {
    let measure =
        index.into_iter().flatten().find(|row| row.rdm_id == rdm_id).map(|row| row.measure.as_str());
    match (asked, measure) {
        (EmbedScale::Squared, _) => Scale::Squared,
        (EmbedScale::Plain, _) => Scale::Plain,
        (EmbedScale::Auto, None | Some("crossnobis" | "euclidean" | "correlation")) => Scale::Squared,
        (EmbedScale::Auto, Some(_)) => Scale::Plain,
    }
}

fn embedding_table(maps: &[Map]) -> Result<Table> {
    let rows = || {
        maps.iter().flat_map(|map| {
            map.embedding.coordinates.indexed_iter().map(move |((i, d), &coordinate)| (map, i, d, coordinate))
        })
    };
    TableBuilder::new(kinds::EMBEDDING)
        .text("rdm_id", rows().map(|(map, ..)| map.rdm.name()))
        .integers("i", rows().map(|(_, i, ..)| i as i64))
        .text("condition", rows().map(|(map, i, ..)| &map.rdm.conditions()[i]))
        .integers("dimension", rows().map(|(_, _, dimension, _)| dimension as i64))
        .numbers("coordinate", rows().map(|(.., coordinate)| coordinate))
        .text("coordinate_unit", rows().map(|(map, ..)| &map.unit))
        .numbers("explained", rows().map(|(map, _, dimension, _)| map.embedding.explained[dimension]))
        .finish()
}

fn summarise(maps: &[Map]) -> Summary {
    let share = |summary: Summary, map: &Map| {
        summary.number(
            format!("share of the map of {}", map.rdm.name()),
            map.embedding.explained.sum(),
            Unit::ONE,
        )
    };
    maps.iter().fold(Summary::default(), share).figure(map_figure(maps))
}
