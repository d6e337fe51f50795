//! `mds.cluster`

mod figures;
mod params;
mod tables;

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Seed,
    Step, StepOutput, StepPlan, Summary, Unit as Units,
};
use neuroloom_simulate::retina::{FRAMES_PER_S, read_cells};
use neuroloom_table::kinds;
use rand::seq::SliceRandom;

use super::labels::Unit;
use super::stimuli::{Screen, TableStimulus, mds_table, read_stimuli};
use crate::assignment::assign_held_out;
use crate::encoder::{Encoder, TrueCells};
use crate::gain::{Gain, Gains};
use crate::projection::norm;
use crate::restarts::{Choose, Restarted, Restarts, restarts};
use crate::search::Problem;

pub use params::{ClusterParams, SplitParams};

/// The step `mds.cluster`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClusterStep;

/// Clusters whose mean objective is below this share of `ln K` are not told apart by a stimulus.
const NOT_DISCRIMINABLE: f64 = 0.2;

impl Step for ClusterStep {
    type Params = ClusterParams;
    const ID: &'static str = "mds.cluster";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Functional clusters of neurons, each with its most discriminative stimulus",
            about: "An encoder says how every neuron would respond to any stimulus. Clusters and stimuli are found in \
                    alternation: for every cluster the stimulus that drives its neurons and no others, by gradient \
                    ascent from noise, all clusters in one batch; then every neuron goes to the cluster whose stimulus \
                    drives it most, or whose profile of responses over all stimuli it shares. Clusters are split where \
                    all stimuli gain by it. Several searches run at once; kept is what most of them put together, \
                    without any label. Part of the neurons is held out and sorted by the stimuli alone.",
            reference: Some("Burg et al. 2024, ICLR (arXiv 2401.05342)"),
            inputs: vec![
                PortSpec::required(
                    "cells",
                    kinds::RETINA_CELLS,
                    "The cells of `simulate.retina` as the encoder",
                ),
                PortSpec::optional(
                    "stimuli",
                    kinds::STIMULI,
                    "Its training movie: for `norm` where that is not given, and for `gain`",
                ),
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
        let units = inputs.required("cells")?.dim("units").unwrap_or(1000);
        // Screens have at most 64 x 64 pixels; four copies of a stimulus, and the outputs of all filters twice.
        let per_stimulus = (params.frames as u64).saturating_mul(4096 * 16 + 64 * units);
        let stimuli = (params.k_init as u64).saturating_mul(params.restarts as u64);
        let bytes = per_stimulus.saturating_mul(stimuli).saturating_add(units.saturating_mul(8192 * 8));
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("clusters", kinds::MDS_CLUSTERS, [("units", units), ("rows", units)])
            .output("mds_stimuli", kinds::STIMULI, [("samples", params.frames as u64)])
            .output("em_trace", kinds::MDS_TRACE, [])
            .output("split_trace", kinds::MDS_SPLITS, [])
            .output("confusion", kinds::MDS_CONFUSION, [])
            .output("agreement", kinds::MDS_AGREEMENT, []))
    }

    fn run(&self, ctx: &RunContext, params: &ClusterParams, inputs: &Inputs) -> Result<StepOutput> {
        let (retina, units) = read_cells(inputs.required("cells")?)?;
        let encoder =
            TrueCells::<f32>::new(&retina.cells, retina.grid, params.frames, params.window, params.output)?;
        let stimuli = inputs.optional("stimuli").map(read_stimuli).transpose()?.unwrap_or_default();
        let study = Study::new(params, encoder, units, &stimuli, ctx.seed())?;
        let found = study.search(ctx)?;
        study.output(&found)
    }
}

/// The encoder of the fitted neurons, that of all, and what the search needs to know.
struct Study<'a> {
    params: &'a ClusterParams,
    all: TrueCells<f32>,
    fitted: TrueCells<f32>,
    units: Vec<Unit>,
    /// The fitted neurons among all.
    fit: Vec<usize>,
    gains: Gains,
    norm: f64,
    screen: Screen,
}

