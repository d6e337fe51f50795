//! The sweep of the published program, for comparison (section 5): it moves coordinates inside the chain, restarts its
//! states, draws auxiliary paths from other laws than the prior and dispersions at a fixed mean. It has no exact
//! invariant distribution. Its overflows are not here: coefficients of partitions are in logarithms, memory does not grow.
//! Names of clusters, which it matches to a reference, are those of first members in every draw.

mod auxiliary;
mod crt_gamma;
mod labels;
mod mode;
mod opened;

use neuroloom_math::MathError;

use crate::latent_draw::LatentDraw;
use crate::streams::{Purpose, SweepStreams};
use crate::sweep::Sampler;
use crate::tally::Tallies;
use crate::{
    BiclusterError, Family, Point, Result, State, sample_states, sample_transitions, transitions_from_prior,
};

/// Share of all sweeps in which states always begin anew.
const RESTARTING_SWEEPS: f64 = 0.01;

impl Sampler<'_> {
    /// One sweep of the published program; `n_sweeps` are those of the whole run.
    ///
    /// # Errors
    /// When a covariance is not positive definite or an expected count overflows.
    pub(crate) fn released_sweep(
        &mut self,
        point: &mut Point,
        streams: &SweepStreams,
        n_sweeps: u64,
    ) -> Result<Tallies> {
        let mut tallies = Tallies::default();
        let state = &mut point.state;
        self.draw_weights(state, streams, Purpose::Augmentation)?;
        self.released_paths(state, streams, &mut tallies)?;
        self.released_states(point, streams, n_sweeps)?;
        let state = &mut point.state;
        tallies.loadings += self.draw_loadings(state, streams)?;
        self.released_dispersions(state, streams);
        project(state)?;
        self.released_labels(state, streams)?;
        Ok(tallies)
    }

    /// Paths are drawn together and, of Poisson counts, accepted cluster by cluster.
    fn released_paths(&self, state: &mut State, streams: &SweepStreams, tallies: &mut Tallies) -> Result<()> {
        let proposed = self.proposed_paths(state, streams)?;
        if self.settings().family == Family::NegativeBinomial {
            state.paths = proposed;
            return Ok(());
        }
        let rng = &mut streams.of(Purpose::Acceptance);
        tallies.paths += self.accept_paths_by_cluster(state, &proposed, rng);
        Ok(())
    }

    /// Dynamics, transitions and states. The shared weights are never kept; early, and after the largest state has taken
    /// over, neither is anything else.
    fn released_states(&self, point: &mut Point, streams: &SweepStreams, n_sweeps: u64) -> Result<()> {
        let Point { state, hdp, restarts } = point;
        let (n_states, segments) = (self.settings().priors.limits.max_states, self.counts().segments());
        let rng = &mut streams.of(Purpose::Transitions);
        let rebuilt = transitions_from_prior(hdp, n_states, rng);
        if *restarts {
            let nothing = ndarray::Array2::zeros((self.counts().n_bins(), n_states));
            state.states = sample_states(nothing.view(), &rebuilt, segments, rng);
        }
        self.draw_dynamics(state, streams, Purpose::Dynamics)?;
        state.transitions = sample_transitions(hdp, &state.states, segments, n_states, &rebuilt, rng);
        self.draw_states(state, streams)?;
        let share = largest_share(&state.states);
        let [keeps_below, restarts_above] = match self.settings().family {
            Family::NegativeBinomial => [0.6, 0.7],
            Family::Poisson => [0.5, 0.8],
        };
        let early = (streams.number() as f64) < RESTARTING_SWEEPS * n_sweeps as f64;
        *restarts = early || share > restarts_above || (*restarts && share >= keeps_below);
        Ok(())
    }

    fn released_dispersions(&self, state: &mut State, streams: &SweepStreams) {
        if self.settings().family == Family::NegativeBinomial {
            for unit in 0..state.labels.len() {
                let rng = &mut streams.unit(Purpose::Dispersions, unit);
                state.dispersions[unit] = crt_gamma::draw(self, state, unit, rng);
            }
        }
    }

    fn released_labels(&mut self, state: &mut State, streams: &SweepStreams) -> Result<()> {
        let opened = labels::reassign(self, state, streams)?;
        for &cluster in &opened {
            self.settle(state, cluster, streams)?;
        }
        if !opened.is_empty() {
            project(state)?;
        }
        Ok(())
    }
}

/// Share of the bins in the most frequent state.
fn largest_share(states: &[usize]) -> f64 {
    let n_states = states.iter().max().map_or(0, |&last| last + 1);
    let mut bins = vec![0_usize; n_states];
    states.iter().for_each(|&state| bins[state] += 1);
    bins.into_iter().max().unwrap_or(0) as f64 / states.len().max(1) as f64
}

/// Canonical coordinates, in the chain itself.
///
/// # Errors
/// When latents are not finite.
fn project(state: &mut State) -> Result<()> {
    let mut draw = LatentDraw {
        labels: std::mem::take(&mut state.labels),
        loadings: std::mem::take(&mut state.loadings),
        paths: std::mem::take(&mut state.paths),
        dynamics: std::mem::take(&mut state.dynamics),
    };
    let projected = draw.canonical();
    LatentDraw {
        labels: state.labels,
        loadings: state.loadings,
        paths: state.paths,
        dynamics: state.dynamics,
    } = draw;
    projected.map_err(|error: MathError| BiclusterError::Projection { why: error.to_string() })
}
