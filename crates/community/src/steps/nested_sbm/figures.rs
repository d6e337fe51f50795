//! What the report shows of fitted graphs.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Lines, Panel, Series};

use super::fitted::Fitted;

/// Panels of a figure at most; the tables hold the rest.
pub(super) const PANELS: usize = 6;
/// Nodes of a graph that is drawn, at most: a pixel each.
const MOST_NODES: usize = 500;
/// Nodes whose names can still be read.
const MOST_NAMES: usize = 60;
/// Points of a curve at most.
const POINTS: usize = 1000;

/// All figures of the step.
pub(super) fn all(fitted: &[Fitted]) -> Vec<Figure> {
    let small: Vec<&Fitted> =
        fitted.iter().filter(|fitted| fitted.graph.n_nodes() <= MOST_NODES).take(PANELS).collect();
    let mut figures = Vec::new();
    if !small.is_empty() {
        figures.push(matrices(&small, fitted.len()));
        figures.push(hierarchies(&small, fitted.len()));
    }
    figures.push(terms(fitted));
    figures.push(traces(fitted));
    figures
}

fn left_out(shown: usize, all: usize) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        rest => format!(" {shown} graphs are shown, {rest} more stand in the tables."),
    }
}

/// Weights as images, nodes in the order of their groups.
fn matrices(fitted: &[&Fitted], all: usize) -> Figure {
    let caption = format!(
        "Weights of the edges, nodes in the order of their groups from the top of the hierarchy down. Positive weights are \
         drawn as ln(1 + weight / median), so that strong and weak edges can both be seen.{}",
        left_out(fitted.len(), all)
    );
    fitted
        .iter()
        .map(|fitted| matrix(fitted))
        .fold(Figure::new("matrices", "Edges by community", caption), Figure::panel)
}

fn matrix(fitted: &Fitted) -> Panel {
    let order = fitted.order();
    let n = order.len();
    let mut place = vec![0; n];
    order.iter().enumerate().for_each(|(row, &node)| place[node] = row);
    let (shade, colour_label, scale) = shading(fitted.graph.weights());
    let mut values = vec![0.0; n * n];
    for (edge, &(i, j)) in fitted.graph.edges().iter().enumerate() {
        let value = shade(fitted.graph.weights().map_or(1.0, |weights| weights[edge]));
        let (row, column) = (place[i as usize], place[j as usize]);
        values[row * n + column] = value;
        values[column * n + row] = value;
    }
    let labels = names(fitted, &order);
    Panel {
        title: format!("{}: {} groups", fitted.edges.graph_id, fitted.n_groups(0)),
        x: Axis::new("node, by group"),
        y: Axis::new("node, by group"),
        content: Content::Heatmap(Heatmap {
            n_rows: n,
            n_columns: n,
            values,
            row_labels: labels.clone(),
            column_labels: labels,
            colour_label: colour_label.into(),
            scale,
        }),
    }
}

/// How a weight becomes a colour.
fn shading(weights: Option<&[f64]>) -> (Box<dyn Fn(f64) -> f64>, &'static str, ColourScale) {
    let Some(weights) = weights else {
        return (Box::new(|one| one), "edge (1)", ColourScale::Sequential);
    };
    let mut sorted = weights.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(1.0);
    if sorted.first().is_some_and(|&least| least >= 0.0) && median > 0.0 {
        let shade = move |weight: f64| (weight / median).ln_1p();
        return (Box::new(shade), "ln(1 + weight / median)", ColourScale::Sequential);
    }
    (Box::new(|weight| weight), "weight", ColourScale::Diverging)
}

fn names(fitted: &Fitted, order: &[usize]) -> Vec<String> {
    if order.len() > MOST_NAMES {
        return Vec::new();
    }
    order.iter().map(|&node| fitted.edges.nodes[node].clone()).collect()
}