impl<'a> Study<'a> {
    fn new(
        params: &'a ClusterParams,
        all: TrueCells<f32>,
        units: Vec<Unit>,
        stimuli: &[TableStimulus],
        seed: Seed,
    ) -> Result<Self> {
        let fit = fitted(&units, params.held_out, seed.child("held_out"));
        if fit.len() < 2 || fit.len() < params.k_init {
            return Err(Error::data("there are fewer fitted neurons than clusters to start from")
                .expected(format!("at least 2 and `k_init` = {}", params.k_init))
                .found(format!("{} of {} neurons", fit.len(), units.len()))
                .hint("lower `k_init` or `held_out`"));
        }
        let windows = windows(&all, stimuli)?;
        let norm = wanted_norm(params, &windows)?;
        if params.gain != Gain::None && windows.is_empty() {
            return Err(no_movie("gain"));
        }
        let gains = match params.gain {
            Gain::None => Gains::none(units.len()),
            gain => Gains::of_windows(gain, &all.respond_all(&windows)),
        };
        let first = stimuli.first();
        let screen = Screen {
            shape: all.shape(),
            dt_s: 1.0 / FRAMES_PER_S,
            display: first.and_then(|stimulus| stimulus.display),
            pixel_um: first.and_then(|stimulus| stimulus.pixel_um),
        };
        Ok(Self { fitted: all.select(&fit), params, all, units, fit, gains, norm, screen })
    }

    fn search(&self, ctx: &RunContext) -> Result<Restarted<f32>> {
        let params = self.params;
        let display_scale = self.screen.display.map_or(1.0, |(_, scale)| scale);
        let options = params.options(Some(self.norm), display_scale);
        options.ascent.projection.check(self.all.shape())?;
        let gains = self.gains.select(&self.fit);
        let problem = Problem { encoder: &self.fitted, gains: &gains, options: &options };
        let settings = Restarts {
            n: params.restarts,
            k_init: params.k_init,
            given: None,
            choose: params.choose,
            together: params.together,
            min_cluster: params.min_cluster,
        };
        let check = || ctx.check_cancelled();
        restarts(problem, &settings, ctx.seed().child("search"), &check)
    }

    fn output(&self, found: &Restarted<f32>) -> Result<StepOutput> {
        let clusters = &found.clusters;
        let responses = self.all.respond_all(&clusters.stimuli);
        let labels =
            assign_held_out(self.params.assign, &responses, &self.gains, &self.fit, &clusters.groups);
        let view = tables::View {
            units: &self.units,
            fit: &self.fit,
            labels: &labels,
            responses: &responses,
            clusters,
            min_report: self.params.min_report,
        };
        let summary = self.summary(found).figure(figures::stimuli(&self.screen, &clusters.stimuli));
        let summary = summary.figure(figures::confusion(&view)).figure(figures::convergence(found));
        Ok(StepOutput::new(summary)
            .table("clusters", tables::clusters(&view)?)
            .table("mds_stimuli", mds_table(&self.screen, &clusters.stimuli)?)
            .table("em_trace", tables::em_trace(found)?)
            .table("split_trace", tables::split_trace(found)?)
            .table("confusion", tables::confusion(&view)?)
            .table("agreement", tables::stability(found, self.fit.len())?))
    }

    fn summary(&self, found: &Restarted<f32>) -> Summary {
        let clusters = &found.clusters;
        let k = clusters.groups.k();
        let n = found.stability.len();
        let mut summary = Summary::default()
            .count("clusters", k)
            .count("fitted neurons", self.fit.len())
            .count("held-out neurons", self.units.len() - self.fit.len())
            .number("mean objective over ln K", clusters.mean_j_share(), Units::ONE)
            .number("time of all stimuli", (k * self.params.frames) as f64 * self.screen.dt_s, Units::SECOND)
            .number("norm of the stimuli", self.norm, Units::ONE);
        if n > 1 {
            let total: f64 = found.stability.iter().flatten().sum();
            let mean = (total - n as f64) / (n * (n - 1)) as f64;
            summary = summary.number("agreement of the searches (mean ARI)", mean, Units::ONE);
        }
        if k <= 1 {
            summary = summary.text("status", "collapsed").warn("all neurons are in one cluster");
        }
        let bound = NOT_DISCRIMINABLE * (k as f64).ln();
        let weak = (0..k).filter(|&c| clusters.objectives.get(c).is_some_and(|j| *j < bound));
        let weak: Vec<String> = weak.map(|c| c.to_string()).collect();
        if k > 1 && !weak.is_empty() {
            summary =
                summary.warn(format!("not discriminable by any stimulus: clusters {}", weak.join(", ")));
        }
        if self.gains.n_floored() > 0 {
            summary =
                summary.warn(format!("the divisor of {} neurons was raised to 0.1", self.gains.n_floored()));
        }
        let projection = self.params.options(Some(self.norm), 1.0).ascent.projection;
        if !projection.holds_norm(self.all.shape()) {
            summary = summary.warn("the ranges of `clip` cannot hold stimuli of the norm: they are weaker");
        }
        if self.params.choose == Choose::Consensus && n < 3 {
            summary = summary.warn("a consensus of fewer than 3 searches says little; raise `restarts`");
        }
        summary
    }
}

