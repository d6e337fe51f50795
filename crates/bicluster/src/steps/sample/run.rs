//! The chains of all recordings, from the last checkpoint on.

use std::path::PathBuf;

use neuroloom_core::{Digest, Error, Result, RunContext, Seed, Task};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::input::Recording;
use super::params::{SampleParams, Variant};
use super::pilots::{self, Pilot, choose};
use super::warm::WarmStart;
use super::{agreement, settings};
use crate::chain::{Chain, Problem};
use crate::draw_log::DrawLog;
use crate::sweep::Sampler;
use crate::{BiclusterError, Settings, Start};

/// Entries times sweeps between two boundaries: some seconds of work.
const ENTRIES_PER_ROUND: u64 = 3_000_000;
/// Sweeps between two boundaries at most.
const MAX_ROUND: u64 = 100;

/// The chains of the recordings that were begun: what a checkpoint keeps.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Of parameters, counts and seed.
    of: String,
    /// The last of them perhaps unfinished.
    pub(super) fits: Vec<Fit>,
}

/// The chains of one recording.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Fit {
    pub(super) settings: Settings,
    /// What spoke for the number of latent dimensions; empty where it was given.
    pub(super) pilots: Vec<Pilot>,
    pub(super) chains: Vec<Chain>,
    /// Whether the chains agreed before the last sweep.
    pub(super) agreed: bool,
}

/// All that the chains of a run depend on.
pub(super) struct Run<'a> {
    pub(super) ctx: &'a RunContext,
    pub(super) params: &'a SampleParams,
    pub(super) recordings: &'a [Recording],
    pub(super) warm: Option<WarmStart<'a>>,
    /// Of parameters, counts and seed.
    pub(super) digest: Digest,
}

