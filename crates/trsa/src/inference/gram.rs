//! Similarities that are cosines in some bilinear form, from one weighted matrix of inner products.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, Axis, s};
use neuroloom_math::weighted_gram;

use super::ceiling::Ceiling;
use super::evaluator::Form;
use super::pairs::{PairSample, row_start};
use super::view::{Split, sample_mean};
use super::{Evaluator, Multiplicities};
use crate::fit::Training;

/// Deviations of this share of a vector's own size are rounding: the vector is constant.
const ROUNDING: f64 = 1e-13;

/// Inner products of all components and RDMs over the pairs of a sample.
#[derive(Debug)]
pub(super) struct GramView {
    /// Components, then RDMs: `[n_vectors, n_vectors]`.
    products: Array2<f64>,
    /// Similarities `[n_components, n_rdms]`.
    pub(super) similarities: Array2<f64>,
    /// What every RDM is divided by before it is pooled: its root mean square, or its standard deviation.
    pool_scales: Vec<f64>,
}

impl GramView {
    pub(super) fn new(evaluator: &Evaluator<'_>, sample: &PairSample, form: Form) -> Self {
        let vectors = evaluator.shifted();
        // `Σ w x_a x_b` of all vectors and of a vector of ones, which comes last.
        let plain = weighted_gram(evaluator.by_pairs().view(), &sample.kept, &sample.weights);
        let n = vectors.nrows();
        let total = sample.total as f64;
        let sums = plain.slice(s![..n, n]);
        let spread = |a: usize| match form.centred {
            true => plain[[a, a]] - sums[a] * sums[a] / total,
            false => plain[[a, a]],
        };
        let spreads: Vec<f64> = (0..n).map(spread).collect();
        let mut products = match form.whitened {
            true => whitened(&plain, vectors, sample),
            false => plain.clone(),
        };
        if form.centred {
            centre(&mut products, &(&sums / total));
        }
        let mut products = products.slice_move(s![..n, ..n]);
        for (a, spread) in spreads.iter().enumerate() {
            // Of a constant vector only rounding is left.
            let noise = ROUNDING * plain[[a, a]].max(ROUNDING * total * evaluator.largest_squares()[a]);
            if spread.is_nan() || *spread <= noise {
                products.row_mut(a).fill(f64::NAN);
                products.column_mut(a).fill(f64::NAN);
            }
        }
        let n_components = evaluator.problem().n_components();
        let pool_scales = spreads[n_components..].iter().map(|spread| (spread / total).sqrt()).collect();
        let similarities = Array2::from_shape_fn((n_components, n - n_components), |(c, r)| {
            let r = n_components + r;
            cosine(products[[c, r]], products[[c, c]], products[[r, r]])
        });
        Self { products, similarities, pool_scales }
    }

    /// Similarity of a weighted sum of components with every RDM.
    pub(super) fn mixture(&self, components: Range<usize>, weights: &[f64]) -> Vec<f64> {
        let weights = ArrayView1::from(weights);
        let among = self.products.slice(s![components.clone(), components.clone()]);
        let length = weights.dot(&among.dot(&weights));
        let with = weights.dot(&self.products.slice(s![components, self.n_components()..]));
        with.iter().zip(self.squares()).map(|(product, square)| cosine(*product, length, square)).collect()
    }

    pub(super) fn ceilings(&self, groups: &[usize], subjects: &Multiplicities) -> Vec<Ceiling> {
        let all = self.pool(groups, subjects, &self.pool_scales);
        let alone = subjects.present().len() < 2;
        Ceiling::of_groups(groups, subjects, |group, members| {
            let upper = self.mean_similarity(&all, members);
            if alone {
                return Ceiling { lower: upper, upper };
            }
            let own = self.pool(groups, &subjects.restricted(&[group]), &self.pool_scales);
            Ceiling { lower: self.mean_similarity(&(&all - &own), members), upper }
        })
    }

