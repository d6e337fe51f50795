//! Multiplicative updates (Lee and Seung 2001, NIPS 13): never below 0, never worse.

use ndarray::Zip;

use super::{Equations, Penalty};
use crate::factors::Factor;
use crate::operand::Ratios;

/// Smallest share of the largest numerator or denominator.
const SMALLEST: f64 = 1e-12;

/// `U <- U o max(M - l1, eps) / max(U G + ridge U, eps)`, eps relative to the largest of each.
pub(crate) fn mu(factor: &mut Factor, equations: &Equations<'_>) {
    let Equations { product, grams, penalty, .. } = *equations;
    let mut model = factor.clone();
    for (row, mut model) in model.rows_mut().into_iter().enumerate() {
        let u = factor.row(row);
        model.assign(&(grams.of(row).dot(&u) + &u * penalty.ridge));
    }
    let largest = |values: &Factor| values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let (least_m, least_g) = (SMALLEST * largest(product), SMALLEST * largest(&model).max(f64::MIN_POSITIVE));
    Zip::from(factor).and(product).and(&model).for_each(|u, m, model| {
        *u *= (m - penalty.l1).max(least_m) / model.max(least_g);
    });
}

/// The multiplicative update for the Kullback-Leibler divergence (Lee and Seung 2001; Chi and Kolda 2012, SIAM J Matrix
/// Anal Appl 33:1272): `U <- U o ratios / (sums + l1)`, `sums` of the Khatri-Rao rows of the other factors over observed
/// entries.
pub(crate) fn kl(factor: &mut Factor, ratios: &Ratios, sums: &Factor, penalty: &Penalty) {
    Zip::from(factor).and(&ratios.numerators).and(sums).for_each(|u, numerator, sum| {
        *u *= numerator / (sum + penalty.l1).max(f64::MIN_POSITIVE);
    });
}
