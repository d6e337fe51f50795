//! Figures of an affinity tensor.

use ndarray::Array2;
use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Lines, Panel, Series};

use super::choose::Chosen;
use super::params::AffinityParams;
use crate::affinity::Combine;

/// Neurons of the matrix at most: those that change most.
const NEURONS: usize = 120;
/// Curves at most.
const CURVES: usize = 12;
/// Points of a curve at most.
const POINTS: usize = 1000;

/// The affinity of every pair, mean over all frames and recordings that have it.
pub(super) fn mean_affinity(roots: &[Array2<f64>], params: &AffinityParams, chosen: &Chosen) -> Figure {
    let shown = busiest(roots, chosen.neurons.len());
    let n = shown.len();
    let mut values = vec![f64::NAN; n * n];
    for (i, &a) in shown.iter().enumerate() {
        for (j, &b) in shown.iter().enumerate().skip(i + 1) {
            let mean = mean_of_pair(roots, params.combine, a, b);
            values[i * n + j] = mean;
            values[j * n + i] = mean;
        }
    }
    let labels: Vec<String> =
        shown.iter().filter_map(|&neuron| chosen.neurons.get(neuron).cloned()).collect();
    let caption = match chosen.neurons.len() - n {
        0 => "Bright pairs rise and fall together. Pairs that no recording has are blank.".to_owned(),
        rest => format!(
            "Bright pairs rise and fall together. Pairs that no recording has are blank. The {n} neurons that \
             change most are shown, {rest} more are in the table."
        ),
    };
    Figure::new("mean_affinity", "Mean affinity of neurons", caption).panel(Panel {
        title: String::new(),
        x: Axis::new("neuron"),
        y: Axis::new("neuron"),
        content: Content::Heatmap(Heatmap {
            n_rows: n,
            n_columns: n,
            values,
            row_labels: labels.clone(),
            column_labels: labels,
            colour_label: "mean affinity (1)".into(),
            scale: ColourScale::Sequential,
        }),
    })
}

/// How many pairs change together over time, a curve per recording.
pub(super) fn co_changing(roots: &[Array2<f64>], chosen: &Chosen) -> Figure {
    let caption = match roots.len().saturating_sub(CURVES) {
        0 => "Pairs of neurons of which both rise or both fall.".to_owned(),
        rest => {
            format!("Pairs of neurons of which both rise or both fall. {rest} more recordings are not shown.")
        }
    };
    let curves = roots.iter().zip(&chosen.recordings).take(CURVES);
    let series = curves.map(|(roots, name)| curve(&pairs_together(roots), name, chosen)).collect();
    Figure::new("co_changing_pairs", "Pairs that change together", caption).panel(Panel {
        title: String::new(),
        x: Axis::new("time (s)"),
        y: Axis::new("pairs"),
        content: Content::Lines(Lines { series }),
    })
}

/// The neurons with the largest sum of changes, in their own order.
fn busiest(roots: &[Array2<f64>], n_neurons: usize) -> Vec<usize> {
    let change = |neuron: usize| -> f64 {
        let rows = roots.iter().flat_map(|roots| roots.row(neuron).to_vec());
        rows.filter(|h| !h.is_nan()).map(|h| h * h).sum()
    };
    let mut order: Vec<(f64, usize)> = (0..n_neurons).map(|neuron| (change(neuron), neuron)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut shown: Vec<usize> = order.into_iter().take(NEURONS).map(|(_, neuron)| neuron).collect();
    shown.sort_unstable();
    shown
}

fn mean_of_pair(roots: &[Array2<f64>], combine: Combine, a: usize, b: usize) -> f64 {
    let entries = roots.iter().flat_map(|roots| {
        let (a, b) = (roots.row(a), roots.row(b));
        a.into_iter().zip(b).map(|(&a, &b)| combine.affinity(a, b)).collect::<Vec<_>>()
    });
    let (sum, n) =
        entries.filter(|entry| !entry.is_nan()).fold((0.0, 0.0), |(sum, n), entry| (sum + entry, n + 1.0));
    sum / n
}

/// Pairs of one sign at every frame.
fn pairs_together(roots: &Array2<f64>) -> Vec<f64> {
    let of_one_sign = |column: ndarray::ArrayView1<'_, f64>| {
        let count = |sign: f64| column.iter().filter(|h| sign * **h > 0.0).count() as f64;
        [1.0, -1.0].into_iter().map(|sign| count(sign) * (count(sign) - 1.0) / 2.0).sum()
    };
    roots.columns().into_iter().map(of_one_sign).collect()
}

/// A curve of so many points that it can be drawn: means over stretches of frames.
fn curve(values: &[f64], name: &str, chosen: &Chosen) -> Series {
    let stretch = values.len().div_ceil(POINTS).max(1);
    let middle = |(k, frames): (usize, &[f64])| {
        let frame = (k * stretch) as f64 + (frames.len() as f64 - 1.0) / 2.0;
        chosen.grid.t0_s + frame * chosen.grid.dt_s
    };
    Series {
        name: name.to_owned(),
        x: values.chunks(stretch).enumerate().map(middle).collect(),
        y: values.chunks(stretch).map(neuroloom_math::mean).collect(),
    }
}
