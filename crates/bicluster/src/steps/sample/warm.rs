//! Chains that begin where those of another run ended.

use std::collections::BTreeMap;

use ndarray::Array2;
use neuroloom_core::{Error, Result, Seed, Table};
use neuroloom_table::Columns;

use super::input::Recording;
use super::run::in_chain;
use crate::chain::{Chain, Problem};
use crate::start::{even, in_order_of_first_members, resting};
use crate::streams::Streams;
use crate::sweep::{Point, Sampler};
use crate::{DispersionPrior, State, sample_transitions};

/// The last draws with latents of every chain of another run.
pub(super) struct WarmStart<'a> {
    draws: &'a Table,
    /// Rows of the last draws, by recording, in the order of the chains.
    rows: BTreeMap<String, Vec<usize>>,
}

impl<'a> WarmStart<'a> {
    /// # Errors
    /// When a column is absent.
    pub(super) fn new(draws: &'a Table) -> Result<Self> {
        let (recordings, chains, paths) =
            (draws.text("recording_id")?, draws.integers("chain")?, draws.lists("paths")?);
        let mut last: BTreeMap<String, BTreeMap<i64, usize>> = BTreeMap::new();
        for row in (0..draws.n_rows()).filter(|&row| paths.get(row).is_some()) {
            let of_recording = last.entry(recordings.get_or_empty(row).to_owned()).or_default();
            of_recording.insert(chains.value(row), row);
        }
        let rows = last.into_iter().map(|(name, rows)| (name, rows.into_values().collect())).collect();
        Ok(Self { draws, rows })
    }

    /// Chain number `number` at the last draw of the chain of that number; with more chains than there were, from the first
    /// on again. Dynamics and transitions are drawn given paths and states.
    ///
    /// # Errors
    /// When there is no draw of the recording with latents, or it is of other counts or another number of latents.
    pub(super) fn chain(
        &self,
        problem: &Problem<'_>,
        recording: &Recording,
        number: u64,
        seed: Seed,
    ) -> Result<Chain> {
        let rows = self.rows.get(&recording.name).map_or(&[][..], Vec::as_slice);
        let row = (number as usize).checked_rem(rows.len()).and_then(|at| rows.get(at));
        let row = *row.ok_or_else(|| {
            Error::data("the draws to begin with have no latents of a recording")
                .at_object(format!("warm: recording {:?}", recording.name))
                .expected("at least one draw with paths")
                .found("none")
                .hint("sample with `store: thin` or `store: all` first")
        })?;
        let mut state = self.state(problem, recording, row)?;
        let rng = &mut Streams::new(seed, number).start().of(crate::streams::Purpose::Transitions);
        let priors = &problem.settings.priors;
        let segments = problem.counts.segments();
        state.transitions = sample_transitions(
            &priors.hdp,
            &state.states,
            segments,
            priors.limits.max_states,
            &even(priors.limits.max_states),
            rng,
        );
        let mut point = Point::new(state, priors.hdp);
        Sampler::new(problem.counts, problem.settings)
            .draw_dynamics_at_start(&mut point.state, &Streams::new(seed, number).start())
            .map_err(|error| in_chain(error, recording, number, 0))?;
        Ok(Chain::at(point, number, problem.held_out.len()))
    }

    fn state(&self, problem: &Problem<'_>, recording: &Recording, row: usize) -> Result<State> {
        let (n_units, n_bins) = (problem.counts.n_units(), problem.counts.n_bins());
        let (width, limits) = (problem.settings.priors.width(), problem.settings.priors.limits);
        let list = |name: &str, expected: usize| self.list(name, expected, recording, row);
        let labels = self.numbers("labels", n_units, limits.max_clusters, recording, row)?;
        let states = self.numbers("states", n_bins, limits.max_states, recording, row)?;
        let dispersions = list("dispersions", n_units)?;
        let range = DispersionPrior::RANGE;
        let within = dispersions.iter().all(|r| (range[0]..=range[1]).contains(r));
        if !within || in_order_of_first_members(&labels) != labels {
            return Err(Error::data("the draws to begin with are damaged")
                .at_object(format!("warm: recording {:?}", recording.name))
                .at_offset(row as u64)
                .expected("clusters in the order of their first members, dispersions above 0"));
        }
        let n_clusters = labels.iter().max().map_or(0, |&last| last + 1);
        let baselines = list("baselines", n_units)?;
        let c = list("loadings", n_units * (width - 1))?;
        let loadings = Array2::from_shape_fn((n_units, width), |(unit, at)| match at {
            0 => baselines[unit],
            _ => c[unit * (width - 1) + at - 1],
        });
        let size = n_clusters * width;
        let paths = Array2::from_shape_vec((n_bins, size), list("paths", n_bins * size)?)
            .map_err(|error| Error::internal(format!("paths of a draw: {error}")))?;
        Ok(State {
            labels,
            loadings,
            dispersions,
            paths,
            states,
            dynamics: vec![resting(size); limits.max_states],
            transitions: even(limits.max_states),
        })
    }

    fn list(&self, name: &str, expected: usize, recording: &Recording, row: usize) -> Result<Vec<f64>> {
        let found = self.draws.lists(name)?.get(row).unwrap_or_default();
        let finite = found.iter().all(|value| value.is_finite());
        if found.len() == expected && finite {
            return Ok(found.into_owned());
        }
        Err(Error::data("the draws to begin with are of other counts or another model")
            .at_object(format!("warm: recording {:?}, column {name}", recording.name))
            .at_offset(row as u64)
            .expected(format!("{expected} finite numbers"))
            .found(if finite {
                format!("{} numbers", found.len())
            } else {
                "a number that is not finite".into()
            })
            .hint("use the same traces, `silent` and number of latents as the run that made them"))
    }

    /// A list of numbers below `limit`.
    fn numbers(
        &self,
        name: &str,
        expected: usize,
        limit: usize,
        recording: &Recording,
        row: usize,
    ) -> Result<Vec<usize>> {
        let list = self.list(name, expected, recording, row)?;
        let number = |value: &f64| {
            (*value >= 0.0 && value.fract() == 0.0 && *value < limit as f64).then_some(*value as usize)
        };
        list.iter()
            .map(|value| {
                number(value).ok_or_else(|| {
                    Error::data("the draws to begin with do not fit the limits")
                        .at_object(format!("warm: recording {:?}, column {name}", recording.name))
                        .at_offset(row as u64)
                        .expected(format!("numbers from 0 to {}", limit.saturating_sub(1)))
                        .found(value.to_string())
                        .hint("raise `priors.max_states` or `priors.max_clusters`")
                })
            })
            .collect()
    }
}
