//! One sweep of a chain that leaves the posterior invariant (sections 4.1 to 4.9).

mod units;

use ndarray::{Array2, ArrayView2};

use crate::marginal_labels::MarginalLabels;
use crate::smoothed::{correlations, smoothed_roots};
use crate::state_blocks::StateBlocks;
use crate::streams::{Purpose, SweepStreams};
use crate::tally::Tallies;
use crate::{
    ConcentrationPrior, Counts, Family, HdpPrior, LabelMoves, LabelUpdate, MoveSetting, MoveTallies,
    PartitionPrior, PolyaGamma, Result, Settings, State, StepStatistics, Tally, log_density_of_steps,
    sample_dynamics, sample_paths, sample_states, sample_transitions, sample_transitions_and_concentrations,
};

pub(crate) use units::{eta, path_of};

/// What moves a chain over one set of counts.
#[derive(Debug)]
pub struct Sampler<'a> {
    counts: &'a Counts,
    settings: &'a Settings,
    partition: PartitionPrior,
    polya_gamma: PolyaGamma,
    correlations: Array2<f64>,
    /// Pólya-Gamma variables, `[N, T]`.
    weights: Array2<f64>,
    /// Whether neurons are worked on side by side.
    in_parallel: bool,
}

/// A point of the posterior, with the concentrations of its states: those of the prior unless they are drawn.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Point {
    /// All unknowns but the concentrations.
    pub state: State,
    /// The concentrations.
    pub hdp: HdpPrior,
    /// Whether states begin anew in the next sweep: of the released variant.
    pub restarts: bool,
}

impl Point {
    /// With the concentrations of the prior.
    pub fn new(state: State, hdp: HdpPrior) -> Self {
        Self { state, hdp, restarts: true }
    }
}

impl<'a> Sampler<'a> {
    /// For these counts.
    pub fn new(counts: &'a Counts, settings: &'a Settings) -> Self {
        let limits = settings.priors.limits;
        Self {
            partition: PartitionPrior::new(&settings.priors.neurons, counts.n_units(), limits.max_clusters),
            polya_gamma: PolyaGamma { exact_below: settings.exact_below },
            correlations: correlations(&smoothed_roots(counts)),
            weights: Array2::zeros((counts.n_units(), counts.n_bins())),
            in_parallel: false,
            counts,
            settings,
        }
    }

    /// The same, with neurons worked on side by side where there are more threads than chains: no draw depends on it.
    #[must_use]
    pub fn with_parallel_units(self, in_parallel: bool) -> Self {
        Self { in_parallel, ..self }
    }

