//! What the report shows of rates and latents.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Lines, Panel, Scatter, Series};

use super::tables::LATENTS;
use crate::predict::Prediction;
use crate::principal::{View, principal_view};
use crate::trial_set::{Split, TrialSet};

/// Most conditions whose trajectories are drawn.
const MAX_CONDITIONS: usize = 12;

/// Rates of the first trial to validate beside its true rates, or its counts where these are not known.
pub(super) fn rates(set: &TrialSet, prediction: &Prediction) -> Figure {
    let caption = "A trial that was not fitted, units held in above those held out. A model sees the counts of the former in observed bins alone.";
    let mut figure = Figure::new("rates", "Rates of a trial", caption);
    let trials = [Split::Test, Split::Valid, Split::Train].map(|split| set.of(split));
    let Some(&trial) = trials.iter().flatten().next() else { return figure };
    let per_trial = set.size.n_bins * set.size.n_out;
    let Some(rates) = prediction.rate_counts.chunks_exact(per_trial).nth(trial as usize) else {
        return figure;
    };
    let hz = |counts: &[f32]| counts.iter().map(|&c| f64::from(c) / set.dt_s).collect::<Vec<f64>>();
    let truth = set.truth_hz(trial).map(|truth| truth.iter().copied().map(f64::from).collect());
    let (name, other) = match truth {
        Some(truth) => ("true rates", truth),
        None => ("counts over the width of a bin", hz(set.counts(trial))),
    };
    for (title, values) in [("predicted rates", hz(rates)), (name, other)] {
        figure = figure.panel(image(set, title, &values));
    }
    figure
}

fn image(set: &TrialSet, title: &str, values: &[f64]) -> Panel {
    let (n_rows, n_columns) = (set.size.n_out, set.size.n_bins);
    let by_unit = (0..n_rows).flat_map(|unit| values.iter().skip(unit).step_by(n_rows).copied());
    let heatmap = Heatmap {
        n_rows,
        n_columns,
        values: by_unit.collect(),
        row_labels: Vec::new(),
        column_labels: Vec::new(),
        colour_label: "rate (Hz)".into(),
        scale: ColourScale::Sequential,
    };
    Panel {
        title: title.into(),
        x: Axis::new(format!("bin of {} s", set.dt_s)),
        y: Axis::new("unit"),
        content: Content::Heatmap(heatmap),
    }
}

/// Mean trajectories of the conditions in the space in which each of the latents varies most, and the course of a dimension over time.
pub(super) fn latents(set: &TrialSet, prediction: &Prediction, dim: usize) -> Option<Figure> {
    let conditions = conditions(set);
    if conditions.is_empty() {
        return None;
    }
    let caption = "Means over the trials of a condition, in the space of the three directions in which they vary most, seen from the side (30\u{b0}) and \
        from above (25\u{b0}); colour is the condition. Latents that carry the data follow smooth paths of their own; those that do not are noise about one point.";
    let mut figure = Figure::new("latents", "Latent trajectories by condition", caption);
    for (name, values) in named(prediction) {
        let means: Vec<Vec<f64>> =
            conditions.iter().map(|(_, trials)| mean_trial(values, trials, set.size.n_bins * dim)).collect();
        let View { x, y, share } = principal_view(&means, dim)?;
        let labels = conditions
            .iter()
            .flat_map(|&(condition, _)| std::iter::repeat_n(condition as f64, set.size.n_bins));
        let scatter = Scatter {
            x,
            y,
            colour: labels.collect(),
            colour_label: "condition".into(),
            scale: ColourScale::Sequential,
            labels: Vec::new(),
            closed_path: false,
            equal_axes: true,
        };
        figure = figure.panel(Panel {
            title: format!("{name} ({:.0} % of the variance)", 100.0 * share),
            x: Axis::new("first and second component"),
            y: Axis::new("third component, and behind"),
            content: Content::Scatter(scatter),
        });
    }
    Some(figure.panel(over_time(set, prediction, dim, &conditions)))
}

/// The latents that there are, with their names.
fn named(prediction: &Prediction) -> impl Iterator<Item = (&'static str, &Vec<f32>)> {
    LATENTS.into_iter().zip(&prediction.latents).filter(|(_, values)| !values.is_empty())
}

/// Conditions with their trials, some of them.
fn conditions(set: &TrialSet) -> Vec<(i64, Vec<usize>)> {
    let mut conditions: std::collections::BTreeMap<i64, Vec<usize>> = std::collections::BTreeMap::new();
    for (trial, info) in set.trials.iter().enumerate() {
        if let Some(condition) = info.condition {
            conditions.entry(condition).or_default().push(trial);
        }
    }
    conditions.into_iter().take(MAX_CONDITIONS).collect()
}

fn mean_trial(values: &[f32], trials: &[usize], per_trial: usize) -> Vec<f64> {
    let mut mean = vec![0.0; per_trial];
    for &trial in trials {
        let rows = values.chunks_exact(per_trial).nth(trial).unwrap_or_default();
        mean.iter_mut().zip(rows).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    mean.iter_mut().for_each(|sum| *sum /= trials.len().max(1) as f64);
    mean
}

/// The first dimension of position and velocity in the first condition.
fn over_time(set: &TrialSet, prediction: &Prediction, dim: usize, conditions: &[(i64, Vec<usize>)]) -> Panel {
    let x: Vec<f64> = (0..set.size.n_bins).map(|bin| set.t0_s + (bin as f64 + 0.5) * set.dt_s).collect();
    let trials = conditions.first().map(|(_, trials)| trials.as_slice()).unwrap_or_default();
    let series = named(prediction).map(|(name, values)| Series {
        name: name.into(),
        x: x.clone(),
        y: mean_trial(values, trials, set.size.n_bins * dim).into_iter().step_by(dim).collect(),
    });
    Panel {
        title: "first dimension, first condition".into(),
        x: Axis::new("time (s)"),
        y: Axis::new("latent (1)"),
        content: Content::Lines(Lines { series: series.collect() }),
    }
}
