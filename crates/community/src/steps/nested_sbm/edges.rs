//! Graphs out of a table of edges.

use std::collections::{BTreeMap, HashMap};

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::names::{Names, has_column, sort_names};
use super::params::{Directed, Duplicates, GRAPH, NestedSbmParams, SelfLoops};
use crate::WeightModel;

/// Name of the graph of a table that does not tell graphs apart.
const ONLY_GRAPH: &str = "all";

/// One graph of the table, with what was left out of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GraphEdges {
    pub graph_id: String,
    /// Names of the nodes: those of the table of nodes in its order, then all others, sorted.
    pub nodes: Vec<String>,
    /// Places of both ends in `nodes`.
    pub edges: Vec<(u32, u32)>,
    /// A weight per edge, where the table has weights.
    pub weights: Option<Vec<f64>>,
    /// Row of the table that every edge is from (the first, where there are several).
    pub rows: Vec<usize>,
    left_out: LeftOut,
}

/// Rows that are no edges of the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct LeftOut {
    loops: usize,
    weak: usize,
    beyond_the_top: usize,
}

impl GraphEdges {
    /// What was left out, in words.
    pub fn left_out(&self) -> Vec<String> {
        let LeftOut { loops, weak, beyond_the_top } = self.left_out;
        let texts = [
            (loops, "self-loops were left out (`self_loops: drop`)"),
            (weak, "edges were left out because they weigh too little (`edge_min`)"),
            (beyond_the_top, "edges were left out as not among the heaviest (`top_fraction`)"),
        ];
        texts.into_iter().filter(|(n, _)| *n > 0).map(|(n, text)| format!("{n} {text}")).collect()
    }
}

/// A row of the table.
#[derive(Clone, Debug)]
struct Edge {
    row: usize,
    pre: String,
    post: String,
    weight: f64,
}

impl Edge {
    /// Both ends, the smaller name first.
    fn ends(&self) -> (&str, &str) {
        let (a, b) = (self.pre.as_str(), self.post.as_str());
        if a <= b { (a, b) } else { (b, a) }
    }
}

/// The graphs of a table, by name.
///
/// # Errors
/// A column that is missing or of another type; an end without a name; a weight that is not finite; duplicates and
/// directed edges where they are mistakes; no edges at all. Errors name graph, row and column.
pub(super) fn read_graphs(
    table: &Table,
    nodes: Option<&Table>,
    params: &NestedSbmParams,
) -> Result<Vec<GraphEdges>> {
    let is_weighted = params.weights != WeightModel::None || has_column(table, &params.weight);
    let by_graph = read_edges(table, params, is_weighted)?;
    if by_graph.is_empty() {
        return Err(Error::data("the table of edges has no edges")
            .at_object("edges")
            .expected("at least one row"));
    }
    let extra = nodes.map(|nodes| read_nodes(nodes, params)).transpose()?.unwrap_or_default();
    let build = |(graph_id, edges): (String, Vec<Edge>)| {
        let listed = extra.iter().filter(|(graph, _)| graph.as_ref().is_none_or(|graph| *graph == graph_id));
        let listed: Vec<String> = listed.map(|(_, node)| node.clone()).collect();
        build(graph_id, edges, listed, params, is_weighted)
    };
    by_graph.into_iter().map(build).collect()
}

