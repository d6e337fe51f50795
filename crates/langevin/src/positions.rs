//! Where a bin lies in the trial, for a decoder that would not know it otherwise.

/// Ratio of the longest wave to the shortest, whose angular frequency is 1 per bin.
const RATIO: f64 = 100.0;

/// Sinusoids `[bins, width]` of amplitude `size`, to be added to what the decoder sees; every part of `dim` values has the same
/// ones, sine and cosine side by side (Vaswani et al. 2017, section 3.5, with waves as long as trials).
pub fn sinusoids(size: f64, n_bins: usize, dim: usize, width: usize) -> Vec<f64> {
    let pairs = (dim / 2).max(1);
    let value = |bin: usize, at: usize| {
        let at = at % dim.max(1);
        let angle = bin as f64 * RATIO.powf(-((at / 2) as f64) / pairs as f64);
        size * if at.is_multiple_of(2) { angle.sin() } else { angle.cos() }
    };
    (0..n_bins).flat_map(|bin| (0..width).map(move |at| value(bin, at))).collect()
}
