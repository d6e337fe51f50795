//! What the report shows of a fit.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Lines, Panel, Scatter, Series};

use crate::fit::{EpochRecord, UnitQuality};
use crate::network::Network;

/// Most filters that are drawn.
const MOST_FILTERS: usize = 16;

/// Losses over the epochs.
pub(super) fn losses(records: &[EpochRecord]) -> Figure {
    let series = |name: &str, f: fn(&EpochRecord) -> f64| Series {
        name: name.into(),
        x: records.iter().map(|record| f64::from(record.epoch)).collect(),
        y: records.iter().map(f).collect(),
    };
    let series =
        vec![series("fitted", |record| record.train_loss), series("not fitted", |record| record.valid_loss)];
    Figure::new(
        "losses",
        "Losses of the fit",
        "Loss per frame and neuron after every epoch, without penalties.",
    )
    .panel(Panel {
        title: String::new(),
        x: Axis::new("epoch"),
        y: Axis::new("loss"),
        content: Content::Lines(Lines { series }),
    })
}

/// Correlations over their ceilings.
pub(super) fn quality(quality: &[UnitQuality]) -> Figure {
    let known: Vec<(f64, f64)> =
        quality.iter().filter_map(|one| Some((one.ceiling?, one.correlation))).collect();
    let scatter = Scatter {
        x: known.iter().map(|pair| pair.0).collect(),
        y: known.iter().map(|pair| pair.1).collect(),
        colour: Vec::new(),
        colour_label: String::new(),
        scale: ColourScale::Sequential,
        labels: Vec::new(),
        closed_path: false,
        equal_axes: false,
    };
    let caption = "A point per neuron: correlation of the prediction with the mean response to the test movies, over the largest \
                   that the noise leaves to any model.";
    Figure::new("quality", "Predictions of the test movies", caption).panel(Panel {
        title: String::new(),
        x: Axis::new("noise ceiling (1)"),
        y: Axis::new("correlation (1)"),
        content: Content::Scatter(scatter),
    })
}

/// Filters of the first layer, the first channel of the screen.
pub(super) fn filters(network: &Network, parameters: &[f32], dt_s: f64) -> Figure {
    let mut figure = Figure::new(
        "filters",
        "Filters of the first layer",
        "Weights over the screen of the first filters in space; last, the first filters in time, summed over what they mix.",
    );
    let layout = network.layout();
    if let Some(spatial) = layout.get("layers.0.weight") {
        let [n, height, width, channels] =
            [0, 1, 2, 3].map(|axis| spatial.shape.get(axis).copied().unwrap_or(1));
        let weights = spatial.segment.of(parameters);
        for filter in 0..n.min(MOST_FILTERS) {
            let own = &weights[filter * height * width * channels..(filter + 1) * height * width * channels];
            let image = Heatmap {
                n_rows: height,
                n_columns: width,
                values: own.iter().step_by(channels).map(|&value| f64::from(value)).collect(),
                row_labels: Vec::new(),
                column_labels: Vec::new(),
                colour_label: "weight (1)".into(),
                scale: ColourScale::Diverging,
            };
            figure = figure.panel(Panel {
                title: format!("filter {filter}"),
                x: Axis::new("column (px)"),
                y: Axis::new("row (px)"),
                content: Content::Heatmap(image),
            });
        }
    }
    if let Some(temporal) = layout.get("layers.1.weight").filter(|tensor| tensor.shape.len() == 3) {
        let [n, taps, mixed] = [0, 1, 2].map(|axis| temporal.shape.get(axis).copied().unwrap_or(1));
        let weights = temporal.segment.of(parameters);
        let course = |filter: usize| Series {
            name: filter.to_string(),
            x: (0..taps).map(|tap| (tap as f64 - (taps - 1) as f64) * dt_s).collect(),
            y: (0..taps)
                .map(|tap| {
                    let start = (filter * taps + tap) * mixed;
                    weights[start..start + mixed].iter().map(|&value| f64::from(value)).sum()
                })
                .collect(),
        };
        figure = figure.panel(Panel {
            title: "in time".into(),
            x: Axis::new("time before the frame (s)"),
            y: Axis::new("weight (1)"),
            content: Content::Lines(Lines { series: (0..n.min(8)).map(course).collect() }),
        });
    }
    figure
}
