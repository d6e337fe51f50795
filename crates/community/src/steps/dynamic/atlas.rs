//! The communities of all graphs.

use std::sync::Arc;

use neuroloom_core::Result;

use super::components::{Component, Components, Key};
use super::params::DynamicParams;
use crate::ModuleWiring;
use crate::steps::partitions::Partition;

/// One community.
#[derive(Clone, Debug)]
pub struct Community {
    pub graph_id: String,
    pub key: Key,
    pub component: Component,
    /// Its number.
    pub number: u32,
    /// Names of the nodes of its graph.
    pub nodes: Arc<Vec<String>>,
    /// Community of every node.
    pub groups: Arc<Vec<u32>>,
    /// Mean affinity of pairs of members, and of a member and another node.
    pub affinity_inside: Option<f64>,
    pub affinity_outside: Option<f64>,
    /// Against the connectome.
    pub wiring: Option<ModuleWiring>,
    /// False discovery rate of `wiring.p` over all communities.
    pub wiring_q: Option<f64>,
}

impl Community {
    /// Names of its members, in the order of the graph.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.split(true)
    }

    /// Names of the other nodes of its graph.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.split(false)
    }

    pub fn n_members(&self) -> usize {
        self.members().count()
    }

    fn split(&self, inside: bool) -> impl Iterator<Item = &str> {
        let nodes = self.nodes.iter().zip(self.groups.iter());
        nodes.filter(move |&(_, &group)| (group == self.number) == inside).map(|(node, _)| node.as_str())
    }
}

/// A community per group of the level that was asked for, of the size that was asked for.
///
/// # Errors
/// A graph that is not of one of the components.
pub fn atlas(
    partitions: &[Partition],
    components: &Components,
    params: &DynamicParams,
) -> Result<Vec<Community>> {
    let mut communities = Vec::new();
    for partition in partitions {
        let (key, component) = components.of_graph(&partition.graph_id)?;
        let level = params.level.min(partition.levels.len().saturating_sub(1));
        let (nodes, groups) = (Arc::new(partition.nodes.clone()), Arc::new(partition.groups_at(level)));
        let community = |number: u32| Community {
            graph_id: partition.graph_id.clone(),
            key,
            component: component.clone(),
            number,
            nodes: Arc::clone(&nodes),
            groups: Arc::clone(&groups),
            affinity_inside: None,
            affinity_outside: None,
            wiring: None,
            wiring_q: None,
        };
        let all = (0..partition.n_groups(level) as u32).map(community);
        communities.extend(all.filter(|community| community.n_members() >= params.min_size));
    }
    communities.sort_by_key(|community| (community.key, community.number));
    Ok(communities)
}

/// The communities of one graph after the other.
pub fn by_graph(communities: &mut [Community]) -> impl Iterator<Item = &mut [Community]> {
    communities.chunk_by_mut(|a, b| a.graph_id == b.graph_id)
}
