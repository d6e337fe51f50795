//! What the report says of a run.

use neuroloom_core::figure::{Axis, Content, Lines, Panel, Series};
use neuroloom_core::{Figure, Summary, Unit};

use super::input::Recording;
use super::params::SampleParams;
use super::run::Fit;
use crate::Family;
use crate::chain::{Chain, Traced};
use crate::held_out_score::HeldOutScore;
use crate::{Tallies, Tally};

/// Points of a trace that are drawn at most.
const POINTS: usize = 500;
/// Share of the draws with a dispersion at a bound that is worth a warning.
const AT_BOUNDS: f64 = 0.05;
/// Acceptance of Poisson paths below which chains hardly move.
const LOW_ACCEPTANCE: f64 = 0.1;

/// Metrics, warnings and traces of all recordings.
pub(super) fn summary(
    params: &SampleParams,
    recordings: &[Recording],
    fits: &[Fit],
    scores: &[HeldOutScore],
) -> Summary {
    let kept: usize = fits.iter().flat_map(|fit| &fit.chains).map(|chain| chain.trace.len()).sum();
    let mut summary = Summary::default()
        .count("recordings", recordings.len())
        .count("chains per recording", params.chains)
        .count("draws", kept);
    for ((recording, fit), score) in recordings.iter().zip(fits).zip(scores) {
        summary = of_recording(summary, recording, fit, score);
        for warning in recording.warnings.iter().cloned().chain(doubts(recording, fit)) {
            summary = summary.warn(warning);
        }
    }
    summary
}

fn of_recording(mut summary: Summary, recording: &Recording, fit: &Fit, score: &HeldOutScore) -> Summary {
    let name = &recording.name;
    summary = summary
        .count(format!("{name}: neurons"), recording.counts.n_units())
        .count(format!("{name}: bins"), recording.counts.n_bins())
        .text(format!("{name}: clusters of neurons"), shares(fit, |at| at.n_clusters))
        .text(format!("{name}: states"), shares(fit, |at| at.n_states));
    for pilot in &fit.pilots {
        let words = format!("{name}: held-out log probability per entry with {} latents", pilot.n_latents);
        summary = summary.number(words, pilot.score, Unit::ONE);
    }
    if !fit.pilots.is_empty() {
        summary =
            summary.count(format!("{name}: latents per cluster, chosen"), fit.settings.priors.n_latents);
    }
    let n_held_out = recording.held_out.len();
    if n_held_out > 0 && score.n_draws() > 0 {
        let per_entry = score.log_mean().sum::<f64>() / n_held_out as f64;
        summary = summary.count(format!("{name}: counts held out"), n_held_out).number(
            format!("{name}: held-out log probability per entry"),
            per_entry,
            Unit::ONE,
        );
    }
    for (what, tally) in moves(&fit.chains).named().into_iter().filter(|(_, tally)| tally.tried > 0) {
        summary = summary.number(format!("{name}: accepted {what}"), tally.rate(), Unit::ONE);
    }
    summary.figure(traces(recording, fit))
}

/// Numbers that draws have, the most frequent first, with their shares.
fn shares(fit: &Fit, of: fn(&Traced) -> u32) -> String {
    let mut counts = std::collections::BTreeMap::new();
    let all = fit.chains.iter().flat_map(|chain| &chain.trace);
    for traced in all {
        *counts.entry(of(traced)).or_insert(0_usize) += 1;
    }
    let total: usize = counts.values().sum();
    let mut counts: Vec<(u32, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(number, count)| (std::cmp::Reverse(count), number));
    let share =
        |(number, count): &(u32, usize)| format!("{number} ({:.2})", *count as f64 / total.max(1) as f64);
    counts.iter().take(5).map(share).collect::<Vec<_>>().join(", ")
}

fn moves(chains: &[Chain]) -> Tallies {
    let mut all = Tallies::default();
    chains.iter().for_each(|chain| all += chain.moves);
    all
}

/// Doubts about the chains.
fn doubts(recording: &Recording, fit: &Fit) -> Vec<String> {
    let name = &recording.name;
    let mut doubts = Vec::new();
    let kept: usize = fit.chains.iter().map(|chain| chain.trace.len()).sum();
    for unit in &recording.units {
        let Some(position) = unit.position else { continue };
        let at_bounds: u32 = fit.chains.iter().map(|chain| chain.at_bounds[position]).sum();
        if f64::from(at_bounds) > AT_BOUNDS * kept as f64 {
            doubts.push(format!(
                "{name}: the dispersion of neuron {} is at its bounds in {at_bounds} of {kept} draws: its counts are \
                 Poisson (use `family: poisson`), or hardly say anything about it",
                unit.name
            ));
        }
    }
    let Tallies { paths, .. } = moves(&fit.chains);
    if fit.settings.family == Family::Poisson && Tally::rate(paths) < LOW_ACCEPTANCE {
        doubts.push(format!(
            "{name}: {:.3} of the proposed paths were accepted; raise `poisson_r`, or use `poisson_accept: per_cluster`",
            paths.rate()
        ));
    }
    doubts
}

/// A scalar of a draw.
type Scalar = fn(&Traced) -> f64;

/// How the chains went, a panel per scalar.
fn traces(recording: &Recording, fit: &Fit) -> Figure {
    let name = &recording.name;
    let caption = "Draws of every chain after burn-in. Chains that agree wander over the same values.";
    let scalars: [(&str, Scalar); 3] = [
        ("log likelihood of the seen counts (nat)", |at| at.log_lik),
        ("clusters of neurons", |at| f64::from(at.n_clusters)),
        ("states", |at| f64::from(at.n_states)),
    ];
    let panels = scalars.into_iter().map(|(label, of)| panel(&fit.chains, label, of));
    let figure = Figure::new(format!("chains_{}", slug(name)), format!("Chains of {name}"), caption);
    panels.fold(figure, Figure::panel)
}

fn panel(chains: &[Chain], label: &str, of: Scalar) -> Panel {
    let series = chains.iter().map(|chain| {
        let step = chain.trace.len().div_ceil(POINTS).max(1);
        let points = chain.trace.iter().enumerate().step_by(step);
        let (x, y) = points.map(|(at, traced)| (at as f64, of(traced))).unzip();
        Series { name: format!("chain {}", chain.number), x, y }
    });
    Panel {
        title: String::new(),
        x: Axis::new("draw"),
        y: Axis::new(label),
        content: Content::Lines(Lines { series: series.collect() }),
    }
}

fn slug(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}
