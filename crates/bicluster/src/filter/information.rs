//! What the counts of each bin say about its latents.

use std::borrow::Cow;

use ndarray::{ArrayView1, ArrayView2};
use pulp::{Arch, NullaryFnOnce};

use crate::Counts;
use crate::likelihood::LANES;

/// Bins of which sums are formed at once.
const BLOCK: usize = 128;

/// J and h of every bin and cluster: the factor exp(h_t' X_t - X_t' J_t X_t / 2) of the posterior. J is block diagonal
/// over clusters.
#[derive(Clone, Debug)]
pub struct Information {
    n_bins: usize,
    width: usize,
    n_clusters: usize,
    /// Bins, padded.
    stride: usize,
    /// Per cluster `[n_sums, stride]`: h, then the lower triangle of J row by row.
    sums: Vec<f64>,
    log_constant: f64,
}

impl Information {
    /// Of negative-binomial counts with Polya-Gamma weights `[N, T]`: J = sum_i w Ct' Ct and h = sum_i w yhat Ct', with
    /// Ct = (1, c') of members of the cluster and w yhat = w (ln r - d) + (y - r)/2. What is not seen adds nothing.
    ///
    /// # Panics
    /// When labels, loadings `[N, p + 1]` or weights are fewer than neurons.
    pub fn new(
        counts: &Counts,
        labels: &[usize],
        loadings: ArrayView2<'_, f64>,
        dispersions: &[f64],
        weights: ArrayView2<'_, f64>,
    ) -> Self {
        let units: Vec<usize> = (0..labels.len()).collect();
        Self::of_units(counts, &units, labels, loadings, dispersions, weights)
    }

    /// As [`Information::new`], of some neurons alone.
    pub(crate) fn of_units(
        counts: &Counts,
        units: &[usize],
        labels: &[usize],
        loadings: ArrayView2<'_, f64>,
        dispersions: &[f64],
        weights: ArrayView2<'_, f64>,
    ) -> Self {
        let n_clusters = labels.iter().max().map_or(0, |last| last + 1);
        let mut information = Self::empty(counts.n_bins(), loadings.ncols(), n_clusters);
        for &unit in units {
            let loading = as_slice(loadings.row(unit));
            information.add_unit(counts, unit, labels[unit], &loading, dispersions[unit], weights.row(unit));
        }
        information
    }

    /// Adds a neuron of the cluster, with its (d, c), dispersion and weights `[T]`. Gives back ln of the factor of its
    /// likelihood that does not depend on the latents.
    pub(crate) fn add_unit(
        &mut self,
        counts: &Counts,
        unit: usize,
        cluster: usize,
        loading: &[f64],
        dispersion: f64,
        weights: ArrayView1<'_, f64>,
    ) -> f64 {
        let (mut linear, mut weight) = (vec![0.0; self.stride], vec![0.0; self.stride]);
        let (shift, mut without_latents) = (dispersion.ln() - loading[0], 0.0);
        let entries = counts.unit(unit).into_iter().zip(counts.seen(unit)).zip(weights);
        for ((linear, weight), ((&count, &seen), &w)) in linear.iter_mut().zip(&mut weight).zip(entries) {
            if seen {
                let kappa = 0.5 * (f64::from(count) - dispersion);
                (*weight, *linear) = (w, w * shift + kappa);
                without_latents -= shift * (kappa + 0.5 * w * shift);
            }
        }
        self.add(cluster, loading, &weight, &linear);
        without_latents
    }

    /// Of nothing: latents follow their prior.
    pub fn empty(n_bins: usize, width: usize, n_clusters: usize) -> Self {
        let stride = n_bins.next_multiple_of(LANES);
        let sums = vec![0.0; n_clusters * n_sums(width) * stride];
        Self { n_bins, width, n_clusters, stride, sums, log_constant: 0.0 }
    }

