//! Similarity of RDMs.
//!
//! Most measures are inner products of *features*: the dissimilarities, their ranks or their whitened second moments,
//! centred and scaled. Features are made once per RDM; all pairs of RDMs then cost one matrix product. The others
//! prepare each RDM once too: its order for Kendall's τ, a root of its second moments for Bures.

mod bures;
mod corr;
mod cosine;
mod features;
mod kendall;
mod measure;
mod references;
mod rho_a;
mod riemann;
mod shared;
mod spearman;
mod whitening;

use std::borrow::Cow;

use ndarray::Array2;
use rayon::prelude::*;

use crate::{Rdm, Result, RsaError};
use references::Prepared;

pub use bures::{bures, bures_metric};
pub use corr::corr;
pub use cosine::cosine;
pub use kendall::{tau_a, tau_b};
pub use measure::Measure;
pub use references::References;
pub use rho_a::rho_a;
pub use riemann::neg_riem_dist;
pub use shared::on_shared_conditions;
pub use spearman::spearman;
pub(crate) use whitening::centred;
pub use whitening::{Whitening, corr_cov, cosine_cov};

/// Similarity of every RDM of `data` with every RDM of `references`: `[n_data, n_references]`.
/// RDMs are brought into the order of conditions of the first. Whitened measures take the patterns for independent.
///
/// # Errors
/// Different conditions (listed), fewer than three conditions, a missing entry, an RDM that the measure is not
/// defined for (constant; for the cosine all zero).
pub fn compare(data: &[Rdm], references: &[Rdm], measure: Measure) -> Result<Array2<f64>> {
    Ok(Comparison::new(measure).of(data, references)?.similarities)
}

/// A measure and how it is applied.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    measure: Measure,
    whitening: Option<&'a Whitening>,
    missing: Missing,
}

/// What becomes of pairs of conditions without a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// An error.
    #[default]
    Error,
    /// A pair that is missing in either RDM is left out of their comparison.
    Pairwise,
}

/// Similarities and what they rest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Similarities {
    /// `[n_data, n_references]`
    pub similarities: Array2<f64>,
    /// Pairs of conditions that entered, `[n_data, n_references]`.
    pub n_pairs: Array2<usize>,
}

impl<'a> Comparison<'a> {
    /// Comparison by `measure`: patterns independent, no entry missing.
    pub fn new(measure: Measure) -> Self {
        Self { measure, whitening: None, missing: Missing::Error }
    }

    /// The same with the covariance of the pattern estimates, for the whitened measures and the Riemannian distance.
    #[must_use]
    pub fn whitening(self, whitening: &'a Whitening) -> Self {
        Self { whitening: Some(whitening), ..self }
    }

    /// The same with missing entries treated so. Measures of whole matrices ([`Measure::needs_all_pairs`]) still refuse them.
    #[must_use]
    pub fn missing(self, missing: Missing) -> Self {
        Self { missing, ..self }
    }

    /// Similarity of every RDM of `data` with every RDM of `references`, in the order of conditions of the first.
    ///
    /// # Errors
    /// As [`compare`]; a covariance for another number of conditions; fewer than three pairs left.
    pub fn of(&self, data: &[Rdm], references: &[Rdm]) -> Result<Similarities> {
        let Some(first) = data.first() else {
            let none = (0, references.len());
            return Ok(Similarities { similarities: Array2::zeros(none), n_pairs: Array2::zeros(none) });
        };
        let (data, references) = (aligned(data, first)?, aligned(references, first)?);
        let n_pairs = Array2::from_elem((data.len(), references.len()), first.dissimilarities().len());
        // These read every entry once, and a gap shows in what they give.
        if matches!(self.measure, Measure::Cosine | Measure::Corr) {
            let similarities = self.complete(&data, &references, first.n_conditions())?;
            if !similarities.iter().any(|similarity| similarity.is_nan()) {
                return Ok(Similarities { similarities, n_pairs });
            }
        }
        let incomplete: Vec<&Rdm> =
            data.iter().chain(&references).map(Cow::as_ref).filter(|rdm| has_gaps(rdm)).collect();
        if let Some(rdm) = incomplete.first() {
            if self.missing == Missing::Error || self.measure.needs_all_pairs() {
                rdm.require(3)?;
            }
            return self.over_shared_pairs(&data, &references);
        }
        Ok(Similarities { similarities: self.complete(&data, &references, first.n_conditions())?, n_pairs })
    }

