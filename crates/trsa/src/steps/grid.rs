//! `rsa.grid`

mod cells;
mod params;

use std::sync::Arc;

use ndarray::Array2;
use neuroloom_core::{
    Description, Dims, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext,
    Step, StepOutput, StepPlan, Summary, Table,
};
use neuroloom_table::parquet::PartsWriter;
use neuroloom_table::{TableBuilder, kinds};

use super::figures_topology::{SimilarityMap, curve_figure, similarity_figure};
use super::rdm_warnings::warn_about;
use super::tables::{BYTES_PER_ROW, read_rdms};
use crate::compare::{Measure, compare};
use crate::transforms::Thresholds;
use crate::{Rdm, RsaError, pairs};
use cells::RankedSet;

pub use params::{GridName, GridParams, GridTransform};

/// `rsa.grid`: transforms of RDMs over a grid of thresholds.
#[derive(Clone, Copy, Debug)]
pub struct GridRdms;

impl Step for GridRdms {
    type Params = GridParams;
    const ID: &'static str = "rsa.grid";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Geo-topological transforms over a grid of thresholds",
            about: "Transforms every RDM at every cell of lower and upper thresholds l <= u, quantiles of the RDM, as `rsa.transform` would: every RDM is ranked once, a cell then costs one pass. \
                With `models`, these are transformed in the same way and compared with the RDMs at every cell: at which scale does a model resemble the data? \
                The best cell of such a map is chosen on the data; report all cells, or choose on other subjects. \
                The cells are written RDM by RDM, so that memory does not grow with their number.",
            reference: Some(
                "Lin & Kriegeskorte, The topology and geometry of neural representations, PNAS 2024, arXiv 2309.11028",
            ),
            inputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "The RDMs"),
                PortSpec::optional("models", kinds::RDMS, "RDMs that they are compared with at every cell"),
            ],
            outputs: vec![
                PortSpec::optional(
                    "grid",
                    kinds::RDM_GRID,
                    "The transformed dissimilarities, unless `store: false`",
                ),
                PortSpec::optional(
                    "similarities",
                    kinds::RDM_GRID_SIMILARITIES,
                    "Similarity of every RDM with every model at every cell, if there are models",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &GridParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let (rdms, models) = (inputs.required("rdms")?, inputs.optional("models"));
        if !params.store && models.is_none() {
            return Err(Error::params("nothing would come out")
                .at_object("store")
                .hint("connect `models`, or leave `store: true`"));
        }
        let n_cells = params.grid()?.cells().len() as u64;
        let n_pairs = rdms.dim("pairs");
        let size = |dim: Option<u64>| dim.unwrap_or(1);
        let n_models = models.map_or(0, |models| size(models.dim("rdms")));
        let sets = size(rdms.dim("rdms")).saturating_add(n_models).saturating_mul(size(n_pairs));
        let part = n_cells.saturating_mul(size(n_pairs)).saturating_mul(2 * BYTES_PER_ROW);
        let plan = StepPlan::new(
            Resources::memory(sets.saturating_mul(2 * BYTES_PER_ROW).saturating_add(part)).cores(ctx.threads),
        );
        let rows = |per_rdm: Option<u64>| -> Dims {
            let rows =
                rdms.dim("rdms").zip(per_rdm).map(|(n, m)| n.saturating_mul(m).saturating_mul(n_cells));
            rows.map(|rows| ("rows", rows)).into_iter().collect()
        };
        let plan = if params.store { plan.output("grid", kinds::RDM_GRID, rows(n_pairs)) } else { plan };
        Ok(match models {
            Some(models) => {
                plan.output("similarities", kinds::RDM_GRID_SIMILARITIES, rows(models.dim("rdms")))
            }
            None => plan,
        })
    }

    fn run(&self, ctx: &RunContext, params: &GridParams, inputs: &Inputs) -> Result<StepOutput> {
        let mut rdms = read_rdms(inputs.required("rdms")?)?;
        // Parts of a table are in the order of its key.
        rdms.sort_by(|a, b| a.name().cmp(b.name()));
        let grid = params.grid()?;
        let set = RankedSet::new(params.transform, &rdms)?;
        let summary = Summary::default().count("RDMs", rdms.len()).count("cells", grid.cells().len());
        let mut output = StepOutput::new(warn_about(summary, &rdms).figure(curve_figure(grid.cells())));
        if params.store {
            output = output.stored("grid", Arc::new(write(ctx, params, &rdms, &set, grid.cells())?));
        }
        if let Some(models) = inputs.optional("models") {
            let models = read_rdms(models)?;
            let similarities = similarities(ctx, params, &set, &models, grid.cells())?;
            let names = Names { rdms: &rdms, models: &models };
            let maps = names.maps(&similarities);
            let figure = similarity_figure(grid.cells(), &maps, params.measure.name());
            output.summary = std::mem::take(&mut output.summary).figure(figure);
            output = output.table("similarities", names.table(params, grid.cells(), &similarities)?);
        }
        Ok(output)
    }
}

