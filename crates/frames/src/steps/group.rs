//! `table.group`.

use std::collections::BTreeMap;

use neuroloom_core::{
    Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Result, RunContext, Step,
    StepOutput, StepParams, StepPlan, TableKind,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::resources::resources;
use super::{TABLE, check_repeated, finished};
use crate::{Aggregation, group};

/// Parameters of `table.group`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupParams {
    /// Rows with equal values in these columns are one group; without any, all rows are.
    #[serde(default)]
    pub by: Vec<String>,
    /// Columns of the result, by name: `mean_rate_hz: { column: rate_hz, function: mean }`.
    pub aggregations: BTreeMap<String, Aggregation>,
}

impl StepParams for GroupParams {
    fn check(&self, issues: &mut ParamIssues) {
        check_repeated(&self.by, "by", issues);
        let nothing = self.aggregations.is_empty();
        issues.require(!nothing || !self.by.is_empty(), "aggregations", || {
            "must name at least one column".into()
        });
        for (name, aggregation) in &self.aggregations {
            let path = format!("aggregations.{name}");
            issues.require(!name.is_empty() && !self.by.contains(name), &path, || {
                "has the name of a column of `by`, or none".into()
            });
            aggregation.check(&path, issues);
        }
    }
}

/// One row per group of rows.
pub struct GroupStep;

impl Step for GroupStep {
    type Params = GroupParams;
    const ID: &'static str = "table.group";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "One row for all rows with equal keys: means, counts, quantiles",
            about: "Groups are sorted by their keys: absent first, NaN last, text by its bytes. Absent values are \
                    left out of every aggregate; a NaN makes a mean, sum or standard deviation NaN and does not count \
                    for a minimum or maximum. Aggregates keep the unit of their column, counts have the unit 1. The \
                    new columns are in the order of their names.",
            reference: None,
            inputs: vec![PortSpec::required(TABLE, TableKind::ANY, "Any table.")],
            outputs: vec![PortSpec::required(TABLE, kinds::TABLE, "One row per group.")],
        }
    }

    fn plan(&self, _: &PlanContext, _: &GroupParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        Ok(StepPlan::new(resources(inputs, &[TABLE], 3)).output(TABLE, kinds::TABLE, []))
    }

    fn run(&self, _: &RunContext, params: &GroupParams, inputs: &Inputs) -> Result<StepOutput> {
        let table = inputs.required(TABLE)?;
        finished(table.n_rows(), group(table.batch(), &params.by, &params.aggregations)?)
    }
}
