//! `table.sql`.

use neuroloom_core::{
    Description, Inputs, ParamIssue, ParamIssues, PlanContext, PlannedInputs, PortSpec, Result, RunContext,
    Step, StepOutput, StepParams, StepPlan, Table, TableKind,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::resources::resources;
use super::{TABLE, finished, rows};
use crate::{query, sql};

const PORTS: [&str; 4] = ["a", "b", "c", "d"];

/// Parameters of `table.sql`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlParams {
    /// A `SELECT` over the inputs, which are the tables `a`, `b`, `c` and `d`.
    pub query: String,
}

impl StepParams for SqlParams {
    fn check(&self, issues: &mut ParamIssues) {
        if let Err(error) = sql::check(&self.query, &PORTS) {
            issues.push(ParamIssue { path: "query".into(), message: error.to_string(), hint: None });
        }
    }
}

/// The result of an SQL query.
pub struct SqlStep;

impl Step for SqlStep {
    type Params = SqlParams;
    const ID: &'static str = "table.sql";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "The result of an SQL query over one to four tables",
            about: "In the query the inputs are the tables a, b, c and d. Without ORDER BY the rows come in an order \
                    that depends on tables and query alone. A column that is passed on plainly keeps its unit, and so \
                    do its minimum, maximum, mean, sum, median and standard deviation; computed columns have none.",
            reference: None,
            inputs: vec![
                PortSpec::required("a", TableKind::ANY, "Any table."),
                PortSpec::optional("b", TableKind::ANY, "Any table."),
                PortSpec::optional("c", TableKind::ANY, "Any table."),
                PortSpec::optional("d", TableKind::ANY, "Any table."),
            ],
            outputs: vec![PortSpec::required(TABLE, kinds::TABLE, "The result of the query.")],
        }
    }

    fn plan(&self, _: &PlanContext, params: &SqlParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let connected: Vec<&str> = PORTS.into_iter().filter(|port| inputs.optional(port).is_some()).collect();
        sql::check(&params.query, &connected)?;
        Ok(StepPlan::new(resources(inputs, &PORTS, 5)).output(TABLE, kinds::TABLE, []))
    }

    fn run(&self, _: &RunContext, params: &SqlParams, inputs: &Inputs) -> Result<StepOutput> {
        let tables: Vec<(&str, &Table)> =
            PORTS.into_iter().filter_map(|port| Some((port, inputs.optional(port)?))).collect();
        let batches: Vec<_> = tables.iter().map(|(port, table)| (*port, table.batch())).collect();
        let tables: Vec<&Table> = tables.iter().map(|(_, table)| *table).collect();
        finished(rows(&tables), query(&batches, &params.query)?)
    }
}