    pub(super) fn fold_ceiling(&self, full: &Self, groups: &[usize], split: &Split<'_>) -> Ceiling {
        let end = |pooled: &Multiplicities, scales: &[f64]| {
            let pool = self.pool(groups, pooled, scales);
            let all: Vec<usize> = (0..groups.len()).collect();
            sample_mean(&self.pool_similarities(&pool, &all), groups, split.test)
        };
        Ceiling { lower: end(split.train, &self.pool_scales), upper: end(split.all, &full.pool_scales) }
    }

    /// What a fit needs of some components, for a training sample of subjects.
    pub(super) fn training(
        &self,
        components: Range<usize>,
        groups: &[usize],
        subjects: &Multiplicities,
        similarities: Vec<f64>,
    ) -> Training {
        let with = self.products.slice(s![components.clone(), self.n_components()..]);
        let pool = self.pool(groups, subjects, &self.pool_scales);
        let mut unit = self.pool(groups, subjects, &self.squares().map(f64::sqrt).collect::<Vec<_>>());
        let n = unit_count(groups, subjects);
        unit.mapv_inplace(|weight| weight / n);
        Training {
            products: self.products.slice(s![components.clone(), components]).to_owned(),
            pooled_products: with.dot(&pool.mapv(|weight| weight / n)).to_vec(),
            mean_products: with.dot(&unit).to_vec(),
            similarities,
        }
    }

    fn n_components(&self) -> usize {
        self.similarities.nrows()
    }

    /// Squared lengths of the RDMs.
    fn squares(&self) -> impl Iterator<Item = f64> {
        (self.n_components()..self.products.nrows()).map(|r| self.products[[r, r]])
    }

    /// Weights of the RDMs in a pool: multiplicity over scale.
    fn pool(&self, groups: &[usize], subjects: &Multiplicities, scales: &[f64]) -> Array1<f64> {
        let weight = |(&group, scale): (&usize, &f64)| match subjects.counts()[group] {
            0 => 0.0,
            count => f64::from(count) / scale,
        };
        groups.iter().zip(scales).map(weight).collect()
    }

    fn mean_similarity(&self, pool: &Array1<f64>, members: &[usize]) -> f64 {
        self.pool_similarities(pool, members).iter().sum::<f64>() / members.len() as f64
    }

    /// Similarity of a pool with some RDMs.
    fn pool_similarities(&self, pool: &Array1<f64>, members: &[usize]) -> Vec<f64> {
        let data = self.products.slice(s![self.n_components().., self.n_components()..]);
        let with = data.dot(pool);
        let length = pool.dot(&with);
        members.iter().map(|&rdm| cosine(with[rdm], length, data[[rdm, rdm]])).collect()
    }
}

fn unit_count(groups: &[usize], subjects: &Multiplicities) -> f64 {
    groups.iter().map(|&group| f64::from(subjects.counts()[group])).sum()
}

fn cosine(product: f64, square_a: f64, square_b: f64) -> f64 {
    let cosine = product / (square_a * square_b).sqrt();
    if square_a > 0.0 && square_b > 0.0 { cosine.clamp(-1.0, 1.0) } else { f64::NAN }
}

/// Products of the deviations from the `means`, given those of the vectors and, last, of ones.
fn centre(products: &mut Array2<f64>, means: &Array1<f64>) {
    let n = means.len();
    let ones = products.column(n).to_owned();
    for a in 0..n {
        for b in 0..n {
            let shift = means[a] * ones[b] + means[b] * ones[a] - means[a] * means[b] * ones[n];
            products[[a, b]] -= shift;
        }
    }
}

