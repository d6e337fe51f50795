//! Concentrations of the hierarchical Dirichlet process, given its tables (Fox et al. 2011, appendix).

use ndarray::{Array2, Axis};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::Tables;
use crate::HdpPrior;
use crate::crt::n_tables;
use crate::log_dirichlet::{beta_draw, gamma_draw};

/// alpha + kappa ~ Gamma(shape, rate), kappa / (alpha + kappa) ~ Beta(a, b), gamma ~ Gamma(shape, rate).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConcentrationPrior {
    /// Shape and rate of alpha + kappa.
    pub row: [f64; 2],
    /// Parameters of the share of kappa.
    pub stickiness: [f64; 2],
    /// Shape and rate of gamma.
    pub shared: [f64; 2],
}

impl Default for ConcentrationPrior {
    /// The weak priors of Fox et al. (2011): Gamma(1, 0.01) twice and Beta(10, 1).
    fn default() -> Self {
        Self { row: [1.0, 0.01], stickiness: [10.0, 1.0], shared: [1.0, 0.01] }
    }
}

impl ConcentrationPrior {
    /// A draw from the prior.
    pub fn draw_prior<R: Rng + ?Sized>(&self, rng: &mut R) -> HdpPrior {
        let total = gamma_draw(self.row[0], rng) / self.row[1];
        let share = beta_draw(self.stickiness[0], self.stickiness[1], rng);
        let gamma = gamma_draw(self.shared[0], rng) / self.shared[1];
        HdpPrior { alpha: total * (1.0 - share), gamma, kappa: total * share }
    }

    /// alpha and kappa given the tables of the rows, gamma given the tables that share dishes, beta and pi integrated
    /// out.
    pub(super) fn draw<R: Rng + ?Sized>(
        &self,
        current: &HdpPrior,
        counts: &Array2<u32>,
        tables: &Tables,
        rng: &mut R,
    ) -> HdpPrior {
        let rows: Vec<u32> = counts.sum_axis(Axis(1)).to_vec();
        let opened = tables.opened.iter().sum();
        let total = concentration(self.row, current.alpha + current.kappa, &rows, opened, rng);
        let shared: u32 = tables.shared.iter().sum();
        let [a, b] = self.stickiness;
        let share = beta_draw(a + f64::from(tables.sticky), b + f64::from(shared), rng);
        // the weak limit is a Dirichlet, so that the tables of a dish form a restaurant of concentration gamma / L
        let even = current.gamma / tables.shared.len() as f64;
        let dishes = tables.shared.iter().map(|&tables| n_tables(tables, even, rng)).sum();
        let gamma = concentration(self.shared, current.gamma, &[shared], dishes, rng);
        HdpPrior { alpha: total * (1.0 - share), gamma, kappa: total * share }
    }
}

/// A concentration with a Gamma(shape, rate) prior, given how many tables its restaurants' customers opened, by the
/// auxiliary variables of Escobar and West (1995).
fn concentration<R: Rng + ?Sized>(
    [shape, rate]: [f64; 2],
    current: f64,
    customers: &[u32],
    opened: u32,
    rng: &mut R,
) -> f64 {
    let (mut shape, mut rate) = (shape + f64::from(opened), rate);
    for &n in customers.iter().filter(|&&n| n > 0) {
        let n = f64::from(n);
        rate -= beta_draw(current + 1.0, n, rng).ln();
        if rng.random::<f64>() * (n + current) < n {
            shape -= 1.0;
        }
    }
    gamma_draw(shape, rng) / rate
}