    /// Of Gaussian observations `[N, T]` of variance 1/`weights`: value = (1, c')' X of its cluster + noise, for
    /// loadings `[N, p + 1]` whose first column is not used. A weight of 0 is a missing value.
    pub fn of_gaussian(
        labels: &[usize],
        loadings: ArrayView2<'_, f64>,
        values: ArrayView2<'_, f64>,
        weights: ArrayView2<'_, f64>,
    ) -> Self {
        let n_clusters = labels.iter().max().map_or(0, |last| last + 1);
        let mut information = Self::empty(values.ncols(), loadings.ncols(), n_clusters);
        let pad = |mut row: Vec<f64>, stride: usize| {
            row.resize(stride, 0.0);
            row
        };
        for (unit, &cluster) in labels.iter().enumerate() {
            let (values, weights) = (values.row(unit), weights.row(unit));
            let linear = values.iter().zip(weights).map(|(value, weight)| value * weight).collect();
            let (weight, linear) =
                (pad(weights.to_vec(), information.stride), pad(linear, information.stride));
            information.add(cluster, &as_slice(loadings.row(unit)), &weight, &linear);
            for (value, &weight) in values.iter().zip(weights).filter(|(_, weight)| **weight > 0.0) {
                information.log_constant +=
                    0.5 * ((weight / (2.0 * std::f64::consts::PI)).ln() - weight * value * value);
            }
        }
        information
    }

    /// ln of the factor of Gaussian observations that does not depend on the latents; 0 of counts.
    pub fn log_constant(&self) -> f64 {
        self.log_constant
    }

    /// T.
    pub fn n_bins(&self) -> usize {
        self.n_bins
    }

    /// D.
    pub fn n_latents(&self) -> usize {
        self.n_clusters * self.width
    }

    /// Adds a neuron of the cluster: bins of weight w and linear term w yhat, padded.
    fn add(&mut self, cluster: usize, loading: &[f64], weight: &[f64], linear: &[f64]) {
        let size = n_sums(self.width) * self.stride;
        let sums = &mut self.sums[cluster * size..][..size];
        Arch::new().dispatch(Add { sums, stride: self.stride, loading, weight, linear });
    }

    /// Writes J `[D, n]` and h `[n]` of a bin. Entries of J outside its blocks are left as they are.
    #[inline(always)]
    pub(super) fn fill(&self, bin: usize, n: usize, precision: &mut [f64], linear: &mut [f64]) {
        let (width, size) = (self.width, n_sums(self.width) * self.stride);
        for (cluster, sums) in self.sums.chunks_exact(size.max(1)).enumerate() {
            let first = cluster * width;
            let mut at = bin;
            for row in 0..width {
                linear[first + row] = sums[at];
                at += self.stride;
            }
            for row in 0..width {
                for column in 0..=row {
                    let value = sums[at];
                    at += self.stride;
                    precision[(first + row) * n + first + column] = value;
                    precision[(first + column) * n + first + row] = value;
                }
            }
        }
    }
}

/// Entries of h and of the lower triangle of J of a cluster.
fn n_sums(width: usize) -> usize {
    width + width * (width + 1) / 2
}

fn as_slice(row: ArrayView1<'_, f64>) -> Cow<'_, [f64]> {
    row.to_slice().map_or_else(|| Cow::Owned(row.to_vec()), Cow::Borrowed)
}

struct Add<'a> {
    sums: &'a mut [f64],
    stride: usize,
    loading: &'a [f64],
    weight: &'a [f64],
    linear: &'a [f64],
}

impl NullaryFnOnce for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        // The loading of the baseline is 1.
        let loading = |row: usize| if row == 0 { 1.0 } else { self.loading[row] };
        let width = self.loading.len();
        for first in (0..self.stride).step_by(BLOCK) {
            let bins = first..self.stride.min(first + BLOCK);
            let (weight, linear) = (&self.weight[bins.clone()], &self.linear[bins.clone()]);
            let mut rows = self.sums.chunks_exact_mut(self.stride);
            for row in 0..width {
                if let Some(sums) = rows.next() {
                    add_scaled(loading(row), linear, &mut sums[bins.clone()]);
                }
            }
            for row in 0..width {
                for column in 0..=row {
                    if let Some(sums) = rows.next() {
                        add_scaled(loading(row) * loading(column), weight, &mut sums[bins.clone()]);
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn add_scaled(scale: f64, values: &[f64], sums: &mut [f64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = value.mul_add(scale, *sum);
    }
}
