//! How much stronger the pairs of a community are than those to others.

use std::collections::{BTreeMap, HashMap};

use neuroloom_core::{Result, Table};
use neuroloom_table::Columns;

use super::atlas::{Community, by_graph};

/// The weighted edges of every graph.
pub struct Affinities(BTreeMap<String, Vec<(String, String, f64)>>);

impl Affinities {
    /// # Errors
    /// When a column is missing or of another type.
    pub fn read(edges: &Table) -> Result<Self> {
        let (graphs, weights) = (edges.text("graph_id")?, edges.numbers("weight")?);
        let (pre, post) = (edges.text("pre")?, edges.text("post")?);
        let mut affinities: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for row in 0..edges.n_rows() {
            let edge = (
                pre.get_or_empty(row).to_owned(),
                post.get_or_empty(row).to_owned(),
                weights.get(row).unwrap_or(0.0),
            );
            affinities.entry(graphs.get_or_empty(row).to_owned()).or_default().push(edge);
        }
        Ok(Self(affinities))
    }

    /// Means over all pairs, of which those without an edge count as 0.
    pub fn measure(&self, communities: &mut [Community]) {
        for communities in by_graph(communities) {
            let edges = communities.first().and_then(|first| self.0.get(&first.graph_id));
            for community in communities {
                measure(community, edges.map_or(&[], Vec::as_slice));
            }
        }
    }
}

fn measure(community: &mut Community, edges: &[(String, String, f64)]) {
    let members = community.members().map(|member| (member, true));
    let others = community.others().map(|other| (other, false));
    let is_member: HashMap<&str, bool> = members.chain(others).collect();
    let (mut inside, mut outside) = (0.0, 0.0);
    for (pre, post, weight) in edges.iter().filter(|(pre, post, _)| pre != post) {
        match (is_member.get(pre.as_str()), is_member.get(post.as_str())) {
            (Some(true), Some(true)) => inside += weight,
            (Some(true), Some(false)) | (Some(false), Some(true)) => outside += weight,
            _ => {}
        }
    }
    let (n, n_others) = (community.n_members() as f64, community.others().count() as f64);
    let mean = |sum: f64, pairs: f64| (pairs > 0.0).then(|| sum / pairs);
    community.affinity_inside = mean(inside, n * (n - 1.0) / 2.0);
    community.affinity_outside = mean(outside, n * n_others);
}