impl Run<'_> {
    /// Chains of all recordings to their ends.
    ///
    /// # Errors
    /// When the user asks to stop; when a chain breaks down, naming recording, chain and sweep; when the operating system
    /// refuses.
    pub(super) fn chains(&self) -> Result<Vec<Fit>> {
        let mut progress = self.resumed()?;
        let per_recording = self.params.sweeps * self.params.chains as u64;
        let work = self.ctx.begin("sweeps", Some(per_recording * self.recordings.len() as u64));
        work.advance(progress.fits.iter().flat_map(|fit| &fit.chains).map(|chain| chain.n_sweeps).sum());
        for (number, recording) in self.recordings.iter().enumerate() {
            if progress.fits.len() == number {
                progress.fits.push(self.begin(recording)?);
            }
            self.run(number, &mut progress, work.as_ref())?;
        }
        Ok(progress.fits)
    }

    fn resumed(&self) -> Result<Progress> {
        let of = self.digest.to_string();
        let Some(progress) = self.ctx.resume::<Progress>()? else {
            return Ok(Progress { of, fits: Vec::new() });
        };
        if progress.of == of {
            return Ok(progress);
        }
        Err(Error::data("the checkpoint is of other chains")
            .expected("one of the same counts, parameters, seed and version")
            .found("different ones")
            .hint("delete the checkpoint of the task and run again"))
    }

    fn seed(&self, recording: &Recording) -> Seed {
        self.ctx.seed().child(&recording.name)
    }

    fn begin(&self, recording: &Recording) -> Result<Fit> {
        let (params, seed) = (self.params, self.seed(recording));
        let pilots = choose(self.ctx, params, recording, seed)?;
        let best = pilots.iter().max_by(|a, b| a.score.total_cmp(&b.score));
        let settings = settings(params, recording, best.map_or(params.n_latents, |pilot| pilot.n_latents))?;
        let problem = problem(recording, &settings);
        let chains = self.starts(&problem, recording, seed)?;
        Ok(Fit { settings, pilots, chains, agreed: false })
    }

    /// Chains at their starts.
    fn starts(&self, problem: &Problem<'_>, recording: &Recording, seed: Seed) -> Result<Vec<Chain>> {
        let numbers = (0..self.params.chains as u64).into_par_iter();
        if let Some(warm) = &self.warm {
            return numbers.map(|number| warm.chain(problem, recording, number, seed)).collect();
        }
        if self.params.start == Start::Pilot && self.params.variant == Variant::Consistent {
            return pilots::starts(self.ctx, self.params, problem, recording, seed);
        }
        let groups = self.params.start.groups(problem.counts, &problem.settings.priors);
        let dispersion = self.params.first_dispersion();
        Ok(numbers.map(|number| Chain::new(problem, number, groups, dispersion, seed)).collect())
    }

    /// The chains of recording `number`, round by round.
    fn run(&self, number: usize, progress: &mut Progress, work: &dyn Task) -> Result<()> {
        let recording = &self.recordings[number];
        let settings = progress.fits[number].settings.clone();
        let problem = problem(recording, &settings);
        let chains = &progress.fits[number].chains;
        let in_parallel = chains.len() < self.ctx.threads();
        let mut workers = chains
            .iter()
            .map(|chain| {
                let sampler = Sampler::new(problem.counts, problem.settings).with_parallel_units(in_parallel);
                Ok(Worker {
                    sampler,
                    log: DrawLog::open(&self.log_path(number, chain.number), chain.log_bytes)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        while let Some(until) = self.next_boundary(recording, &progress.fits[number]) {
            self.ctx.boundary(progress)?;
            let fit = &mut progress.fits[number];
            let before: u64 = fit.chains.iter().map(|chain| chain.n_sweeps).sum();
            let advance = |(chain, worker): (&mut Chain, &mut Worker<'_>)| {
                self.advance(chain, worker, until, recording, &problem)
            };
            fit.chains.par_iter_mut().zip(&mut workers).map(advance).collect::<Result<()>>()?;
            work.advance(fit.chains.iter().map(|chain| chain.n_sweeps).sum::<u64>() - before);
            work.note(&note(fit));
            fit.agreed = agreement::reached(self.params, &fit.chains);
        }
        Ok(())
    }

    /// The sweep up to which all chains go next; none where they are done.
    fn next_boundary(&self, recording: &Recording, fit: &Fit) -> Option<u64> {
        let done = fit.chains.iter().map(|chain| chain.n_sweeps).min()?;
        if fit.agreed || done >= self.params.sweeps {
            return None;
        }
        let entries = (recording.counts.n_units() * recording.counts.n_bins()) as u64;
        let round = (ENTRIES_PER_ROUND / entries.max(1)).clamp(1, MAX_ROUND);
        let look =
            self.params.until.map_or(u64::MAX, |until| (done / until.every + 1).saturating_mul(until.every));
        Some((done + round).min(self.params.sweeps).min(look))
    }

    fn advance(
        &self,
        chain: &mut Chain,
        worker: &mut Worker<'_>,
        until: u64,
        recording: &Recording,
        problem: &Problem<'_>,
    ) -> Result<()> {
        let seed = self.seed(recording);
        while chain.n_sweeps < until {
            let (number, sweep) = (chain.number, chain.n_sweeps);
            let placed = |error| in_chain(error, recording, number, sweep);
            chain.advance(&mut worker.sampler, seed).map_err(placed)?;
            if self.params.keeps(sweep) {
                let with_latents = self.params.keeps_latents(sweep);
                worker.log.append(&chain.keep(problem, &worker.sampler, with_latents).map_err(placed)?)?;
            }
        }
        chain.log_bytes = worker.log.sync()?;
        Ok(())
    }

    /// Where the draws of a chain are collected.
    pub(super) fn log_path(&self, recording: usize, chain: u64) -> PathBuf {
        self.ctx.scratch().join(format!("bicluster-{}-{recording}-{chain}.draws", self.digest.short()))
    }
}

/// What a chain works with.
struct Worker<'a> {
    sampler: Sampler<'a>,
    log: DrawLog,
}

fn problem<'a>(recording: &'a Recording, settings: &'a Settings) -> Problem<'a> {
    Problem { counts: &recording.counts, held_out: &recording.held_out, settings }
}

fn note(fit: &Fit) -> String {
    let last = |of: fn(&Chain) -> String| fit.chains.iter().map(of).collect::<Vec<_>>().join(" ");
    let clusters = last(|chain| chain.point.state.n_clusters().to_string());
    let states = last(|chain| {
        let states: std::collections::BTreeSet<_> = chain.point.state.states.iter().collect();
        states.len().to_string()
    });
    let log_lik = last(|chain| format!("{:.1}", chain.log_lik));
    format!("log-likelihood {log_lik}, clusters {clusters}, states {states}")
}

/// A breakdown with its place.
pub(super) fn in_chain(error: BiclusterError, recording: &Recording, chain: u64, sweep: u64) -> Error {
    let place = format!("recording {:?}, chain {chain}, sweep {sweep}", recording.name);
    let unit = match error {
        BiclusterError::RateOverflow { unit, .. } => {
            recording.units.iter().find(|offered| offered.position == Some(unit))
        }
        _ => None,
    };
    let place = unit.map_or_else(|| place.clone(), |unit| format!("{place}, unit {:?}", unit.name));
    Error::from(error).at_object(place)
}
