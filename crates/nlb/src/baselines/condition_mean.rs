//! `rates.condition_mean`: the mean response to the condition of a trial.

use std::collections::BTreeMap;

use ndarray::{Array2, Array3, Axis};
use neuroloom_core::{
    Description, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, Result, RunContext, Step,
    StepOutput, StepParams, StepPlan,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::{Choice, Criterion, bits};
use super::output::{self, Predicted};
use super::smooth::check_regression;
use super::smoothing::{check_sigmas, smoothed, usual_sigmas};
use crate::metrics::mean_counts;
use crate::trials::{Part, Recording, Signals};

/// Parameters of `rates.condition_mean`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConditionMeanParams {
    /// The column of the table of trials that names the condition of a trial.
    pub condition: String,
    /// Standard deviations of the Gaussian that mean responses are smoothed with, bins. Of several the one is used whose
    /// rates are best on the validation trials.
    pub sigma_bins: Vec<f64>,
    /// Least rate, Hz: no spike is impossible.
    pub least_rate_hz: f64,
}

impl Default for ConditionMeanParams {
    fn default() -> Self {
        Self { condition: "condition".into(), sigma_bins: usual_sigmas(), least_rate_hz: 0.1 }
    }
}

impl StepParams for ConditionMeanParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_name(Some(&self.condition), "condition");
        check_sigmas(issues, "sigma_bins", &self.sigma_bins);
        check_regression(issues, 0.0, self.least_rate_hz);
    }
}

/// The step `rates.condition_mean`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConditionMeanStep;

impl Step for ConditionMeanStep {
    type Params = ConditionMeanParams;
    const ID: &'static str = "rates.condition_mean";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Rates by the mean response to a condition: a baseline",
            about: "The rates of a trial are the mean counts of the training trials of its condition, smoothed by a \
                    Gaussian, for all units and bins alike. It knows the condition of the trials that it predicts, which \
                    a model of the spikes does not, and nothing of what sets a trial apart from others of its condition.",
            reference: None,
            inputs: output::inputs(),
            outputs: output::outputs(),
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &ConditionMeanParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        output::plan(ctx, inputs)
    }

    fn run(&self, ctx: &RunContext, params: &ConditionMeanParams, inputs: &Inputs) -> Result<StepOutput> {
        output::run(ctx, inputs, params.least_rate_hz, |signals, recording| {
            predict(params, signals, recording)
        })
    }
}

fn predict(params: &ConditionMeanParams, signals: &Signals<'_>, recording: &Recording) -> Result<Predicted> {
    let labels = |part: &Part| {
        part.labels(signals, &params.condition).ok_or_else(|| {
            let schema = signals.table().batch().schema();
            let found =
                schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(", ");
            Error::data("the table of trials does not say which condition a trial has")
                .expected(format!("a column {}", params.condition))
                .found(found)
                .hint("name the column in `condition`")
        })
    };
    let train = recording.train()?;
    let means = Means::new(train, &labels(train)?)?;
    let least = params.least_rate_hz * recording.dt_s;
    let score = |sigma: f64, criterion: Criterion, valid: &Part| {
        let first = if criterion == Criterion::CoBps { recording.n_held_in() } else { 0 };
        let last = if criterion == Criterion::CoBps { recording.units.len() } else { recording.n_held_in() };
        let rates = means.smoothed(sigma).rates(valid, &labels(valid)?);
        let rates = rates.slice(ndarray::s![.., ..recording.n_observed, first..last]);
        bits(rates, valid.counts_of(0..recording.n_observed, first..last), least)
    };
    let criterion = |valid: &Part| Criterion::of(recording, valid, Criterion::Reconstruction);
    let choice = Choice::best(recording, "sigma_bins", &params.sigma_bins, criterion, score)?;
    let means = means.smoothed(choice.chosen);
    let mut unknown = 0;
    let parts = recording.parts.iter().map(|part| {
        let labels = labels(part)?;
        unknown += labels.iter().filter(|label| means.of(label.as_deref()).is_none()).count();
        Ok(means.rates(part, &labels))
    });
    let parts = parts.collect::<Result<_>>()?;
    let warning = (unknown > 0).then(|| {
        format!(
            "{}: {unknown} trials have no condition that was trained on; their rates are the mean rates",
            recording.id
        )
    });
    Ok(Predicted { parts, choices: vec![choice], warnings: warning.into_iter().collect() })
}

/// Mean responses of the conditions.
struct Means {
    /// `[conditions, bins, units]`.
    responses: Array3<f64>,
    place: BTreeMap<String, usize>,
    /// Mean over all trials and bins of every unit.
    everywhere: Vec<f64>,
}

impl Means {
    fn new(train: &Part, labels: &[Option<String>]) -> Result<Self> {
        let groups = Part::by_condition(labels);
        if groups.is_empty() {
            return Err(Error::data("no training trial has a condition"));
        }
        let everywhere =
            mean_counts(train.counts.view()).into_iter().map(|mean| if mean.is_nan() { 0.0 } else { mean });
        let everywhere: Vec<f64> = everywhere.collect();
        let (_, bins, units) = train.counts.dim();
        let mut responses = Array3::zeros((groups.len(), bins, units));
        for (mut response, (_, trials)) in responses.outer_iter_mut().zip(&groups) {
            for ((bin, unit), out) in response.indexed_iter_mut() {
                let known =
                    trials.iter().map(|&trial| train.counts[[trial, bin, unit]]).filter(|k| !k.is_nan());
                let (n, sum) = known.fold((0, 0.0), |(n, sum), count| (n + 1, sum + count));
                *out = if n > 0 { sum / f64::from(n) } else { everywhere[unit] };
            }
        }
        let place = groups.into_iter().enumerate().map(|(place, (name, _))| (name, place)).collect();
        Ok(Self { responses, place, everywhere })
    }

    fn smoothed(&self, sigma: f64) -> Self {
        Self {
            responses: smoothed(self.responses.view(), sigma),
            place: self.place.clone(),
            everywhere: self.everywhere.clone(),
        }
    }

    fn of(&self, label: Option<&str>) -> Option<ndarray::ArrayView2<'_, f64>> {
        let place = *self.place.get(label?)?;
        Some(self.responses.index_axis(Axis(0), place))
    }

    /// Expected counts per bin `[trials, bins, units]`.
    fn rates(&self, part: &Part, labels: &[Option<String>]) -> Array3<f64> {
        let (_, bins, units) = part.counts.dim();
        let flat = Array2::from_shape_fn((bins, units), |(_, unit)| self.everywhere[unit]);
        let mut rates = Array3::zeros(part.counts.dim());
        for (mut out, label) in rates.outer_iter_mut().zip(labels) {
            out.assign(&self.of(label.as_deref()).unwrap_or(flat.view()));
        }
        rates
    }
}