/// The cells in the order of the key.
fn in_key_order(cells: &[Thresholds]) -> Vec<Thresholds> {
    let mut cells = cells.to_vec();
    cells.sort_by(|a, b| a.l().total_cmp(&b.l()).then(a.u().total_cmp(&b.u())));
    cells
}

/// Writes the cells of one RDM after the other.
fn write(
    ctx: &RunContext,
    params: &GridParams,
    rdms: &[Rdm],
    set: &RankedSet<'_>,
    cells: &[Thresholds],
) -> Result<neuroloom_table::parquet::PartsFile> {
    let cells = in_key_order(cells);
    let largest = set.largest_lengths(&cells)?;
    let mut writer = PartsWriter::new(ctx.scratch(), kinds::RDM_GRID)?;
    let progress = ctx.begin("grid", Some(rdms.len() as u64));
    for (index, rdm) in rdms.iter().enumerate() {
        ctx.check_cancelled()?;
        let values = set.rdm_at(index, &cells, &largest)?;
        writer.append(&part(params, rdm, &cells, &values)?)?;
        progress.advance(1);
    }
    writer.finish()
}

fn part(params: &GridParams, rdm: &Rdm, cells: &[Thresholds], values: &[Vec<f64>]) -> Result<Table> {
    let rows = || cells.iter().flat_map(|cell| pairs(rdm.n_conditions()).map(move |pair| (cell, pair)));
    TableBuilder::new(kinds::RDM_GRID)
        .text("rdm_id", rows().map(|_| rdm.name()))
        .text("transform", rows().map(|_| params.transform.name()))
        .numbers("l", rows().map(|(cell, _)| cell.l()))
        .numbers("u", rows().map(|(cell, _)| cell.u()))
        .integers("i", rows().map(|(_, (i, _))| i as i64))
        .integers("j", rows().map(|(_, (_, j))| j as i64))
        .numbers("value", values.iter().flatten().copied())
        .finish()
}

/// Similarities at every cell, `[n_rdms, n_models]`; NaN where a transformed RDM has none.
fn similarities(
    ctx: &RunContext,
    params: &GridParams,
    set: &RankedSet<'_>,
    models: &[Rdm],
    cells: &[Thresholds],
) -> Result<Vec<Array2<f64>>> {
    let models = RankedSet::new(params.transform, models)?;
    let progress = ctx.begin("similarities", Some(cells.len() as u64));
    let similarity = |&cell: &Thresholds| {
        ctx.check_cancelled()?;
        let found = similarity(&set.at(cell)?, &models.at(cell)?, params.measure)?;
        progress.advance(1);
        Ok(found)
    };
    cells.iter().map(similarity).collect()
}

fn similarity(rdms: &[Rdm], models: &[Rdm], measure: Measure) -> Result<Array2<f64>, RsaError> {
    match compare(rdms, models, measure) {
        Err(RsaError::InRdm { source, .. }) if is_undefined(&source) => {
            let mut table = Array2::from_elem((rdms.len(), models.len()), f64::NAN);
            for ((i, j), entry) in table.indexed_iter_mut() {
                let pair = compare(&rdms[i..=i], &models[j..=j], measure);
                *entry = pair.map_or(f64::NAN, |pair| pair.sum());
            }
            Ok(table)
        }
        found => found,
    }
}

/// Whether the measure has no value, as for what the thresholds made constant.
fn is_undefined(error: &RsaError) -> bool {
    matches!(error, RsaError::ConstantRdm { .. } | RsaError::ZeroRdm | RsaError::SecondMoment { .. })
}

struct Names<'a> {
    rdms: &'a [Rdm],
    models: &'a [Rdm],
}

impl Names<'_> {
    fn maps(&self, similarities: &[Array2<f64>]) -> Vec<SimilarityMap> {
        let map = |i: usize, j: usize| SimilarityMap {
            title: format!("{} and {}", self.rdms[i].name(), self.models[j].name()),
            values: similarities.iter().map(|cell| cell[[i, j]]).collect(),
        };
        (0..self.rdms.len()).flat_map(|i| (0..self.models.len()).map(move |j| map(i, j))).collect()
    }

    fn table(
        &self,
        params: &GridParams,
        cells: &[Thresholds],
        similarities: &[Array2<f64>],
    ) -> Result<Table> {
        let rows = || {
            cells.iter().zip(similarities).flat_map(|(cell, found)| {
                found.indexed_iter().map(move |((i, j), &similarity)| (cell, i, j, similarity))
            })
        };
        TableBuilder::new(kinds::RDM_GRID_SIMILARITIES)
            .text("rdm_id", rows().map(|(_, i, ..)| self.rdms[i].name()))
            .text("reference_id", rows().map(|(_, _, j, _)| self.models[j].name()))
            .text("transform", rows().map(|_| params.transform.name()))
            .numbers("l", rows().map(|(cell, ..)| cell.l()))
            .numbers("u", rows().map(|(cell, ..)| cell.u()))
            .text("measure", rows().map(|_| params.measure.name()))
            .optional_numbers(
                "similarity",
                rows().map(|(.., similarity)| (!similarity.is_nan()).then_some(similarity)),
            )
            .finish()
    }
}
