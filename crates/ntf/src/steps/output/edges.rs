//! The pairs of every component as a weighted graph.

use std::sync::Arc;

use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use crate::factors::Model;

/// Edges `pre|post` of the mode of pairs, one graph per component in `chosen`, with the pairs whose weight (the entry of
/// the unit column) is larger than `edge_min`.
pub(in crate::steps) fn edges_table(
    model: &Model,
    pair_mode: usize,
    labels: &[String],
    chosen: &[usize],
    edge_min: f64,
) -> Result<Table> {
    let factor = &model.factors[pair_mode];
    let mut rows = Vec::new();
    for &component in chosen {
        for (label, weight) in labels.iter().zip(factor.column(component)) {
            if *weight > edge_min
                && let Some((pre, post)) = label.split_once('|')
            {
                rows.push((component, pre, post, *weight));
            }
        }
    }
    let rank = model.rank();
    let integers = |values: Vec<i64>| Arc::new(arrow_array::Int64Array::from(values));
    TableBuilder::new(kinds::EDGES)
        .text("graph_id", rows.iter().map(|(component, ..)| format!("rank {rank} component {component}")))
        .text("pre", rows.iter().map(|(_, pre, ..)| pre))
        .text("post", rows.iter().map(|(_, _, post, _)| post))
        .numbers("weight", rows.iter().map(|(.., weight)| *weight))
        .extra("rank", Some(&Unit::ONE), integers(rows.iter().map(|_| rank as i64).collect()))
        .extra(
            "component",
            Some(&Unit::ONE),
            integers(rows.iter().map(|(component, ..)| *component as i64).collect()),
        )
        .finish()
}
