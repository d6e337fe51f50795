use neuroloom_core::Seed;
use rayon::prelude::*;

use crate::blocks::{BlockSum, block_sums};
use crate::hierarchy::{canonical, n_groups};
use crate::search::{Chain, Found, Random, Shared, polish, search};
use crate::weights::prepared;
use crate::{
    CommunityError, DegCorr, DescriptionLength, Graph, Mcmc, Model, Observer, Result, SbmOptions, WeightModel,
};

/// Fewer nodes have no groups to group.
const LEAST_TO_NEST: usize = 4;
/// A gain below this is rounding.
const LEAST_GAIN: f64 = 1e-8;
/// The spread of the restarts, relative to the best, that is worth a warning.
const MOST_SPREAD: f64 = 0.01;

/// How a fit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The best search came to its end.
    Converged,
    /// The best search was stopped by `max_sweeps`.
    MaxSweeps,
}

/// What a user should know about a fit that succeeded.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// One group: no structure beyond the null model.
    OneGroup,
    /// A graph of fewer than four nodes was fitted without a hierarchy.
    TooSmallToNest,
    /// Normal weights that are all equal say nothing.
    EqualWeights,
    /// The searches differ by more than 1 %.
    RestartsDiffer {
        /// Lowest description length of a restart.
        lowest: f64,
        /// Highest description length of a restart.
        highest: f64,
    },
    /// No split, merge or move of the Markov chain was accepted.
    NothingAccepted,
}

/// The description length of one of several models that were compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// The model.
    pub model: Model,
    /// Its lowest description length in nats.
    pub total: f64,
}

/// One independent search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Restart {
    /// Its number, from 0.
    pub restart: u32,
    /// Groups at level 0.
    pub n_groups: u32,
    /// Description length in nats.
    pub total: f64,
    /// Sweeps.
    pub sweeps: u64,
    /// Moves and merges that were accepted.
    pub accepted: u64,
}

/// The description length at some point of the best search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TracePoint {
    /// Sweeps so far.
    pub sweep: u64,
    /// Description length in nats.
    pub total: f64,
}

/// The hierarchy of groups with the least description length that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct SbmFit {
    /// The model of the best fit.
    pub model: Model,
    /// Level 0: group of each node; level l: group of each group of level l - 1. Groups are numbered by first
    /// appearance.
    pub levels: Vec<Vec<u32>>,
    /// Its description length.
    pub description_length: DescriptionLength,
    /// Sums over the edges between groups, per level, non-empty pairs only.
    pub blocks: Vec<Vec<BlockSum>>,
    /// The best description lengths of all models that were compared, in the order of fitting.
    pub compared: Vec<Compared>,
    /// The searches of the best model.
    pub restarts: Vec<Restart>,
    /// Which of them was the best.
    pub best_restart: u32,
    /// How the best search got on.
    pub trace: Vec<TracePoint>,
    /// Moves that were accepted in the best search and in the Markov chain after it.
    pub accepted: u64,
    /// How the search ended.
    pub status: Status,
    /// What to know about it.
    pub warnings: Vec<Warning>,
}

/// The hierarchy of groups with the least description length that `restarts` searches find.
///
/// # Errors
/// Options out of range, weights that the model cannot have, tables above the memory limit, cancellation.
pub fn fit(graph: &Graph, options: &SbmOptions, seed: Seed, observer: &dyn Observer) -> Result<SbmFit> {
    options.check()?;
    let mut warnings = Vec::new();
    let nested = options.nested && graph.n_nodes() >= LEAST_TO_NEST;
    if nested != options.nested {
        warnings.push(Warning::TooSmallToNest);
    }
    let models = models(graph, options, nested)?;
    let total = u64::from(options.restarts) * models.len() as u64;
    let mut best: Option<SbmFit> = None;
    let mut compared = Vec::new();
    for model in models {
        let fit = fit_model(graph, model, options, seed, &Watch { observer, total })?;
        compared.push(Compared { model, total: fit.description_length.total });
        if best.as_ref().is_none_or(|best| fit.description_length.total < best.description_length.total) {
            best = Some(fit);
        }
    }
    let mut fit = best.ok_or(CommunityError::NoLevels)?;
    fit.compared = compared;
    warnings.append(&mut fit.warnings);
    fit.warnings = warnings;
    Ok(fit)
}

/// An observer that is told of the searches of all models.
struct Watch<'a> {
    observer: &'a dyn Observer,
    total: u64,
}

impl Observer for Watch<'_> {
    fn is_cancelled(&self) -> bool {
        self.observer.is_cancelled()
    }

    fn advance(&self, _: u64) {
        self.observer.advance(self.total);
    }
}

