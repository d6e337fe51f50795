//! `rates.smooth`: smoothed spikes.

use ndarray::{Array3, s};
use neuroloom_core::{
    Description, Inputs, ParamIssues, PlanContext, PlannedInputs, Result, RunContext, Step, StepOutput,
    StepParams, StepPlan,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::{Choice, Criterion, bits};
use super::output::{self, Predicted};
use super::readout::{Readout, Scale};
use super::smoothing::{check_sigmas, smoothed, smoothed_without_self, usual_sigmas};
use crate::trials::{Part, Recording};

/// Parameters of `rates.smooth`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SmoothRatesParams {
    /// Standard deviations of the Gaussian, bins. Of several the rates of held-in units use the one with which neighbours
    /// predict a bin of the validation trials best.
    pub sigma_bins: Vec<f64>,
    /// The same for the regressions on smoothed spikes, by the held-out units of the validation trials. By default the
    /// same list; the width of the held-in units where no counts of held-out ones are known there.
    pub feature_sigma_bins: Option<Vec<f64>>,
    /// How smoothed counts enter the regressions: `linear`, `sqrt` or `log`.
    pub scale: Scale,
    /// Penalty of the regressions: half of it times the sum of squared weights of standardised inputs is added to the
    /// negative log likelihood of all training data, nats. A prior on weights with standard deviation
    /// `1 / sqrt(penalty)`.
    pub penalty: f64,
    /// Least rate, Hz: no spike is impossible.
    pub least_rate_hz: f64,
}

impl Default for SmoothRatesParams {
    fn default() -> Self {
        Self {
            sigma_bins: usual_sigmas(),
            feature_sigma_bins: None,
            scale: Scale::default(),
            penalty: 30.0,
            least_rate_hz: 0.1,
        }
    }
}

impl StepParams for SmoothRatesParams {
    fn check(&self, issues: &mut ParamIssues) {
        check_sigmas(issues, "sigma_bins", &self.sigma_bins);
        if let Some(sigmas) = &self.feature_sigma_bins {
            check_sigmas(issues, "feature_sigma_bins", sigmas);
        }
        check_regression(issues, self.penalty, self.least_rate_hz);
    }
}

pub(super) fn check_regression(issues: &mut ParamIssues, penalty: f64, least_rate_hz: f64) {
    let holds = penalty.is_finite() && penalty >= 0.0;
    issues.require(holds, "penalty", || format!("must be a finite number of at least 0, got {penalty}"));
    issues.require_positive(least_rate_hz, "least_rate_hz");
}

/// The step `rates.smooth`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SmoothRatesStep;

impl Step for SmoothRatesStep {
    type Params = SmoothRatesParams;
    const ID: &'static str = "rates.smooth";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Rates by smoothing spikes: a baseline",
            about: "Rates of held-in units are their spikes in the observed bins, smoothed by a Gaussian. Those of held-out \
                    units follow by Poisson regression on the smoothed spikes of the held-in units in the same bin, and \
                    those of forward bins on the ones of the last observed bin; regressions are fitted to the training \
                    trials. The rates of held-in units have seen the very spikes that a reconstruction is scored on.",
            reference: Some("As a baseline of latent variable models: Pei et al. 2021, arXiv 2109.04463"),
            inputs: output::inputs(),
            outputs: output::outputs(),
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &SmoothRatesParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        output::plan(ctx, inputs)
    }

    fn run(&self, ctx: &RunContext, params: &SmoothRatesParams, inputs: &Inputs) -> Result<StepOutput> {
        output::run(ctx, inputs, params.least_rate_hz, |_, recording| predict(ctx, params, recording))
    }
}

fn predict(ctx: &RunContext, params: &SmoothRatesParams, recording: &Recording) -> Result<Predicted> {
    let train = recording.train()?;
    let least = params.least_rate_hz * recording.dt_s;
    let (n_in, n_observed) = (recording.n_held_in(), recording.n_observed);
    let smooth = |part: &Part, sigma: f64| smoothed(part.counts_of(0..n_observed, 0..n_in), sigma);
    let observed = |features: &Array3<f64>| {
        Readout::observed(ctx, recording, features.view(), train.counts.view(), n_in, params.penalty)
    };
    let neighbours = |sigma: f64, _: Criterion, valid: &Part| {
        let seen = valid.counts_of(0..n_observed, 0..n_in);
        bits(smoothed_without_self(seen, sigma).view(), seen, least)
    };
    let held_out = |sigma: f64, _: Criterion, valid: &Part| {
        let readout = observed(&params.scale.apply(smooth(train, sigma)))?;
        let rates = readout.predict_observed(params.scale.apply(smooth(valid, sigma)).view())?;
        bits(rates.view(), valid.counts_of(0..n_observed, n_in..recording.units.len()), least)
    };
    let own =
        Choice::best(recording, "sigma_bins", &params.sigma_bins, |_| Criterion::LeaveOneOut, neighbours)?;
    let known = recording
        .part("valid")
        .is_some_and(|valid| valid.has_counts(0..n_observed, n_in..recording.units.len()));
    let widths = match &params.feature_sigma_bins {
        None if !known => vec![own.chosen],
        None => params.sigma_bins.clone(),
        Some(widths) => widths.clone(),
    };
    let of_features = Choice::best(recording, "feature_sigma_bins", &widths, |_| Criterion::CoBps, held_out)?;
    let features = |part: &Part| params.scale.apply(smooth(part, of_features.chosen));
    let trained = features(train);
    let readout = observed(&trained)?.with_forward(
        ctx,
        recording,
        trained.view(),
        train.counts.view(),
        params.penalty,
    )?;
    let parts = recording.parts.iter().map(|part| {
        let mut rates = Array3::zeros(part.counts.dim());
        rates.slice_mut(s![.., ..n_observed, ..n_in]).assign(&smooth(part, own.chosen));
        readout.predict_into(features(part).view(), &mut rates)?;
        Ok(rates)
    });
    let parts = parts.collect::<Result<_>>()?;
    Ok(Predicted { parts, choices: vec![own, of_features], warnings: Vec::new() })
}
