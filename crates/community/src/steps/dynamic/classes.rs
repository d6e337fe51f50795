//! Communities against classes of neurons.

use std::collections::{BTreeMap, HashMap};

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::atlas::Community;
use super::params::{DynamicParams, Grouping};
use crate::{benjamini_hochberg, hypergeometric_tail};

/// A community and a class that share members.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap {
    /// Place of the community in the atlas.
    pub community: usize,
    pub grouping: Grouping,
    pub class: String,
    pub n_overlap: u64,
    pub n_community: u64,
    pub n_class: u64,
    pub n_nodes: u64,
    pub p_value: f64,
    pub q_value: f64,
}

impl Overlap {
    /// Overlap over union.
    pub fn jaccard(&self) -> f64 {
        self.n_overlap as f64 / (self.n_community + self.n_class - self.n_overlap) as f64
    }
}

/// All overlaps of a community and a class, over the nodes whose class the atlas of neurons knows.
///
/// # Errors
/// When a column is missing, or the atlas knows no node at all.
pub fn overlaps(communities: &[Community], neurons: &Table, params: &DynamicParams) -> Result<Vec<Overlap>> {
    let mut overlaps = Vec::new();
    for &grouping in &params.groupings {
        let class_of = classes(neurons, grouping)?;
        for (place, community) in communities.iter().enumerate() {
            overlaps.extend(overlaps_of(place, community, grouping, &class_of));
        }
    }
    if overlaps.is_empty() && !communities.is_empty() {
        let node = communities.iter().find_map(|community| community.nodes.first());
        return Err(Error::data("the table of neurons knows no node of the graphs")
            .at_object("neurons")
            .expected("names as in the graphs")
            .found(node.cloned().unwrap_or_default())
            .hint("leave `neurons` out where the nodes have no names of neurons"));
    }
    let q_values = benjamini_hochberg(&overlaps.iter().map(|overlap| overlap.p_value).collect::<Vec<_>>());
    for (overlap, q_value) in overlaps.iter_mut().zip(q_values) {
        overlap.q_value = q_value;
    }
    Ok(overlaps)
}

/// Class of every neuron that has one.
fn classes(neurons: &Table, grouping: Grouping) -> Result<HashMap<&str, &str>> {
    let (names, classes) = (neurons.text("neuron")?, neurons.text(grouping.column())?);
    Ok((0..neurons.n_rows()).filter_map(|row| Some((names.get(row)?, classes.get(row)?))).collect())
}

fn overlaps_of(
    place: usize,
    community: &Community,
    grouping: Grouping,
    class_of: &HashMap<&str, &str>,
) -> Vec<Overlap> {
    let (inside, outside) = (count(community.members(), class_of), count(community.others(), class_of));
    let n_community: u64 = inside.values().sum();
    let n_nodes = n_community + outside.values().sum::<u64>();
    let overlap = |(class, n_overlap): (String, u64)| {
        let n_class = n_overlap + outside.get(&class).copied().unwrap_or(0);
        let p_value = hypergeometric_tail(n_overlap, n_community, n_class, n_nodes);
        Overlap {
            community: place,
            grouping,
            class,
            n_overlap,
            n_community,
            n_class,
            n_nodes,
            p_value,
            q_value: p_value,
        }
    };
    inside.into_iter().map(overlap).collect()
}

/// Nodes of every class.
fn count<'a>(nodes: impl Iterator<Item = &'a str>, class_of: &HashMap<&str, &str>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for class in nodes.filter_map(|node| class_of.get(node)) {
        *counts.entry((*class).to_owned()).or_default() += 1;
    }
    counts
}
