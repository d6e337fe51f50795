//! Bins of equal width whose edges are exact.

use neuroloom_core::{Error, Result};

/// How much of a bin may stick out of a window before it no longer counts as whole.
const SLACK: f64 = 1e-6;

/// `n_bins` bins of equal width: bin `k` is `[start + k width, start + (k + 1) width)`.
///
/// The edges, computed as `start + k * width` in double precision, define the bins; a division is only the first
/// guess of an index. So a value on an edge always falls into the later bin, however the division rounds.
///
/// ```
/// use neuroloom_prepare::UniformBins;
///
/// let bins = UniformBins::new(0.0, 0.1, 10)?;
/// assert_eq!(bins.index(0.3), Some(2)); // edge 3 is 3 * 0.1 = 0.30000000000000004
/// assert_eq!(bins.index(bins.edge(3)), Some(3));
/// assert_eq!(bins.index(1.0), None);
/// # Ok::<(), neuroloom_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UniformBins {
    start: f64,
    width: f64,
    n_bins: usize,
}

impl UniformBins {
    /// `n_bins` bins of `width` from `start` on.
    ///
    /// # Errors
    /// When there is no bin, or when the bins are so narrow that double precision cannot tell their edges apart.
    pub fn new(start: f64, width: f64, n_bins: usize) -> Result<Self> {
        let bins = Self { start, width, n_bins };
        let largest = start.abs().max(bins.edge(n_bins).abs());
        let resolved = largest.is_finite() && width > 16.0 * f64::EPSILON * largest;
        if n_bins == 0 || !resolved {
            return Err(Error::params("bins cannot be laid out")
                .expected("at least one bin, of a width that double precision can resolve")
                .found(format!("{n_bins} bins of width {width} from {start} on")));
        }
        Ok(bins)
    }

    /// The bins of `width` that lie whole in `[start, stop)`; a remainder at the end is left out. None if no
    /// bin fits.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn within(start: f64, stop: f64, width: f64) -> Result<Option<Self>> {
        let n_bins = ((stop - start) / width + SLACK).floor();
        if n_bins < 1.0 { Ok(None) } else { Self::new(start, width, n_bins as usize).map(Some) }
    }

    /// The fewest bins of `width` from `start` on whose union covers `[start, stop)`.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn covering(start: f64, stop: f64, width: f64) -> Result<Self> {
        let n_bins = ((stop - start) / width - SLACK).ceil().max(1.0);
        Self::new(start, width, n_bins as usize)
    }

    /// Number of bins.
    pub fn n_bins(&self) -> usize {
        self.n_bins
    }

    /// Width of a bin.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Lower edge of bin `k`; `edge(n_bins)` is the upper edge of the last bin.
    pub fn edge(&self, k: usize) -> f64 {
        self.start + k as f64 * self.width
    }

    /// Middle of bin `k`.
    pub fn centre(&self, k: usize) -> f64 {
        self.start + (k as f64 + 0.5) * self.width
    }

    /// The bin of `x`; none outside all bins and for NaN.
    pub fn index(&self, x: f64) -> Option<usize> {
        if !(x >= self.start && x < self.edge(self.n_bins)) {
            return None;
        }
        let mut k = (((x - self.start) / self.width) as usize).min(self.n_bins - 1);
        while x < self.edge(k) {
            k -= 1;
        }
        while x >= self.edge(k + 1) {
            k += 1;
        }
        Some(k)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn index_slow(bins: &UniformBins, x: f64) -> Option<usize> {
        (0..bins.n_bins()).find(|&k| bins.edge(k) <= x && x < bins.edge(k + 1))
    }

    proptest! {
        #[test]
        fn index_equals_a_search_through_all_edges(
            start in -1e4..1e4, width in 1e-3..10.0, n_bins in 1usize..200, place in -0.1..1.1,
        ) {
            let bins = UniformBins::new(start, width, n_bins).unwrap();
            let x = start + place * n_bins as f64 * width;
            prop_assert_eq!(bins.index(x), index_slow(&bins, x));
        }

        #[test]
        fn an_edge_belongs_to_the_later_bin(
            start in -1e4..1e4, width in 1e-3..10.0, n_bins in 1usize..2000, k in 0usize..2000,
        ) {
            let bins = UniformBins::new(start, width, n_bins).unwrap();
            let k = k % n_bins;
            prop_assert_eq!(bins.index(bins.edge(k)), Some(k));
            prop_assert_eq!(bins.index(bins.edge(n_bins)), None);
        }
    }

    #[test]
    fn a_window_of_whole_bins_loses_none_to_rounding() {
        // 0.3 / 0.1 = 2.9999999999999996
        assert_eq!(UniformBins::within(0.0, 0.3, 0.1).unwrap().unwrap().n_bins(), 3);
        assert_eq!(UniformBins::within(600.0, 1200.0, 0.02).unwrap().unwrap().n_bins(), 30_000);
        assert_eq!(UniformBins::within(0.0, 0.35, 0.1).unwrap().unwrap().n_bins(), 3);
        assert!(UniformBins::within(0.0, 0.05, 0.1).unwrap().is_none());
        assert_eq!(UniformBins::covering(0.0, 0.35, 0.1).unwrap().n_bins(), 4);
        assert_eq!(UniformBins::covering(0.0, 0.3, 0.1).unwrap().n_bins(), 3);
    }

    #[test]
    fn bins_that_double_precision_cannot_resolve_are_refused() {
        assert!(UniformBins::new(1e9, 1e-9, 10).is_err());
        assert!(UniformBins::new(f64::NAN, 1.0, 10).is_err());
        assert!(UniformBins::new(0.0, 1.0, 0).is_err());
        assert!(UniformBins::new(0.0, f64::NAN, 3).is_err());
    }
}
