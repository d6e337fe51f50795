//! What the report shows of tuning.

use std::collections::BTreeMap;

use ndarray::{Array2, Axis as Dim};
use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Lines, Panel, Series};

use super::step::Tuned;
use super::{Conditions, bits_per_spike};

/// Most neurons that one image shows.
const MAX_ROWS: usize = 200;
/// Most folds that get a curve of their own.
const MAX_CURVES: usize = 12;

/// Tuning curves over all folds, an image per region, rows in the order of their peaks.
pub(super) fn tuning_curves(conditions: &Conditions, tuned: &[Tuned<'_>]) -> Figure {
    let caption = "Mean response over all folds, divided by its peak; neurons in the order of their peaks.";
    let mut figure = Figure::new("tuning_curves", "Tuning curves", caption);
    for (region, members) in by_region(tuned) {
        figure = figure.panel(region_panel(conditions, region, &members));
    }
    figure
}

/// Time in every condition, a curve per fold.
pub(super) fn occupancy(conditions: &Conditions, occupancy_s: &Array2<f64>) -> Figure {
    let x: Vec<f64> = conditions
        .conditions
        .iter()
        .enumerate()
        .map(|(index, condition)| condition.value.unwrap_or(index as f64))
        .collect();
    let curve = |name: String, y: Vec<f64>| Series { name, x: x.clone(), y };
    let series = if occupancy_s.nrows() <= MAX_CURVES {
        let folds = occupancy_s.rows().into_iter().enumerate();
        folds.map(|(fold, row)| curve(format!("fold {fold}"), row.to_vec())).collect()
    } else {
        vec![curve("all folds".into(), occupancy_s.sum_axis(Dim(0)).to_vec())]
    };
    let panel = Panel {
        title: String::new(),
        x: Axis::new(condition_label(conditions)),
        y: Axis::new("time (s)"),
        content: Content::Lines(Lines { series }),
    };
    let caption = "Time spent in every condition: responses are unreliable where it is short.";
    Figure::new("occupancy", "Occupancy", caption).panel(panel)
}

/// Information of every spiking neuron.
pub(super) fn information(tuned: &[Tuned<'_>]) -> Figure {
    let shown = || tuned.iter().take(MAX_ROWS);
    let name = |each: &Tuned<'_>| match each.neuron.region {
        Some(region) => format!("{} {region}", each.neuron.unit_id),
        None => each.neuron.unit_id.to_owned(),
    };
    let bars = Bars {
        groups: shown().map(name).collect(),
        series: vec![BarSeries {
            name: String::new(),
            values: shown().map(neuron_information).collect(),
            errors: Vec::new(),
        }],
    };
    let panel = Panel {
        title: String::new(),
        x: Axis::new("neuron"),
        y: Axis::new("information (bits/spike)"),
        content: Content::Bars(bars),
    };
    let caption = "What a spike says of the condition (Skaggs et al. 1993), over all folds, without correction for bias.";
    Figure::new("information", "Information per spike", caption).panel(panel)
}

/// Bits per spike over all folds.
pub(super) fn neuron_information(each: &Tuned<'_>) -> f64 {
    let pooled = |sums: &Array2<f64>| sums.sum_axis(Dim(0)).to_vec();
    bits_per_spike(&pooled(&each.tally.total), &pooled(&each.tally.occupancy_s))
}

/// Neurons by region, regions by name.
pub(super) fn by_region<'t, 'a>(tuned: &'t [Tuned<'a>]) -> BTreeMap<&'a str, Vec<&'t Tuned<'a>>> {
    let mut regions: BTreeMap<&str, Vec<&Tuned<'_>>> = BTreeMap::new();
    for each in tuned {
        regions.entry(each.neuron.region.unwrap_or("")).or_default().push(each);
    }
    regions
}

fn region_panel(conditions: &Conditions, region: &str, members: &[&Tuned<'_>]) -> Panel {
    let mut rows: Vec<(usize, &str, Vec<f64>)> =
        members.iter().take(MAX_ROWS).map(|each| curve(each)).collect();
    rows.sort_by_key(|(peak, _, _)| *peak);
    let heatmap = Heatmap {
        n_rows: rows.len(),
        n_columns: conditions.conditions.len(),
        row_labels: rows.iter().map(|(_, unit, _)| (*unit).to_owned()).collect(),
        values: rows.into_iter().flat_map(|(_, _, curve)| curve).collect(),
        column_labels: conditions.conditions.iter().map(|condition| condition.label.clone()).collect(),
        colour_label: "response / peak".into(),
        scale: ColourScale::Sequential,
    };
    Panel {
        title: region.to_owned(),
        x: Axis::new(condition_label(conditions)),
        y: Axis::new("neuron"),
        content: Content::Heatmap(heatmap),
    }
}

/// Peak condition, unit and response over all folds divided by the peak.
fn curve<'a>(each: &Tuned<'a>) -> (usize, &'a str, Vec<f64>) {
    let pooled = |sums: &Array2<f64>| sums.sum_axis(Dim(0));
    let responses = pooled(&each.tally.total) / pooled(&each.tally.occupancy_s);
    let finite = responses.iter().enumerate().filter(|(_, response)| response.is_finite());
    let peak =
        finite.fold((0, 0.0), |best, (i, &response)| if response > best.1 { (i, response) } else { best });
    let scale = if peak.1 > 0.0 { peak.1 } else { 1.0 };
    (peak.0, each.neuron.unit_id, responses.iter().map(|response| response / scale).collect())
}

fn condition_label(conditions: &Conditions) -> String {
    match &conditions.unit {
        Some(unit) => format!("{} ({unit})", conditions.variable),
        None => conditions.variable.clone(),
    }
}
