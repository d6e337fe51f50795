//! What the report shows of the clusters.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Lines, Panel, Series};

use super::tables::View;
use crate::restarts::Restarted;
use crate::steps::stimuli::Screen;

/// The stimuli in space and time: the middle row of pixels over time, a panel per cluster and channel, and the mean over
/// the middle of the screen.
pub(super) fn stimuli(screen: &Screen, stimuli: &[Vec<f32>]) -> Figure {
    let caption = "The most discriminative stimulus of every cluster: contrast along the middle row of the screen (across) \
                   over time (down). The last panels have the time course in the middle of the screen.";
    let mut figure = Figure::new("stimuli", "Most discriminative stimuli", caption);
    let shape = screen.shape;
    let at = |values: &[f32], frame: usize, x: usize| {
        f64::from(values[frame * shape.n_pixels() + shape.height / 2 * shape.width + x])
    };
    for channel in 0..shape.channels {
        let mut series = Vec::new();
        for (k, stimulus) in stimuli.iter().enumerate() {
            let values = &stimulus[channel * shape.channel_len()..(channel + 1) * shape.channel_len()];
            let places = (0..shape.frames).flat_map(|frame| (0..shape.width).map(move |x| (frame, x)));
            let image = Heatmap {
                n_rows: shape.frames,
                n_columns: shape.width,
                values: places.map(|(frame, x)| at(values, frame, x)).collect(),
                row_labels: Vec::new(),
                column_labels: Vec::new(),
                colour_label: "contrast (1)".into(),
                scale: ColourScale::Diverging,
            };
            figure = figure.panel(Panel {
                title: format!("cluster {k}"),
                x: Axis::new("column (px)"),
                y: Axis::new("time (frames)"),
                content: Content::Heatmap(image),
            });
            series.push(Series {
                name: k.to_string(),
                x: (0..shape.frames).map(|frame| frame as f64 * screen.dt_s).collect(),
                y: (0..shape.frames).map(|frame| at(values, frame, shape.width / 2)).collect(),
            });
        }
        figure = figure.panel(Panel {
            title: format!("channel {channel}, middle"),
            x: Axis::new("time (s)"),
            y: Axis::new("contrast (1)"),
            content: Content::Lines(Lines { series }),
        });
    }
    figure
}

/// Mean responses of the held-out clusters to all stimuli, and the sizes of the clusters.
pub(super) fn confusion(view: &View<'_>) -> Figure {
    let caption = "Left: mean response of a cluster of neurons (across) to a stimulus (down), over its response to its own; \
                   held-out neurons where there are any. Right: fitted neurons of the clusters.";
    let k = view.responses.len();
    let names: Vec<String> = (0..k).map(|k| k.to_string()).collect();
    let confusion = view.confusion("held_out").or_else(|| view.confusion("fit"));
    let value = |stimulus: usize, cluster: usize| {
        confusion.as_ref().map_or(f64::NAN, |confusion| confusion.normalised(stimulus, cluster))
    };
    let places = (0..k).flat_map(|stimulus| (0..k).map(move |cluster| (stimulus, cluster)));
    let image = Heatmap {
        n_rows: k,
        n_columns: k,
        values: places.map(|(stimulus, cluster)| value(stimulus, cluster)).collect(),
        row_labels: names.clone(),
        column_labels: names.clone(),
        colour_label: "response (of that to the own stimulus)".into(),
        scale: ColourScale::Diverging,
    };
    let sizes = view.clusters.groups.sizes().iter().map(|&size| size as f64).collect();
    let bars = Bars {
        groups: names,
        series: vec![BarSeries { name: String::new(), values: sizes, errors: Vec::new() }],
    };
    Figure::new("confusion", "Confusion and sizes of clusters", caption)
        .panel(Panel {
            title: String::new(),
            x: Axis::new("cluster of neurons"),
            y: Axis::new("stimulus"),
            content: Content::Heatmap(image),
        })
        .panel(Panel {
            title: String::new(),
            x: Axis::new("cluster"),
            y: Axis::new("neurons"),
            content: Content::Bars(bars),
        })
}

/// Objective and number of clusters over the iterations of all searches.
pub(super) fn convergence(found: &Restarted<f32>) -> Figure {
    let series = |f: &dyn Fn(&crate::Iteration) -> f64| {
        let of_run = |(k, run): (usize, &crate::Search<f32>)| Series {
            name: k.to_string(),
            x: (0..run.trace.len()).map(|step| step as f64).collect(),
            y: run.trace.iter().map(f).collect(),
        };
        Content::Lines(Lines { series: found.runs.iter().enumerate().map(of_run).collect() })
    };
    let panel = |y: &str, content: Content| Panel {
        title: String::new(),
        x: Axis::new("iteration"),
        y: Axis::new(y),
        content,
    };
    Figure::new(
        "convergence",
        "Convergence of the searches",
        "A curve per search; the last point is that of the final stimuli.",
    )
    .panel(panel("mean objective (nat)", series(&|one| one.mean_j)))
    .panel(panel("clusters", series(&|one| one.n_clusters as f64)))
}
