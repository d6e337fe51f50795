//! What the report says of a homogenisation.

use std::collections::BTreeMap;

use ndarray::Axis as Dimension;
use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Panel};
use neuroloom_core::{Figure, Summary};

use super::processed::{Processed, State};
use super::writers::Writers;
use crate::{HomogeniseParams, StoredSignal};

/// Most samples of the heat map's time axis.
const SHOWN: usize = 600;

pub(super) fn summary(results: &[Processed], params: &HomogeniseParams, writers: &Writers) -> Summary {
    let used: Vec<_> = results.iter().filter_map(Processed::used).collect();
    let failed = results.iter().filter(|result| matches!(result.state, State::Failed(_))).count();
    let neurons = used.iter().flat_map(|used| &used.neurons);
    let imputed: usize = neurons.clone().flat_map(|neuron| &neuron.imputed).map(ExactSizeIterator::len).sum();
    let mut summary = Summary::default()
        .count("recordings used", used.len())
        .count("recordings skipped", results.len() - used.len() - failed)
        .count("recordings failed", failed)
        .count("neurons", neurons.clone().count())
        .count("labelled neurons", neurons.filter(|neuron| neuron.slot.is_some()).count())
        .count("imputed samples", imputed)
        .text("profile", params.profile.as_str());
    for result in results {
        if let State::Skipped(reason) = &result.state {
            summary = summary.text(format!("skipped {}", result.source.id), reason.clone());
        }
    }
    if let Some(rows) = writers.unpublished() {
        summary = summary.count("all-zero rows left out of the published layout", rows);
    }
    summary = summary.figure(label_figure(results));
    match &writers.figure {
        Some(figure) => summary.figure(figure.clone()),
        None => summary,
    }
}

fn label_figure(results: &[Processed]) -> Figure {
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for label in results.iter().flat_map(|result| &result.labels) {
        *counts.entry(label.status.as_str()).or_default() += 1.0;
    }
    let values =
        BarSeries { name: String::new(), values: counts.values().copied().collect(), errors: Vec::new() };
    let groups = counts.keys().map(|status| (*status).to_owned()).collect();
    Figure::new(
        "labels",
        "What became of the labels",
        "Columns of all recordings by the status of their label.",
    )
    .panel(Panel {
        title: String::new(),
        x: Axis::new("label status"),
        y: Axis::new("columns"),
        content: Content::Bars(Bars { groups, series: vec![values] }),
    })
}

/// The labelled neurons of a recording that was used.
pub(super) fn activity_figure(result: &Processed, params: &HomogeniseParams) -> Option<Figure> {
    let used = result.used()?;
    let matrix = used.signals.get(&StoredSignal::Calcium)?;
    let labeled: Vec<usize> = used
        .neurons
        .iter()
        .enumerate()
        .filter(|(_, neuron)| neuron.slot.is_some())
        .map(|(row, _)| row)
        .collect();
    let stride = matrix.ncols().div_ceil(SHOWN).max(1);
    let shown = matrix.select(Dimension(0), &labeled);
    let columns = shown.ncols().div_ceil(stride);
    let values = shown
        .outer_iter()
        .flat_map(|row| row.iter().step_by(stride).map(|z| f64::from(*z)).collect::<Vec<_>>());
    let panel = Panel {
        title: result.source.id.clone(),
        x: Axis::new(format!("time ({:.3} s per column)", stride as f64 * params.resample_dt_s)),
        y: Axis::new("neuron"),
        content: Content::Heatmap(Heatmap {
            n_rows: labeled.len(),
            n_columns: columns,
            values: values.collect(),
            row_labels: labeled
                .iter()
                .filter_map(|&row| used.neurons.get(row))
                .map(|n| n.name.clone())
                .collect(),
            column_labels: Vec::new(),
            colour_label: "activity (sd)".into(),
            scale: ColourScale::Diverging,
        }),
    };
    let caption =
        "Smoothed, resampled and normalised activity of the labelled neurons of the first recording.";
    Some(Figure::new("activity", "Homogenised activity", caption).panel(panel))
}