/// `x'V⁻¹y` over the pairs of a sample, for the covariance V of dissimilarities of patterns with independent noise of
/// equal size, in which every copy of a condition is a pattern of its own.
///
/// `V = 2 I + B B'` with the incidence B of pairs and patterns, so by the identity of Woodbury
/// `V⁻¹ = (I - B (2 I + B'B)⁻¹ B') / 2`. Copies are alike: with `n = Σ w`, `a_u = 2 + n - 2 w_u`, the sums over partners
/// `s_u(x) = Σ_v w_v x_uv`, `κ = Σ w_u / a_u` and `τ(x) = Σ_u w_u s_u(x) / a_u / (1 + κ)`,
/// `x'V⁻¹y = (Σ w_uv x_uv y_uv - Σ_u w_u s_u(x) s_u(y) / a_u + (1 + κ) τ(x) τ(y)) / 2`.
fn whitened(plain: &Array2<f64>, vectors: &Array2<f64>, sample: &PairSample) -> Array2<f64> {
    let sums = partner_sums(vectors, sample);
    let weights: Vec<f64> =
        sample.present.iter().map(|&u| f64::from(sample.conditions.counts()[u])).collect();
    let n: f64 = weights.iter().sum();
    let mut products = plain.clone();
    // At most one condition can make up half of the sample or more; where its a_u is 0, 1 / a_u is a limit.
    match weights.iter().position(|w| 2.0 + n - 2.0 * w == 0.0) {
        None => add_partner_terms(&mut products, &sums, &weights, n),
        Some(singular) => add_singular_terms(&mut products, &sums, &weights, n, singular),
    }
    products.mapv_inplace(|product| product / 2.0);
    products
}

fn add_partner_terms(products: &mut Array2<f64>, sums: &Array2<f64>, weights: &[f64], n: f64) {
    let shares: Array1<f64> = weights.iter().map(|w| w / (2.0 + n - 2.0 * w)).collect();
    let total = 1.0 + shares.sum();
    let tau = sums.dot(&shares) / total;
    let shared = sums * &shares;
    *products -= &shared.dot(&sums.t());
    for ((a, b), product) in products.indexed_iter_mut() {
        *product += total * tau[a] * tau[b];
    }
}

/// The same where `a_k = 0`: then `τ = s_k`, `z_u = (s_u - τ)/a_u` elsewhere, and `z_k = (τ - Σ w_u z_u)/w_k`.
fn add_singular_terms(products: &mut Array2<f64>, sums: &Array2<f64>, weights: &[f64], n: f64, k: usize) {
    let tau = sums.column(k).to_owned();
    let mut z = Array2::zeros(sums.dim());
    for (u, w) in weights.iter().enumerate().filter(|(u, _)| *u != k) {
        z.column_mut(u).assign(&((&sums.column(u) - &tau) / (2.0 + n - 2.0 * w)));
    }
    let weights = ArrayView1::from(weights);
    let rest = z.dot(&weights);
    z.column_mut(k).assign(&((&tau - &rest) / weights[k]));
    *products -= &(sums * &weights).dot(&z.t());
}

/// `s_u(x) = Σ_v w_v x_uv` of all vectors and of ones, for the conditions that are present.
fn partner_sums(vectors: &Array2<f64>, sample: &PairSample) -> Array2<f64> {
    let (n, counts, present) = (vectors.nrows(), sample.conditions.counts(), &sample.present);
    let weights: Vec<f64> = present.iter().map(|&u| f64::from(counts[u])).collect();
    let mut sums = Array2::zeros((n + 1, present.len()));
    for (mut sums, vector) in sums.axis_iter_mut(Axis(0)).zip(vectors.outer_iter()) {
        let vector = vector.to_slice().unwrap_or_default();
        let sums = sums.as_slice_mut().unwrap_or_default();
        for (a, &i) in present.iter().enumerate() {
            let row = &vector[row_start(counts.len(), i)..];
            let (mut own, weight) = (0.0, weights[a]);
            for ((&j, w), sum) in present[a + 1..].iter().zip(&weights[a + 1..]).zip(&mut sums[a + 1..]) {
                let value = row[j - i - 1];
                own += w * value;
                *sum += weight * value;
            }
            sums[a] += own;
        }
    }
    let total: f64 = weights.iter().sum();
    sums.row_mut(n).assign(&weights.iter().map(|w| total - w).collect::<Array1<f64>>());
    sums
}
