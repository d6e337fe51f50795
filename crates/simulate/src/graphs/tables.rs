//! The tables of simulated graphs.

use std::sync::Arc;

use arrow_array::{Float64Array, Int64Array, StringArray};
use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::PlantedGraph;
use crate::names::unit_ids;

/// A column and what it says of a graph.
type Named<T> = (&'static str, fn(&PlantedGraph) -> T);

/// Name of the true partition among models.
const TRUTH: &str = "truth";

/// `prefix 0`, `prefix 1` …, with as many digits as the last has.
pub(super) fn graph_ids(prefix: &str, n_graphs: usize) -> Vec<String> {
    unit_ids(n_graphs).map(|number| format!("{prefix} {number}")).collect()
}

/// All edges of all graphs.
pub(super) fn edges(ids: &[String], graphs: &[PlantedGraph]) -> Result<Table> {
    let rows = || {
        ids.iter().zip(graphs).flat_map(|(id, graph)| {
            let names: Arc<[String]> = unit_ids(graph.n_nodes()).collect();
            graph.edges.iter().map(move |&(i, j, weight)| (id, names[i].clone(), names[j].clone(), weight))
        })
    };
    TableBuilder::new(kinds::EDGES)
        .text("graph_id", rows().map(|(id, ..)| id))
        .text("pre", rows().map(|(_, pre, ..)| pre))
        .text("post", rows().map(|(_, _, post, _)| post))
        .numbers("weight", rows().map(|(.., weight)| weight))
        .finish()
}

/// The planted partition of every graph, isolated nodes included.
pub(super) fn truth(ids: &[String], graphs: &[PlantedGraph]) -> Result<Table> {
    let rows = || {
        ids.iter().zip(graphs).flat_map(|(id, graph)| {
            let names = unit_ids(graph.n_nodes());
            names.zip(&graph.groups).enumerate().map(move |(node, (name, &group))| (id, node, name, group))
        })
    };
    TableBuilder::new(kinds::PARTITION)
        .text("graph_id", rows().map(|(id, ..)| id))
        .text("model_id", rows().map(|_| TRUTH))
        .integers("level", rows().map(|_| 0))
        .integers("node_index", rows().map(|(_, node, ..)| node as i64))
        .text("node", rows().map(|(_, _, name, _)| name))
        .integers("group", rows().map(|(.., group)| group as i64))
        .finish()
}

/// A row per graph: sizes, and the mixing that came about.
pub(super) fn index(ids: &[String], graphs: &[PlantedGraph]) -> Result<Table> {
    let names: StringArray = ids.iter().map(|id| Some(id.as_str())).collect();
    let table = TableBuilder::new(kinds::TABLE).extra("graph_id", None, Arc::new(names));
    let counts: [Named<usize>; 4] = [
        ("n_nodes", PlantedGraph::n_nodes),
        ("n_edges", |graph| graph.edges.len()),
        ("n_groups", PlantedGraph::n_groups),
        ("max_degree", |graph| graph.degrees().into_iter().max().unwrap_or(0)),
    ];
    let table = counts.into_iter().fold(table, |table, (name, count)| {
        let counts: Int64Array = graphs.iter().map(|graph| Some(count(graph) as i64)).collect();
        table.extra(name, Some(&Unit::ONE), Arc::new(counts))
    });
    let shares: [Named<f64>; 2] =
        [("mu_t", PlantedGraph::mixing_of_edges), ("mu_w", PlantedGraph::mixing_of_weights)];
    let table = shares.into_iter().fold(table, |table, (name, share)| {
        let shares: Float64Array = graphs.iter().map(|graph| Some(share(graph))).collect();
        table.extra(name, Some(&Unit::ONE), Arc::new(shares))
    });
    table.finish()
}
