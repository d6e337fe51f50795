//! A beginning that is looked for: chains of one state and fixed numbers of clusters, then states by local power.
//!
//! Chains hardly ever change the number of clusters, and never find a second state from one: where they begin matters.
//! Nothing that a chain must not see is looked at, and the chain that begins here is as exact as any other.

mod score;

use ndarray::{Array2, Axis};
use neuroloom_core::Seed;

use crate::hold_out::{HeldOutEntry, HoldOut};
use crate::local_power::local_power;
use crate::start::{even, kmeans};
use crate::streams::{Purpose, Streams};
use crate::sweep::eta;
use crate::{
    BiclusterError, Chain, Counts, Groups, Limits, NeuronPrior, Point, Problem, Sampler, Settings, Start,
    State,
};
use score::fewest_as_good;

/// Share of the counts that pilots do not see.
const HIDDEN: f64 = 0.1;
/// Standard deviation of the window of local power, bins.
const POWER_SD: f64 = 5.0;
/// One in so many neurons may change clusters without paths in a sweep of a pilot,
const UNITS_PER_MOVE: usize = 10;
/// and of the last ones, from which a chain goes on.
const UNITS_PER_MOVE_AT_LAST: usize = 3;

/// Looks for the beginning of a chain.
#[derive(Clone, Copy, Debug)]
pub struct Pilot<'a> {
    /// What the chain works on.
    pub problem: Problem<'a>,
    /// Its number.
    pub number: u64,
    /// Sweeps of every pilot chain, of which the second half counts.
    pub sweeps: u64,
    /// Dispersion that pilots begin with.
    pub dispersion: f64,
    /// The seed of the chain.
    pub seed: Seed,
}

/// Where a pilot came to.
struct Found {
    state: State,
    /// Sums over the sweeps that count: of the log likelihood, and of eta, `[N, T]`.
    log_lik: f64,
    log_rates: Array2<f64>,
}

/// How many clusters chains begin with, by the [`Pilot::scores`] of them all: the fewest that predict hidden counts as well
/// as the best number.
pub fn number_of_clusters(settings: &Settings, scores: &[Vec<Vec<f64>>]) -> usize {
    if let NeuronPrior::Fixed { n_clusters, .. } = settings.priors.neurons {
        return n_clusters;
    }
    let most = scores.iter().map(Vec::len).min().unwrap_or_default();
    let of_all = |number: usize| scores.iter().flat_map(|of_chain| &of_chain[number]).copied().collect();
    fewest_as_good(&(0..most).map(of_all).collect::<Vec<_>>()) + 1
}

