//! Moves of stretches of bins from one state to another, with the dynamics and the rows of transitions integrated out.
//!
//! A chain that draws states bin by bin given dynamics hardly ever opens a state: an empty one has dynamics from the prior,
//! which fit no step. Here a stretch is judged by the best that dynamics of its own would do.

use ndarray::ArrayView2;
use rand::{Rng, RngExt};

use crate::evidence::log_evidence_of_states;
use crate::joint_density::log_states;
use crate::metropolis::accept;
use crate::{Counts, HdpPrior, Interaction, Priors, Result, State, StepStatistics, Tally};

/// Steps of a stretch at most.
const LONGEST: usize = 256;

/// What the moves need beside the state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StateBlocks<'a> {
    pub(crate) counts: &'a Counts,
    pub(crate) priors: &'a Priors,
    pub(crate) hdp: &'a HdpPrior,
    pub(crate) interaction: Interaction,
}

impl StateBlocks<'_> {
    /// `n` tries, each of which swaps two states within a stretch of steps: the stretch, a step of it (its state is the
    /// one) and the other state are drawn without a look at the states, so that the way back is as probable.
    ///
    /// Afterwards dynamics and transitions are to be drawn anew.
    ///
    /// # Errors
    /// When a scale of the dynamics is not positive definite.
    pub(crate) fn swap(&self, state: &mut State, n: usize, rng: &mut impl Rng) -> Result<Tally> {
        let mut tally = Tally::default();
        let n_states = self.priors.limits.max_states;
        if n_states < 2 {
            return Ok(tally);
        }
        let segments = self.counts.segments();
        let mut statistics = StepStatistics::new(state.paths.view(), &state.states, segments, n_states);
        let mut log_prior = self.log_prior(state);
        for _ in 0..n {
            let Some(stretch) = self.stretch(rng) else { break };
            let one = state.states[rng.random_range(stretch.clone())];
            let other = (one + rng.random_range(1..n_states)) % n_states;
            let swapped = Swap::new(&state.states, stretch, one, other);
            let pair = statistics.of_states([one, other]);
            let proposed = swapped.of(state.paths.view(), pair.clone());
            let before = self.log_evidence(&pair)?;
            let after = self.log_evidence(&proposed)?;
            swapped.make(&mut state.states);
            self.repeat_last(state);
            let log_prior_after = self.log_prior(state);
            let accepted = accept(after - before + log_prior_after - log_prior, rng);
            if accepted {
                statistics.set_states([one, other], proposed);
                log_prior = log_prior_after;
            } else {
                swapped.make(&mut state.states);
                self.repeat_last(state);
            }
            tally += Tally::one(accepted);
        }
        Ok(tally)
    }

    /// Steps one after the other within a segment: the first uniform, the number log-uniform, cut at the segment's end.
    fn stretch(&self, rng: &mut impl Rng) -> Option<std::ops::Range<usize>> {
        let n_steps = self.counts.steps().count();
        if n_steps == 0 {
            return None;
        }
        let first = self.counts.steps().nth(rng.random_range(0..n_steps))?;
        let segment = self.counts.segments().iter().find(|segment| segment.contains(&first))?;
        let length = (LONGEST as f64).powf(rng.random::<f64>()) as usize;
        Some(first..(first + length.max(1)).min(segment.end - 1))
    }

    fn log_evidence(&self, pair: &StepStatistics) -> Result<f64> {
        log_evidence_of_states(pair, &[0, 1], &self.priors.dynamics, self.interaction, self.priors.width())
    }

    fn log_prior(&self, state: &State) -> f64 {
        log_states(self.hdp, &state.states, self.counts.segments(), &state.transitions.log_weights)
    }

    /// The last bin of a segment drives no step: it repeats the one before.
    fn repeat_last(&self, state: &mut State) {
        for segment in self.counts.segments().iter().filter(|segment| segment.len() > 1) {
            state.states[segment.end - 1] = state.states[segment.end - 2];
        }
    }
}

/// Steps of two states that change places.
struct Swap {
    states: [usize; 2],
    /// Steps of the one and of the other.
    steps: [Vec<usize>; 2],
}

impl Swap {
    fn new(states: &[usize], stretch: std::ops::Range<usize>, one: usize, other: usize) -> Self {
        let of = |state: usize| stretch.clone().filter(|&bin| states[bin] == state).collect();
        Self { states: [one, other], steps: [of(one), of(other)] }
    }

    /// Sums of the two states after the swap.
    fn of(&self, paths: ArrayView2<'_, f64>, mut pair: StepStatistics) -> StepStatistics {
        pair.transfer(paths, &self.steps[0], 0, 1);
        pair.transfer(paths, &self.steps[1], 1, 0);
        pair
    }

    /// Made twice, it is undone.
    fn make(&self, states: &mut [usize]) {
        let both = self.states[0] + self.states[1];
        for &bin in self.steps.iter().flatten() {
            states[bin] = both - states[bin];
        }
    }
}
