//! Measures that are inner products: of the dissimilarities, of their ranks, of whitened second moments.

use std::borrow::Cow;
use std::ops::Range;

use ndarray::{Array2, ArrayView1, Axis};
use neuroloom_math::{add_cross_gram, column_panels, mean, shift_into};
use rayon::prelude::*;

/// What a measure makes of one RDM: `(values - centre) * scale`.
pub(super) struct Feature<'a> {
    values: Cow<'a, [f64]>,
    centre: Centre,
    scale: Scale,
    /// What is subtracted while the entries are read.
    shift: f64,
}

/// What is subtracted from the entries of a feature.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Centre {
    /// This number.
    At(f64),
    /// Their mean. The entries are read once: shifted by the mean of the first ones, which is near enough for the rest
    /// to be taken from the sums. With m of N entries read first, no more than the digits of N / m are lost.
    Mean,
}

/// What the entries of a feature are multiplied by.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Scale {
    /// This number.
    By(f64),
    /// One over their length.
    ToLengthOne,
}

/// Parts that the pairs are cut into for threads; fixed, so that the rounding never depends on their number.
const PARTS: usize = 8;

impl<'a> Feature<'a> {
    pub fn new(values: impl Into<Cow<'a, [f64]>>, centre: Centre, scale: Scale) -> Self {
        let values = values.into();
        let shift = match centre {
            Centre::At(shift) => shift,
            Centre::Mean => {
                mean(&values[..column_panels(values.len()).next().map_or(0, |first| first.len())])
            }
        };
        Self { values, centre, scale, shift }
    }

    /// The same with entries of its own.
    pub fn into_owned(self) -> Feature<'static> {
        Feature { values: Cow::Owned(self.values.into_owned()), ..self }
    }

    /// What is left to subtract from the sum of products of two features, by the sums of each.
    fn correction(&self, sum: f64) -> f64 {
        match self.centre {
            Centre::At(_) => 0.0,
            Centre::Mean => sum / (self.values.len() as f64).sqrt(),
        }
    }

    fn factor(&self, correction: f64, squares: f64) -> f64 {
        match self.scale {
            Scale::By(scale) => scale,
            Scale::ToLengthOne => (squares - correction * correction).sqrt().recip(),
        }
    }
}

/// Inner products of every feature of `data` with every one of `references`, `[n_data, n_references]`, within [-1, 1].
pub(super) fn inner_products(data: &[Feature<'_>], references: &[Feature<'_>]) -> Array2<f64> {
    let n_entries = data.iter().chain(references).map(|feature| feature.values.len()).min().unwrap_or(0);
    let panels: Vec<Range<usize>> = column_panels(n_entries).collect();
    let parts: Vec<Sums> = panels
        .par_chunks(panels.len().div_ceil(PARTS).max(1))
        .map(|panels| Sums::of(data, references, panels))
        .collect();
    let mut total = Sums::zero(data.len(), references.len());
    parts.iter().for_each(|part| total.add(part));
    let ((row_corrections, row_factors), (column_corrections, column_factors)) =
        (finish(data, &total.data), finish(references, &total.references));
    let (corrections, factors) = (ArrayView1::from(&column_corrections), ArrayView1::from(&column_factors));
    for (i, mut products) in total.products.outer_iter_mut().enumerate() {
        products.scaled_add(-row_corrections[i], &corrections);
        products *= &factors;
        products.mapv_inplace(|product| (product * row_factors[i]).clamp(-1.0, 1.0));
    }
    total.products
}

/// The inner product of two features, within [-1, 1].
pub(super) fn inner_product(a: Feature<'_>, b: Feature<'_>) -> f64 {
    inner_products(&[a], &[b]).sum()
}

/// Corrections and factors of all features.
fn finish(features: &[Feature<'_>], sums: &[[f64; 2]]) -> (Vec<f64>, Vec<f64>) {
    let finish = |(feature, &[sum, squares]): (&Feature<'_>, &[f64; 2])| {
        let correction = feature.correction(sum);
        (correction, feature.factor(correction, squares))
    };
    features.iter().zip(sums).map(finish).unzip()
}

/// Products over some of the entries; the sum of the entries and of their squares per feature.
struct Sums {
    products: Array2<f64>,
    data: Vec<[f64; 2]>,
    references: Vec<[f64; 2]>,
}

impl Sums {
    fn zero(n_data: usize, n_references: usize) -> Self {
        let products = Array2::zeros((n_data, n_references));
        Self { products, data: vec![[0.0; 2]; n_data], references: vec![[0.0; 2]; n_references] }
    }

    fn of(data: &[Feature<'_>], references: &[Feature<'_>], panels: &[Range<usize>]) -> Self {
        let mut sums = Self::zero(data.len(), references.len());
        let widest = panels.iter().map(Range::len).max().unwrap_or(0);
        let mut a = Array2::zeros((data.len(), widest));
        let mut b = Array2::zeros((references.len(), widest));
        for pairs in panels {
            for (panel, features, sums) in
                [(&mut a, data, &mut sums.data), (&mut b, references, &mut sums.references)]
            {
                if panel.ncols() != pairs.len() {
                    *panel = Array2::zeros((features.len(), pairs.len()));
                }
                fill(panel, features, pairs, sums);
            }
            add_cross_gram(&mut sums.products, a.view(), b.view());
        }
        sums
    }

    fn add(&mut self, other: &Self) {
        self.products += &other.products;
        let both = self.data.iter_mut().zip(&other.data);
        for (sums, others) in both.chain(self.references.iter_mut().zip(&other.references)) {
            *sums = [sums[0] + others[0], sums[1] + others[1]];
        }
    }
}

/// Some shifted entries of all features, one feature per row; adds to their sums.
fn fill(panel: &mut Array2<f64>, features: &[Feature<'_>], pairs: &Range<usize>, sums: &mut [[f64; 2]]) {
    for ((mut row, feature), sums) in panel.axis_iter_mut(Axis(0)).zip(features).zip(sums) {
        if let Some(row) = row.as_slice_mut() {
            let [sum, squares] = shift_into(&feature.values[pairs.clone()], feature.shift, row);
            *sums = [sums[0] + sum, sums[1] + squares];
        }
    }
}
