//! `nlb.compare` as a step.

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

use super::params::{CompareParams, PORTS};
use super::{figures, rows};

/// The step `nlb.compare`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompareStep;

const BASE_BYTES: u64 = 16 << 20;

impl Step for CompareStep {
    type Params = CompareParams;
    const ID: &'static str = "nlb.compare";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        let [first, rest @ ..] = PORTS;
        let input = "Scores of a model, from `nlb.evaluate`";
        let others = rest.into_iter().map(|port| PortSpec::optional(port, kinds::NLB_METRICS, input));
        Description {
            title: "Scores of several models side by side",
            about: "Takes what `nlb.evaluate` says of up to six models of the same trials, gives a row per model and score of all \
                    units together, with what the true rates score where they are known, and draws them.",
            reference: None,
            inputs: std::iter::once(PortSpec::required(first, kinds::NLB_METRICS, input))
                .chain(others)
                .collect(),
            outputs: vec![PortSpec::required(
                "comparison",
                kinds::NLB_COMPARISON,
                "A row per score and model",
            )],
        }
    }

    fn plan(&self, _: &PlanContext, params: &CompareParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let connected: Vec<&str> = PORTS.into_iter().filter(|port| inputs.optional(port).is_some()).collect();
        check_names(params, &connected)?;
        Ok(StepPlan::new(Resources::memory(BASE_BYTES)).output("comparison", kinds::NLB_COMPARISON, []))
    }

    fn run(&self, _: &RunContext, params: &CompareParams, inputs: &Inputs) -> Result<StepOutput> {
        let connected: Vec<&str> = PORTS.into_iter().filter(|port| inputs.optional(port).is_some()).collect();
        check_names(params, &connected)?;
        let mut all = Vec::new();
        for (port, name) in PORTS.into_iter().zip(&params.names) {
            all.extend(rows::of_model(name, inputs.required(port)?)?);
        }
        // Score by score, and within each model by model in the order of the inputs; the table itself is in the order of its key.
        all.sort_by(|a, b| {
            let key = |row: &rows::Row| (row.recording_id.clone(), row.split.clone(), row.metric.clone());
            key(a).cmp(&key(b))
        });
        let summary = all.iter().fold(Summary::default(), |summary, row| {
            let name = format!("{} {} {} {}", row.recording_id, row.split, row.metric, row.model);
            match row.value {
                Some(value) => summary.number(name, value, Unit::parse(&row.value_unit)),
                None => summary,
            }
        });
        let summary = figures::comparison(&params.names, &all).into_iter().fold(summary, Summary::figure);
        Ok(StepOutput::new(summary).table("comparison", rows::table(&all)?))
    }
}

/// Every input has a name, and every name an input.
fn check_names(params: &CompareParams, connected: &[&str]) -> Result<()> {
    let expected: Vec<&str> = PORTS.into_iter().take(params.names.len()).collect();
    if connected == expected {
        return Ok(());
    }
    Err(Error::params("inputs and names do not fit each other")
        .at_object("names")
        .expected(format!("the inputs {} for the names {}", expected.join(", "), params.names.join(", ")))
        .found(format!("the inputs {}", connected.join(", ")))
        .hint("give every input a name, beginning with `a`"))
}