/// The models that the options ask to compare.
fn models(graph: &Graph, options: &SbmOptions, nested: bool) -> Result<Vec<Model>> {
    let weights: &[WeightModel] = match options.weights {
        WeightModel::Best => {
            // The graph must have weights that all of them can have.
            prepared(graph, WeightModel::Lognormal)?;
            &[WeightModel::Exponential, WeightModel::Normal, WeightModel::Lognormal]
        }
        ref one => std::slice::from_ref(one),
    };
    let deg_corr: &[bool] = match options.deg_corr {
        DegCorr::True => &[true],
        DegCorr::False => &[false],
        DegCorr::Best => &[true, false],
    };
    let model = |&weights, &deg_corr| Model { deg_corr, weights, nested, compat: options.compat };
    Ok(weights
        .iter()
        .flat_map(|weights| deg_corr.iter().map(move |deg_corr| model(weights, deg_corr)))
        .collect())
}

fn fit_model(
    graph: &Graph,
    model: Model,
    options: &SbmOptions,
    seed: Seed,
    observer: &Watch<'_>,
) -> Result<SbmFit> {
    let shared = Shared::new(graph, model)?;
    shared.check_memory(options.memory_limit_bytes)?;
    let seed =
        seed.child(model.weights.name()).child(if model.deg_corr { "degree-corrected" } else { "plain" });
    let one = |restart| {
        let found = search(&shared, options, seed, restart, observer);
        observer.advance(observer.total);
        found
    };
    let found: Vec<Found> = (0..options.restarts).into_par_iter().map(one).collect::<Result<_>>()?;
    let best = best(&found);
    let restarts: Vec<Restart> = (0..).zip(&found).map(|(number, found)| restart(number, found)).collect();
    // The more searches are asked for, the more the best one is worth.
    let searched = found.into_iter().nth(best).ok_or(CommunityError::NoLevels)?;
    let found = polish(&shared, options, seed, searched, options.restarts - 1, observer)?;
    let mut fit = fit_of(&shared, found, restarts, best as u32);
    if options.mcmc == Mcmc::MergeSplit {
        refine(&mut fit, &shared, options, seed, observer)?;
    }
    Ok(fit)
}

/// Runs the Markov chain from a fit on and keeps the best hierarchy that it visits.
fn refine(
    fit: &mut SbmFit,
    shared: &Shared,
    options: &SbmOptions,
    seed: Seed,
    observer: &Watch<'_>,
) -> Result<()> {
    let mut chain =
        Chain::new(shared, fit.levels.clone(), options.beta, Random::new(seed.child("merge-split")));
    let mut total = fit.description_length.total;
    let mut best = total;
    let sweeps = fit.trace.last().map_or(0, |point| point.sweep);
    for sweep in 1..=u64::from(options.mcmc_sweeps) {
        total += chain.sweep();
        if observer.is_cancelled() {
            return Err(CommunityError::Cancelled);
        }
        if total < best - LEAST_GAIN {
            best = total;
            fit.levels = canonical(&chain.levels);
            fit.trace.push(TracePoint { sweep: sweeps + sweep, total });
        }
    }
    fit.accepted += chain.accepted;
    fit.description_length = shared.description_length(&fit.levels);
    fit.blocks = block_sums(&shared.graph, &fit.levels);
    if chain.accepted == 0 {
        fit.warnings.push(Warning::NothingAccepted);
    }
    Ok(())
}

/// The search that ended lowest, of several the first.
fn best(found: &[Found]) -> usize {
    let total = |at: &usize| found[*at].description_length.total;
    (0..found.len()).min_by(|a, b| total(a).total_cmp(&total(b))).unwrap_or(0)
}

fn restart(restart: u32, found: &Found) -> Restart {
    Restart {
        restart,
        n_groups: n_groups(&found.levels[0]) as u32,
        total: found.description_length.total,
        sweeps: found.sweeps,
        accepted: found.accepted,
    }
}

fn fit_of(shared: &Shared, found: Found, restarts: Vec<Restart>, best_restart: u32) -> SbmFit {
    SbmFit {
        model: shared.model,
        blocks: block_sums(&shared.graph, &found.levels),
        warnings: warnings(shared, &found, &restarts),
        levels: found.levels,
        description_length: found.description_length,
        compared: Vec::new(),
        restarts,
        best_restart,
        trace: found.trace,
        accepted: found.accepted,
        status: found.status,
    }
}

fn warnings(shared: &Shared, best: &Found, restarts: &[Restart]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if n_groups(&best.levels[0]) == 1 {
        warnings.push(Warning::OneGroup);
    }
    let weights = shared.graph.weights().unwrap_or(&[]);
    if shared.cost.has_variances() && weights.windows(2).all(|pair| pair[0] == pair[1]) {
        warnings.push(Warning::EqualWeights);
    }
    let lowest = restarts.iter().fold(f64::INFINITY, |lowest, restart| lowest.min(restart.total));
    let highest = restarts.iter().fold(f64::NEG_INFINITY, |highest, restart| highest.max(restart.total));
    if highest - lowest > MOST_SPREAD * lowest.abs() {
        warnings.push(Warning::RestartsDiffer { lowest, highest });
    }
    warnings
}
