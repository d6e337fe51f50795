//! `rsa.model`

use std::collections::BTreeSet;
use std::f64::consts::TAU;

use neuroloom_core::{
    Description, Dims, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Table,
};
use neuroloom_table::{Columns, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::{condition_values, conditions, labels};
use super::figures::rdm_figure;
use super::index::{IndexRow, index_table};
use super::tables::{BYTES_PER_ROW, rdms_table};
use crate::{Rdm, models};

/// `rsa.model`: RDMs of hypotheses.
#[derive(Clone, Copy, Debug)]
pub struct ModelRdms;

/// Parameters of `rsa.model`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelParams {
    /// The models, each once.
    #[serde(default = "ring_and_line")]
    pub models: Vec<Model>,
    /// Period of the ring, in the unit of condition_value. By default 2π where that is rad or absent, 360 where it is deg.
    #[serde(default)]
    pub period: Option<f64>,
}

fn ring_and_line() -> Vec<Model> {
    vec![Model::Ring, Model::Line]
}

/// A geometry that conditions may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// The shorter arc between two values of a circular variable.
    Ring,
    /// The difference of two values.
    Line,
}

impl Model {
    fn name(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::Line => "line",
        }
    }
}

impl StepParams for ModelParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(!self.models.is_empty(), "models", || "must name at least one model".into());
        for (place, model) in self.models.iter().enumerate() {
            let first = !self.models[..place].contains(model);
            issues.require(first, &format!("models.{place}"), || {
                format!("names {} a second time", model.name())
            });
        }
        if let Some(period) = self.period {
            issues.require_positive(period, "period");
        }
    }
}

impl Step for ModelRdms {
    type Params = ModelParams;
    const ID: &'static str = "rsa.model";
    const VERSION: u32 = 2;

    fn describe(&self) -> Description {
        Description {
            title: "Model RDMs from the values of the conditions",
            about: "What would the dissimilarities be if a group of neurons represented the variable faithfully? With the values x of the conditions: \
                ring = min(d, period - d), d = |x_i - x_j| mod period, for circular variables such as head direction; line = |x_i - x_j|. \
                In the unit of condition_value. Only the conditions and their values are read from the responses.",
            reference: None,
            inputs: vec![PortSpec::required(
                "responses",
                kinds::RESPONSES,
                "Responses, for their conditions and condition values",
            )],
            outputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "One RDM per model, under the model's name"),
                PortSpec::required("index", kinds::RDM_INDEX, "The models and their unit"),
            ],
        }
    }

    fn plan(&self, _: &PlanContext, params: &ModelParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let n_rdms = params.models.len() as u64;
        let n_conditions = inputs.required("responses")?.dim("conditions");
        let n_pairs = n_conditions.map(|n| n * n.saturating_sub(1) / 2);
        let dims: Dims = [("rdms", Some(n_rdms)), ("conditions", n_conditions), ("pairs", n_pairs)]
            .into_iter()
            .filter_map(|(name, size)| Some((name, size?)))
            .collect();
        let bytes = n_rdms.saturating_mul(n_pairs.unwrap_or(0)).saturating_mul(BYTES_PER_ROW);
        Ok(StepPlan::new(Resources::memory(bytes)).output("rdms", kinds::RDMS, dims).output(
            "index",
            kinds::RDM_INDEX,
            [("rdms", n_rdms)],
        ))
    }

    fn run(&self, _: &RunContext, params: &ModelParams, inputs: &Inputs) -> Result<StepOutput> {
        let responses = inputs.required("responses")?;
        let conditions = conditions(responses, 0..responses.n_rows())?;
        let values = condition_values(&conditions).ok_or_else(no_values)?;
        let unit = condition_unit(responses)?;
        let labels = labels(&conditions);
        let rdm = |model: &Model| -> Result<Rdm> {
            let dissimilarities = match model {
                Model::Ring => models::ring(&values, period(params, unit.as_deref())?)?,
                Model::Line => models::line(&values)?,
            };
            Ok(Rdm::new(model.name(), labels.clone(), dissimilarities)?)
        };
        let rdms = params.models.iter().map(rdm).collect::<Result<Vec<_>>>()?;
        let unit = unit.unwrap_or_else(|| "1".to_owned());
        let index: Vec<IndexRow> = rdms.iter().map(|rdm| index_row(rdm, &unit)).collect();
        let colour_labels = vec![format!("distance ({unit})"); rdms.len()];
        let summary = Summary::default()
            .count("models", rdms.len())
            .count("conditions", labels.len())
            .figure(rdm_figure("Model RDMs", &rdms, &colour_labels));
        Ok(StepOutput::new(summary)
            .table("rdms", rdms_table(&rdms, &vec![unit; rdms.len()])?)
            .table("index", index_table(&index)?))
    }
}

fn no_values() -> Error {
    Error::data("models need the value of every condition")
        .at_object("condition_value")
        .expected("a number in every row")
        .found("conditions without one")
        .hint("use responses by the bins of a variable (prepare.tuning)")
}

/// The one unit of the condition values, if any.
fn condition_unit(responses: &Table) -> Result<Option<String>> {
    let column = responses.text("condition_unit")?;
    let units: BTreeSet<&str> = (0..responses.n_rows()).filter_map(|row| column.get(row)).collect();
    if units.len() > 1 {
        return Err(Error::data("conditions of several units cannot be in one model")
            .at_object("condition_unit")
            .expected("one unit")
            .found(units.into_iter().collect::<Vec<_>>().join(", ")));
    }
    Ok(units.first().map(|&unit| unit.to_owned()))
}

fn period(params: &ModelParams, unit: Option<&str>) -> Result<f64> {
    match (params.period, unit) {
        (Some(period), _) => Ok(period),
        (None, None | Some("rad" | "1")) => Ok(TAU),
        (None, Some("deg")) => Ok(360.0),
        (None, Some(unit)) => Err(Error::params("the ring needs a period")
            .at_object("period")
            .expected("a period, because the unit of the conditions is not an angle")
            .found(format!("condition_unit {unit:?}"))
            .hint("give `period` in that unit, or leave the ring out: `models: [line]`")),
    }
}

fn index_row(rdm: &Rdm, unit: &str) -> IndexRow {
    IndexRow {
        rdm_id: rdm.name().to_owned(),
        measure: rdm.name().to_owned(),
        unit: unit.to_owned(),
        n_conditions: rdm.n_conditions(),
        ..IndexRow::default()
    }
}
