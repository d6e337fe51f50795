//! The description length by its definition: slow, obvious, itemised. The search has the same quantity as
//! differences; tests hold the two together.

use std::collections::BTreeMap;
use std::f64::consts::LN_2;

use crate::blocks::{BlockSum, block_sums, deviations};
use crate::degree_counts::DegreeCounts;
use crate::hierarchy::{self, n_groups};
use crate::log_gamma::{ln_binomial, ln_factorial, ln_multiset};
use crate::weights::{LevelSpread, WeightCost, prepared};
use crate::{Compat, Graph, Model, Result, WeightModel};

/// A description length in nats, by what is described. With continuous weights it is a density and may be
/// negative: only differences on the same data mean something.
#[derive(Clone, Debug, PartialEq)]
pub struct DescriptionLength {
    /// `adjacency`, `degree`, `partition_l0` …, `edges_l1` …, `edges_top`, `weights_l0` …, `weights_hyper` and
    /// `jacobian`; those of parts that the model lacks are left out.
    pub terms: Vec<(String, f64)>,
    /// Their sum.
    pub total: f64,
}

impl DescriptionLength {
    /// The term called `name`.
    pub fn term(&self, name: &str) -> Option<f64> {
        self.terms.iter().find(|(term, _)| term == name).map(|&(_, value)| value)
    }

    fn of(terms: Vec<(String, f64)>) -> Self {
        let total = terms.iter().map(|(_, value)| value).sum();
        Self { terms, total }
    }
}

/// The description length of a graph and a hierarchy of its groups (Peixoto 2017 and 2018).
///
/// `levels[0]` has the group of each node, `levels[l]` the group of each group of `levels[l - 1]`; a flat model has
/// one level.
///
/// # Errors
/// A hierarchy that does not fit, weights that the model cannot have, and with `compat` a graph whose table of
/// degree counts would be too large.
pub fn description_length(graph: &Graph, levels: &[Vec<u32>], model: &Model) -> Result<DescriptionLength> {
    hierarchy::check(graph, levels)?;
    let (graph, jacobian) = prepared(graph, model.weights)?;
    let counts = DegreeCounts::of(&graph, model)?;
    Ok(itemised(&graph, jacobian, levels, model, counts.as_ref()))
}

/// For a graph with weights as the model sees them, and with degree counts if it is degree-corrected.
pub(crate) fn itemised(
    graph: &Graph,
    jacobian: f64,
    levels: &[Vec<u32>],
    model: &Model,
    counts: Option<&DegreeCounts>,
) -> DescriptionLength {
    let sums = block_sums(graph, levels);
    let mut terms = vec![("adjacency".to_owned(), adjacency(graph, &levels[0], &sums[0], model.deg_corr))];
    if let Some(counts) = counts {
        terms.push(("degree".to_owned(), degree(graph, &levels[0], counts)));
    }
    for (level, labels) in levels.iter().enumerate() {
        terms.push((format!("partition_l{level}"), partition(labels)));
    }
    for level in 1..levels.len() {
        terms.push((format!("edges_l{level}"), edges(&levels[level], &sums[level])));
    }
    let top = levels.last().map_or(0, |labels| n_groups(labels)) as u64;
    terms.push(("edges_top".to_owned(), ln_multiset(top * (top + 1) / 2, graph.edges().len() as u64)));
    let cost = WeightCost::new(model.weights, graph);
    if cost.is_used() {
        terms.extend(weights(graph, &sums, &cost, model));
    }
    if model.weights == WeightModel::Lognormal {
        terms.push(("jacobian".to_owned(), jacobian));
    }
    DescriptionLength::of(terms)
}

/// Which edges there are, given how many between each two groups and, if degree-corrected, at each node.
fn adjacency(graph: &Graph, labels: &[u32], pairs: &[BlockSum], deg_corr: bool) -> f64 {
    let mut half_edges = vec![0_u64; n_groups(labels)];
    let mut nats = parallel_edges(graph);
    for pair in pairs {
        half_edges[pair.r as usize] += pair.m;
        half_edges[pair.s as usize] += pair.m;
        nats -= ln_factorial(pair.m);
        if pair.r == pair.s {
            nats -= LN_2 * pair.m as f64;
        }
    }
    let sizes = sizes(labels);
    if deg_corr {
        let degrees = graph.degrees();
        nats += half_edges.iter().map(|&e| ln_factorial(e)).sum::<f64>();
        nats - degrees.iter().map(|&degree| ln_factorial(degree.into())).sum::<f64>()
    } else {
        nats + half_edges.iter().zip(&sizes).map(|(&e, &n)| e as f64 * (n as f64).ln()).sum::<f64>()
    }
}

