//! `table.filter`.

use neuroloom_core::{
    Description, Inputs, ParamIssue, ParamIssues, PlanContext, PlannedInputs, PortSpec, Result, RunContext,
    Step, StepOutput, StepParams, StepPlan, Summary, TableKind,
};
use neuroloom_table::check;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TABLE;
use super::resources::resources;
use crate::{filter, sql};

/// Parameters of `table.filter`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterParams {
    /// SQL condition over the columns: `region = 'adn' AND rate_hz > 0.5`. Rows for which it is true stay.
    #[serde(rename = "where")]
    pub condition: String,
}

impl StepParams for FilterParams {
    fn check(&self, issues: &mut ParamIssues) {
        if let Err(error) = sql::condition(&self.condition) {
            issues.push(ParamIssue { path: "where".into(), message: error.to_string(), hint: None });
        }
    }
}

/// Keeps the rows of a table that a condition holds for.
pub struct FilterStep;

impl Step for FilterStep {
    type Params = FilterParams;
    const ID: &'static str = "table.filter";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Rows of a table that an SQL condition holds for",
            about: "Takes a table of any kind and gives one of the same kind: units of one region, traces of one \
                    signal, intervals longer than a second. Columns, units and order stay. A row for which the \
                    condition is unknown, because a value in it is absent, does not stay.",
            reference: None,
            inputs: vec![PortSpec::required(TABLE, TableKind::ANY, "Any table.")],
            outputs: vec![PortSpec::following(TABLE, TABLE, "The rows that stay, in their order.")],
        }
    }

    fn plan(&self, _: &PlanContext, _: &FilterParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let kind = inputs.required(TABLE)?.kind;
        Ok(StepPlan::new(resources(inputs, &[TABLE], 3)).output(TABLE, kind, []))
    }

    fn run(&self, _: &RunContext, params: &FilterParams, inputs: &Inputs) -> Result<StepOutput> {
        let table = inputs.required(TABLE)?;
        let kept = filter(table.batch(), &params.condition)?;
        let mut summary =
            Summary::default().count("rows in", table.n_rows()).count("rows out", kept.num_rows());
        if kept.num_rows() == 0 && table.n_rows() > 0 {
            summary = summary.warn(format!("no row fulfils `{}`", params.condition));
        }
        Ok(StepOutput::new(summary).table(TABLE, check(table.kind(), kept)?))
    }
}
