//! `mds.cluster`

mod figures;
mod members;
mod params;
mod study;
mod tables;
mod windows;

use std::collections::BTreeMap;

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Table,
};
use neuroloom_simulate::retina::{FRAMES_PER_S, read_cells};
use neuroloom_table::kinds;

use super::labels::{Unit, known_types, numbered};
use super::stimuli::{TableStimulus, read_stimuli};
use crate::encoder::{Encoder, TrueCells};
use members::{correlations, members, model};
use study::{Begin, Study};

pub use params::{ClusterParams, Init, SplitParams, Variant};

/// The step `mds.cluster`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClusterStep;

impl Step for ClusterStep {
    type Params = ClusterParams;
    const ID: &'static str = "mds.cluster";
    const VERSION: u32 = 2;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Functional clusters of neurons, each with its most discriminative stimulus",
            about: "An encoder says how every neuron would respond to any stimulus. Clusters and stimuli are found in \
                    alternation: for every cluster the stimulus that drives its neurons and no others, by gradient \
                    ascent from noise, all clusters in one batch; then every neuron goes to the cluster whose stimulus \
                    drives it most, or whose profile of responses over all stimuli it shares. Clusters are split where \
                    all stimuli gain by it. Several searches run at once; kept is what most of them put together, \
                    without any label. Part of the neurons is held out and sorted by the stimuli alone. Where the pipeline collects \
                    several encoders, the mean of their responses is the encoder.",
            reference: Some("Burg et al. 2024, ICLR (arXiv 2401.05342)"),
            inputs: vec![
                PortSpec::optional(
                    "encoder",
                    kinds::MDS_ENCODER,
                    "Of `mds.fit_encoder` or `mds.import_encoder`; of several variants the mean response counts",
                )
                .many(),
                PortSpec::optional(
                    "cells",
                    kinds::RETINA_CELLS,
                    "In its place: the cells of `simulate.retina`, an upper bound for any encoder of their recordings",
                ),
                PortSpec::optional(
                    "quality",
                    kinds::MDS_QUALITY,
                    "Of the encoder: neurons below `min_test_correlation` take no part; of several variants the mean counts",
                )
                .many(),
                PortSpec::optional(
                    "stimuli",
                    kinds::STIMULI,
                    "The training movie: for `norm` where that is not given, and for `gain`",
                ),
                PortSpec::optional("start", kinds::CELL_TYPES, "Labels to start from, for `init: given`"),
            ],
            outputs: vec![
                PortSpec::required("clusters", kinds::MDS_CLUSTERS, "The cluster of every neuron"),
                PortSpec::required("mds_stimuli", kinds::STIMULI, "The stimulus of every cluster"),
                PortSpec::required("em_trace", kinds::MDS_TRACE, "How the searches went"),
                PortSpec::required("split_trace", kinds::MDS_SPLITS, "The splits that were tried"),
                PortSpec::required("confusion", kinds::MDS_CONFUSION, "Responses of clusters to all stimuli"),
                PortSpec::required("agreement", kinds::MDS_AGREEMENT, "Agreement of the searches"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &ClusterParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let params = params.settled();
        let source = inputs.optional("encoder").or_else(|| inputs.optional("cells"));
        let units = source.and_then(|table| table.dim("units")).unwrap_or(1000);
        // Screens have at most 64 x 64 pixels. Every thread works on one stimulus: what its filters see, and the rates of all
        // neurons; what every search keeps is its stimuli and their responses.
        let per_thread = (params.frames as u64).saturating_mul(4096 * 64 + 16 * units);
        let kept = (params.k_init as u64).saturating_mul(params.restarts as u64);
        let per_stimulus = (params.frames as u64).saturating_mul(4096 * 8).saturating_add(16 * units);
        let bytes = per_thread
            .saturating_mul(ctx.threads as u64)
            .saturating_add(kept.saturating_mul(per_stimulus))
            .saturating_add(units.saturating_mul(8192 * 8));
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("clusters", kinds::MDS_CLUSTERS, [("units", units), ("rows", units)])
            .output("mds_stimuli", kinds::STIMULI, [("samples", params.frames as u64)])
            .output("em_trace", kinds::MDS_TRACE, [])
            .output("split_trace", kinds::MDS_SPLITS, [])
            .output("confusion", kinds::MDS_CONFUSION, [])
            .output("agreement", kinds::MDS_AGREEMENT, []))
    }

