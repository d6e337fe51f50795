//! A cluster's path, laid out for loops over bins.

use ndarray::ArrayView2;

/// Bins are padded to a multiple of this.
pub(crate) const LANES: usize = 8;

/// Latents of a cluster, row after row `[p + 1, padded bins]`; zero in the padding.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    width: usize,
    stride: usize,
    rows: Vec<f64>,
}

impl Design {
    /// From the cluster's path `[n_bins, p + 1]`.
    pub fn new(path: ArrayView2<'_, f64>) -> Self {
        let (n_bins, width) = path.dim();
        let stride = n_bins.next_multiple_of(LANES);
        let mut rows = vec![0.0; width * stride];
        for (row, column) in rows.chunks_exact_mut(stride.max(1)).zip(path.columns()) {
            row.iter_mut().zip(column).for_each(|(entry, &value)| *entry = value);
        }
        Self { width, stride, rows }
    }

    /// p + 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Bins with their padding.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Row 0 is the population baseline.
    #[inline(always)]
    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.rows[row * self.stride..][..self.stride]
    }

    /// Writes eta_t = d + mu_t + c' x_t of `coefficients` (d, c) for the bins from `first` on.
    #[inline(always)]
    pub(crate) fn predict(&self, coefficients: &[f64], first: usize, eta: &mut [f64]) {
        let n = eta.len();
        let baseline = &self.row(0)[first..first + n];
        let level = coefficients[0];
        for (eta, mu) in eta.iter_mut().zip(baseline) {
            *eta = level + mu;
        }
        for (row, &loading) in coefficients.iter().enumerate().skip(1) {
            let latent = &self.row(row)[first..first + n];
            for (eta, x) in eta.iter_mut().zip(latent) {
                *eta = x.mul_add(loading, *eta);
            }
        }
    }
}
