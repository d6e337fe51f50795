//! Figures of an identification.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Panel};

use super::results::{Results, Spread};
use crate::identify::Cell;

/// Accuracy of every group with its error, chance beside them.
pub(super) fn accuracies(results: &Results) -> Figure {
    let chance = results.observations.design().chance();
    let caption = format!(
        "Share of RDMs whose region is that of the nearest mean over the other subjects. Guessing reaches {chance:.3}. {}",
        match results.samples.nrows() {
            0 => "There was no bootstrap.".to_owned(),
            n => format!("Error bars are standard deviations over {n} bootstrap samples."),
        }
    );
    let error = |samples: &[f64]| Spread::of(samples).map_or(f64::NAN, |spread| spread.se);
    let named = results.groups.iter().map(|group| group.name.clone());
    let values = results.groups.iter().map(|group| group.accuracy);
    let errors: Vec<f64> = results.groups.iter().map(|group| error(&group.samples)).collect();
    let bars = Bars {
        groups: std::iter::once("chance".to_owned()).chain(named).collect(),
        series: vec![BarSeries {
            name: "accuracy".to_owned(),
            values: std::iter::once(chance).chain(values).collect(),
            errors: match results.samples.nrows() {
                0 => Vec::new(),
                _ => std::iter::once(f64::NAN).chain(errors).collect(),
            },
        }],
    };
    Figure::new("accuracy", "Regions identified", caption).panel(Panel {
        title: String::new(),
        x: Axis::new("descriptor or class"),
        y: Axis::new("accuracy (1)"),
        content: Content::Bars(bars),
    })
}

/// Mean distances within and across regions, and their ratio.
pub(super) fn distances(results: &Results) -> Figure {
    let caption = "Mean distance of an RDM to those of other subjects: of its own region (within) and of other regions (across), as shares of their sum. \
        Where within is much the smaller, a region has a signature that all subjects share.";
    let mean = |members: &[usize], of: fn(&crate::identify::Outcome) -> f64| {
        members.iter().map(|&i| results.identified[i].mean(of)).sum::<f64>() / members.len() as f64
    };
    let sides: Vec<(f64, f64)> = results
        .groups
        .iter()
        .map(|group| (mean(&group.members, |o| o.within), mean(&group.members, |o| o.across)))
        .map(|(within, across)| (within / (within + across), across / (within + across)))
        .collect();
    let series = |name: &str, of: fn(&(f64, f64)) -> f64| BarSeries {
        name: name.to_owned(),
        values: sides.iter().map(of).collect(),
        errors: Vec::new(),
    };
    Figure::new("distances", "Distances within and across regions", caption).panel(Panel {
        title: String::new(),
        x: Axis::new("descriptor or class"),
        y: Axis::new("share of the distance (1)"),
        content: Content::Bars(Bars {
            groups: results.groups.iter().map(|group| group.name.clone()).collect(),
            series: vec![series("within", |side| side.0), series("across", |side| side.1)],
        }),
    })
}

/// How often a region was taken for another by the default cell.
pub(super) fn confusion(results: &Results) -> Figure {
    let regions = results.observations.design().regions();
    let n = regions.len();
    let mut counts = vec![0.0; n * n];
    let mut totals = vec![0.0; n];
    let outcomes = &results.identified[results.descriptors.default].outcomes;
    for ((_, _, region), outcome) in results.observations.rdms().zip(outcomes) {
        if let Ok(own) = regions.binary_search_by(|known| known.as_str().cmp(region)) {
            counts[own * n + outcome.predicted] += 1.0;
            totals[own] += 1.0;
        }
    }
    let values = counts.iter().enumerate().map(|(place, count)| count / totals[place / n]).collect();
    let caption = "A row is a region, a column what its RDMs were taken for, by geotop(l=0.2, u=0.8); a bright diagonal is right.";
    Figure::new("confusion", "What regions were taken for", caption).panel(Panel {
        title: String::new(),
        x: Axis::new("taken for"),
        y: Axis::new("region"),
        content: Content::Heatmap(Heatmap {
            n_rows: n,
            n_columns: n,
            values,
            row_labels: regions.to_vec(),
            column_labels: regions.to_vec(),
            colour_label: "share of the region's RDMs (1)".to_owned(),
            scale: ColourScale::Sequential,
        }),
    })
}

/// Accuracy of every cell of the grid; none without a grid.
pub(super) fn map(results: &Results) -> Option<Figure> {
    let cells =
        results.descriptors.grid.iter().filter_map(|&i| Some((i, results.descriptors.all()[i].cell()?)));
    let cells: Vec<(usize, Cell)> = cells.collect();
    let distinct = |of: fn(&Cell) -> f64| {
        let mut values: Vec<f64> = cells.iter().map(|(_, cell)| of(cell)).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        values
    };
    let (lower, upper) = (distinct(Cell::l), distinct(Cell::u));
    if cells.is_empty() {
        return None;
    }
    let mut values = vec![f64::NAN; lower.len() * upper.len()];
    for (descriptor, cell) in &cells {
        let row = lower.iter().position(|&l| l == cell.l())?;
        let column = upper.iter().position(|&u| u == cell.u())?;
        values[row * upper.len() + column] = results.identified[*descriptor].accuracy();
    }
    let caption = "Share of RDMs that are identified, by the thresholds of the geo-topological transform. Top right is the ranked RDM; along the edge \
        of the triangle hardly more than adjacency is left. The brightest cell is chosen with hindsight: judge by the nested selection.";
    let labels = |values: &[f64]| values.iter().map(|value| format!("{value}")).collect();
    Some(Figure::new("map", "Accuracy by thresholds", caption).panel(Panel {
        title: String::new(),
        x: Axis::new("upper threshold u (1)"),
        y: Axis::new("lower threshold l (1)"),
        content: Content::Heatmap(Heatmap {
            n_rows: lower.len(),
            n_columns: upper.len(),
            values,
            row_labels: labels(&lower),
            column_labels: labels(&upper),
            colour_label: "accuracy (1)".to_owned(),
            scale: ColourScale::Sequential,
        }),
    }))
}
