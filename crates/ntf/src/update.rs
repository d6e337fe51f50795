//! Rules that make one factor better while the others stay.
//!
//! All of them see the tensor only through `M_n` (MTTKRP) and the Gram matrices `G_n` of its mode.

mod bcd;
mod hals;
mod mu;
mod smooth;

pub(crate) use bcd::{Momentum, bcd};
pub(crate) use hals::hals;
pub(crate) use mu::{kl, mu};
pub(crate) use smooth::smooth_hals;

use crate::factors::Factor;
use crate::mask::Grams;

/// What is asked of the factor of one mode besides the fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Penalty {
    /// Weight of the sum of absolute values: adds `l1 sum |u|` to half the squared error.
    pub l1: f64,
    /// Weight of the sum of squares: adds `ridge / 2 sum u^2`.
    pub ridge: f64,
    /// Weight of the squared differences of neighbours: adds `smooth / 2 sum (u_i - u_(i-1))^2`.
    pub smooth: f64,
}

impl Penalty {
    /// Whether nothing is asked.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Its value for `factor`.
    pub(crate) fn of(&self, factor: &Factor) -> f64 {
        if self.is_none() {
            return 0.0;
        }
        let absolute: f64 = factor.iter().map(|u| u.abs()).sum();
        let squares: f64 = factor.iter().map(|u| u * u).sum();
        let steps: f64 = (1..factor.nrows())
            .map(|row| (&factor.row(row) - &factor.row(row - 1)).mapv(|step| step * step).sum())
            .sum();
        self.l1 * absolute + 0.5 * (self.ridge * squares + self.smooth * steps)
    }
}

/// What a rule knows of the tensor: the normal equations of one mode, and what is asked of its factor.
#[derive(Clone, Copy)]
pub(crate) struct Equations<'a> {
    /// `M_n` (MTTKRP) `[n_places, rank]`.
    pub(crate) product: &'a Factor,
    /// `G_n` of every place.
    pub(crate) grams: &'a Grams,
    /// Penalties on the factor.
    pub(crate) penalty: Penalty,
    /// Signs of the factor.
    pub(crate) sign: Sign,
}

/// The sign that entries of a factor may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// None below 0.
    NonNegative,
    /// Any.
    Free,
}