/// That parallel edges cannot be told apart.
fn parallel_edges(graph: &Graph) -> f64 {
    let mut multiplicities = BTreeMap::new();
    for &edge in graph.edges() {
        *multiplicities.entry(edge).or_insert(0_u64) += 1;
    }
    let nats =
        |(&(i, j), &a): (&(u32, u32), &u64)| ln_factorial(a) + if i == j { LN_2 * a as f64 } else { 0.0 };
    multiplicities.iter().map(nats).sum()
}

fn sizes(labels: &[u32]) -> Vec<u64> {
    let mut sizes = vec![0; n_groups(labels)];
    for &label in labels {
        sizes[label as usize] += 1;
    }
    sizes
}

/// Which node is in which group.
fn partition(labels: &[u32]) -> f64 {
    let n = labels.len() as u64;
    let groups = sizes(labels);
    let within: f64 = groups.iter().map(|&size| ln_factorial(size)).sum();
    ln_binomial(n - 1, groups.len() as u64 - 1) + ln_factorial(n) - within + (n as f64).ln()
}

/// How many nodes of each group have each degree, given the sum of its degrees.
fn degree(graph: &Graph, labels: &[u32], counts: &DegreeCounts) -> f64 {
    let mut histogram = BTreeMap::new();
    let mut half_edges = vec![0_u64; n_groups(labels)];
    for (&degree, &group) in graph.degrees().iter().zip(labels) {
        *histogram.entry((group, degree)).or_insert(0_u64) += 1;
        half_edges[group as usize] += u64::from(degree);
    }
    let same: f64 = histogram.values().map(|&nodes| ln_factorial(nodes)).sum();
    let of_group = |(&e, &n): (&u64, &u64)| counts.ln(e, n) + ln_factorial(n);
    half_edges.iter().zip(&sizes(labels)).map(of_group).sum::<f64>() - same
}

/// How many edges each two groups of the level below have between them, given those of this level.
fn edges(labels: &[u32], pairs: &[BlockSum]) -> f64 {
    let sizes = sizes(labels);
    let of_pair = |pair: &BlockSum| {
        let (n_r, n_s) = (sizes[pair.r as usize], sizes[pair.s as usize]);
        let places = if pair.r == pair.s { n_r * (n_r + 1) / 2 } else { n_r * n_s };
        ln_multiset(places, pair.m)
    };
    pairs.iter().map(of_pair).sum()
}

fn weights(graph: &Graph, sums: &[Vec<BlockSum>], cost: &WeightCost, model: &Model) -> Vec<(String, f64)> {
    let mut terms = Vec::new();
    let mut spread = LevelSpread::default();
    for (level, pairs) in sums.iter().enumerate() {
        let of_pair = |pair: &BlockSum| cost.pair(level == 0, pair.count, pair.sum, pair.sum_of_squares);
        let (wide, deviation) = deviations(pairs);
        spread.add(wide, deviation);
        let nats = pairs.iter().map(of_pair).sum::<f64>() + cost.variances(wide, deviation);
        terms.push((format!("weights_l{level}"), nats));
    }
    terms[0].1 += cost.of_values(graph.weights().unwrap_or(&[]));
    let hyperprior = |pairs: &Vec<BlockSum>| {
        let (sum, squares) =
            pairs.iter().fold((0.0, 0.0), |(x, q), pair| (x + pair.sum, q + pair.sum * pair.sum));
        cost.hyperprior(pairs.len() as u64, sum, squares)
    };
    let twice = model.compat == Compat::GraphTool245 && model.nested && sums.len() > 1;
    let paid = sums.last().into_iter().chain(sums.first().filter(|_| twice));
    let of_levels = if model.nested { cost.levels(&spread) } else { 0.0 };
    terms.push(("weights_hyper".to_owned(), paid.map(hyperprior).sum::<f64>() + of_levels));
    terms
}
