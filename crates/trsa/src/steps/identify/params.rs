use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::identify::{Bootstrap, Cell, Descriptor, Resample};

/// Parameters of `rsa.identify`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdentifyParams {
    /// What RDMs are made into: `raw`, `rank`, `geotop: { l: 0.4, u: 0.6 }`. The default cell (0.2, 0.8) is always there.
    pub descriptors: Vec<DescriptorParam>,
    /// Whether random cells of the five classes (local, global, geometry, topology, intermediate) are drawn and compared.
    pub classes: bool,
    /// Random cells of every class, at most 100.
    pub cells_per_class: usize,
    /// Whether the published grid of 210 cells is computed, and the best cell chosen by nested selection.
    pub grid: bool,
    /// Bootstrap samples for the errors of all descriptors but those of the grid, and for the tests; 0 for none.
    pub n_bootstrap: usize,
    /// What a bootstrap draws: `rows` (RDMs, as published) or `subjects` with all their RDMs.
    pub resample: Resample,
    /// Whether a bootstrap draws stimuli, too.
    pub resample_stimuli: bool,
    /// `authors` adds the published t test between classes.
    pub compat: Compat,
}

/// A descriptor as a pipeline writes it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DescriptorParam {
    /// The dissimilarities as they are.
    Raw,
    /// Their average ranks.
    Rank,
    /// The geo-topological transform of their ranks.
    Geotop {
        /// Lower threshold, as a quantile of the RDM, from 0 to `u`.
        l: f64,
        /// Upper threshold, as a quantile of the RDM, from `l` to 1.
        u: f64,
    },
}

/// Whose numbers are to be compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compat {
    /// Nobody's.
    #[default]
    None,
    /// Those of Lin & Kriegeskorte.
    Authors,
}

impl Default for IdentifyParams {
    fn default() -> Self {
        Self {
            descriptors: vec![DescriptorParam::Raw, DescriptorParam::Rank],
            classes: false,
            cells_per_class: 10,
            grid: false,
            n_bootstrap: 1000,
            resample: Resample::default(),
            resample_stimuli: true,
            compat: Compat::default(),
        }
    }
}

impl DescriptorParam {
    /// None where the thresholds are no quantiles in order.
    pub(super) fn descriptor(self) -> Option<Descriptor> {
        match self {
            Self::Raw => Some(Descriptor::Raw),
            Self::Rank => Some(Descriptor::Rank),
            Self::Geotop { l, u } => Cell::new(l, u).ok().map(Descriptor::GeoTop),
        }
    }
}

impl IdentifyParams {
    pub(super) fn bootstrap(&self) -> Bootstrap {
        Bootstrap { n: self.n_bootstrap, resample: self.resample, stimuli: self.resample_stimuli }
    }
}

impl StepParams for IdentifyParams {
    fn check(&self, issues: &mut ParamIssues) {
        const MOST_CELLS: usize = 100;
        const MOST_SAMPLES: usize = 10_000_000;
        for (place, descriptor) in self.descriptors.iter().enumerate() {
            let path = format!("descriptors.{place}");
            if let DescriptorParam::Geotop { l, u } = *descriptor {
                issues.require(Cell::new(l, u).is_ok(), &path, || {
                    format!("must have 0 <= l <= u <= 1, got l = {l} and u = {u}")
                });
            }
            let is_new = !self.descriptors[..place].contains(descriptor);
            issues.require(is_new, &path, || "names a descriptor a second time".into());
        }
        let cells = self.cells_per_class;
        issues.require((1..=MOST_CELLS).contains(&cells), "cells_per_class", || {
            format!("must be between 1 and {MOST_CELLS}, got {cells}")
        });
        issues.require(self.n_bootstrap <= MOST_SAMPLES, "n_bootstrap", || {
            format!("must be at most {MOST_SAMPLES}, got {}", self.n_bootstrap)
        });
        let has_classes = self.classes || self.compat != Compat::Authors;
        issues.require(has_classes, "compat", || "`authors` tests classes: set `classes: true`".into());
    }
}
