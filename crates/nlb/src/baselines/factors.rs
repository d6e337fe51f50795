//! `rates.factor_analysis`: factors of smoothed spikes.

use ndarray::{Array3, s};
use neuroloom_core::{
    Description, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, Result, RunContext, Step,
    StepOutput, StepParams, StepPlan,
};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::{Choice, Criterion, bits};
use super::output::{self, Predicted};
use super::readout::{Readout, flat};
use super::smooth::check_regression;
use super::smoothing::{check_sigmas, smoothed, usual_sigmas};
use crate::factor_analysis::FactorAnalysis;
use crate::regression::{Features, Glm, fit_poisson};
use crate::trials::{Part, Recording};

/// Parameters of `rates.factor_analysis`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FactorAnalysisParams {
    /// Number of factors; fewer than held-in units.
    pub n_factors: usize,
    /// Standard deviations of the Gaussian that square roots of counts are smoothed with, bins. Of several the one is
    /// used whose rates are best on the validation trials: of held-out units where their counts are known there, else of
    /// the held-in ones.
    pub sigma_bins: Vec<f64>,
    /// The fit ends when its log likelihood rises by less, nats per bin.
    pub tolerance: f64,
    /// Most rounds of the fit.
    pub max_rounds: usize,
    /// Penalty of the regressions from factors to counts, as in `rates.smooth`.
    pub penalty: f64,
    /// Least rate, Hz: no spike is impossible.
    pub least_rate_hz: f64,
}

impl Default for FactorAnalysisParams {
    fn default() -> Self {
        Self {
            n_factors: 8,
            sigma_bins: usual_sigmas(),
            tolerance: 1e-6,
            max_rounds: 1000,
            penalty: 30.0,
            least_rate_hz: 0.1,
        }
    }
}

impl StepParams for FactorAnalysisParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.n_factors >= 1, "n_factors", || "must be at least 1, got 0".into());
        check_sigmas(issues, "sigma_bins", &self.sigma_bins);
        issues.require_positive(self.tolerance, "tolerance");
        issues.require(self.max_rounds >= 1, "max_rounds", || "must be at least 1, got 0".into());
        check_regression(issues, self.penalty, self.least_rate_hz);
    }
}

/// The step `rates.factor_analysis`.
#[derive(Clone, Copy, Debug, Default)]
pub struct FactorAnalysisStep;

impl Step for FactorAnalysisStep {
    type Params = FactorAnalysisParams;
    const ID: &'static str = "rates.factor_analysis";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Rates by factor analysis of smoothed spikes: a baseline",
            about: "Square roots of the counts of held-in units are smoothed in time and explained by a few factors, by \
                    maximum likelihood over all observed bins of the training trials (the two-stage method that GPFA is \
                    compared with). Rates of all units are log-linear in the factors of the same bin, those of forward \
                    bins in the factors of the last observed bin; both by Poisson regression on the training trials. The \
                    factors that a held-in unit is predicted from are those that the other units tell, so that no rate \
                    follows the very spikes that it is scored on.",
            reference: Some(
                "Yu et al. 2009, J Neurophysiol 102:614 (two-stage methods); Barber 2012, Bayesian Reasoning and Machine \
                 Learning, section 21.2 (the fit)",
            ),
            inputs: output::inputs(),
            outputs: output::outputs(),
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &FactorAnalysisParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        output::plan(ctx, inputs)
    }

    fn run(&self, ctx: &RunContext, params: &FactorAnalysisParams, inputs: &Inputs) -> Result<StepOutput> {
        output::run(ctx, inputs, params.least_rate_hz, |_, recording| predict(ctx, params, recording))
    }
}

/// Factors for one width.
struct Fitted {
    factors: FactorAnalysis,
    sigma: f64,
    /// Of the training trials `[trials, n_observed, n_factors]`.
    train: Array3<f64>,
}

