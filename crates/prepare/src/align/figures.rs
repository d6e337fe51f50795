//! What the report shows of spikes around events.

use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Lines, Panel, Raster, Series};
use neuroloom_core::{Figure, Result};

use super::AlignParams;
use super::psth::peri_stimulus_histogram;
use super::spikes::{UnitTrials, bins};
use crate::UniformBins;

/// Bins of the figures where the parameters give no width.
const BINS: f64 = 50.0;
/// Most trials of a raster and units of an image.
const MAX_ROWS: usize = 100;

/// The unit whose rate varies most around the events, trial by trial and on average, and the average of all; none without
/// trials.
pub(super) fn peri_stimulus(params: &AlignParams, units: &[UnitTrials<'_>]) -> Result<Option<Figure>> {
    let width = (params.to_s - params.from_s) / BINS;
    let bins = match bins(params)? {
        Some(bins) => Some(bins),
        None => UniformBins::within(params.from_s, params.to_s, width)?,
    };
    let Some(bins) = bins else { return Ok(None) };
    let with_trials: Vec<&UnitTrials<'_>> = units.iter().filter(|unit| !unit.trials.is_empty()).collect();
    let rates: Vec<Vec<f64>> = with_trials.iter().map(|unit| mean_rates(unit, &bins)).collect();
    let ranked = rates.iter().map(|rates| modulation(rates)).zip(0..);
    let best = ranked.reduce(|a: (f64, usize), b| if b.0 > a.0 { b } else { a });
    let Some((_, best)) = best else { return Ok(None) };
    let caption = "Left: the spikes of the unit whose rate varies most around the events, a row per trial; middle: its mean \
                   rate; right: the mean rates of all units, divided by their peaks.";
    let figure = Figure::new("peri_stimulus", "Spikes around events", caption)
        .panel(raster(with_trials[best]))
        .panel(histogram(&bins, &rates[best]))
        .panel(population(&bins, &with_trials, &rates));
    Ok(Some(figure))
}

fn mean_rates(unit: &UnitTrials<'_>, bins: &UniformBins) -> Vec<f64> {
    let counts: Vec<Vec<f32>> = unit.trials.iter().map(|(_, _, trial)| trial.counts(bins)).collect();
    peri_stimulus_histogram(counts.iter().map(Vec::as_slice), bins.n_bins(), bins.width()).rates_hz
}

/// Variance over mean: how much more a rate varies than that of a unit which fires at any time.
fn modulation(rates: &[f64]) -> f64 {
    let valid = || rates.iter().filter(|rate| !rate.is_nan());
    let n = valid().count().max(1) as f64;
    let mean = valid().sum::<f64>() / n;
    if mean > 0.0 { valid().map(|rate| (rate - mean).powi(2)).sum::<f64>() / (n * mean) } else { 0.0 }
}

fn time() -> Axis {
    Axis::new("time from event (s)")
}

fn raster(unit: &UnitTrials<'_>) -> Panel {
    let shown = || unit.trials.iter().take(MAX_ROWS);
    let raster = Raster {
        labels: shown().map(|(number, _, _)| number.to_string()).collect(),
        events: shown().map(|(_, _, trial)| trial.times_s.clone()).collect(),
    };
    let title = format!("unit {}", unit.train.unit_id);
    Panel { title, x: time(), y: Axis::new("trial"), content: Content::Raster(raster) }
}

fn histogram(bins: &UniformBins, rates: &[f64]) -> Panel {
    let x = (0..bins.n_bins()).map(|bin| bins.centre(bin)).collect();
    let series = vec![Series { name: String::new(), x, y: rates.to_vec() }];
    Panel {
        title: String::new(),
        x: time(),
        y: Axis::new("rate (Hz)"),
        content: Content::Lines(Lines { series }),
    }
}

fn population(bins: &UniformBins, units: &[&UnitTrials<'_>], rates: &[Vec<f64>]) -> Panel {
    let relative = |rates: &Vec<f64>| {
        let peak = rates.iter().copied().fold(0.0, f64::max);
        let scale = if peak > 0.0 { peak } else { 1.0 };
        rates.iter().map(move |rate| rate / scale).collect::<Vec<f64>>()
    };
    let shown = units.len().min(MAX_ROWS);
    let heatmap = Heatmap {
        n_rows: shown,
        n_columns: bins.n_bins(),
        values: rates.iter().take(shown).flat_map(relative).collect(),
        row_labels: units.iter().take(shown).map(|unit| unit.train.unit_id.to_owned()).collect(),
        column_labels: (0..bins.n_bins()).map(|bin| format!("{:.3}", bins.centre(bin))).collect(),
        colour_label: "rate / peak".into(),
        scale: ColourScale::Sequential,
    };
    Panel { title: String::new(), x: time(), y: Axis::new("unit"), content: Content::Heatmap(heatmap) }
}
