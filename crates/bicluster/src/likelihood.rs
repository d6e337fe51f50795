//! Likelihood of a neuron's counts, section 3: negative binomial with mean e^eta and dispersion r, or Poisson.

mod design;
pub(crate) mod elementary;

use ndarray::ArrayView1;
use pulp::{Arch, NullaryFnOnce};
use serde::{Deserialize, Serialize};

pub use design::Design;
pub(crate) use design::LANES;
use elementary::{exp, softplus};

use crate::Counts;

/// Distribution of a count given its mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Variance m + m²/r.
    #[default]
    NegativeBinomial,
    /// Variance m.
    Poisson,
}

/// Everything of a neuron that its likelihood needs beside eta. What is not seen weighs nothing.
///
/// With psi = eta - ln r, ln p = y psi - (y + r) ln(1 + e^psi) plus what does not depend on eta; Poisson: y eta - e^eta.
#[derive(Clone, Debug)]
pub struct UnitCounts {
    family: Family,
    log_dispersion: f64,
    /// y, padded.
    pub(crate) counts: Vec<f64>,
    /// y + r, or 1 of a Poisson; 0 where nothing is seen.
    pub(crate) totals: Vec<f64>,
}

impl UnitCounts {
    /// A neuron's counts under dispersion `r`.
    pub fn new(counts: &Counts, unit: usize, r: f64, family: Family) -> Self {
        let stride = counts.n_bins().next_multiple_of(LANES);
        let total = |count: f64| if family == Family::Poisson { 1.0 } else { count + r };
        let (mut padded, mut totals) = (vec![0.0; stride], vec![0.0; stride]);
        for ((y, total_of), (&count, &seen)) in
            padded.iter_mut().zip(&mut totals).zip(counts.unit(unit).iter().zip(counts.seen(unit)))
        {
            if seen {
                *y = f64::from(count);
                *total_of = total(*y);
            }
        }
        let log_dispersion = if family == Family::Poisson { 0.0 } else { r.ln() };
        Self { family, log_dispersion, counts: padded, totals }
    }

    /// The distribution.
    pub fn family(&self) -> Family {
        self.family
    }

    /// ln r, or 0 of a Poisson.
    pub(crate) fn log_dispersion(&self) -> f64 {
        self.log_dispersion
    }

    /// The part of the log likelihood that depends on eta, of a path and (d, c).
    ///
    /// # Panics
    /// When the path has another number of bins than the counts.
    pub fn kernel(&self, design: &Design, coefficients: &[f64]) -> f64 {
        assert_eq!(design.stride(), self.counts.len(), "bins of the path and of the counts");
        Arch::new().dispatch(Kernel { unit: self, design, coefficients })
    }
}

/// Bins of which eta is held at once.
const BLOCK: usize = 128;

struct Kernel<'a> {
    unit: &'a UnitCounts,
    design: &'a Design,
    coefficients: &'a [f64],
}

impl NullaryFnOnce for Kernel<'_> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let mut room = [0.0; BLOCK];
        let mut sums = [0.0; LANES];
        for first in (0..self.unit.counts.len()).step_by(BLOCK) {
            let n = BLOCK.min(self.unit.counts.len() - first);
            let eta = &mut room[..n];
            self.design.predict(self.coefficients, first, eta);
            self.unit.add_kernel(first, eta, &mut sums);
        }
        sums.iter().sum()
    }
}

impl UnitCounts {
    #[inline(always)]
    fn add_kernel(&self, first: usize, eta: &[f64], sums: &mut [f64; LANES]) {
        match self.family {
            Family::NegativeBinomial => self.add_terms::<false>(first, eta, sums),
            Family::Poisson => self.add_terms::<true>(first, eta, sums),
        }
    }

    #[inline(always)]
    fn add_terms<const POISSON: bool>(&self, first: usize, eta: &[f64], sums: &mut [f64; LANES]) {
        let (y, totals) = (&self.counts[first..first + eta.len()], &self.totals[first..first + eta.len()]);
        let shift = self.log_dispersion;
        let blocks = eta.as_chunks::<LANES>().0.iter();
        for (eta, (y, totals)) in
            blocks.zip(y.as_chunks::<LANES>().0.iter().zip(totals.as_chunks::<LANES>().0))
        {
            for lane in 0..LANES {
                let psi = eta[lane] - shift;
                let partition = if POISSON { exp(psi) } else { softplus(psi) };
                sums[lane] += y[lane].mul_add(psi, -totals[lane] * partition);
            }
        }
    }
}

/// ln p of all seen counts of a neuron given eta `[n_bins]`.
///
/// # Panics
/// When eta has another length than there are bins.
pub fn log_likelihood(counts: &Counts, unit: usize, eta: ArrayView1<'_, f64>, r: f64, family: Family) -> f64 {
    let design = Design::new(eta.insert_axis(ndarray::Axis(1)));
    UnitCounts::new(counts, unit, r, family).kernel(&design, &[0.0]) + log_constant(counts, unit, r, family)
}

/// ln p of one count with mean e^eta.
pub fn log_probability(count: u32, eta: f64, r: f64, family: Family) -> f64 {
    let y = f64::from(count);
    let kernel = match family {
        Family::NegativeBinomial => {
            let psi = eta - r.ln();
            y * psi - (y + r) * (psi.max(0.0) + (-psi.abs()).exp().ln_1p())
        }
        Family::Poisson => y * eta - eta.exp(),
    };
    kernel + constants(r, family, &[(count, 1)])
}

/// What the log likelihood of a neuron's seen counts has beside its part that depends on eta:
/// ln Gamma(y + r) - ln Gamma(r) - ln y! summed, or -ln y! of a Poisson.
pub fn log_constant(counts: &Counts, unit: usize, r: f64, family: Family) -> f64 {
    let mut values: Vec<u32> =
        counts.unit(unit).iter().zip(counts.seen(unit)).filter(|(_, seen)| **seen).map(|(&y, _)| y).collect();
    values.sort_unstable();
    let histogram: Vec<(u32, usize)> =
        values.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len())).collect();
    constants(r, family, &histogram)
}

/// Of counts, ascending, with how often each occurs. Products r (r + 1) .. (r + y - 1) and y! are carried from count
/// to count; a logarithm is taken only when they grow large.
fn constants(r: f64, family: Family, histogram: &[(u32, usize)]) -> f64 {
    let (mut sum, mut at) = (0.0, 0);
    let (mut rising, mut factorial) = (LogProduct::default(), LogProduct::default());
    for &(count, times) in histogram {
        for u in at..count {
            rising.multiply(r + f64::from(u));
            factorial.multiply(f64::from(u) + 1.0);
        }
        at = count;
        let rising = if family == Family::Poisson { 0.0 } else { rising.ln() };
        sum += times as f64 * (rising - factorial.ln());
    }
    sum
}

/// ln of a product of many factors between 1e-3 and 1e13.
struct LogProduct {
    logs: f64,
    product: f64,
}

impl Default for LogProduct {
    fn default() -> Self {
        Self { logs: 0.0, product: 1.0 }
    }
}

impl LogProduct {
    fn multiply(&mut self, factor: f64) {
        self.product *= factor;
        if self.product > 1e250 {
            self.logs += self.product.ln();
            self.product = 1.0;
        }
    }

    fn ln(&self) -> f64 {
        self.logs + self.product.ln()
    }
}
