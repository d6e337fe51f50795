use std::sync::Arc;

use neuroloom_core::{
    Description, Digest, Error, Inputs, PlanContext, PlannedInputs, PlannedTable, PortSpec, Resources,
    Result, RunContext, Step, StepOutput, StepPlan, files,
};
use neuroloom_table::kinds;

use super::input::{Recording, recordings};
use super::output::{RecordingDraws, bins_table, draws_table, held_out_table, units_table};
use super::params::SampleParams;
use super::report::summary;
use super::run::{Fit, Run};
use super::warm::WarmStart;
use crate::held_out_score::HeldOutScore;

/// The step `bicluster.sample`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SampleStep;

/// Clusters that a plan reckons with; their true number is drawn.
const PLANNED_CLUSTERS: u64 = 10;
/// Room for the parts of the table of draws while they are written.
const OUTPUT_BUFFERS: u64 = 128 << 20;

impl Step for SampleStep {
    type Params = SampleParams;
    const ID: &'static str = "bicluster.sample";
    const VERSION: u32 = 2;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Bayesian bi-clustering: clusters of neurons and states of their dynamics, both in unknown number",
            about: "Spike counts are negative binomial (or Poisson) around exp(d + mu_t + c' x_t), where mu and x are the latents of \
                    the neuron's cluster. Latents of all clusters follow linear dynamics together, which switch between states. \
                    Which neurons share latents (a mixture of finite mixtures), which bins share dynamics (a sticky hierarchical \
                    Dirichlet process) and all else is drawn by a Markov chain that leaves the posterior invariant. Some counts \
                    are held out, so that predictions can be scored. Missing counts (NaN) are left out of the likelihood. Every \
                    recording is fitted on its own. `bicluster.summarise` makes estimates of the draws.",
            reference: Some(
                "Wei 2023, arXiv 2309.02213; Miller and Harrison 2018, J Am Stat Assoc 113:340; Fox, Sudderth, Jordan and Willsky \
                 2011, Ann Appl Stat 5:1020; Polson, Scott and Windle 2013, J Am Stat Assoc 108:1339",
            ),
            inputs: vec![
                PortSpec::required(
                    "counts",
                    kinds::TRACES,
                    "Spike counts in bins, as prepare.bin makes them",
                ),
                PortSpec::optional("warm", kinds::BICLUSTER_DRAWS, "Draws of another run to begin with"),
            ],
            outputs: vec![
                PortSpec::required("draws", kinds::BICLUSTER_DRAWS, "Draws from the posterior"),
                PortSpec::required("units", kinds::BICLUSTER_UNITS, "Neurons, and their places in the draws"),
                PortSpec::required("bins", kinds::BICLUSTER_BINS, "Bins, and their places in the draws"),
                PortSpec::required(
                    "held_out",
                    kinds::BICLUSTER_HELD_OUT,
                    "Held-out counts and their probabilities",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &SampleParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let counts = inputs.required("counts")?;
        let cores = ctx.threads.min(params.chains.max(1));
        let kept = (params.sweeps - params.n_burn_in()) / params.thin * params.chains as u64;
        let recordings = counts.dim("recordings").unwrap_or(1);
        Ok(StepPlan::new(Resources::memory(planned_bytes(params, counts, cores as u64)).cores(cores))
            .output("draws", kinds::BICLUSTER_DRAWS, [("rows", kept.saturating_mul(recordings))])
            .output("units", kinds::BICLUSTER_UNITS, counts.dim("units").map(|units| ("units", units)))
            .output("bins", kinds::BICLUSTER_BINS, [])
            .output("held_out", kinds::BICLUSTER_HELD_OUT, []))
    }

    fn run(&self, ctx: &RunContext, params: &SampleParams, inputs: &Inputs) -> Result<StepOutput> {
        let recordings = recordings(inputs.required("counts")?, params, ctx.seed())?;
        let warm = inputs.optional("warm");
        let run = Run {
            ctx,
            params,
            digest: digest(ctx, params, &recordings)?,
            warm: warm.map(WarmStart::new).transpose()?,
            recordings: &recordings,
        };
        let fits = run.chains()?;
        let draws = collect(&run, &fits)?;
        let scores: Vec<HeldOutScore> =
            recordings.iter().zip(&fits).map(|(recording, fit)| score(recording, fit)).collect();
        Ok(StepOutput::new(summary(params, &recordings, &fits, &scores))
            .stored("draws", Arc::new(draws))
            .table("units", units_table(&recordings)?)
            .table("bins", bins_table(&recordings)?)
            .table("held_out", held_out_table(&recordings, &scores)?))
    }
}

/// Memory of the chains in flight, section 10: weights, likelihoods and rates of all entries, the filter's covariances,
/// and dynamics; and the input.
fn planned_bytes(params: &SampleParams, counts: &PlannedTable, in_flight: u64) -> u64 {
    let units = counts.dim("units").unwrap_or(1).max(1);
    // Traces say how long the longest of them is; counts that prepare.bin makes, how many entries there are.
    let samples = counts.dim("samples").unwrap_or(1);
    let (bins, entries) = if samples > units && samples.is_multiple_of(units) {
        (samples / units, samples)
    } else {
        (samples, samples.saturating_mul(units))
    };
    let width = params.n_latents as u64 + 1;
    let most = params.priors.max_clusters.map_or(PLANNED_CLUSTERS, |most| most as u64).min(units);
    let latents = most.min(PLANNED_CLUSTERS) * width;
    let states = params.priors.max_states as u64;
    let numbers = entries
        .saturating_mul(3)
        .saturating_add(bins.saturating_mul(latents * (latents + 3)))
        .saturating_add(states * latents * latents * 4);
    let chains = numbers.saturating_mul(8).saturating_mul(in_flight);
    chains.saturating_add(entries.saturating_mul(20)).saturating_add(OUTPUT_BUFFERS)
}

/// Of all that chains depend on.
fn digest(ctx: &RunContext, params: &SampleParams, recordings: &[Recording]) -> Result<Digest> {
    let internal =
        |error: &dyn std::fmt::Display| Error::internal(format!("parameters cannot be kept: {error}"));
    let params = postcard::to_stdvec(params).map_err(|e| internal(&e))?;
    let mut bytes =
        [ctx.seed().digest().as_bytes(), params.as_slice(), &SampleStep::VERSION.to_le_bytes()].concat();
    for recording in recordings {
        bytes.extend_from_slice(recording.name.as_bytes());
        for unit in 0..recording.counts.n_units() {
            let (counts, seen) = (recording.counts.unit(unit), recording.counts.seen(unit));
            bytes.extend(
                counts
                    .iter()
                    .zip(seen)
                    .flat_map(|(count, &seen)| (2 * count + u32::from(seen)).to_le_bytes()),
            );
        }
    }
    Ok(Digest::of(&bytes))
}

/// The draws of all chains as a table; their logs are removed.
fn collect(run: &Run<'_>, fits: &[Fit]) -> Result<neuroloom_table::parquet::PartsFile> {
    let of_recording = |(number, (recording, fit)): (usize, (&Recording, &Fit))| RecordingDraws {
        recording: recording.name.clone(),
        chains: fit.chains.iter().map(|chain| run.log_path(number, chain.number)).collect(),
    };
    let all: Vec<RecordingDraws> = run.recordings.iter().zip(fits).enumerate().map(of_recording).collect();
    let draws = draws_table(run.ctx, &all)?;
    for path in all.iter().flat_map(|of| &of.chains) {
        files::remove_file(path)?;
    }
    Ok(draws)
}

fn score(recording: &Recording, fit: &Fit) -> HeldOutScore {
    let mut merged = HeldOutScore::new(recording.held_out.len());
    fit.chains.iter().for_each(|chain| merged.merge(&chain.score));
    merged
}
