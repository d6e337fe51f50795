//! Baseline and loadings of a neuron given its cluster's path.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use crate::cholesky::Cholesky;
use crate::{Counts, LoadingPrior, PolyaGamma, Result};

/// Draws (d, c) `[p + 1]` of one neuron: fresh w_t ~ PG(y_t + r, psi_t) at the `current` values, then the normal that they
/// leave (section 4.6 of the model). `path` is that of the neuron's cluster, `[T, p + 1]`, its population baseline first.
///
/// # Errors
/// When the precision is not finite, because a path or a loading is not.
#[expect(clippy::too_many_arguments, reason = "everything that the neuron depends on")]
pub fn sample_loadings<R: Rng + ?Sized>(
    counts: &Counts,
    unit: usize,
    path: ArrayView2<'_, f64>,
    dispersion: f64,
    current: ArrayView1<'_, f64>,
    prior: &LoadingPrior,
    polya_gamma: &PolyaGamma,
    rng: &mut R,
) -> Result<Array1<f64>> {
    let width = current.len();
    let (mut precision, mut shift) = prior_terms(prior, width);
    let log_dispersion = dispersion.ln();
    let (mut z, mut lower) = (vec![1.0; width], vec![0.0; width * width]);
    for ((row, &count), &seen) in path.rows().into_iter().zip(counts.unit(unit)).zip(counts.seen(unit)) {
        if !seen {
            continue;
        }
        let offset = row[0] - log_dispersion;
        z.iter_mut().zip(row).skip(1).for_each(|(to, &x)| *to = x);
        let psi = offset + z.iter().zip(&current).map(|(z, value)| z * value).sum::<f64>();
        let y = f64::from(count);
        let weight = polya_gamma.draw(y + dispersion, psi, rng);
        let pull = 0.5 * (y - dispersion) - weight * offset;
        for (i, (sums, &zi)) in lower.chunks_exact_mut(width).zip(&z).enumerate() {
            shift[i] += zi * pull;
            sums[..=i].iter_mut().zip(&z).for_each(|(sum, zj)| *sum += weight * zi * zj);
        }
    }
    precision.iter_mut().zip(&lower).for_each(|(sum, value)| *sum += value);
    let what = || format!("the precision of the loadings of neuron {unit}");
    let factor = Cholesky::with_jitter(precision.view(), what)?;
    factor.solve_lower(&mut shift);
    shift.iter_mut().for_each(|value| *value += rng.sample::<f64, _>(StandardNormal));
    factor.solve_upper(&mut shift);
    Ok(Array1::from(shift))
}

/// B0⁻¹ and B0⁻¹ b0.
fn prior_terms(prior: &LoadingPrior, width: usize) -> (Array2<f64>, Vec<f64>) {
    let (mut precision, mut shift) = (Array2::eye(width), vec![0.0; width]);
    let first = (prior.sd * prior.sd).recip();
    precision[[0, 0]] = first;
    shift[0] = first * prior.mean;
    (precision, shift)
}
