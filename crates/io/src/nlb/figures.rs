//! What the report says of trials: counts, and the mean response of the units.

use std::collections::BTreeMap;

use neuroloom_core::figure::{Axis, ColourScale, Content, Figure, Heatmap, Panel};
use neuroloom_core::{Result, Summary, Unit};
use neuroloom_table::Columns;

use super::dataset_name::SPIKE_COUNT;
use super::read::Recording;

/// Units that the figure shows at most.
const UNITS: usize = 80;
/// Columns that the figure has at most.
const COLUMNS: usize = 200;

/// Metrics, figure and warnings of `recording`.
///
/// # Errors
/// An internal one, if the table is not what it was built as.
pub(super) fn summary(recording: &Recording) -> Result<Summary> {
    let mut summary = Summary::default()
        .number("bin width", recording.bin_s, Unit::SECOND)
        .count("held-in units", recording.n_held_in)
        .count("held-out units", recording.n_held_out);
    for (split, n_trials) in &recording.n_trials {
        summary = summary.count(format!("{} trials", split.name()), *n_trials);
    }
    let means = mean_counts(recording)?;
    if let Some((n_bins, mean)) = population(&means) {
        summary = summary.count("bins of a trial", n_bins).number(
            "mean firing rate",
            mean / recording.bin_s,
            Unit::HERTZ,
        );
        summary = summary.figure(responses(&means, n_bins, recording.bin_s));
    }
    Ok(recording.notes.iter().fold(summary, Summary::warn))
}

/// Sum and number of finite counts of a bin.
type Bin = (f64, usize);

/// Counts over the trials of all splits, by unit and bin.
fn mean_counts(recording: &Recording) -> Result<BTreeMap<usize, Vec<Bin>>> {
    let trials = &recording.trials;
    let (signals, units, values) = (trials.text("signal")?, trials.text("unit_id")?, trials.lists("value")?);
    let mut means: BTreeMap<usize, Vec<Bin>> = BTreeMap::new();
    for row in (0..trials.n_rows()).filter(|&row| signals.get(row) == Some(SPIKE_COUNT)) {
        let Some(unit) = units.get(row).and_then(|unit| unit.parse().ok()) else { continue };
        let counts = values.get(row).unwrap_or_default();
        let bins = means.entry(unit).or_default();
        bins.resize(bins.len().max(counts.len()), (0.0, 0));
        for (bin, &count) in bins.iter_mut().zip(counts.iter()).filter(|(_, count)| count.is_finite()) {
            *bin = (bin.0 + count, bin.1 + 1);
        }
    }
    Ok(means)
}

/// Bins of the longest trial, and the mean count of all units and bins.
fn population(means: &BTreeMap<usize, Vec<Bin>>) -> Option<(usize, f64)> {
    let n_bins = means.values().map(Vec::len).max()?;
    let (sum, n) = total(means.values().flatten());
    (n > 0).then(|| (n_bins, sum / n as f64))
}

fn total<'a>(bins: impl Iterator<Item = &'a Bin>) -> Bin {
    bins.fold((0.0, 0), |(sum, n), bin| (sum + bin.0, n + bin.1))
}

fn responses(means: &BTreeMap<usize, Vec<Bin>>, n_bins: usize, bin_s: f64) -> Figure {
    let pooled = n_bins.div_ceil(COLUMNS).max(1);
    let n_columns = n_bins.div_ceil(pooled);
    let shown: Vec<(&usize, &Vec<Bin>)> = means.iter().take(UNITS).collect();
    let rate = |bins: &[Bin], column: usize| {
        let (sum, n) = total(bins.iter().skip(column * pooled).take(pooled));
        if n > 0 { sum / n as f64 / bin_s } else { f64::NAN }
    };
    let values = shown.iter().flat_map(|(_, bins)| (0..n_columns).map(|column| rate(bins, column)));
    let content = Heatmap {
        n_rows: shown.len(),
        n_columns,
        values: values.collect(),
        row_labels: shown.iter().map(|(unit, _)| unit.to_string()).collect(),
        column_labels: Vec::new(),
        colour_label: "firing rate (Hz)".to_owned(),
        scale: ColourScale::Sequential,
    };
    let caption = format!(
        "Mean over all trials, {} of {} units, a row each; a column is {} s.",
        shown.len(),
        means.len(),
        pooled as f64 * bin_s
    );
    let (x, y) = (Axis::new("time in the trial (bins)"), Axis::new("unit"));
    let panel = Panel { title: String::new(), x, y, content: Content::Heatmap(content) };
    Figure::new("responses", "Mean responses", caption).panel(panel)
}