    fn complete(
        &self,
        data: &[Cow<'_, Rdm>],
        references: &[Cow<'_, Rdm>],
        n_conditions: usize,
    ) -> Result<Array2<f64>> {
        let default = Whitening::identity(n_conditions);
        let whitening = self.whitening.unwrap_or(&default);
        if whitening.n_conditions() != n_conditions {
            return Err(RsaError::SigmaSize { expected: n_conditions, found: whitening.n_conditions() });
        }
        let references = Prepared::of(references, self.measure, whitening)?;
        references.similarities(data, self.measure, whitening)
    }

    /// Every pair of RDMs on the pairs of conditions that have a value in both.
    fn over_shared_pairs(&self, data: &[Cow<'_, Rdm>], references: &[Cow<'_, Rdm>]) -> Result<Similarities> {
        let found = all_pairs(data, references, |a, b| self.over_pairs_of(a, b))?;
        Ok(Similarities {
            similarities: found.mapv(|(similarity, _)| similarity),
            n_pairs: found.mapv(|(_, n_pairs)| n_pairs),
        })
    }

    fn over_pairs_of(&self, a: &Rdm, b: &Rdm) -> Result<(f64, usize)> {
        let both = a.dissimilarities().iter().zip(b.dissimilarities());
        let kept = both.filter(|(a, b)| !a.is_nan() && !b.is_nan());
        let (first, second): (Vec<f64>, Vec<f64>) = kept.unzip();
        let found = first.len();
        if found < 3 {
            let (first, second) = (a.name().to_owned(), b.name().to_owned());
            return Err(RsaError::TooFewPairs { first, second, found });
        }
        let value = match self.measure {
            Measure::Cosine => cosine(&first, &second),
            Measure::Corr => corr(&first, &second),
            Measure::Spearman => spearman(&first, &second),
            Measure::RhoA => rho_a(&first, &second),
            Measure::TauA => tau_a(&first, &second),
            Measure::TauB => tau_b(&first, &second),
            _ => a.require(3).and_then(|()| b.require(3)).map(|()| f64::NAN),
        };
        Ok((value.map_err(|error| error.in_rdm(&format!("{} with {}", a.name(), b.name())))?, found))
    }
}

/// The RDMs in the order of conditions of `like`.
fn aligned<'a>(rdms: &'a [Rdm], like: &Rdm) -> Result<Vec<Cow<'a, Rdm>>> {
    let aligned = |rdm: &'a Rdm| match rdm.n_conditions() {
        0..3 => rdm.require(3).and_then(|()| rdm.in_order_of(like)),
        _ => rdm.in_order_of(like),
    };
    rdms.iter().map(aligned).collect()
}

fn has_gaps(rdm: &Rdm) -> bool {
    rdm.dissimilarities().iter().fold(false, |gap, value| gap | value.is_nan())
}

/// `prepare` of every RDM, in parallel; errors name it.
fn each<'a, T: Send>(
    rdms: &'a [Cow<'_, Rdm>],
    prepare: impl Fn(&'a [f64]) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let prepared: Vec<Result<T>> = rdms
        .par_iter()
        .map(|rdm| prepare(rdm.dissimilarities()).map_err(|error| error.in_rdm(rdm.name())))
        .collect();
    prepared.into_iter().collect()
}

/// `value` of every pair, in parallel.
fn all_pairs<A: Sync, B: Sync, T: Clone + Default + Send>(
    data: &[A],
    references: &[B],
    value: impl Fn(&A, &B) -> Result<T> + Sync,
) -> Result<Array2<T>> {
    let pairs = data.par_iter().flat_map(|a| references.par_iter().map(move |b| (a, b)));
    let values: Vec<Result<T>> = pairs.map(|(a, b)| value(a, b)).collect();
    let mut table = Array2::default((data.len(), references.len()));
    for (entry, value) in table.iter_mut().zip(values) {
        *entry = value?;
    }
    Ok(table)
}
