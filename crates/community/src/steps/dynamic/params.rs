//! Parameters of `community.dynamic`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `community.dynamic`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DynamicParams {
    /// Level of the hierarchy whose groups are the communities, from 0; where a graph has fewer levels, its top.
    pub level: usize,
    /// Smallest community of the atlas.
    pub min_size: usize,
    /// What neurons are grouped by, each once.
    pub groupings: Vec<Grouping>,
    /// Connections that count.
    pub synapse: Synapse,
    /// Weight above which a pair is connected, in the unit of the connectome.
    pub min_weight: f64,
    /// Source of a `connectome_edges` table; by default a pair is connected if any source connects it.
    pub source: Option<String>,
    /// Permutations of the labels of the nodes; 0 for no test.
    pub n_permutations: u32,
}

/// What neurons are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// Class: AVA of AVAL and AVAR.
    Class,
    /// inter, motor, sensory or pharyngeal.
    Type,
    /// Neurotransmitter.
    Transmitter,
}

impl Grouping {
    /// Name of the column of the atlas.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Type => "type",
            Self::Transmitter => "transmitter",
        }
    }
}

/// Connections that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Synapse {
    /// Chemical synapses.
    Chemical,
    /// Gap junctions.
    Gap,
    /// Either.
    #[default]
    Any,
}

impl Default for DynamicParams {
    fn default() -> Self {
        Self {
            level: 0,
            min_size: 1,
            groupings: vec![Grouping::Class, Grouping::Type],
            synapse: Synapse::default(),
            min_weight: 0.0,
            source: None,
            n_permutations: 1000,
        }
    }
}

impl StepParams for DynamicParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.min_size >= 1, "min_size", || "must be at least 1, got 0".into());
        issues.require_any(Some(&self.groupings), "groupings", "grouping");
        for (place, grouping) in self.groupings.iter().enumerate() {
            let first = !self.groupings[..place].contains(grouping);
            issues.require(first, &format!("groupings.{place}"), || {
                format!("names {} a second time", grouping.column())
            });
        }
        let weight = self.min_weight;
        issues.require(weight.is_finite() && weight >= 0.0, "min_weight", || {
            format!("must be a finite number of at least 0, got {weight}")
        });
        issues.require_name(self.source.as_deref(), "source");
    }
}
