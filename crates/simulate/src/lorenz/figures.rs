//! What the report shows of a simulated population.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Lines, Panel, Scatter, Series};

use super::LorenzParams;
use super::tables::{Population, STATES};

/// Most points of the attractor that are drawn.
const MAX_POINTS: usize = 4000;

/// The latents: one condition over time, and all conditions in the plane of x and z.
pub(super) fn latents(params: &LorenzParams, population: &Population) -> Figure {
    let caption = "Left: the latents of condition 0 in a trial. Right: x and z in all conditions, an attractor if there is one.";
    Figure::new("latents", "True latents", caption)
        .panel(over_time(params, population))
        .panel(plane(params, population))
}

/// True rates of a condition beside the counts of one of its trials.
pub(super) fn rates(params: &LorenzParams, population: &Population) -> Figure {
    let caption =
        "The rates of a condition, and the counts of one of its trials, which are all that a method sees.";
    let mut figure = Figure::new("rates", "True rates and counts", caption);
    let Some((trial, counts)) = population.trials.iter().zip(&population.counts).next() else {
        return figure;
    };
    let rates = population.rates_hz.index_axis(ndarray::Axis(0), trial.condition);
    let counts = counts.iter().map(|&count| f64::from(count)).collect();
    let panels =
        [("true rates", rates.iter().copied().collect(), "rate (Hz)"), ("counts", counts, "spikes per bin")];
    for (title, values, colour) in panels {
        figure = figure.panel(image(params, title, values, colour));
    }
    figure
}

fn over_time(params: &LorenzParams, population: &Population) -> Panel {
    let x: Vec<f64> = (0..params.n_bins).map(|bin| (bin as f64 + 0.5) * params.bin_s).collect();
    let condition = population.latents.outer_iter().next();
    let rows = condition.iter().flat_map(|rows| rows.outer_iter().zip(STATES));
    let series =
        rows.map(|(row, name)| Series { name: name.into(), x: x.clone(), y: row.to_vec() }).collect();
    Panel {
        title: "condition 0".into(),
        x: Axis::new("time (s)"),
        y: Axis::new("latent (1)"),
        content: Content::Lines(Lines { series }),
    }
}

fn plane(params: &LorenzParams, population: &Population) -> Panel {
    let n = population.latents.shape()[0] * params.n_bins;
    let every = n.div_ceil(MAX_POINTS).max(1);
    let state = |place: usize| {
        let points = population.latents.outer_iter().flat_map(move |rows| rows.row(place).to_vec());
        points.step_by(every).collect::<Vec<f64>>()
    };
    let scatter = Scatter {
        x: state(0),
        y: state(2),
        colour: state(1),
        colour_label: "y (1)".into(),
        scale: ColourScale::Diverging,
        labels: Vec::new(),
        closed_path: false,
        equal_axes: true,
    };
    Panel {
        title: "all conditions".into(),
        x: Axis::new("x (1)"),
        y: Axis::new("z (1)"),
        content: Content::Scatter(scatter),
    }
}

fn image(params: &LorenzParams, title: &str, values: Vec<f64>, colour_label: &str) -> Panel {
    let heatmap = Heatmap {
        n_rows: params.n_units,
        n_columns: params.n_bins,
        values,
        row_labels: Vec::new(),
        column_labels: Vec::new(),
        colour_label: colour_label.into(),
        scale: ColourScale::Sequential,
    };
    Panel {
        title: title.into(),
        x: Axis::new(format!("bin of {} s", params.bin_s)),
        y: Axis::new("unit"),
        content: Content::Heatmap(heatmap),
    }
}