    fn run(&self, ctx: &RunContext, params: &ClusterParams, inputs: &Inputs) -> Result<StepOutput> {
        let params = params.settled();
        let stimuli = inputs.optional("stimuli").map(read_stimuli).transpose()?.unwrap_or_default();
        let encoders = members(inputs, "encoder")?;
        match (encoders.as_slice(), inputs.optional("cells")) {
            ([_, ..], None) => clustered(ctx, &params, inputs, model(&params, &encoders)?, &stimuli),
            ([], Some(table)) => {
                let (retina, units) = read_cells(table)?;
                let (grid, frames) = (retina.grid, params.frames);
                let all = TrueCells::<f32>::new(&retina.cells, grid, frames, params.window, params.output)?;
                clustered(
                    ctx,
                    &params,
                    inputs,
                    Model { all, units, rows: None, dt_s: 1.0 / FRAMES_PER_S },
                    &stimuli,
                )
            }
            (encoders, _) => Err(Error::params("clusters are found through an encoder")
                .expected("either the input `encoder` or the input `cells`")
                .found(if encoders.is_empty() { "neither" } else { "both" })),
        }
    }
}

/// An encoder and the neurons that it is of.
struct Model<E> {
    all: E,
    units: Vec<Unit>,
    /// What the neurons read, for starts by k-means.
    rows: Option<Vec<Vec<f64>>>,
    dt_s: f64,
}

fn clustered<E: Encoder<f32>>(
    ctx: &RunContext,
    params: &ClusterParams,
    inputs: &Inputs,
    model: Model<E>,
    stimuli: &[TableStimulus],
) -> Result<StepOutput> {
    let quality = members(inputs, "quality")?;
    let (model, removed) = match quality.as_slice() {
        [] => (model, Vec::new()),
        tables => model.predicted(&correlations(tables)?, params.min_test_correlation)?,
    };
    let begin = model.begin(params.init, inputs.optional("start"))?;
    let study = Study::new(params, model.all, model.units, stimuli, model.dt_s, begin, ctx.seed())?;
    let found = study.search(ctx)?;
    let mut output = study.output(&found)?;
    if !removed.is_empty() {
        let names: Vec<&str> = removed.iter().map(|(_, unit)| unit.as_str()).collect();
        let warning = format!("left out, below `min_test_correlation`: {}", names.join(", "));
        output.summary = output.summary.warn(warning);
    }
    Ok(output)
}

impl<E: Encoder<f32>> Model<E> {
    /// The neurons that are predicted well enough, and the others.
    fn predicted(self, known: &BTreeMap<Unit, f64>, least: f64) -> Result<(Self, Vec<Unit>)> {
        let mut kept = Vec::new();
        for (place, unit) in self.units.iter().enumerate() {
            let correlation = known.get(unit).ok_or_else(|| {
                Error::data("the quality of a neuron of the encoder is not known")
                    .at_object(format!("{}: {}", unit.0, unit.1))
                    .expected("a row at the input `quality`, of the same `mds.fit_encoder`")
            })?;
            if *correlation >= least {
                kept.push(place);
            }
        }
        let removed = (0..self.units.len()).filter(|place| kept.binary_search(place).is_err());
        let removed = removed.map(|place| self.units[place].clone()).collect();
        let model = Self {
            all: self.all.select(&kept),
            rows: self.rows.map(|rows| kept.iter().map(|&place| rows[place].clone()).collect()),
            units: kept.iter().map(|&place| self.units[place].clone()).collect(),
            dt_s: self.dt_s,
        };
        Ok((model, removed))
    }

    fn begin(&self, init: Init, start: Option<&Table>) -> Result<Begin> {
        match (init, start) {
            (Init::Chunks, _) => Ok(Begin::Chunks),
            (Init::Readouts, _) => self.rows.clone().map(Begin::Rows).ok_or_else(|| {
                Error::params("`init: readouts` asks for an encoder with readouts")
                    .expected("the input `encoder`")
                    .found("simulated cells")
            }),
            (Init::Given, None) => Err(Error::params("`init: given` asks for labels")
                .expected("the input `start`, with a label for every neuron")
                .found("none")),
            (Init::Given, Some(table)) => {
                let labels = known_types(table)?;
                let label = |unit: &Unit| {
                    labels.get(unit).map(String::as_str).ok_or_else(|| {
                        Error::data("a neuron has no label to start from")
                            .at_object(format!("{}: {}", unit.0, unit.1))
                            .expected("a row at the input `start`")
                    })
                };
                let names = self.units.iter().map(label).collect::<Result<Vec<&str>>>()?;
                if let Some((stranger, _)) = labels.iter().find(|(unit, _)| !self.units.contains(unit)) {
                    return Err(Error::data("a label is of a neuron that the encoder does not know")
                        .at_object(format!("{}: {}", stranger.0, stranger.1)));
                }
                Ok(Begin::Given(numbered(names.into_iter()).0))
            }
        }
    }
}
