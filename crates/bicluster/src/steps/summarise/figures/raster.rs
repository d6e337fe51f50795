//! Counts by clusters and states, and similarities.

use neuroloom_core::Figure;
use neuroloom_core::figure::Panel;

use super::figure_name;
use super::image::{averaged, image, stretch};
use crate::steps::summarise::agreement::Known;
use crate::steps::summarise::step::Summarised;
use crate::{Counts, Similarity};

/// Counts, neurons cluster by cluster, above the states and what is known of them.
pub(super) fn raster(found: &Summarised, counts: &Counts, known: Option<&Known>) -> Figure {
    let every = stretch(counts.n_bins());
    let order = found.analysis.neurons.order();
    let row = |&unit: &usize| {
        let scaled = |(&count, &seen): (&u32, &bool)| if seen { f64::from(count).sqrt() } else { f64::NAN };
        let values: Vec<f64> = counts.unit(unit).iter().zip(counts.seen(unit)).map(scaled).collect();
        averaged(&values, every)
    };
    let labels = order
        .iter()
        .map(|&unit| format!("{} {}", found.analysis.neurons.labels[unit], found.recording.units[unit].name));
    let width = found.recording.bins.first().map_or(f64::NAN, |bin| bin.dt_s);
    let time = format!("time ({} s)", (width * every as f64 * 1e6).round() / 1e6);
    let caption = "Square roots of counts, neurons cluster by cluster (the number before the name); held-out and missing \
                   counts are blank. Below, the state of every bin, and what is known of it.";
    let counts_panel =
        image("", [&time, "neuron"], labels.collect(), order.iter().map(row).collect(), "root of count (1)");
    Figure::new(figure_name("raster", found), "Counts by cluster and state", caption)
        .panel(counts_panel)
        .panel(strip(found, known, every, &time))
}

fn strip(found: &Summarised, known: Option<&Known>, every: usize, time: &str) -> Panel {
    let thinned = |values: Vec<f64>| values.into_iter().step_by(every).collect::<Vec<f64>>();
    let mut labels = vec!["state".to_owned()];
    let mut rows = vec![thinned(found.analysis.bins.labels.iter().map(|&state| state as f64).collect())];
    if let Some(known) = known {
        let mut names: Vec<&String> = known.labels.iter().flatten().collect();
        names.sort();
        names.dedup();
        let number = |label: &Option<String>| {
            label
                .as_ref()
                .and_then(|label| names.binary_search(&label).ok())
                .map_or(f64::NAN, |place| place as f64)
        };
        labels.push(format!("known: {}", known.name));
        rows.push(thinned(known.labels.iter().map(number).collect()));
    }
    image("", [time, ""], labels, rows, "state")
}

/// Similarities of neurons, cluster by cluster, and of bins in time.
pub(super) fn similarities(found: &Summarised) -> Figure {
    let caption = "The share of draws in which two neurons, or two bins, are in one group. Neurons are ordered by cluster, \
                   bins in time.";
    let order = found.analysis.neurons.order();
    let labels = order.iter().map(|&unit| found.recording.units[unit].name.clone()).collect();
    let bins: Vec<usize> = (0..found.analysis.similar_bins.len()).collect();
    Figure::new(figure_name("similarity", found), "Posterior similarity", caption)
        .panel(panel("neurons", "neuron", labels, &found.analysis.neuron_similarity, &order))
        .panel(panel("bins", "bin", Vec::new(), &found.analysis.bin_similarity, &bins))
}

fn panel(title: &str, axis: &str, labels: Vec<String>, of: &Similarity, order: &[usize]) -> Panel {
    let every = stretch(order.len());
    let kept: Vec<usize> = order.iter().copied().step_by(every).collect();
    let row = |&i: &usize| kept.iter().map(|&j| of.probability(i, j)).collect();
    let labels = labels.into_iter().step_by(every).collect();
    image(title, [axis, axis], labels, kept.iter().map(row).collect(), "probability (1)")
}
