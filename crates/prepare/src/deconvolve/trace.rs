//! One trace from its parameters to its activity.

use neuroloom_core::Result;
use neuroloom_math::quantile;

use super::{
    Baseline, BaselineFrom, CalciumModel, DeconvolveParams, Fit, Kinetics, Order, activity,
    estimate_kinetics, fit_to_noise, fit_with_penalty, oasis_ar1, refine_decay, spectral_noise,
};
use crate::each_trace::regular_dt_s;
use crate::filter::noise_level;
use crate::sampled::Sampled;

/// What is known of a trace before its activity.
#[derive(Clone, Copy)]
pub(super) struct Prior {
    /// Interval between samples, seconds.
    pub(super) dt_s: f64,
    /// Standard deviation of the noise; NaN where there are too few samples to tell.
    pub(super) sigma: f64,
    /// Its kinetics; none where they were to be estimated and cannot be.
    pub(super) kinetics: Option<Kinetics>,
}

/// A trace explained; NaN where the trace is.
pub(super) struct Deconvolved {
    pub(super) fit: Fit,
    pub(super) kinetics: Kinetics,
    pub(super) prior: Prior,
}

/// The noise and the kinetics of a trace.
///
/// # Errors
/// When its time base is not regular.
pub(super) fn prior(params: &DeconvolveParams, trace: &Sampled) -> Result<Prior> {
    let dt_s = regular_dt_s(trace, "the decay per sample must be the same")?;
    let sigma = spectral_noise(&trace.values).unwrap_or_else(|| noise_level(&trace.values));
    let order = match params.model {
        CalciumModel::Ar1 => Order::First,
        CalciumModel::Ar2 => Order::Second,
    };
    let kinetics = match params.tau_decay_s {
        Some(tau_s) => Some(Kinetics::of_time_constants(dt_s, tau_s, params.tau_rise_s)),
        None => estimate_kinetics(&trace.values, sigma, order),
    };
    Ok(Prior { dt_s, sigma, kinetics })
}

/// The activity in a trace. `usual` are the time constants, in seconds, of traces whose own cannot be told.
pub(super) fn deconvolve(
    params: &DeconvolveParams,
    trace: &Sampled,
    prior: Prior,
    usual: Option<(f64, Option<f64>)>,
) -> Option<Deconvolved> {
    let of_usual = |(decay_s, rise_s)| Kinetics::of_time_constants(prior.dt_s, decay_s, rise_s);
    let kinetics = prior.kinetics.or_else(|| usual.map(of_usual))?;
    let y = &trace.values;
    let baseline = match params.baseline {
        BaselineFrom::Estimate => Baseline::Free,
        BaselineFrom::Zero => Baseline::Fixed(0.0),
        BaselineFrom::Percentile => Baseline::Fixed(percentile(y, params.baseline_percentile)),
    };
    let (kinetics, mut fit) = match (params.lambda, params.s_min) {
        (Some(lambda), _) => (kinetics, fit_with_penalty(y, kinetics, lambda, baseline)),
        (None, Some(s_min)) => {
            let level = match baseline {
                Baseline::Fixed(level) => level,
                Baseline::Free => fit_to_noise(y, kinetics, prior.sigma, baseline).baseline,
            };
            (kinetics, with_smallest_event(y, kinetics, level, s_min))
        }
        (None, None) if params.refine_events > 0 => {
            refine_decay(y, kinetics, prior.sigma, baseline, params.refine_events)
        }
        (None, None) => (kinetics, fit_to_noise(y, kinetics, prior.sigma, baseline)),
    };
    for values in [&mut fit.activity, &mut fit.calcium] {
        for (value, _) in values.iter_mut().zip(y).filter(|(_, y)| y.is_nan()) {
            *value = f64::NAN;
        }
    }
    Some(Deconvolved { fit, kinetics, prior })
}

fn with_smallest_event(trace: &[f64], kinetics: Kinetics, baseline: f64, s_min: f64) -> Fit {
    let above: Vec<f64> = trace.iter().map(|y| y - baseline).collect();
    let calcium = oasis_ar1(&above, kinetics.decay(), 0.0, s_min);
    Fit { activity: activity(&calcium, kinetics.decay()), calcium, baseline, lambda: 0.0 }
}

fn percentile(trace: &[f64], percentile: f64) -> f64 {
    let mut valid: Vec<f64> = trace.iter().copied().filter(|y| !y.is_nan()).collect();
    quantile(&mut valid, percentile / 100.0).unwrap_or(0.0)
}
