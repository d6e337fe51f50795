//! Tables of neurons, bins and their similarities.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use crate::steps::summarise::step::Summarised;
use crate::{Interval, Similarity};

/// A neuron with its loadings (d, c), where there are any.
struct Neuron<'a> {
    of: &'a Summarised,
    unit: usize,
    loadings: Option<Vec<Interval>>,
}

/// A row per neuron.
pub(crate) fn neurons(all: &[Summarised]) -> Result<Table> {
    let rows: Vec<Neuron<'_>> = all.iter().flat_map(of_recording).collect();
    let units = rows.iter().map(|row| &row.of.recording.units[row.unit]);
    let groups = || rows.iter().map(|row| (&row.of.analysis.neurons, row.unit));
    let dispersion = |of: fn(&Interval) -> f64| {
        rows.iter().map(move |row| of(&row.of.analysis.dispersions[row.unit])).collect::<Vec<_>>()
    };
    let baseline = |of: fn(&Interval) -> f64| {
        rows.iter().map(move |row| row.loadings.as_ref()?.first().map(of)).collect::<Vec<_>>()
    };
    let loadings = |of: fn(&Interval) -> f64| {
        let list = move |row: &Neuron<'_>| Some(row.loadings.as_ref()?.iter().skip(1).map(of).collect());
        rows.iter().map(list).collect::<Vec<_>>()
    };
    TableBuilder::new(kinds::BICLUSTER_NEURONS)
        .text("recording_id", rows.iter().map(|row| &row.of.recording.name))
        .text("unit_id", units.clone().map(|unit| &unit.name))
        .optional_text("region", units.map(|unit| unit.region.as_deref()))
        .integers("cluster", groups().map(|(groups, unit)| groups.labels[unit] as i64))
        .numbers("probability", groups().map(|(groups, unit)| groups.probabilities[unit]))
        .optional_numbers("own_similarity", rows.iter().map(own_similarity))
        .optional_numbers("baseline", baseline(|interval| interval.mean))
        .optional_numbers("baseline_low", baseline(|interval| interval.low))
        .optional_numbers("baseline_high", baseline(|interval| interval.high))
        .numbers("dispersion", dispersion(|interval| interval.mean))
        .numbers("dispersion_low", dispersion(|interval| interval.low))
        .numbers("dispersion_high", dispersion(|interval| interval.high))
        .optional_lists("loadings", loadings(|interval| interval.mean))
        .optional_lists("loadings_low", loadings(|interval| interval.low))
        .optional_lists("loadings_high", loadings(|interval| interval.high))
        .finish()
}

fn of_recording(of: &Summarised) -> impl Iterator<Item = Neuron<'_>> {
    (0..of.recording.units.len()).map(move |unit| {
        let cluster = of.analysis.neurons.labels[unit];
        let loadings = of.latents.as_ref().and_then(|latents| latents.posterior.loadings(unit, cluster));
        Neuron { of, unit, loadings }
    })
}

/// Mean similarity with the others of its cluster.
fn own_similarity(row: &Neuron<'_>) -> Option<f64> {
    let labels = &row.of.analysis.neurons.labels;
    let others = (0..labels.len()).filter(|&other| other != row.unit && labels[other] == labels[row.unit]);
    let values: Vec<f64> =
        others.map(|other| row.of.analysis.neuron_similarity.probability(row.unit, other)).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// A row per bin.
pub(crate) fn states(all: &[Summarised]) -> Result<Table> {
    let rows = || all.iter().flat_map(|of| (0..of.recording.bins.len()).map(move |bin| (of, bin)));
    TableBuilder::new(kinds::BICLUSTER_STATES)
        .text("recording_id", rows().map(|(of, _)| &of.recording.name))
        .integers("bin", rows().map(|(_, bin)| bin as i64))
        .numbers("start_s", rows().map(|(of, bin)| of.recording.bins[bin].start_s))
        .integers("state", rows().map(|(of, bin)| of.analysis.bins.labels[bin] as i64))
        .numbers("probability", rows().map(|(of, bin)| of.analysis.bins.probabilities[bin]))
        .finish()
}

/// A row per neuron, and per bin that was compared.
pub(crate) fn similarity(all: &[Summarised]) -> Result<Table> {
    let mut rows: Vec<(&str, &str, usize, &Similarity, usize)> = Vec::new();
    for of in all {
        let (name, analysis) = (of.recording.name.as_str(), &of.analysis);
        let neurons = 0..of.recording.units.len();
        rows.extend(neurons.map(|unit| (name, "neurons", unit, &analysis.neuron_similarity, unit)));
        let bins = analysis.similar_bins.iter().enumerate();
        rows.extend(bins.map(|(place, &bin)| (name, "bins", bin, &analysis.bin_similarity, place)));
    }
    TableBuilder::new(kinds::BICLUSTER_SIMILARITY)
        .text("recording_id", rows.iter().map(|row| row.0))
        .text("of", rows.iter().map(|row| row.1))
        .integers("place", rows.iter().map(|row| row.2 as i64))
        .lists("similarity", rows.iter().map(|row| row.3.row(row.4)))
        .finish()
}
