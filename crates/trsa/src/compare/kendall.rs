use neuroloom_math::{TieOrder, concordance};

use crate::{Result, RsaError};

/// Kendall's τ_a: pairs of entries that both order alike minus those that they order oppositely, over all
/// `N (N - 1) / 2`. Ties count for neither, so that a model gets no credit for them.
///
/// # Errors
/// When all entries of one are the same.
pub fn tau_a(a: &[f64], b: &[f64]) -> Result<f64> {
    Ok(over_all(&order(a)?, &order(b)?))
}

/// Kendall's τ_b: the same over `sqrt((P - T_a) (P - T_b))` with P pairs of entries, of which T are tied. Favours
/// models with ties.
///
/// # Errors
/// When all entries of one are the same.
pub fn tau_b(a: &[f64], b: &[f64]) -> Result<f64> {
    Ok(over_untied(&order(a)?, &order(b)?))
}

pub(super) fn order(dissimilarities: &[f64]) -> Result<TieOrder> {
    if crate::is_constant(dissimilarities) {
        return Err(RsaError::ConstantRdm { needed: "their rank correlation" });
    }
    Ok(TieOrder::new(dissimilarities))
}

pub(super) fn over_all(a: &TieOrder, b: &TieOrder) -> f64 {
    concordance(a, b) as f64 / a.n_pairs() as f64
}

pub(super) fn over_untied(a: &TieOrder, b: &TieOrder) -> f64 {
    let untied = |order: &TieOrder| ((order.n_pairs() - order.n_tied_pairs()) as f64).sqrt();
    (concordance(a, b) as f64 / untied(a) / untied(b)).clamp(-1.0, 1.0)
}
