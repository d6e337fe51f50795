//! Modules against wiring.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use neuroloom_core::{Error, Result, Seed, Table};
use neuroloom_table::{Columns, kinds};

use super::atlas::{Community, by_graph};
use super::params::{DynamicParams, Synapse};
use crate::{benjamini_hochberg, module_wiring};

/// Which neurons are connected.
pub struct Connectome {
    /// Connected pairs, the smaller name first.
    pairs: BTreeSet<(String, String)>,
    /// All neurons that the connectome names.
    neurons: HashSet<String>,
}

impl Connectome {
    /// Reads a consensus, or the edges of several sources.
    ///
    /// # Errors
    /// Another kind of table; a source that it lacks; no connection at all.
    pub fn read(table: &Table, params: &DynamicParams) -> Result<Self> {
        let (gap, chemical, sources) = match table.kind() {
            kind if kind == kinds::CONNECTOME_CONSENSUS => ("mean_gap_weight", "mean_chem_weight", None),
            kind if kind == kinds::CONNECTOME_EDGES => ("gap", "chem", Some(table.text("source")?)),
            kind => {
                return Err(Error::data("the connectome is of another kind")
                    .at_object("connectome")
                    .expected("connectome_consensus or connectome_edges")
                    .found(kind.name()));
            }
        };
        let (gap, chemical) = (table.numbers(gap)?, table.numbers(chemical)?);
        let (pre, post) = (table.text("pre")?, table.text("post")?);
        let is_above = |weight: Option<f64>| weight.is_some_and(|weight| weight > params.min_weight);
        let wanted = |row: usize| match (&params.source, sources) {
            (Some(source), Some(sources)) => sources.get(row) == Some(source),
            _ => true,
        };
        let mut connectome = Self { pairs: BTreeSet::new(), neurons: HashSet::new() };
        for row in (0..table.n_rows()).filter(|&row| wanted(row)) {
            let (a, b) = (pre.get_or_empty(row), post.get_or_empty(row));
            connectome.neurons.extend([a.to_owned(), b.to_owned()]);
            let connected = match params.synapse {
                Synapse::Gap => is_above(gap.get(row)),
                Synapse::Chemical => is_above(chemical.get(row)),
                Synapse::Any => is_above(gap.get(row)) || is_above(chemical.get(row)),
            };
            if connected && a != b {
                connectome.pairs.insert((a.min(b).to_owned(), a.max(b).to_owned()));
            }
        }
        if connectome.pairs.is_empty() {
            let source = params.source.as_deref().unwrap_or("any source");
            return Err(Error::data("no two neurons of the connectome are connected")
                .at_object("connectome")
                .expected(format!("connections of {source} above {}", params.min_weight))
                .found(format!("{} rows", table.n_rows()))
                .hint("lower `min_weight`, or look at `source` and `synapse`"));
        }
        Ok(connectome)
    }

    /// The wiring of every community, among the nodes of its graph that the connectome names.
    pub fn measure(&self, communities: &mut [Community], params: &DynamicParams, seed: Seed) {
        for communities in by_graph(communities) {
            let seed = communities.first().map_or(seed, |first| seed.child(&first.graph_id));
            self.measure_graph(communities, params, seed);
        }
        let tested: Vec<usize> = (0..communities.len())
            .filter(|&c| communities[c].wiring.is_some_and(|wiring| wiring.p.is_some()))
            .collect();
        let p_values = tested.iter().filter_map(|&c| communities[c].wiring?.p).collect::<Vec<f64>>();
        for (&community, q) in tested.iter().zip(benjamini_hochberg(&p_values)) {
            communities[community].wiring_q = Some(q);
        }
    }

    fn measure_graph(&self, communities: &mut [Community], params: &DynamicParams, seed: Seed) {
        let Some(first) = communities.first() else { return };
        let mut names: Vec<String> =
            first.nodes.iter().filter(|node| self.neurons.contains(*node)).cloned().collect();
        names.sort_unstable();
        let place: BTreeMap<&str, u32> = names.iter().map(String::as_str).zip(0..).collect();
        let edges: Vec<(u32, u32)> = self
            .pairs
            .iter()
            .filter_map(|(a, b)| Some((*place.get(a.as_str())?, *place.get(b.as_str())?)))
            .collect();
        // Communities that were too small for the atlas are one more group.
        let rest = communities.len() as u32;
        let mut groups = vec![rest; names.len()];
        for (label, community) in (0..).zip(communities.iter()) {
            let members = community.members().filter_map(|member| place.get(member));
            members.for_each(|&member| groups[member as usize] = label);
        }
        let wiring = module_wiring(&edges, &groups, communities.len() + 1, params.n_permutations, seed);
        for (community, wiring) in communities.iter_mut().zip(wiring) {
            community.wiring = Some(wiring);
        }
    }
}