fn read_edges(
    table: &Table,
    params: &NestedSbmParams,
    is_weighted: bool,
) -> Result<BTreeMap<String, Vec<Edge>>> {
    let graphs = (params.graph != GRAPH || has_column(table, GRAPH))
        .then(|| Names::column(table, &params.graph, "graph"))
        .transpose()?;
    let pre = Names::column(table, &params.pre, "pre")?;
    let post = Names::column(table, &params.post, "post")?;
    let weights = is_weighted.then(|| table.numbers(&params.weight)).transpose();
    let weights =
        weights.map_err(|error| error.hint("set `weight` to the column of weights, or `weights: none`"))?;
    let mut by_graph: BTreeMap<String, Vec<Edge>> = BTreeMap::new();
    for row in 0..table.n_rows() {
        let weight = weights.map_or(Some(1.0), |weights| weights.get(row));
        // A row without a weight is no edge: tables of pairs have one for every pair.
        let Some(weight) = weight else { continue };
        let graph_id = match &graphs {
            Some(graphs) => graphs.get(row).ok_or_else(|| no_name(&params.graph, row))?,
            None => ONLY_GRAPH.to_owned(),
        };
        let pre = pre.get(row).ok_or_else(|| no_name(&params.pre, row))?;
        let post = post.get(row).ok_or_else(|| no_name(&params.post, row))?;
        if !weight.is_finite() {
            return Err(Error::data(format!(
                "graph {graph_id:?}: the edge of {pre:?} and {post:?} weighs {weight}"
            ))
            .at_object(params.weight.as_str())
            .at_offset(row as u64)
            .expected("a finite number")
            .found(weight.to_string())
            .hint("leave the row out, or repair the weight"));
        }
        by_graph.entry(graph_id).or_default().push(Edge { row, pre, post, weight });
    }
    Ok(by_graph)
}

fn no_name(column: &str, row: usize) -> Error {
    Error::data("a row of the table of edges lacks a name")
        .at_object(column)
        .at_offset(row as u64)
        .expected("a name or an integer")
        .found("nothing")
}

/// The graph of each listed node, if the table has that column, and its name.
fn read_nodes(table: &Table, params: &NestedSbmParams) -> Result<Vec<(Option<String>, String)>> {
    let graphs =
        has_column(table, &params.graph).then(|| Names::column(table, &params.graph, "graph")).transpose()?;
    let names = Names::column(table, &params.node, "node")?;
    let levels = has_column(table, "level").then(|| table.integers("level")).transpose()?;
    // Of a partition, the rows above level 0 are groups.
    let is_node = |row: usize| levels.is_none_or(|levels| levels.value(row) == 0);
    let rows = (0..table.n_rows()).filter(|&row| is_node(row));
    let read = |row: usize| {
        let name = names.get(row).ok_or_else(|| no_name(&params.node, row))?;
        Ok((graphs.as_ref().and_then(|graphs| graphs.get(row)), name))
    };
    rows.map(read).collect()
}

fn build(
    graph_id: String,
    edges: Vec<Edge>,
    listed: Vec<String>,
    params: &NestedSbmParams,
    is_weighted: bool,
) -> Result<GraphEdges> {
    let mut left_out = LeftOut::default();
    let n_rows = edges.len();
    let edges: Vec<Edge> = match params.self_loops {
        SelfLoops::Drop => edges.into_iter().filter(|edge| edge.pre != edge.post).collect(),
        SelfLoops::Keep => edges,
    };
    left_out.loops = n_rows - edges.len();
    let least = params.least_weight().filter(|_| is_weighted);
    let n_before = edges.len();
    let edges: Vec<Edge> =
        edges.into_iter().filter(|edge| least.is_none_or(|least| edge.weight > least)).collect();
    left_out.weak = n_before - edges.len();
    let edges = merged(&graph_id, edges, params)?;
    let n_before = edges.len();
    let edges = heaviest(edges, params.top_fraction);
    left_out.beyond_the_top = n_before - edges.len();
    if edges.is_empty() {
        return Err(Error::data(format!("graph {graph_id:?} has no edges left"))
            .at_object(params.weight.as_str())
            .expected("at least one edge between two nodes")
            .found(format!(
                "{n_rows} rows, of which {} are self-loops and {} weigh too little",
                left_out.loops, left_out.weak
            ))
            .hint("lower `edge_min`, or look at the weights"));
    }
    let edges = if params.mirror_edges { edges.iter().chain(&edges).cloned().collect() } else { edges };
    let nodes = node_names(listed, &edges);
    let place: HashMap<&str, u32> = nodes.iter().map(String::as_str).zip(0..).collect();
    let ends = edges.iter().map(|edge| (place[edge.pre.as_str()], place[edge.post.as_str()])).collect();
    let weights = is_weighted.then(|| edges.iter().map(|edge| edge.weight).collect());
    let rows = edges.iter().map(|edge| edge.row).collect();
    Ok(GraphEdges { graph_id, edges: ends, weights, rows, left_out, nodes })
}

