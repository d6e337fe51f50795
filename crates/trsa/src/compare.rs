//! Similarity of RDMs.
//!
//! Every measure here is an inner product of *features*: the dissimilarities, or their ranks, centred and scaled.
//! Features are made once per RDM; all pairs of RDMs then cost one matrix product.

mod corr;
mod cosine;
mod rho_a;
mod spearman;

use std::borrow::Cow;
use std::ops::Range;

use ndarray::Array2;
use neuroloom_math::{add_cross_gram, column_panels, dot};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Rdm, Result};

pub use corr::corr;
pub use cosine::cosine;
pub use rho_a::rho_a;
pub use spearman::spearman;

/// How similar two RDMs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Cosine of the angle between the dissimilarities.
    Cosine,
    /// Pearson's correlation.
    Corr,
    /// Spearman's rank correlation.
    Spearman,
    /// Expected Spearman correlation under random breaking of ties.
    RhoA,
}

impl Measure {
    /// `cosine`, `corr`, `spearman`, `rho_a`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Corr => "corr",
            Self::Spearman => "spearman",
            Self::RhoA => "rho_a",
        }
    }

    fn feature(self, dissimilarities: &[f64]) -> Result<Feature<'_>> {
        match self {
            Self::Cosine => cosine::feature(dissimilarities),
            Self::Corr => corr::feature(dissimilarities.into()),
            Self::Spearman => spearman::feature(dissimilarities),
            Self::RhoA => rho_a::feature(dissimilarities),
        }
    }
}

/// Similarity of every RDM of `data` with every RDM of `references`: `[n_data, n_references]`, each at most 1.
/// RDMs are brought into the order of conditions of the first.
///
/// # Errors
/// Different conditions (listed), fewer than three conditions, a missing entry, an RDM that the measure is not
/// defined for (constant; for the cosine all zero).
pub fn compare(data: &[Rdm], references: &[Rdm], measure: Measure) -> Result<Array2<f64>> {
    let mut similarities = Array2::zeros((data.len(), references.len()));
    let Some(first) = data.first() else { return Ok(similarities) };
    let (data, references) = (aligned(data, first)?, aligned(references, first)?);
    let (data, references) = (features(&data, measure)?, features(&references, measure)?);
    for pairs in column_panels(first.dissimilarities().len()) {
        let (a, b) = (panel(&data, pairs.clone()), panel(&references, pairs));
        add_cross_gram(&mut similarities, a.view(), b.view());
    }
    similarities.mapv_inplace(|similarity| similarity.clamp(-1.0, 1.0));
    Ok(similarities)
}

/// What a measure makes of one RDM: `(values - shift) * scale`.
struct Feature<'a> {
    values: Cow<'a, [f64]>,
    shift: f64,
    scale: f64,
}

impl Feature<'_> {
    fn entries(&self, pairs: Range<usize>) -> impl Iterator<Item = f64> {
        self.values[pairs].iter().map(|value| (value - self.shift) * self.scale)
    }
}

/// The RDMs in the order of conditions of `like`, without a gap.
fn aligned<'a>(rdms: &'a [Rdm], like: &Rdm) -> Result<Vec<Cow<'a, Rdm>>> {
    rdms.iter()
        .map(|rdm| {
            rdm.require(3)?;
            rdm.in_order_of(like)
        })
        .collect()
}

fn features<'a>(rdms: &'a [Cow<'a, Rdm>], measure: Measure) -> Result<Vec<Feature<'a>>> {
    let feature = |rdm: &'a Cow<'a, Rdm>| {
        measure.feature(rdm.dissimilarities()).map_err(|error| error.in_rdm(rdm.name()))
    };
    let features: Vec<Result<Feature<'a>>> = rdms.par_iter().map(feature).collect();
    features.into_iter().collect()
}

/// Some entries of all features, one feature per row.
fn panel(features: &[Feature<'_>], pairs: Range<usize>) -> Array2<f64> {
    let mut panel = Array2::zeros((features.len(), pairs.len()));
    for (mut row, feature) in panel.outer_iter_mut().zip(features) {
        row.iter_mut().zip(feature.entries(pairs.clone())).for_each(|(entry, value)| *entry = value);
    }
    panel
}

/// The inner product of the features of two vectors of dissimilarities of the same pairs.
fn similarity(a: &[f64], b: &[f64], measure: Measure) -> Result<f64> {
    let entries = |d: &[f64]| -> Result<Vec<f64>> { Ok(measure.feature(d)?.entries(0..d.len()).collect()) };
    Ok(dot(&entries(a)?, &entries(b)?).clamp(-1.0, 1.0))
}

fn is_constant(dissimilarities: &[f64]) -> bool {
    dissimilarities.windows(2).all(|pair| pair[0] == pair[1])
}
