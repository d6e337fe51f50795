//! Parameters of `nlb.compare`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Inputs, in the order of the names.
pub(super) const PORTS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Parameters of `nlb.compare`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareParams {
    /// What the models of the inputs `a`, `b`, … are called, in that order.
    pub names: Vec<String>,
}

impl StepParams for CompareParams {
    fn check(&self, issues: &mut ParamIssues) {
        let n = self.names.len();
        issues.require((1..=PORTS.len()).contains(&n), "names", || {
            format!("must be from 1 to {} names, one for each input, got {n}", PORTS.len())
        });
        for (place, name) in self.names.iter().enumerate() {
            let path = format!("names[{place}]");
            issues.require(!name.is_empty(), &path, || "must not be empty".into());
            let again = self.names.iter().skip(place + 1).any(|other| other == name);
            issues.require(!again, &path, || format!("must be used once, {name} is there again"));
        }
    }
}
