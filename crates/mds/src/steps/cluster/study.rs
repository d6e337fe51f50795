//! The search on an encoder, and its tables.

use neuroloom_core::{Error, Result, RunContext, Seed, StepOutput, Summary, Unit as Units};
use serde::{Deserialize, Serialize};

use super::params::ClusterParams;
use super::windows::{fitted, no_movie, wanted_norm, windows};
use super::{figures, tables};
use crate::assignment::assign_held_out;
use crate::encoder::Encoder;
use crate::gain::{Gain, Gains};
use crate::groups::Groups;
use crate::restarts::{Choose, Restarted, Restarts, Start, searches, settled};
use crate::search::{Problem, Search};
use crate::steps::labels::Unit;
use crate::steps::stimuli::{Screen, TableStimulus, mds_table};

/// Clusters whose mean objective is below this share of `ln K` are not told apart by a stimulus.
const NOT_DISCRIMINABLE: f64 = 0.2;

/// What the searches start from, over all neurons.
pub(super) enum Begin {
    Chunks,
    Given(Vec<usize>),
    Rows(Vec<Vec<f64>>),
}

/// The searches that are done: a checkpoint.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Done {
    runs: Vec<Search<f32>>,
}

/// The encoder of the fitted neurons, that of all, and what the search needs to know.
pub(super) struct Study<'a, E> {
    params: &'a ClusterParams,
    all: E,
    fitted: E,
    units: Vec<Unit>,
    /// The fitted neurons among all.
    fit: Vec<usize>,
    gains: Gains,
    norm: f64,
    screen: Screen,
    start: Start,
}

impl<'a, E: Encoder<f32>> Study<'a, E> {
    pub fn new(
        params: &'a ClusterParams,
        all: E,
        units: Vec<Unit>,
        stimuli: &[TableStimulus],
        dt_s: f64,
        begin: Begin,
        seed: Seed,
    ) -> Result<Self> {
        let fit = fitted(&units, params.held_out, seed.child("held_out"));
        if fit.len() < 2 || fit.len() < params.k_init {
            return Err(Error::data("there are fewer fitted neurons than clusters to start from")
                .expected(format!("at least 2 and `k_init` = {}", params.k_init))
                .found(format!("{} of {} neurons", fit.len(), units.len()))
                .hint("lower `k_init` or `held_out`"));
        }
        let windows = windows(&all, dt_s, stimuli)?;
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
            dt_s,
            display: first.and_then(|stimulus| stimulus.display),
            pixel_um: first.and_then(|stimulus| stimulus.pixel_um),
        };
        let start = match begin {
            Begin::Chunks => Start::Chunks,
            Begin::Given(labels) => {
                let own: Vec<usize> = fit.iter().map(|&unit| labels[unit]).collect();
                Start::Given(Groups::new(&own))
            }
            Begin::Rows(rows) => Start::Rows(fit.iter().map(|&unit| rows[unit].clone()).collect()),
        };
        Ok(Self { fitted: all.select(&fit), params, all, units, fit, gains, norm, screen, start })
    }

    /// All searches, from the last checkpoint if there is one. They are kept in batches of as many as there are threads.
    pub fn search(&self, ctx: &RunContext) -> Result<Restarted<f32>> {
        let params = self.params;
        let display_scale = self.screen.display.map_or(1.0, |(_, scale)| scale);
        let options = params.options(Some(self.norm), display_scale);
        options.ascent.projection.check(self.all.shape())?;
        let gains = self.gains.select(&self.fit);
        let problem = Problem { encoder: &self.fitted, gains: &gains, options: &options };
        let settings = Restarts {
            n: params.restarts,
            k_init: params.k_init,
            start: self.start.clone(),
            choose: params.choose,
            together: params.together,
            min_cluster: params.min_cluster,
        };
        let (check, seed) = (|| ctx.check_cancelled(), ctx.seed().child("search"));
        let mut done: Done = ctx.resume()?.unwrap_or_default();
        let work = ctx.begin("searches", Some(settings.n as u64));
        work.advance(done.runs.len() as u64);
        while done.runs.len() < settings.n {
            ctx.boundary(&done)?;
            let first = done.runs.len();
            let last = settings.n.min(first + ctx.threads().max(1));
            done.runs.extend(searches::<f32, E>(problem, &settings, first..last, seed, &check)?);
            work.advance((last - first) as u64);
        }
        settled(problem, &settings, done.runs, seed)
    }

    pub fn output(&self, found: &Restarted<f32>) -> Result<StepOutput> {
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
