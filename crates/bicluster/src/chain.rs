//! A chain that runs from checkpoint to checkpoint.

use neuroloom_core::Seed;
use serde::{Deserialize, Serialize};

use crate::draw::{Draw, Scalars};
use crate::held_out_score::HeldOutScore;
use crate::hold_out::HeldOutEntry;
use crate::joint_density::log_joint;

use crate::start::{Groups, start};
use crate::streams::Streams;
use crate::sweep::{Point, Sampler};
use crate::tally::Tallies;
use crate::{Counts, DispersionPrior, Family, Result, Settings, log_probability};

/// Where a chain is and what it has found so far: with the counts and settings all that its future depends on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chain {
    /// Its number, from 0.
    pub number: u64,
    /// Sweeps that are done.
    pub n_sweeps: u64,
    /// Where it is.
    pub point: Point,
    /// How probable held-out counts are under the draws that were kept.
    pub score: HeldOutScore,
    /// Proposals of all sweeps, and how many were accepted.
    pub moves: Tallies,
    /// Log likelihood of the counts that it sees, at the last look.
    pub log_lik: f64,
    /// Scalars of the draws that were kept.
    pub trace: Vec<Traced>,
    /// Draws that were kept with the dispersion of a neuron near a bound, by neuron.
    pub at_bounds: Vec<u32>,
    /// Bytes of its log of draws.
    pub log_bytes: u64,
}

/// Label-invariant scalars of a draw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Traced {
    /// Log likelihood of the counts that the chain sees.
    pub log_lik: f64,
    /// Occupied clusters.
    pub n_clusters: u32,
    /// States that occur.
    pub n_states: u32,
}

/// What a chain works on.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// What it sees.
    pub counts: &'a Counts,
    /// What it does not see.
    pub held_out: &'a [HeldOutEntry],
    /// Priors and moves.
    pub settings: &'a Settings,
}

impl Chain {
    /// Chain number `number` at its start.
    pub fn new(problem: &Problem<'_>, number: u64, groups: Groups, dispersion: f64, seed: Seed) -> Self {
        let Problem { counts, held_out, settings } = problem;
        let state = start(counts, &settings.priors, groups, dispersion, &Streams::new(seed, number).start());
        Self::at(Point::new(state, settings.priors.hdp), number, held_out.len())
    }

    /// Chain number `number` at a point that is given.
    pub fn at(point: Point, number: u64, n_held_out: usize) -> Self {
        Self {
            number,
            n_sweeps: 0,
            score: HeldOutScore::new(n_held_out),
            moves: Tallies::default(),
            log_lik: f64::NAN,
            trace: Vec::new(),
            at_bounds: vec![0; point.state.labels.len()],
            log_bytes: 0,
            point,
        }
    }

    /// One sweep.
    ///
    /// # Errors
    /// When a covariance is not positive definite or an expected count overflows.
    pub fn advance(&mut self, sampler: &mut Sampler<'_>, seed: Seed) -> Result<()> {
        let streams = Streams::new(seed, self.number).sweep(self.n_sweeps);
        self.moves += sampler.sweep(&mut self.point, &streams)?;
        self.n_sweeps += 1;
        Ok(())
    }

    /// Keeps the draw of the last sweep: adds it to the scores and gives what is to be written.
    ///
    /// # Errors
    /// When a scale of the dynamics is not positive definite.
    pub fn keep(&mut self, problem: &Problem<'_>, sampler: &Sampler<'_>, with_latents: bool) -> Result<Draw> {
        let Problem { counts, held_out, settings } = problem;
        let Point { state, hdp, .. } = &self.point;
        let width = settings.priors.width();
        let log_lik_train = sampler.log_likelihood(state);
        let log_joint = log_joint(counts, settings, sampler.partition(), hdp, state, log_lik_train)?;
        let test = log_probabilities(&self.point, held_out, width, settings.family);
        let log_lik_test = (!test.is_empty()).then(|| test.iter().sum());
        let scalars = Scalars { log_joint, log_lik_train, log_lik_test };
        let draw = Draw::new(self.n_sweeps - 1, state, width, scalars, with_latents);
        self.log_lik = log_lik_train;
        self.score.add(&test);
        self.trace.push(Traced {
            log_lik: log_lik_train,
            n_clusters: draw.n_clusters() as u32,
            n_states: draw.n_states() as u32,
        });
        if settings.family == Family::NegativeBinomial {
            for (at_bounds, &r) in self.at_bounds.iter_mut().zip(&state.dispersions) {
                *at_bounds += u32::from(is_at_bound(r));
            }
        }
        Ok(draw)
    }
}

/// Within a percent of a bound, in logarithms.
fn is_at_bound(r: f64) -> bool {
    let [lowest, highest] = DispersionPrior::RANGE.map(f64::ln);
    let margin = 0.01 * (highest - lowest);
    r.ln() < lowest + margin || r.ln() > highest - margin
}

/// ln of the probability of every entry.
fn log_probabilities(point: &Point, entries: &[HeldOutEntry], width: usize, family: Family) -> Vec<f64> {
    let state = &point.state;
    let of = |entry: &HeldOutEntry| {
        let HeldOutEntry { unit, bin, count } = *entry;
        let first = state.labels[unit] * width;
        let loadings = state.loadings.row(unit);
        let latents = (1..width).map(|at| loadings[at] * state.paths[[bin, first + at]]);
        let eta = loadings[0] + state.paths[[bin, first]] + latents.sum::<f64>();
        log_probability(count, eta, state.dispersions[unit], family)
    };
    entries.iter().map(of).collect()
}