    pub(crate) fn counts(&self) -> &'a Counts {
        self.counts
    }

    pub(crate) fn settings(&self) -> &'a Settings {
        self.settings
    }

    pub(crate) fn weights(&self) -> ArrayView2<'_, f64> {
        self.weights.view()
    }

    /// Law of the partition of the neurons.
    pub fn partition(&self) -> &PartitionPrior {
        &self.partition
    }

    /// One sweep. What it draws depends on the point and the streams alone.
    ///
    /// # Errors
    /// When a covariance is not positive definite or an expected count overflows.
    pub fn sweep(&mut self, point: &mut Point, streams: &SweepStreams) -> Result<Tallies> {
        if let Some(n_sweeps) = self.settings.released {
            return self.released_sweep(point, streams, n_sweeps);
        }
        let mut tallies = Tallies::default();
        let state = &mut point.state;
        self.draw_weights(state, streams, Purpose::Augmentation)?;
        tallies.marginal_labels += self.move_labels_without_paths(state, streams)?;
        self.draw_paths(state, streams, &mut tallies)?;
        tallies.state_blocks += self.move_state_blocks(point, streams)?;
        let state = &mut point.state;
        self.draw_dynamics(state, streams, Purpose::Dynamics)?;
        self.draw_states(state, streams)?;
        self.draw_transitions(point, streams);
        let state = &mut point.state;
        tallies.loadings += self.draw_loadings(state, streams)?;
        self.draw_dispersions(state, streams);
        tallies.moves = self.move_labels(state, streams)?;
        Ok(tallies)
    }

    /// Single neurons change clusters with the paths integrated out, given the weights; paths are to be drawn next.
    fn move_labels_without_paths(&mut self, state: &mut State, streams: &SweepStreams) -> Result<Tally> {
        if self.settings.family == Family::Poisson {
            return Ok(Tally::default());
        }
        let moves = MarginalLabels {
            counts: self.counts,
            priors: &self.settings.priors,
            partition: &self.partition,
            filter: self.settings.filter,
            polya_gamma: self.polya_gamma,
        };
        let weights = &mut self.weights;
        moves.reallocate(
            state,
            weights,
            self.settings.n_marginal_labels,
            &mut streams.of(Purpose::MarginalLabels),
        )
    }

    fn draw_paths(&self, state: &mut State, streams: &SweepStreams, tallies: &mut Tallies) -> Result<()> {
        let is_poisson = self.settings.family == Family::Poisson;
        if is_poisson && self.by_cluster() {
            tallies.paths += self.draw_paths_by_cluster(state, streams)?;
            return Ok(());
        }
        let proposed = self.proposed_paths(state, streams)?;
        if is_poisson {
            tallies.paths += self.accept_paths(state, proposed, &mut streams.of(Purpose::Acceptance));
        } else {
            state.paths = proposed;
        }
        Ok(())
    }

    /// Stretches of bins change states with dynamics and transitions integrated out; both are drawn again before anything
    /// depends on them, transitions here.
    fn move_state_blocks(&self, point: &mut Point, streams: &SweepStreams) -> Result<Tally> {
        let Point { state, hdp, .. } = point;
        let blocks = StateBlocks {
            counts: self.counts,
            priors: &self.settings.priors,
            hdp,
            interaction: self.settings.interaction,
        };
        let tally =
            blocks.swap(state, self.settings.n_state_blocks, &mut streams.of(Purpose::StateBlocks))?;
        let (n_states, segments) = (self.settings.priors.limits.max_states, self.counts.segments());
        let rng = &mut streams.of(Purpose::TransitionsAgain);
        state.transitions =
            sample_transitions(hdp, &state.states, segments, n_states, &state.transitions, rng);
        Ok(tally)
    }

    /// Paths of the negative binomial law, drawn together.
    pub(crate) fn proposed_paths(&self, state: &State, streams: &SweepStreams) -> Result<Array2<f64>> {
        sample_paths(
            self.counts,
            &state.labels,
            state.loadings.view(),
            &state.dispersions,
            self.weights.view(),
            &state.states,
            &state.dynamics,
            self.settings.filter,
            &mut streams.of(Purpose::Paths),
        )
    }

    /// Dynamics of the states that a chain begins with, given its paths and states.
    ///
    /// # Errors
    /// When a scale is not positive definite.
    pub(crate) fn draw_dynamics_at_start(&self, state: &mut State, streams: &SweepStreams) -> Result<()> {
        self.draw_dynamics(state, streams, Purpose::Dynamics)
    }

    pub(crate) fn draw_dynamics(
        &self,
        state: &mut State,
        streams: &SweepStreams,
        purpose: Purpose,
    ) -> Result<()> {
        let priors = &self.settings.priors;
        let (n_states, segments) = (priors.limits.max_states, self.counts.segments());
        let statistics = StepStatistics::new(state.paths.view(), &state.states, segments, n_states);
        let (interaction, rng) = (self.settings.interaction, &mut streams.of(purpose));
        state.dynamics = sample_dynamics(&priors.dynamics, &statistics, interaction, priors.width(), rng)?;
        Ok(())
    }

    /// Clusters of neurons. They come and go with the dynamics integrated out, which are drawn again before anything
    /// depends on them.
    fn move_labels(&mut self, state: &mut State, streams: &SweepStreams) -> Result<MoveTallies> {
        let augmented = self.settings.labels == LabelUpdate::Augmented;
        if augmented {
            self.draw_weights(state, streams, Purpose::LabelAugmentation)?;
        }
        let setting = MoveSetting {
            counts: self.counts,
            priors: &self.settings.priors,
            partition: &self.partition,
            correlations: &self.correlations,
            family: self.settings.family,
            interaction: self.settings.interaction,
        };
        let mut moves = LabelMoves::new(setting, state)?;
        let rng = &mut streams.of(Purpose::Labels);
        match augmented {
            true => moves.reallocate_augmented(self.weights.view(), rng)?,
            false => moves.reallocate(rng)?,
        }
        let rng = &mut streams.of(Purpose::BirthDeath);
        (0..self.settings.n_birth_death).try_for_each(|_| moves.birth_or_death(rng))?;
        let rng = &mut streams.of(Purpose::SplitMerge);
        (0..self.settings.n_split_merge).try_for_each(|_| moves.split_or_merge(rng))?;
        moves.finish(&mut streams.of(Purpose::DynamicsAgain))
    }

    pub(crate) fn draw_states(&self, state: &mut State, streams: &SweepStreams) -> Result<()> {
        let segments = self.counts.segments();
        let log_lik = log_density_of_steps(state.paths.view(), &state.dynamics, segments)?;
        let rng = &mut streams.of(Purpose::States);
        state.states = sample_states(log_lik.view(), &state.transitions, segments, rng);
        Ok(())
    }

    fn draw_transitions(&self, point: &mut Point, streams: &SweepStreams) {
        let Point { state, hdp, .. } = point;
        let (n_states, segments) = (self.settings.priors.limits.max_states, self.counts.segments());
        let rng = &mut streams.of(Purpose::Transitions);
        let current = &state.transitions;
        if self.settings.resample_concentrations {
            let hyper = ConcentrationPrior::default();
            (state.transitions, *hdp) = sample_transitions_and_concentrations(
                &hyper,
                hdp,
                &state.states,
                segments,
                n_states,
                current,
                rng,
            );
        } else {
            state.transitions = sample_transitions(hdp, &state.states, segments, n_states, current, rng);
        }
    }
}
