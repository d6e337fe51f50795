//! What the report shows of simulated graphs.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Panel};

use super::PlantedGraph;

/// Graphs that are drawn.
const PANELS: usize = 4;
/// Nodes of a graph that is drawn, at most: a pixel each.
const MOST_NODES: usize = 500;

/// The weights of the first graphs, nodes in the order of their groups.
pub(super) fn matrices(ids: &[String], graphs: &[PlantedGraph]) -> Option<Figure> {
    let caption = "Logarithm of the weights (1 + w), nodes in the order of their true groups: blocks on the diagonal are the \
                   communities that a method has to find.";
    let small = ids.iter().zip(graphs).filter(|(_, graph)| graph.n_nodes() <= MOST_NODES);
    let panels: Vec<Panel> = small.take(PANELS).map(|(id, graph)| panel(id, graph)).collect();
    let figure = Figure::new("graphs", "Planted communities", caption);
    (!panels.is_empty()).then(|| panels.into_iter().fold(figure, Figure::panel))
}

fn panel(id: &str, graph: &PlantedGraph) -> Panel {
    let n = graph.n_nodes();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&node| graph.groups[node]);
    let mut place = vec![0; n];
    order.iter().enumerate().for_each(|(row, &node)| place[node] = row);
    let mut values = vec![0.0; n * n];
    for &(i, j, weight) in &graph.edges {
        let (row, column) = (place[i], place[j]);
        values[row * n + column] = weight.ln_1p();
        values[column * n + row] = weight.ln_1p();
    }
    Panel {
        title: format!("{id}: {} groups", graph.n_groups()),
        x: Axis::new("node, by group"),
        y: Axis::new("node, by group"),
        content: Content::Heatmap(Heatmap {
            n_rows: n,
            n_columns: n,
            values,
            row_labels: Vec::new(),
            column_labels: Vec::new(),
            colour_label: "ln(1 + weight)".into(),
            scale: ColourScale::Sequential,
        }),
    }
}
