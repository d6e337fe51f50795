//! `bicluster.summarise` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

use super::agreement::{Agreement, Known, OURS, agreements, known_neurons};
use super::analysis::{Analysis, analyse};
use super::diagnostics::{Diagnostic, ESS, R_HAT, diagnostics};
use super::draws::{Draws, WithStates};
use super::index::Recording;
use super::latents::Latents;
use super::{SummariseParams, counts, draws, epochs, figures, index, latents, tables};
use crate::{Counts, Scores};

/// The step `bicluster.summarise`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SummariseStep;

/// All that is said of a recording.
pub(super) struct Summarised {
    pub(super) recording: Recording,
    pub(super) analysis: Analysis,
    pub(super) latents: Option<Latents>,
    pub(super) scores: Option<Scores>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) agreements: Vec<Agreement>,
}

impl Step for SummariseStep {
    type Params = SummariseParams;
    const ID: &'static str = "bicluster.summarise";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "What the draws of a bi-clustering say: clusters, states, latents, predictions, convergence",
            about: "Similarities are shares of draws in which two neurons, or two bins, are in one group. The partition \
                    that stands for all draws maximises the posterior expected adjusted Rand index (or another \
                    criterion) among cuts of average linkage and the drawn partitions. Latents of every draw are \
                    brought into canonical coordinates, which leave expected counts as they are, and turned to those \
                    of the first draw; means and 95 % highest-density intervals are over draws. Chains are compared \
                    on scalars that do not depend on names of clusters: rank-normalised split R-hat, bulk and tail \
                    effective sample size. With `truth`, regions or `epochs`, groups are compared with what is known, \
                    and with `counts` also those of plain methods that are told how many groups there are.",
            reference: Some(
                "Wei, arXiv 2309.02213; Fritsch and Ickstadt 2009, Bayesian Anal 4:367; Wade and Ghahramani 2018, \
                 Bayesian Anal 13:559; Vehtari et al. 2021, Bayesian Anal 16:667",
            ),
            inputs: vec![
                PortSpec::required("draws", kinds::BICLUSTER_DRAWS, "The draws").in_parts(),
                PortSpec::required("units", kinds::BICLUSTER_UNITS, "The neurons of the draws"),
                PortSpec::required("bins", kinds::BICLUSTER_BINS, "The bins of the draws"),
                PortSpec::optional("held_out", kinds::BICLUSTER_HELD_OUT, "Predictions of held-out counts"),
                PortSpec::optional("counts", kinds::TRACES, "The counts, for pictures and plain methods"),
                PortSpec::optional("epochs", kinds::INTERVALS, "Known states, as intervals"),
                PortSpec::optional(
                    "truth",
                    kinds::TABLE,
                    "Known groups of neurons, by unit_id; else regions",
                ),
            ],
            outputs: vec![
                PortSpec::required(
                    "neurons",
                    kinds::BICLUSTER_NEURONS,
                    "Cluster and parameters of every neuron",
                ),
                PortSpec::required("states", kinds::BICLUSTER_STATES, "State of every bin"),
                PortSpec::required("latents", kinds::BICLUSTER_LATENTS, "Latents of every cluster"),
                PortSpec::required("rates", kinds::BICLUSTER_RATES, "Expected counts of every neuron"),
                PortSpec::required("dynamics", kinds::BICLUSTER_DYNAMICS, "Mean dynamics of every state"),
                PortSpec::required("scores", kinds::BICLUSTER_SCORES, "Predictions of held-out counts"),
                PortSpec::required("diagnostics", kinds::BICLUSTER_DIAGNOSTICS, "Whether chains agree"),
                PortSpec::required("agreement", kinds::BICLUSTER_AGREEMENT, "Agreement with what is known"),
                PortSpec::optional(
                    "similarity",
                    kinds::BICLUSTER_SIMILARITY,
                    "Similarities, with `similarity: true`",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &SummariseParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let dim = |port: &str, name: &str| inputs.optional(port).and_then(|table| table.dim(name));
        let units = dim("units", "rows").unwrap_or(0);
        let bins = dim("bins", "rows").unwrap_or(0);
        let memory = memory(params, units, bins);
        let plan = StepPlan::new(Resources::memory(memory).cores(ctx.threads))
            .output("neurons", kinds::BICLUSTER_NEURONS, [("rows", units)])
            .output("states", kinds::BICLUSTER_STATES, [("rows", bins)])
            .output("latents", kinds::BICLUSTER_LATENTS, [])
            .output("rates", kinds::BICLUSTER_RATES, [("rows", units)])
            .output("dynamics", kinds::BICLUSTER_DYNAMICS, [])
            .output("scores", kinds::BICLUSTER_SCORES, [])
            .output("diagnostics", kinds::BICLUSTER_DIAGNOSTICS, [])
            .output("agreement", kinds::BICLUSTER_AGREEMENT, []);
        Ok(if params.similarity { plan.output("similarity", kinds::BICLUSTER_SIMILARITY, []) } else { plan })
    }

    fn run(&self, ctx: &RunContext, params: &SummariseParams, inputs: &Inputs) -> Result<StepOutput> {
        let recordings =
            index::read(inputs.required("units")?, inputs.required("bins")?, inputs.optional("held_out"))?;
        let parts = inputs.parts("draws")?;
        let draws = draws::read(ctx, parts, &recordings, params)?;
        let latents = draws::read_latents(ctx, parts, &recordings, &draws, params)?;
        let mut all = Vec::with_capacity(recordings.len());
        let mut summary = Summary::default();
        let several = recordings.len() > 1;
        for ((recording, draws), latents) in recordings.into_iter().zip(draws).zip(latents) {
            ctx.check_cancelled()?;
            let counts = inputs.optional("counts");
            let counts = counts.map(|table| counts::read(table, &params.signal, &recording)).transpose()?;
            let known = known(params, inputs, &recording)?;
            let found = summarise(ctx, params, recording, &draws, latents, counts.as_ref(), &known)?;
            summary = describe(summary, &found, &draws, several);
            for figure in figures::all(&found, &draws, counts.as_ref(), &known.1) {
                summary = summary.figure(figure);
            }
            all.push(found);
        }
        output(params, summary, &all)
    }
}

/// Draws in memory at once, of a recording.
fn memory(params: &SummariseParams, units: u64, bins: u64) -> u64 {
    // Latents of a draw, of ten clusters at most likely and two latents each.
    const LATENTS: u64 = 30;
    let draws = (params.max_draws as u64)
        .saturating_mul(units.saturating_mul(18).saturating_add(bins.saturating_mul(2)));
    let latents = (params.latent_draws as u64).saturating_mul(bins).saturating_mul(8 * LATENTS);
    let compared = bins.min(params.similarity_bins as u64);
    let pairs =
        compared.saturating_mul(compared).saturating_mul(8).saturating_add(units.saturating_mul(units) * 8);
    let rates = units.saturating_mul(bins).saturating_mul(72);
    [draws, latents, pairs, rates].into_iter().fold(0, u64::saturating_add)
}

/// Known groups of neurons and of bins.
fn known(
    params: &SummariseParams,
    inputs: &Inputs,
    recording: &Recording,
) -> Result<(Option<Known>, Option<Known>)> {
    let neurons = known_neurons(inputs.optional("truth"), &params.truth_column, recording)?;
    let Some(table) = inputs.optional("epochs") else { return Ok((neurons, None)) };
    let set = epochs::chosen_set(table, params.epoch_set.as_deref())?;
    let labels = epochs::bin_labels(table, &set, recording)?;
    let bins = labels.iter().any(Option::is_some).then_some(Known { name: set, labels });
    Ok((neurons, bins))
}

fn summarise(
    ctx: &RunContext,
    params: &SummariseParams,
    recording: Recording,
    draws: &Draws,
    with_latents: Vec<WithStates>,
    counts: Option<&Counts>,
    known: &(Option<Known>, Option<Known>),
) -> Result<Summarised> {
    let analysis = analyse(&recording, draws, params);
    ctx.check_cancelled()?;
    let latents = latents::align(with_latents, &analysis)?;
    let entries: Vec<_> = recording.held_out.iter().map(|&(_, _, entry)| entry).collect();
    let seed = ctx.seed().child(&recording.name);
    let agreements = agreements(&analysis, known.0.as_ref(), known.1.as_ref(), counts, seed)?;
    let diagnostics = diagnostics(&recording, draws);
    Ok(Summarised { recording, analysis, latents, scores: Scores::of(&entries), diagnostics, agreements })
}

/// Adds a recording to what the report says.
fn describe(summary: Summary, found: &Summarised, draws: &Draws, several: bool) -> Summary {
    let name =
        |what: &str| if several { format!("{}: {what}", found.recording.name) } else { what.to_owned() };
    let mean = |scalar: &str| {
        let found = found.diagnostics.iter().find(|diagnostic| diagnostic.scalar == scalar);
        found.map_or(f64::NAN, |diagnostic| diagnostic.found.mean)
    };
    let mut summary = summary
        .count(name("draws"), draws.n_draws())
        .count(name("chains"), draws.chains.len())
        .count(name("clusters of the point estimate"), found.analysis.neurons.n_groups())
        .number(name("mean number of clusters"), mean("n_clusters"), Unit::ONE)
        .count(name("states of the point estimate"), found.analysis.bins.n_groups())
        .number(name("mean number of states"), mean("n_states"), Unit::ONE);
    if let Some(scores) = &found.scores {
        summary = summary
            .number(
                name("held-out gain over constant rates, bits per spike"),
                scores.bits_per_spike,
                Unit::ONE,
            )
            .number(name("held-out log likelihood per count, nat"), scores.log_mean_per_entry, Unit::ONE);
    }
    for row in &found.agreements {
        let method = if row.method == OURS { String::new() } else { format!(" ({})", row.method) };
        summary = summary.number(
            name(&format!("ARI of {} with {}{method}", row.of, row.against)),
            row.ari,
            Unit::ONE,
        );
    }
    doubts(summary, found, name)
}

/// Warnings about chains that have not converged.
fn doubts(summary: Summary, found: &Summarised, name: impl Fn(&str) -> String) -> Summary {
    let summary = match found.diagnostics.first().map(|diagnostic| diagnostic.n_chains) {
        Some(0 | 1) => summary
            .warn(name("there is one chain only: whether others would agree cannot be told; run at least 4")),
        _ => summary,
    };
    let doubtful: Vec<&str> = found
        .diagnostics
        .iter()
        .filter(|diagnostic| !diagnostic.converged())
        .map(|diagnostic| diagnostic.scalar.as_str())
        .collect();
    let Some(first) = doubtful.first() else { return summary };
    let warning = format!(
        "chains have not converged on {} of {} scalars (R-hat {R_HAT} or more, or fewer than {ESS} effective draws), among them \
         {first:?}: run more sweeps before you trust small probabilities",
        doubtful.len(),
        found.diagnostics.len(),
    );
    summary.warn(name(&warning))
}

fn output(params: &SummariseParams, summary: Summary, all: &[Summarised]) -> Result<StepOutput> {
    let output = StepOutput::new(summary)
        .table("neurons", tables::neurons(all)?)
        .table("states", tables::states(all)?)
        .table("latents", tables::latents(all)?)
        .table("rates", tables::rates(all)?)
        .table("dynamics", tables::dynamics(all)?)
        .table("scores", tables::scores(all)?)
        .table("diagnostics", tables::diagnostics(all)?)
        .table("agreement", tables::agreement(all)?);
    Ok(if params.similarity { output.table("similarity", tables::similarity(all)?) } else { output })
}