/// The hierarchy: a row per level, coloured by group.
fn hierarchies(fitted: &[&Fitted], all: usize) -> Figure {
    let caption = format!(
        "The nested groups: a column per node, a row per level with the groups of nodes at the bottom; nodes of one colour in \
         a row are in one group there.{}",
        left_out(fitted.len(), all)
    );
    let figure = Figure::new("hierarchy", "Hierarchy of groups", caption);
    fitted.iter().map(|fitted| hierarchy(fitted)).fold(figure, Figure::panel)
}

fn hierarchy(fitted: &Fitted) -> Panel {
    let order = fitted.order();
    let n_levels = fitted.fit.levels.len();
    let lineages: Vec<Vec<u32>> = order.iter().map(|&node| fitted.lineage(node)).collect();
    let values = (0..n_levels).rev().flat_map(|level| shades(&lineages, level, fitted.n_groups(level)));
    let values = values.collect();
    let labels = (0..n_levels).rev().map(|level| format!("{level}: {}", fitted.n_groups(level)));
    Panel {
        title: fitted.edges.graph_id.clone(),
        x: Axis::new("node, by group"),
        y: Axis::new("level: groups"),
        content: Content::Heatmap(Heatmap {
            n_rows: n_levels,
            n_columns: order.len(),
            values,
            row_labels: labels.collect(),
            column_labels: names(fitted, &order),
            colour_label: "place of the group (1)".into(),
            scale: ColourScale::Sequential,
        }),
    }
}

/// Place of every node's group at a level among the groups from left to right, from 0 for the first to 1 for the last.
fn shades(lineages: &[Vec<u32>], level: usize, n_groups: usize) -> Vec<f64> {
    let last = n_groups.saturating_sub(1).max(1) as f64;
    let mut place = 0.0;
    let mut before = None;
    let shade = |lineage: &Vec<u32>| {
        let group = lineage.get(level).copied();
        if before.is_some() && before != Some(group) {
            place += 1.0;
        }
        before = Some(group);
        place / last
    };
    lineages.iter().map(shade).collect()
}

/// Description lengths, by term.
fn terms(fitted: &[Fitted]) -> Figure {
    let shown: Vec<&Fitted> = fitted.iter().take(PANELS).collect();
    let mut groups: Vec<String> = Vec::new();
    for (term, _) in shown.iter().flat_map(|fitted| &fitted.fit.description_length.terms) {
        if !groups.contains(term) {
            groups.push(term.clone());
        }
    }
    let series = shown.iter().map(|fitted| BarSeries {
        name: fitted.edges.graph_id.clone(),
        values: groups
            .iter()
            .map(|term| fitted.fit.description_length.term(term).unwrap_or(f64::NAN))
            .collect(),
        errors: Vec::new(),
    });
    let panel = Panel {
        title: String::new(),
        x: Axis::new("term"),
        y: Axis::new("description length (nat)"),
        content: Content::Bars(Bars { series: series.collect(), groups }),
    };
    let caption = format!(
        "What it takes to write down the graph: its edges given the groups, the groups, and the weights. Terms of continuous \
         weights are densities and may be negative.{}",
        left_out(shown.len(), fitted.len())
    );
    Figure::new("terms", "Description length by term", caption).panel(panel)
}

/// Description lengths along the searches.
fn traces(fitted: &[Fitted]) -> Figure {
    let shown: Vec<&Fitted> = fitted.iter().take(PANELS).collect();
    let series = shown.iter().map(|fitted| {
        let trace = &fitted.fit.trace;
        let every = trace.len().div_ceil(POINTS).max(1);
        let points = trace.iter().step_by(every);
        let (x, y) = points.map(|point| (point.sweep as f64, point.total)).unzip();
        Series { name: fitted.edges.graph_id.clone(), x, y }
    });
    let panel = Panel {
        title: String::new(),
        x: Axis::new("sweep (1)"),
        y: Axis::new("description length (nat)"),
        content: Content::Lines(Lines { series: series.collect() }),
    };
    let caption = format!(
        "The description length along the best search of each graph. It rises where the search tries fewer groups.{}",
        left_out(shown.len(), fitted.len())
    );
    Figure::new("trace", "Search", caption).panel(panel)
}
