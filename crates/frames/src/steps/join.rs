//! `table.join`.

use neuroloom_core::{
    Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Result, RunContext, Step,
    StepOutput, StepParams, StepPlan, TableKind,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::resources::resources;
use super::{TABLE, check_columns, finished, rows};
use crate::{How, Join, join};

const LEFT: &str = "left";
const RIGHT: &str = "right";

/// Parameters of `table.join`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinParams {
    /// Key columns, which both tables have: text, numbers or truth values.
    pub on: Vec<String>,
    /// Which rows stay.
    #[serde(default)]
    pub how: How,
    /// Ending of a column of the right table whose name the left one has too.
    #[serde(default = "default_suffix")]
    pub suffix: String,
}

fn default_suffix() -> String {
    "_right".into()
}

impl StepParams for JoinParams {
    fn check(&self, issues: &mut ParamIssues) {
        check_columns(&self.on, "on", issues);
        issues.require(!self.suffix.is_empty(), "suffix", || "must not be empty".into());
    }
}

/// Puts two tables side by side.
pub struct JoinStep;

impl Step for JoinStep {
    type Params = JoinParams;
    const ID: &'static str = "table.join";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Two tables side by side, by the values of key columns",
            about: "Rows are in the order of the left table, partners of one row in the order of the right; rows of \
                    the right table without a partner come last. A key that is absent has no partner. The result has \
                    the columns of the left table, then those of the right that are no keys, with their units.",
            reference: None,
            inputs: vec![
                PortSpec::required(LEFT, TableKind::ANY, "Any table."),
                PortSpec::required(RIGHT, TableKind::ANY, "Any table."),
            ],
            outputs: vec![PortSpec::required(TABLE, kinds::TABLE, "The joined rows.")],
        }
    }

    fn plan(&self, _: &PlanContext, _: &JoinParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        Ok(StepPlan::new(resources(inputs, &[LEFT, RIGHT], 4)).output(TABLE, kinds::TABLE, []))
    }

    fn run(&self, _: &RunContext, params: &JoinParams, inputs: &Inputs) -> Result<StepOutput> {
        let (left, right) = (inputs.required(LEFT)?, inputs.required(RIGHT)?);
        let how = Join { on: &params.on, how: params.how, suffix: &params.suffix };
        finished(rows(&[left, right]), join(left.batch(), right.batch(), &how)?)
    }
}
