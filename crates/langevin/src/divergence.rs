//! Divergence of the approximate posterior of the latents from their prior.

use neuroloom_nn::Real;

use crate::flow::{Flow, FlowState};
use crate::options::{DivergenceOptions, KlForm, VelocityPrior};

/// Divergence of a chunk of trials, nats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Divergence {
    /// What depends on the latents.
    pub moving: f64,
    /// What does not: constants of the transitions' variances.
    pub constant: f64,
}

impl Divergence {
    /// Both parts.
    pub fn total(&self) -> f64 {
        self.moving + self.constant
    }
}

impl std::ops::AddAssign for Divergence {
    fn add_assign(&mut self, other: Self) {
        self.moving += other.moving;
        self.constant += other.constant;
    }
}

/// `1/2 sum(mean^2 + exp(logvar) - 1 - logvar)`: of a normal distribution from the standard one.
pub fn from_standard_normal<T: Real>(mean: &[T], logvar: &[T]) -> f64 {
    let term = |(&mean, &logvar): (&T, &T)| {
        let (mean, logvar) = (mean.to_f64(), logvar.to_f64());
        mean * mean + logvar.exp() - 1.0 - logvar
    };
    mean.iter().zip(logvar).map(term).sum::<f64>() / 2.0
}

/// Which values of a transition the divergence squares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Squared {
    /// Velocities.
    Velocities,
    /// Means of velocities given the step before.
    Means,
    /// The drive.
    Drive,
}

/// Divergence of a transition: half the sum of squares over a variance, and a constant for each value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// Which values are squared.
    pub squared: Squared,
    /// What the squares are divided by.
    pub variance: f64,
    /// What each value adds besides.
    pub constant: f64,
}

/// The divergence of the velocities after the first time. The squares are
/// - of the means over the prior's variance `P`, where that is fixed: `1/2 sum [ln(P/s) - 1 + (mean^2 + s)/P]` with
///   `s` the variance of a step;
/// - of the velocities themselves, as released: `1/2 sum [ln P - s - 1 + (v^2 + e^s)/P]`;
/// - of the drive over `s`, where the prior is the flow without it: `1/2 sum c^2/s`.
pub fn transition(options: &DivergenceOptions, flow: &Flow) -> Transition {
    let (prior, s) = (options.prior_var, flow.variance);
    match (options.form, options.prior) {
        (KlForm::Released, _) => Transition {
            squared: Squared::Velocities,
            variance: prior,
            constant: (prior.ln() - s - 1.0 + s.exp() / prior) / 2.0,
        },
        (KlForm::Transition, VelocityPrior::Fixed) => Transition {
            squared: Squared::Means,
            variance: prior,
            constant: ((prior / s).ln() - 1.0 + s / prior) / 2.0,
        },
        (KlForm::Transition, VelocityPrior::Flow) => {
            Transition { squared: Squared::Drive, variance: s, constant: 0.0 }
        }
    }
}

/// Divergence of the velocities after the first time, whose `n_first` values are left out.
pub fn of_velocities<T: Real>(
    options: &DivergenceOptions,
    flow: &Flow,
    state: &FlowState<T>,
    drive: Option<&[T]>,
    n_first: usize,
) -> Divergence {
    let Transition { squared, variance, constant } = transition(options, flow);
    let squares = |values: &[T]| values[n_first..].iter().map(|x| x.to_f64() * x.to_f64()).sum::<f64>() / 2.0;
    let squares = match squared {
        Squared::Velocities => squares(&state.v),
        Squared::Means => squares(&state.mean),
        Squared::Drive => drive.map_or(0.0, squares),
    };
    let n = (state.v.len() - n_first) as f64;
    Divergence { moving: squares / variance, constant: n * constant }
}

/// Adds `weight` times the derivatives of [`of_velocities`] to the cotangents of velocities, means and drive.
pub fn add_cotangents<T: Real>(
    options: &DivergenceOptions,
    flow: &Flow,
    state: &FlowState<T>,
    drive: Option<&[T]>,
    n_first: usize,
    weight: f64,
    [dv, d_mean, d_drive]: [&mut [T]; 3],
) {
    let Transition { squared, variance, .. } = transition(options, flow);
    let (values, sum) = match squared {
        Squared::Velocities => (&state.v[..], dv),
        Squared::Means => (&state.mean[..], d_mean),
        Squared::Drive => (drive.unwrap_or_default(), d_drive),
    };
    let scale = T::from_f64(weight / variance);
    let values = values.iter().zip(sum).skip(n_first);
    values.for_each(|(&value, sum)| *sum += scale * value);
}