/// The neurons that take part: of every recording the same share, drawn at random.
fn fitted(units: &[Unit], held_out: f64, seed: Seed) -> Vec<usize> {
    let mut recordings: Vec<&str> = units.iter().map(|(recording, _)| recording.as_str()).collect();
    recordings.dedup();
    recordings.sort_unstable();
    recordings.dedup();
    let mut fit = Vec::new();
    for recording in recordings {
        let mut members: Vec<usize> = (0..units.len()).filter(|&unit| units[unit].0 == recording).collect();
        members.shuffle(&mut seed.child(recording).rng());
        let n_held = (held_out * members.len() as f64).round() as usize;
        fit.extend(members.into_iter().skip(n_held));
    }
    fit.sort_unstable();
    fit
}

/// Stretches of the training movies, one behind the other, as long as a stimulus.
fn windows(encoder: &TrueCells<f32>, stimuli: &[TableStimulus]) -> Result<Vec<Vec<f32>>> {
    let shape = encoder.shape();
    let mut windows = Vec::new();
    for movie in stimuli.iter().filter(|one| one.kind == "movie" && one.split == "train") {
        let fits = (movie.shape.channels, movie.shape.height, movie.shape.width)
            == (shape.channels, shape.height, shape.width);
        if !fits {
            return Err(Error::data("a movie has another shape than the encoder takes")
                .at_object(format!("stimuli: {}", movie.id))
                .expected(format!("{} channels of {} x {}", shape.channels, shape.height, shape.width))
                .found(format!(
                    "{} of {} x {}",
                    movie.shape.channels, movie.shape.height, movie.shape.width
                )));
        }
        if (1.0 / movie.dt_s - FRAMES_PER_S).abs() > 1e-3 * FRAMES_PER_S {
            return Err(Error::data("a movie has another frame rate than the encoder")
                .at_object(format!("stimuli: {}", movie.id))
                .expected(format!("{FRAMES_PER_S} Hz"))
                .found(format!("{} Hz", 1.0 / movie.dt_s)));
        }
        let n_pixels = shape.n_pixels();
        for start in (0..=movie.shape.frames.saturating_sub(shape.frames)).step_by(shape.frames) {
            let channels = movie.values.chunks_exact(movie.shape.channel_len());
            let stretch = channels
                .flat_map(|channel| channel.iter().skip(start * n_pixels).take(shape.frames * n_pixels));
            windows.push(stretch.map(|&value| value as f32).collect());
        }
    }
    windows.retain(|window: &Vec<f32>| window.len() == shape.len());
    Ok(windows)
}

fn wanted_norm(params: &ClusterParams, windows: &[Vec<f32>]) -> Result<f64> {
    match params.norm {
        Some(norm) => Ok(norm),
        None if windows.is_empty() => Err(no_movie("norm")),
        None => Ok(windows.iter().map(|window| norm(window)).sum::<f64>() / windows.len() as f64),
    }
}

fn no_movie(param: &str) -> Error {
    Error::params(format!("`{param}` asks for windows of a training movie"))
        .expected("at the input `stimuli` a movie of the split `train`, at least as long as a stimulus")
        .found("none")
        .hint("connect `stimuli` of the recording, or give `norm` and leave `gain` at none")
}
