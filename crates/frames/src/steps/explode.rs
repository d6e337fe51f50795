//! `table.explode`.

use neuroloom_core::{
    Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Result, RunContext, Step,
    StepOutput, StepParams, StepPlan, TableKind,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::resources::resources;
use super::{TABLE, check_columns, finished};
use crate::explode;

/// Parameters of `table.explode`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplodeParams {
    /// List columns, item by item beside each other: in every row they have the same length.
    pub columns: Vec<String>,
    /// Whether to put the time of each sample in a column `t_s` (seconds), from `t0_s` and `dt_s` or the list `t_s`,
    /// which it replaces.
    #[serde(default)]
    pub time: bool,
}

impl StepParams for ExplodeParams {
    fn check(&self, issues: &mut ParamIssues) {
        check_columns(&self.columns, "columns", issues);
        let itself = self.time && self.columns.iter().any(|name| name == "t_s");
        issues.require(!itself, "columns", || "must not name `t_s` where `time` is asked for".into());
    }
}

/// Items of lists as rows.
pub struct ExplodeStep;

impl Step for ExplodeStep {
    type Params = ExplodeParams;
    const ID: &'static str = "table.explode";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Items of lists as rows of their own, with their times",
            about: "One row per sample or spike in place of one per neuron, for programs that want long tables. The \
                    other columns are repeated. A row whose lists are empty or absent disappears.",
            reference: None,
            inputs: vec![PortSpec::required(TABLE, TableKind::ANY, "A table with lists.")],
            outputs: vec![PortSpec::required(TABLE, kinds::TABLE, "One row per item.")],
        }
    }

    fn plan(&self, _: &PlanContext, _: &ExplodeParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        Ok(StepPlan::new(resources(inputs, &[TABLE], 10)).output(TABLE, kinds::TABLE, []))
    }

    fn run(&self, _: &RunContext, params: &ExplodeParams, inputs: &Inputs) -> Result<StepOutput> {
        let table = inputs.required(TABLE)?;
        finished(table.n_rows(), explode(table.batch(), &params.columns, params.time)?)
    }
}
