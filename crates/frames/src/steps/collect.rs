//! `table.collect`.

use neuroloom_core::{
    Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Result, RunContext, Step,
    StepOutput, StepParams, StepPlan, TableKind,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::resources::resources;
use super::{TABLE, check_columns, finished};
use crate::collect;

/// The port of the tables that come in.
const TABLES: &str = "tables";

/// Parameters of `table.collect`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectParams {
    /// The columns to keep, in this order; all by default. The collected axes are always there, in front.
    #[serde(default)]
    pub columns: Option<Vec<String>>,
}

impl StepParams for CollectParams {
    fn check(&self, issues: &mut ParamIssues) {
        if let Some(columns) = &self.columns {
            check_columns(columns, "columns", issues);
        }
    }
}

/// Puts the tables of a sweep into one.
pub struct CollectStep;

impl Step for CollectStep {
    type Params = CollectParams;
    const ID: &'static str = "table.collect";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Tables of a sweep in one, with a column for each axis",
            about: "Takes the tables of all variants that `collect` of the pipeline file gathers, and gives their rows \
                    below each other in the order of the variants. In front is a column for each collected axis with \
                    the variant's label: whole numbers and numbers as such, otherwise text. The other columns keep \
                    type and unit, which must be the same in all variants; a column that a variant lacks has no values \
                    in its rows.",
            reference: None,
            inputs: vec![PortSpec::required(TABLES, TableKind::ANY, "The tables of all variants.").many()],
            outputs: vec![PortSpec::required(
                TABLE,
                kinds::TABLE,
                "All rows, the labels of the variants in front.",
            )],
        }
    }

    fn plan(&self, _: &PlanContext, _: &CollectParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let rows = inputs.required(TABLES)?.dim("rows").map(|rows| ("rows", rows));
        Ok(StepPlan::new(resources(inputs, &[TABLES], 3)).output(TABLE, kinds::TABLE, rows))
    }

    fn run(&self, _: &RunContext, params: &CollectParams, inputs: &Inputs) -> Result<StepOutput> {
        let variants = inputs.variants(TABLES)?;
        let rows = variants.iter().map(|variant| variant.table.n_rows()).sum();
        let batch = collect(&variants, params.columns.as_deref())?;
        let mut output = finished(rows, batch)?;
        output.summary = output.summary.count("variants", variants.len());
        Ok(output)
    }
}
