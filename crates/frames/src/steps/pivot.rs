//! `table.pivot`.

use neuroloom_core::{
    Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Result, RunContext, Step,
    StepOutput, StepParams, StepPlan, TableKind,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::resources::resources;
use super::{TABLE, check_repeated, finished};
use crate::{Function, Pivot, pivot};

/// Parameters of `table.pivot`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PivotParams {
    /// A row of the result for each combination of values of these columns; without any, there is one row.
    #[serde(default)]
    pub index: Vec<String>,
    /// A column of the result for each value of this column.
    pub on: String,
    /// The column with the values.
    pub values: String,
    /// What to make of several values for one cell.
    pub aggregate: Function,
}

impl StepParams for PivotParams {
    fn check(&self, issues: &mut ParamIssues) {
        check_repeated(&self.index, "index", issues);
        issues.require(!self.index.contains(&self.on), "on", || "is a column of `index` too".into());
        issues.require(self.aggregate != Function::Quantile, "aggregate", || {
            "cannot be `quantile`: use `table.group` first".into()
        });
    }
}

/// Values of a column as columns.
pub struct PivotStep;

impl Step for PivotStep {
    type Params = PivotParams;
    const ID: &'static str = "table.pivot";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "From long to wide: the values of one column become columns",
            about: "Rows are sorted by the index, the new columns by the value that they are named after; a cell \
                    without a row is absent. The new columns keep the unit of the values.",
            reference: None,
            inputs: vec![PortSpec::required(TABLE, TableKind::ANY, "Any table.")],
            outputs: vec![PortSpec::required(TABLE, kinds::TABLE, "One row per combination of the index.")],
        }
    }

    fn plan(&self, _: &PlanContext, _: &PivotParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        Ok(StepPlan::new(resources(inputs, &[TABLE], 4)).output(TABLE, kinds::TABLE, []))
    }

    fn run(&self, _: &RunContext, params: &PivotParams, inputs: &Inputs) -> Result<StepOutput> {
        let table = inputs.required(TABLE)?;
        let PivotParams { index, on, values, aggregate } = params;
        let how = Pivot { index, on, values, aggregate: *aggregate };
        finished(table.n_rows(), pivot(table.batch(), &how)?)
    }
}
