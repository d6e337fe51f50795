//! How many latent dimensions: short chains of each candidate, judged by the counts that they do not see.

use neuroloom_core::{Result, RunContext, Seed};
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
    let mut chain = Chain::new(&problem, number, params.start, params.first_dispersion(), seed);
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