/// One edge per pair, unless parallel edges are asked for.
fn merged(graph_id: &str, edges: Vec<Edge>, params: &NestedSbmParams) -> Result<Vec<Edge>> {
    if params.duplicates == Duplicates::Multigraph {
        return Ok(edges);
    }
    let mut place_of: HashMap<(String, String), usize> = HashMap::new();
    let mut arcs: Vec<Edge> = Vec::with_capacity(edges.len());
    for edge in edges {
        let place = *place_of.entry((edge.pre.clone(), edge.post.clone())).or_insert(arcs.len());
        match arcs.get_mut(place) {
            None => arcs.push(edge),
            Some(first) if params.duplicates == Duplicates::Sum => first.weight += edge.weight,
            Some(first) => return Err(duplicate(graph_id, first, &edge)),
        }
    }
    both_directions(graph_id, arcs, params)
}

/// (a, b) and (b, a) as one edge.
fn both_directions(graph_id: &str, arcs: Vec<Edge>, params: &NestedSbmParams) -> Result<Vec<Edge>> {
    let mut place_of: HashMap<(String, String), usize> = HashMap::new();
    let mut edges: Vec<Edge> = Vec::with_capacity(arcs.len());
    for arc in arcs {
        let (a, b) = arc.ends();
        let place = *place_of.entry((a.to_owned(), b.to_owned())).or_insert(edges.len());
        match edges.get_mut(place) {
            None => edges.push(arc),
            Some(first) if params.directed == Directed::Sum => first.weight += arc.weight,
            Some(first) if first.weight == arc.weight => {}
            Some(first) => return Err(directed(graph_id, first, &arc)),
        }
    }
    Ok(edges)
}

fn duplicate(graph_id: &str, first: &Edge, second: &Edge) -> Error {
    Error::data(format!("graph {graph_id:?}: the edge of {:?} and {:?} stands twice", first.pre, first.post))
        .at_object("edges")
        .at_offset(second.row as u64)
        .expected("every edge once")
        .found(format!("rows {} and {}", first.row, second.row))
        .hint("set `duplicates` to sum or multigraph; `graph` where the table has several graphs")
}

fn directed(graph_id: &str, first: &Edge, second: &Edge) -> Error {
    let message = format!(
        "graph {graph_id:?}: {:?} and {:?} have two weights, one per direction",
        first.pre, first.post
    );
    Error::data(message)
        .at_object("edges")
        .at_offset(second.row as u64)
        .expected("an undirected edge")
        .found(format!("{} in row {} and {} in row {}", first.weight, first.row, second.weight, second.row))
        .hint("set `directed: sum` to add them")
}

/// The share `fraction` of the edges with the largest weights, in their order; of equal ones the first.
fn heaviest(edges: Vec<Edge>, fraction: f64) -> Vec<Edge> {
    let n_kept = ((fraction * edges.len() as f64).ceil() as usize).min(edges.len());
    if n_kept == edges.len() {
        return edges;
    }
    let mut order: Vec<usize> = (0..edges.len()).collect();
    order.sort_by(|&a, &b| edges[b].weight.total_cmp(&edges[a].weight).then(a.cmp(&b)));
    order.truncate(n_kept);
    order.sort_unstable();
    order.into_iter().map(|place| edges[place].clone()).collect()
}

fn node_names(listed: Vec<String>, edges: &[Edge]) -> Vec<String> {
    let mut known: std::collections::HashSet<String> = std::collections::HashSet::new();
    let mut nodes: Vec<String> = listed.into_iter().filter(|name| known.insert(name.clone())).collect();
    let ends = edges.iter().flat_map(|edge| [&edge.pre, &edge.post]);
    let mut others: Vec<String> = ends.filter(|name| known.insert((*name).clone())).cloned().collect();
    sort_names(&mut others);
    nodes.append(&mut others);
    nodes
}
