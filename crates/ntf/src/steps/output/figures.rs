//! Figures of factors, errors and ranks.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Lines, Panel, Series};

use super::Run;
use crate::factors::Model;
use crate::rank::{Criterion, Curve};
use crate::steps::input::ModeLabels;

/// Components that are drawn at most; the tables hold the rest.
const COMPONENTS: usize = 12;
/// Graphs of components that are drawn at most.
const GRAPHS: usize = 6;
/// Places of a mode that are labelled at most.
const LABELS: usize = 64;

/// The factors: time courses as lines, animals and neurons as heat maps, pairs as matrices of neurons.
pub(in crate::steps) fn factor_figures(model: &Model, modes: &[ModeLabels]) -> Vec<Figure> {
    let shown = model.rank().min(COMPONENTS);
    let left_out = match model.rank() - shown {
        0 => String::new(),
        n => format!(" {n} weaker components are not drawn."),
    };
    let caption = format!("Factors of the components, strongest first, columns of length 1.{left_out}");
    let panels = modes.iter().enumerate().filter(|(_, mode)| mode.name != "pair");
    let factors = panels.fold(Figure::new("factors", "Factors", caption), |figure, (number, mode)| {
        figure.panel(factor_panel(model, number, mode, shown))
    });
    let mut figures = vec![factors];
    if let Some(pair_mode) = modes.iter().position(|mode| mode.name == "pair") {
        figures.push(graph_figure(model, pair_mode, &modes[pair_mode].labels));
    }
    figures
}

fn factor_panel(model: &Model, mode: usize, labels: &ModeLabels, shown: usize) -> Panel {
    let factor = &model.factors[mode];
    let names: Vec<String> = (0..shown).map(|component| component.to_string()).collect();
    if let Some(times_s) = &labels.times_s {
        let series = |component: usize| Series {
            name: format!("component {component}"),
            x: times_s.clone(),
            y: factor.column(component).to_vec(),
        };
        return Panel {
            title: labels.name.clone(),
            x: Axis::new("time (s)"),
            y: Axis::new("factor (1)"),
            content: Content::Lines(Lines { series: (0..shown).map(series).collect() }),
        };
    }
    let places = factor.nrows();
    Panel {
        title: labels.name.clone(),
        x: Axis::new(labels.name.clone()),
        y: Axis::new("component"),
        content: Content::Heatmap(Heatmap {
            n_rows: shown,
            n_columns: places,
            values: (0..shown).flat_map(|component| factor.column(component).to_vec()).collect(),
            row_labels: names,
            column_labels: if places <= LABELS { labels.labels.clone() } else { Vec::new() },
            colour_label: "factor (1)".into(),
            scale: ColourScale::Sequential,
        }),
    }
}

/// The pairs of the strongest components as matrices of neurons.
fn graph_figure(model: &Model, pair_mode: usize, labels: &[String]) -> Figure {
    let mut neurons: Vec<&str> = Vec::new();
    for (pre, post) in labels.iter().filter_map(|label| label.split_once('|')) {
        for name in [pre, post] {
            // Pairs are in the order of the first neuron, so a new name stands at the end.
            if !neurons.contains(&name) {
                neurons.push(name);
            }
        }
    }
    let place: std::collections::HashMap<&str, usize> =
        neurons.iter().enumerate().map(|(i, name)| (*name, i)).collect();
    let n = neurons.len();
    let matrix = |component: usize| {
        let mut values = vec![0.0; n * n];
        for (label, weight) in labels.iter().zip(model.factors[pair_mode].column(component)) {
            if let Some((pre, post)) = label.split_once('|') {
                let (i, j) = (place[pre], place[post]);
                (values[i * n + j], values[j * n + i]) = (*weight, *weight);
            }
        }
        values
    };
    let shown = model.rank().min(GRAPHS);
    let caption = format!(
        "Which pairs of neurons change together in a component: its graph, before any communities are looked for. The {shown} strongest of {} components.",
        model.rank()
    );
    let names: Vec<String> = neurons.iter().map(|name| (*name).to_owned()).collect();
    (0..shown).fold(Figure::new("graphs", "Graphs of the components", caption), |figure, component| {
        figure.panel(Panel {
            title: format!("component {component}"),
            x: Axis::new("neuron"),
            y: Axis::new("neuron"),
            content: Content::Heatmap(Heatmap {
                n_rows: n,
                n_columns: n,
                values: matrix(component),
                row_labels: if n <= LABELS { names.clone() } else { Vec::new() },
                column_labels: if n <= LABELS { names.clone() } else { Vec::new() },
                colour_label: "factor (1)".into(),
                scale: ColourScale::Sequential,
            }),
        })
    })
}

/// The error after every sweep, a line per start.
pub(in crate::steps) fn error_figure(runs: &[Run]) -> Figure {
    let series = |run: &Run| Series {
        name: format!("rank {} start {}{}", run.rank, run.start, if run.is_best { " (best)" } else { "" }),
        x: (1..=run.trace.len()).map(|sweep| sweep as f64).collect(),
        y: run.trace.clone(),
    };
    Figure::new(
        "errors",
        "Errors",
        "Relative error after every sweep, a line per start. Starts that end apart found different minima.",
    )
    .panel(Panel {
        title: String::new(),
        x: Axis::new("sweep"),
        y: Axis::new("relative error (1)"),
        content: Content::Lines(Lines { series: runs.iter().take(COMPONENTS).map(series).collect() }),
    })
}

/// The criteria over ranks: the mean of all starts, and the range of one standard deviation.
pub(in crate::steps) fn rank_figure(curves: &[(Curve, Option<usize>)]) -> Figure {
    let caption = "What speaks for a number of components: mean over starts, and one standard deviation up and down. The rule of every criterion suggests a rank of its own.";
    curves.iter().fold(Figure::new("rank", "Number of components", caption), |figure, (curve, suggested)| {
        let x: Vec<f64> = curve.ranks.iter().map(|rank| *rank as f64).collect();
        let (means, deviations) = (curve.means(), curve.deviations());
        let line = |name: &str, sign: f64| Series {
            name: name.to_owned(),
            x: x.clone(),
            y: means.iter().zip(&deviations).map(|(mean, sd)| mean + sign * sd.unwrap_or(0.0)).collect(),
        };
        let mut series = vec![line("mean", 0.0)];
        if deviations.iter().any(Option::is_some) {
            series.extend([line("mean + sd", 1.0), line("mean - sd", -1.0)]);
        }
        let name = curve.criterion.name().replace('_', " ");
        let unit = if curve.criterion == Criterion::CoreConsistency { "%" } else { "1" };
        let title =
            suggested.map_or_else(|| format!("{name}: no suggestion"), |rank| format!("{name}: {rank}"));
        figure.panel(Panel {
            title,
            x: Axis::new("rank"),
            y: Axis::new(format!("{name} ({unit})")),
            content: Content::Lines(Lines { series }),
        })
    })
}
