//! The graph of a pipeline, as a picture and as text.

mod layout;
mod picture;
mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use picture::svg;
pub use text::{dot, mermaid};

/// Steps and what flows between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dag {
    /// The steps.
    pub nodes: Vec<DagNode>,
    /// The connections. One that names no node is not drawn.
    pub edges: Vec<DagEdge>,
}

/// One step, or all variants of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DagNode {
    /// Its name, unique.
    pub name: String,
    /// The step that it uses: `rsa.rdm@1`.
    pub step_id: String,
    /// Variants that a matrix makes of it; drawn as a stack where there are several.
    pub variants: usize,
}

/// A table that flows from one step to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DagEdge {
    /// Name of the node that it leaves.
    pub from: String,
    /// Output port.
    pub from_port: String,
    /// Name of the node that it enters.
    pub to: String,
    /// Input port.
    pub to_port: String,
}

impl DagNode {
    /// A step without variants.
    pub fn new(name: impl Into<String>, step_id: impl Into<String>) -> Self {
        Self { name: name.into(), step_id: step_id.into(), variants: 1 }
    }
}

impl Dag {
    /// Node indices of the edges with their label, parallel edges as one: `spikes, epochs → intervals`.
    fn arrows(&self) -> BTreeMap<(usize, usize), String> {
        let index: BTreeMap<&str, usize> =
            self.nodes.iter().enumerate().map(|(i, node)| (node.name.as_str(), i)).collect();
        let mut labels: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
        for edge in &self.edges {
            let (Some(&from), Some(&to)) = (index.get(edge.from.as_str()), index.get(edge.to.as_str()))
            else {
                continue;
            };
            let (known, label) = (labels.entry((from, to)).or_default(), edge.label());
            if !label.is_empty() && !known.contains(&label) {
                known.push(label);
            }
        }
        labels.into_iter().map(|(ends, labels)| (ends, labels.join(", "))).collect()
    }
}

impl DagEdge {
    fn label(&self) -> String {
        match (self.from_port.as_str(), self.to_port.as_str()) {
            (from, to) if from == to || to.is_empty() => from.to_owned(),
            ("", to) => to.to_owned(),
            (from, to) => format!("{from} → {to}"),
        }
    }
}
