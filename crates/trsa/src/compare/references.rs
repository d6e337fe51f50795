//! What a measure makes of RDMs, once for all comparisons with them.

use std::borrow::Cow;
use std::sync::Arc;

use ndarray::Array2;
use neuroloom_math::TieOrder;

use super::features::{Feature, inner_products};
use super::{
    Measure, Whitening, aligned, all_pairs, bures, corr, cosine, each, has_gaps, kendall, rho_a, riemann,
    spearman,
};
use crate::{Rdm, Result, n_pairs};

/// RDMs made ready for the comparison with many others, one after the other. The similarity of an RDM does not depend,
/// to the last bit, on which others are compared before or after it.
pub struct References {
    measure: Measure,
    whitening: Whitening,
    prepared: Prepared<'static>,
}

impl References {
    /// Prepares `references` in the order of `conditions`. Whitened measures take the patterns for independent.
    ///
    /// # Errors
    /// As [`compare`](super::compare).
    pub fn new(references: &[Rdm], conditions: &Arc<[String]>, measure: Measure) -> Result<Self> {
        let like = Rdm::new("the data", Arc::clone(conditions), vec![0.0; n_pairs(conditions.len())])?;
        let aligned = aligned(references, &like)?;
        aligned.iter().filter(|rdm| has_gaps(rdm)).try_for_each(|rdm| rdm.require(3))?;
        let whitening = Whitening::identity(conditions.len());
        let prepared = Prepared::of(&aligned, measure, &whitening)?.into_owned();
        Ok(Self { measure, whitening, prepared })
    }

    /// Similarity of an RDM of the same conditions in the same order with every reference.
    ///
    /// # Errors
    /// A missing entry; an RDM that the measure is not defined for.
    ///
    /// # Panics
    /// When the RDM has another number of conditions.
    pub fn similarities(&self, rdm: &Rdm) -> Result<Vec<f64>> {
        assert_eq!(rdm.n_conditions(), self.whitening.n_conditions(), "the conditions of the references");
        rdm.require(3)?;
        let data = [Cow::Borrowed(rdm)];
        Ok(self.prepared.similarities(&data, self.measure, &self.whitening)?.into_iter().collect())
    }
}

/// A form per kind of measure.
pub(super) enum Prepared<'a> {
    /// Of measures that are inner products.
    Features(Vec<Feature<'a>>),
    /// Of Kendall's.
    Orders(Vec<TieOrder>),
    /// Of Bures'.
    Roots(Vec<bures::Root>),
    /// Of the Riemannian distance.
    Riemann(Vec<riemann::Reference>),
}

impl<'a> Prepared<'a> {
    pub(super) fn of(rdms: &'a [Cow<'_, Rdm>], measure: Measure, whitening: &Whitening) -> Result<Self> {
        let n_conditions = whitening.n_conditions();
        Ok(match measure {
            Measure::TauA | Measure::TauB => Self::Orders(each(rdms, kendall::order)?),
            Measure::Bures | Measure::BuresMetric => {
                Self::Roots(each(rdms, |d| bures::Root::new(d, n_conditions))?)
            }
            Measure::NegRiemDist => Self::Riemann(each(rdms, |d| riemann::Reference::new(d, whitening))?),
            _ => Self::Features(each(rdms, |d| feature(measure, d, whitening))?),
        })
    }

    /// `[n_data, n_references]`.
    pub(super) fn similarities(
        &self,
        data: &[Cow<'_, Rdm>],
        measure: Measure,
        whitening: &Whitening,
    ) -> Result<Array2<f64>> {
        match self {
            Self::Features(references) => {
                Ok(inner_products(&each(data, |d| feature(measure, d, whitening))?, references))
            }
            Self::Orders(references) => {
                let tau = if measure == Measure::TauA { kendall::over_all } else { kendall::over_untied };
                all_pairs(&each(data, kendall::order)?, references, |a, b| Ok(tau(a, b)))
            }
            Self::Roots(references) => {
                let roots = each(data, |d| bures::Root::new(d, whitening.n_conditions()))?;
                let value = if measure == Measure::Bures { bures::similarity } else { bures::distance };
                all_pairs(&roots, references, value)
            }
            Self::Riemann(references) => {
                let moments = each(data, |d| whitening.second_moment(d))?;
                all_pairs(&moments, references, riemann::distance)
            }
        }
    }

    fn into_owned(self) -> Prepared<'static> {
        match self {
            Self::Features(features) => {
                Prepared::Features(features.into_iter().map(Feature::into_owned).collect())
            }
            Self::Orders(orders) => Prepared::Orders(orders),
            Self::Roots(roots) => Prepared::Roots(roots),
            Self::Riemann(references) => Prepared::Riemann(references),
        }
    }
}

fn feature<'a>(measure: Measure, dissimilarities: &'a [f64], whitening: &Whitening) -> Result<Feature<'a>> {
    match measure {
        Measure::Cosine => cosine::feature(dissimilarities),
        Measure::Corr => corr::feature(dissimilarities),
        Measure::Spearman => spearman::feature(dissimilarities),
        Measure::RhoA => rho_a::feature(dissimilarities),
        Measure::CosineCov => whitening.cosine_feature(dissimilarities),
        _ => whitening.corr_feature(dissimilarities),
    }
}
