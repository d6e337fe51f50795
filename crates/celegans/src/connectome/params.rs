//! Parameters of `celegans.connectome`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Profile;

/// One annotation per primary electron-microscopy study; the data of White et al. enter through `chklovskii`.
pub const PRIMARY_MEMBERS: [&str; 4] = ["chklovskii", "cook2019", "witvliet2020_7", "witvliet2020_8"];

/// How weights in sections and in synapses are brought together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitScale {
    /// Sources in sections are scaled to the total weight of those in synapses on the pairs they share.
    #[default]
    MatchTotal,
    /// Weights are averaged as they stand.
    None,
}

/// Parameters of `celegans.connectome`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectomeParams {
    /// Whose rules are followed: ours, or the published ones with their defects.
    pub profile: Profile,
    /// Sources of the consensus. Absent: in exact chklovskii, cook2019, witvliet2020_7 and witvliet2020_8, as far as
    /// they are given; in compat all.
    pub members: Option<Vec<String>>,
    /// Whether the consensus takes the functional sources.
    pub functional: bool,
    /// How weights in sections and in synapses are brought together (exact only).
    pub unit_scale: UnitScale,
    /// All 90,000 ordered pairs, also those without a connection.
    pub complete: bool,
    /// Functional readings count below this false discovery rate.
    pub q_threshold: f64,
}

impl Default for ConnectomeParams {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            members: None,
            functional: true,
            unit_scale: UnitScale::default(),
            complete: false,
            q_threshold: 0.05,
        }
    }
}

impl StepParams for ConnectomeParams {
    fn check(&self, issues: &mut ParamIssues) {
        let q = self.q_threshold;
        issues.require(q > 0.0 && q <= 1.0, "q_threshold", || {
            format!("must be above 0 and at most 1, got {q}")
        });
        let some = self.members.as_ref().is_none_or(|members| !members.is_empty());
        issues.require(some, "members", || "must name one source or more, got none".into());
    }
}
