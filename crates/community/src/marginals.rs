use ndarray::Array2;
use neuroloom_core::Seed;
use neuroloom_math::assignment;

use crate::hierarchy::{self, n_groups};
use crate::search::{Chain, Random, Shared};
use crate::{CommunityError, Graph, Observer, Result, SbmFit, SbmOptions, Warning};

/// Sweeps between two samples.
const THIN: u32 = 10;
/// The share of samples that is left out at the beginning.
const BURN_IN: f64 = 0.1;

/// How often a node was in a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Membership {
    /// The node.
    pub node: u32,
    /// The group: those of the fit keep their numbers at level 0, others follow.
    pub group: u32,
    /// Its share of the samples, above 0.
    pub probability: f64,
}

/// How certain the groups of level 0 are.
#[derive(Clone, Debug, PartialEq)]
pub struct Marginals {
    /// By node, then group; the shares of a node add up to 1.
    pub memberships: Vec<Membership>,
    /// The group that each node was in most often; the lower of two equals.
    pub consensus: Vec<u32>,
    /// Proposals that were accepted.
    pub accepted: u64,
    /// What to know about it.
    pub warnings: Vec<Warning>,
}

/// Samples hierarchies of as many levels as the fit has, with probability exp(-DL), and counts the groups of level 0.
///
/// The chain starts at the fit; a tenth of `samples` more is left out first. Groups have no names, so those of each
/// sample are matched with the counts so far such that most nodes agree (Peixoto 2020).
///
/// # Errors
/// Options out of range, a fit of another graph, weights that its model cannot have, cancellation.
pub fn marginals(
    graph: &Graph,
    fit: &SbmFit,
    options: &SbmOptions,
    seed: Seed,
    observer: &dyn Observer,
) -> Result<Marginals> {
    options.check()?;
    hierarchy::check(graph, &fit.levels)?;
    let shared = Shared::new(graph, fit.model)?;
    shared.check_memory(options.memory_limit_bytes)?;
    let mut chain = Chain::new(&shared, fit.levels.clone(), 1.0, Random::new(seed.child("marginals")));
    let burn_in = (f64::from(options.samples) * BURN_IN).ceil() as u32;
    let mut counts = Counts::new(&fit.levels[0]);
    for sample in 0..burn_in + options.samples {
        for _ in 0..THIN {
            chain.sweep();
        }
        if observer.is_cancelled() {
            return Err(CommunityError::Cancelled);
        }
        if sample >= burn_in {
            counts.add(&chain.levels[0]);
        }
    }
    let warnings = if chain.accepted == 0 { vec![Warning::NothingAccepted] } else { Vec::new() };
    Ok(Marginals {
        memberships: counts.memberships(options.samples),
        consensus: counts.consensus(),
        accepted: chain.accepted,
        warnings,
    })
}

/// How often each node was in each group, `[node][group]`.
struct Counts {
    counts: Vec<Vec<u32>>,
    n_groups: usize,
    /// What the first sample is matched with.
    start: Vec<u32>,
}

impl Counts {
    fn new(start: &[u32]) -> Self {
        let n_groups = n_groups(start);
        Self { counts: vec![vec![0; n_groups]; start.len()], n_groups, start: start.to_vec() }
    }

    fn add(&mut self, labels: &[u32]) {
        let groups = n_groups(labels);
        self.n_groups = self.n_groups.max(groups);
        for counts in &mut self.counts {
            counts.resize(self.n_groups, 0);
        }
        // Costs: the more nodes in common, the cheaper a name.
        let mut cost = Array2::zeros((groups, self.n_groups));
        for ((&label, counts), &start) in labels.iter().zip(&self.counts).zip(&self.start) {
            let mut cost = cost.row_mut(label as usize);
            cost[start as usize] -= 1.0;
            for (cost, &count) in cost.iter_mut().zip(counts) {
                *cost -= f64::from(count);
            }
        }
        let name = assignment(cost.view());
        for (&label, counts) in labels.iter().zip(&mut self.counts) {
            counts[name[label as usize]] += 1;
        }
    }

    fn memberships(&self, samples: u32) -> Vec<Membership> {
        let of_node = |(node, counts): (u32, &Vec<u32>)| {
            let probability = |count: u32| f64::from(count) / f64::from(samples);
            let met = (0..).zip(counts.iter().copied()).filter(|&(_, count)| count > 0);
            met.map(|(group, count)| Membership { node, group, probability: probability(count) })
                .collect::<Vec<_>>()
        };
        (0..).zip(&self.counts).flat_map(of_node).collect()
    }

    fn consensus(&self) -> Vec<u32> {
        let most = |counts: &Vec<u32>| {
            let best = counts.iter().enumerate().rev().max_by_key(|&(_, count)| count);
            best.map_or(0, |(group, _)| group as u32)
        };
        self.counts.iter().map(most).collect()
    }
}