fn predict(ctx: &RunContext, params: &FactorAnalysisParams, recording: &Recording) -> Result<Predicted> {
    let n_in = recording.n_held_in();
    if params.n_factors >= n_in {
        return Err(Error::params("more factors than units can tell apart")
            .at_object("n_factors")
            .expected(format!("fewer than the {n_in} held-in units"))
            .found(params.n_factors.to_string()));
    }
    let train = recording.train()?;
    let least = params.least_rate_hz * recording.dt_s;
    let n_observed = recording.n_observed;
    let score = |sigma: f64, criterion: Criterion, valid: &Part| {
        ctx.check_cancelled()?;
        let fitted = fit(params, recording, train, sigma)?;
        if criterion == Criterion::Reconstruction {
            let rates =
                LeaveOneOut::fit(ctx, params, recording, &fitted)?.predict(recording, valid, &fitted)?;
            return bits(rates.view(), valid.counts_of(0..n_observed, 0..n_in), least);
        }
        let readout = Readout::observed(
            ctx,
            recording,
            fitted.train.view(),
            train.counts.view(),
            n_in,
            params.penalty,
        )?;
        let rates = readout.predict_observed(latents(&fitted.factors, recording, valid, sigma)?.view())?;
        bits(rates.view(), valid.counts_of(0..n_observed, n_in..recording.units.len()), least)
    };
    let criterion = |valid: &Part| Criterion::of(recording, valid, Criterion::Reconstruction);
    let choice = Choice::best(recording, "sigma_bins", &params.sigma_bins, criterion, score)?;
    let fitted = fit(params, recording, train, choice.chosen)?;
    let held_in = LeaveOneOut::fit(ctx, params, recording, &fitted)?;
    let readout =
        Readout::observed(ctx, recording, fitted.train.view(), train.counts.view(), n_in, params.penalty)?
            .with_forward(ctx, recording, fitted.train.view(), train.counts.view(), params.penalty)?;
    let parts = recording.parts.iter().map(|part| {
        let mut rates = Array3::zeros(part.counts.dim());
        rates.slice_mut(s![.., ..n_observed, ..n_in]).assign(&held_in.predict(recording, part, &fitted)?);
        readout.predict_into(latents(&fitted.factors, recording, part, fitted.sigma)?.view(), &mut rates)?;
        Ok(rates)
    });
    let parts = parts.collect::<Result<_>>()?;
    let slow = (!fitted.factors.converged).then(|| {
        format!("{}: the factors did not converge in {} rounds", recording.id, fitted.factors.rounds)
    });
    Ok(Predicted { parts, choices: vec![choice], warnings: slow.into_iter().collect() })
}

/// Each held-in unit by the factors that the others tell.
struct LeaveOneOut(Vec<Glm>);

impl LeaveOneOut {
    fn fit(
        ctx: &RunContext,
        params: &FactorAnalysisParams,
        recording: &Recording,
        fitted: &Fitted,
    ) -> Result<Self> {
        let train = recording.train()?;
        let x = flat(observations(recording, train, fitted.sigma).view())?;
        let fit = |unit: usize| {
            ctx.check_cancelled()?;
            let features = Features::new(fitted.factors.latents_without(x.view(), unit)?.view())?;
            let counts: Vec<f64> =
                train.counts.slice(s![.., ..recording.n_observed, unit]).iter().copied().collect();
            fit_poisson(&features, &counts, params.penalty)
        };
        Ok(Self((0..recording.n_held_in()).into_par_iter().map(fit).collect::<Result<_>>()?))
    }

    /// Expected counts per bin `[trials, n_observed, held-in units]`.
    fn predict(&self, recording: &Recording, part: &Part, fitted: &Fitted) -> Result<Array3<f64>> {
        let x = flat(observations(recording, part, fitted.sigma).view())?;
        let predict = |(unit, glm): (usize, &Glm)| {
            Ok(glm.predict(fitted.factors.latents_without(x.view(), unit)?.view()))
        };
        let predicted = self.0.par_iter().enumerate().map(predict).collect::<Result<Vec<_>>>()?;
        let mut rates = Array3::zeros((part.n_trials(), recording.n_observed, self.0.len()));
        for (unit, predicted) in predicted.into_iter().enumerate() {
            rates.slice_mut(s![.., .., unit]).iter_mut().zip(predicted).for_each(|(out, rate)| *out = rate);
        }
        Ok(rates)
    }
}

fn fit(params: &FactorAnalysisParams, recording: &Recording, train: &Part, sigma: f64) -> Result<Fitted> {
    let x = flat(observations(recording, train, sigma).view())?;
    let factors = FactorAnalysis::fit(x.view(), params.n_factors, params.tolerance, params.max_rounds)?;
    let train = latents(&factors, recording, train, sigma)?;
    Ok(Fitted { factors, sigma, train })
}

/// Smoothed square roots of the counts that may be seen.
fn observations(recording: &Recording, part: &Part, sigma: f64) -> Array3<f64> {
    let roots = part.counts_of(0..recording.n_observed, 0..recording.n_held_in()).mapv(f64::sqrt);
    smoothed(roots.view(), sigma)
}

fn latents(factors: &FactorAnalysis, recording: &Recording, part: &Part, sigma: f64) -> Result<Array3<f64>> {
    let latents = factors.latents(flat(observations(recording, part, sigma).view())?.view());
    let shape = (part.n_trials(), recording.n_observed, latents.ncols());
    let latents = latents.as_standard_layout().into_owned();
    latents.into_shape_with_order(shape).map_err(|e| Error::internal(e.to_string()))
}
