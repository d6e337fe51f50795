//! The alternation: stimuli for the clusters, then clusters by the stimuli.

use neuroloom_core::{Result, Seed};
use serde::{Deserialize, Serialize};

use crate::assignment::assign;
use crate::encoder::Encoder;
use crate::groups::Groups;
use crate::real::Real;
use crate::search::{Check, Iteration, Problem, Search};

/// Where in a search an iteration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// The first alternation.
    Em,
    /// The alternation after splits and merges.
    SplitEm,
    /// The last stimuli.
    Final,
}

impl Phase {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Em => "em",
            Self::SplitEm => "split_em",
            Self::Final => "final",
        }
    }
}

/// Alternates until no neuron changes its cluster, one cluster is left, or `em_max` iterations are done.
pub(crate) fn alternate<F: Real, E: Encoder<F>>(
    problem: Problem<'_, E>,
    found: &mut Search<F>,
    phase: Phase,
    seed: Seed,
    check: Check<'_>,
) -> Result<()> {
    let options = problem.options;
    for iteration in 0..options.em_max {
        check()?;
        let groups = found.clusters.groups.clone();
        if groups.k() <= 1 {
            break;
        }
        let first = phase == Phase::Em && iteration == 0;
        let warm = found.clusters.stimuli.len() == groups.k() && !options.reinitialize;
        let starts = if warm {
            std::mem::take(&mut found.clusters.stimuli)
        } else {
            problem.fresh(groups.k(), seed.child_index(iteration as u64))
        };
        let tau = if phase == Phase::Em { options.tau_at(iteration) } else { options.tau };
        let steps = if first { options.steps_first } else { options.steps };
        let clusters = problem.stimuli(groups.clone(), starts, tau, steps)?;
        let labels = assign(options.assign, &clusters.responses, problem.gains, &groups);
        let (next, kept) = Groups::with_kept(&labels);
        let changed = labels.iter().zip(groups.labels()).filter(|(new, old)| new != old).count();
        found.trace.push(Iteration::of(&clusters, phase, (0, iteration), changed));
        found.clusters = clusters.regrouped(next, &kept);
        let annealed = phase != Phase::Em || iteration + 1 >= options.anneal_iterations;
        if changed == 0 && annealed {
            break;
        }
    }
    Ok(())
}

impl<F: Real> crate::search::Clusters<F> {
    /// Other clusters of the neurons; the stimuli of those that are left follow them.
    pub(crate) fn regrouped(self, groups: Groups, kept: &[usize]) -> Self {
        let follow = |values: Vec<Vec<F>>| -> Vec<Vec<F>> {
            let stays = values.into_iter().enumerate().filter(|(k, _)| kept.binary_search(k).is_ok());
            stays.map(|(_, value)| value).collect()
        };
        let numbers = |values: &[f64]| kept.iter().filter_map(|&k| values.get(k).copied()).collect();
        Self {
            objectives: numbers(&self.objectives),
            losses: numbers(&self.losses),
            stimuli: follow(self.stimuli),
            responses: follow(self.responses),
            groups,
            steps: self.steps,
        }
    }
}
