//! Short chains before the chains: how many latent dimensions, and where to begin.

use neuroloom_core::{Error, Result, RunContext, Seed};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::input::Recording;
use super::params::{ChooseLatents, SampleParams};
use super::run::in_chain;
use super::settings;
use crate::chain::{Chain, Problem};
use crate::held_out_score::HeldOutScore;
use crate::sweep::Sampler;

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pilot {
    /// Latent dimensions per cluster, p.
    pub(super) n_latents: usize,
    /// Log probability of the held-out counts, averaged in probability over draws of all pilot chains, per entry.
    pub(super) score: f64,
}

/// The candidates with their scores; none where the number is given.
///
/// # Errors
/// When a chain breaks down, or the user asks to stop.
pub(super) fn choose(
    ctx: &RunContext,
    params: &SampleParams,
    recording: &Recording,
    seed: Seed,
) -> Result<Vec<Pilot>> {
    let Some(choice) = &params.choose_latents else { return Ok(Vec::new()) };
    let mut candidates = choice.candidates.clone();
    candidates.sort_unstable();
    candidates.dedup();
    let task = ctx.begin("pilot chains", Some((candidates.len() * params.chains) as u64));
    let pairs: Vec<(usize, u64)> = candidates
        .iter()
        .flat_map(|&candidate| (0..params.chains as u64).map(move |chain| (candidate, chain)))
        .collect();
    let run = |&(n_latents, chain): &(usize, u64)| {
        let seed = seed.child("pilot").child_index(n_latents as u64);
        let score = pilot_chain(ctx, params, choice, recording, n_latents, chain, seed)?;
        task.advance(1);
        Ok(score)
    };
    let scores = pairs.par_iter().map(run).collect::<Result<Vec<_>>>()?;
    let pilot = |(&n_latents, scores): (&usize, &[HeldOutScore])| {
        let mut merged = HeldOutScore::new(recording.held_out.len());
        scores.iter().for_each(|score| merged.merge(score));
        let sum: f64 = merged.log_mean().sum();
        Pilot { n_latents, score: sum / recording.held_out.len().max(1) as f64 }
    };
    Ok(candidates.iter().zip(scores.chunks(params.chains)).map(pilot).collect())
}

fn pilot_chain(
    ctx: &RunContext,
    params: &SampleParams,
    choice: &ChooseLatents,
    recording: &Recording,
    n_latents: usize,
    number: u64,
    seed: Seed,
) -> Result<HeldOutScore> {
    let settings = settings(params, recording, n_latents)?;
    let problem = Problem { counts: &recording.counts, held_out: &recording.held_out, settings: &settings };
    let mut sampler = Sampler::new(problem.counts, problem.settings);
    let groups = params.start.groups(problem.counts, &settings.priors);
    let mut chain = Chain::new(&problem, number, groups, params.first_dispersion(), seed);
    for sweep in 0..choice.sweeps {
        ctx.check_cancelled()?;
        let placed = |error| in_chain(error, recording, number, sweep);
        chain.advance(&mut sampler, seed).map_err(placed)?;
        if sweep >= choice.burn_in {
            chain.keep(&problem, &sampler, false).map_err(placed)?;
        }
    }
    Ok(chain.score)
}

/// Chains where pilots say.
///
/// # Errors
/// When a pilot breaks down, or the user asks to stop.
pub(super) fn starts(
    ctx: &RunContext,
    params: &SampleParams,
    problem: &Problem<'_>,
    recording: &Recording,
    seed: Seed,
) -> Result<Vec<Chain>> {
    let task = ctx.begin("chains that look for a start", Some(2 * params.chains as u64));
    let (sweeps, dispersion) = (params.pilot_sweeps, params.first_dispersion());
    let pilot = |number: u64| crate::Pilot { problem: *problem, number, sweeps, dispersion, seed };
    let check = || ctx.check_cancelled();
    let placed =
        |error: Error| error.at_object(format!("recording {:?}, while looking for a start", recording.name));
    let numbers = 0..params.chains as u64;
    let scores = numbers.clone().into_par_iter().map(|number| {
        let scores = pilot(number).scores(&check).map_err(placed)?;
        task.advance(1);
        Ok(scores)
    });
    let scores = scores.collect::<Result<Vec<_>>>()?;
    let n_clusters = crate::number_of_clusters(problem.settings, &scores);
    let chain = |number: u64| {
        let point = pilot(number).point(n_clusters, &check).map_err(placed)?;
        task.advance(1);
        Ok(Chain::at(point, number, recording.held_out.len()))
    };
    numbers.into_par_iter().map(chain).collect()
}