impl Pilot<'_> {
    /// The point where the chain begins, with so many clusters. `check` is asked before every sweep.
    ///
    /// # Errors
    /// When a pilot breaks down, or `check` fails.
    pub fn point<E: From<BiclusterError>>(
        &self,
        n_clusters: usize,
        check: &impl Fn() -> Result<(), E>,
    ) -> Result<Point, E> {
        let settings = self.settings(n_clusters, UNITS_PER_MOVE_AT_LAST);
        let problem = Problem { settings: &settings, ..self.problem };
        let one = self.found(&problem, Groups::Kmeans(n_clusters), check)?;
        let other = self.found(&problem, Groups::Spectral(n_clusters), check)?;
        let best = if other.log_lik > one.log_lik { other } else { one };
        Ok(self.with_states(best.state, &best.log_rates)?)
    }

    /// A chain of one state from some groups.
    fn found<E: From<BiclusterError>>(
        &self,
        problem: &Problem<'_>,
        groups: Groups,
        check: &impl Fn() -> Result<(), E>,
    ) -> Result<Found, E> {
        let Problem { counts, settings, .. } = problem;
        let (mut log_lik, mut log_rates) = (0.0, Array2::zeros((counts.n_units(), counts.n_bins())));
        let chain = self.run(problem, groups, check, |chain, sampler| {
            log_lik += sampler.log_likelihood(&chain.point.state);
            add_log_rates(&chain.point.state, settings.priors.width(), &mut log_rates);
            Ok(())
        })?;
        Ok(Found { state: chain.point.state, log_lik, log_rates })
    }

    /// Log probabilities of counts that are hidden from this chain's pilots, under 1, 2, .. clusters; nothing where the
    /// number of clusters is known.
    ///
    /// # Errors
    /// As [`Self::point`].
    pub fn scores<E: From<BiclusterError>>(
        &self,
        check: &impl Fn() -> Result<(), E>,
    ) -> Result<Vec<Vec<f64>>, E> {
        let Problem { counts, settings, .. } = self.problem;
        let Groups::Kmeans(most) = Start::Pilot.groups(counts, &settings.priors) else {
            return Ok(Vec::new());
        };
        if matches!(settings.priors.neurons, NeuronPrior::Fixed { .. }) {
            return Ok(Vec::new());
        }
        let (seen, hidden) = self.hidden();
        // Half of the chains begin in one way and half in another.
        let groups = if self.number.is_multiple_of(2) { Groups::Kmeans } else { Groups::Spectral };
        let mut scores = Vec::with_capacity(most);
        for n_clusters in 1..=most {
            let settings = self.settings(n_clusters, UNITS_PER_MOVE);
            let problem = Problem { counts: &seen, held_out: &hidden, settings: &settings };
            let chain = self.run(&problem, groups(n_clusters), check, |chain, sampler| {
                chain.keep(&problem, sampler, false).map(|_| ())
            })?;
            scores.push(chain.score.log_mean().collect());
        }
        Ok(scores)
    }

    /// What pilots see of what the chain sees, and what they do not.
    fn hidden(&self) -> (Counts, Vec<HeldOutEntry>) {
        let counts = self.problem.counts;
        let shape = (counts.n_units(), counts.n_bins());
        let mut seen = Array2::from_shape_fn(shape, |(unit, bin)| counts.seen(unit)[bin]);
        let all = Array2::from_shape_fn(shape, |(unit, bin)| counts.unit(unit)[bin]);
        let mut hidden = Vec::new();
        let seed = self.seed.child("pilot").child_index(self.number);
        for unit in 0..shape.0 {
            let observed = counts.seen(unit).to_vec();
            for bin in HoldOut::Speckled.bins(&unit.to_string(), &observed, HIDDEN, seed) {
                seen[[unit, bin]] = false;
                hidden.push(HeldOutEntry { unit, bin, count: all[[unit, bin]] });
            }
        }
        (Counts::new(all, seen, counts.segments().to_vec()), hidden)
    }

    /// Those of the chain, with a fixed number of clusters and one state.
    fn settings(&self, n_clusters: usize, units_per_move: usize) -> Settings {
        let mut settings = self.problem.settings.clone();
        settings.priors.neurons = NeuronPrior::Fixed { n_clusters, g: 1.0 };
        settings.priors.limits = Limits { max_clusters: n_clusters, max_states: 1 };
        Settings {
            n_birth_death: 0,
            n_split_merge: 0,
            n_state_blocks: 0,
            n_marginal_labels: self.problem.counts.n_units().div_ceil(units_per_move),
            resample_concentrations: false,
            released: None,
            ..settings
        }
    }

    /// A chain to its end; `look` at it after every sweep that counts.
    fn run<E: From<BiclusterError>>(
        &self,
        problem: &Problem<'_>,
        groups: Groups,
        check: &impl Fn() -> Result<(), E>,
        mut look: impl FnMut(&mut Chain, &Sampler<'_>) -> crate::Result<()>,
    ) -> Result<Chain, E> {
        let seed = self.seed.child("pilot");
        let mut chain = Chain::new(problem, self.number, groups, self.dispersion, seed);
        let mut sampler = Sampler::new(problem.counts, problem.settings);
        let seed = seed.child(&format!("{groups:?}"));
        for sweep in 0..self.sweeps {
            check()?;
            chain.advance(&mut sampler, seed)?;
            if 2 * sweep >= self.sweeps {
                look(&mut chain, &sampler)?;
            }
        }
        Ok(chain)
    }

    /// The last state of a pilot with two states by the power of its rates, and dynamics drawn given these.
    fn with_states(&self, found: State, log_rates: &Array2<f64>) -> crate::Result<Point> {
        let Problem { counts, settings, .. } = self.problem;
        let n_states = settings.priors.limits.max_states;
        let streams = Streams::new(self.seed.child("pilot"), self.number).start();
        let mut state = State {
            states: states(counts, log_rates, n_states, &mut streams.of(Purpose::States)),
            transitions: even(n_states),
            ..found
        };
        Sampler::new(counts, settings).draw_dynamics_at_start(&mut state, &streams)?;
        Ok(Point::new(state, settings.priors.hdp))
    }
}

/// Adds eta of all neurons to `sum`, `[N, T]`.
fn add_log_rates(state: &State, width: usize, sum: &mut Array2<f64>) {
    for (unit, mut row) in sum.outer_iter_mut().enumerate() {
        row.iter_mut().zip(eta(state, unit, width)).for_each(|(sum, eta)| *sum += eta);
    }
}

/// Two groups of bins by the power of log rates around their means, of all neurons together; the last bin of a segment
/// repeats the one before.
fn states(counts: &Counts, log_rates: &Array2<f64>, n_states: usize, rng: &mut impl rand::Rng) -> Vec<usize> {
    let mut centred = log_rates.clone();
    for mut row in centred.outer_iter_mut() {
        let mean = row.sum() / row.len().max(1) as f64;
        row.mapv_inplace(|value| value - mean);
    }
    let power = local_power(&centred, counts.segments(), POWER_SD).sum_axis(Axis(0));
    let logs = power.mapv(|power| power.max(f64::MIN_POSITIVE).ln()).insert_axis(Axis(1));
    let mut states = kmeans(logs.view(), n_states.min(2), rng);
    for segment in counts.segments().iter().filter(|segment| segment.len() > 1) {
        states[segment.end - 1] = states[segment.end - 2];
    }
    states
}
