//! Noise from the fast half of the spectrum.

use std::f64::consts::{PI, TAU};

/// Longest piece of a trace whose spectrum is taken.
const LONGEST_PIECE: usize = 256;
/// Shortest.
const SHORTEST_PIECE: usize = 16;

/// The standard deviation of white noise on a slower signal: the root of the mean two-sided spectral density over the upper
/// half of the frequencies, a quarter to half of the sampling rate (Pnevmatikakis et al. 2016, Neuron 89, supplement).
///
/// The spectrum is Welch's: pieces of 256 samples (of short traces the largest power of two) that overlap by half, each
/// less its mean and under a Hann window. Pieces with NaN are left out. None where no piece of 16 samples is left.
pub fn spectral_noise(trace: &[f64]) -> Option<f64> {
    let longest = 1_usize << trace.len().checked_ilog2()?;
    let mut length = longest.min(LONGEST_PIECE);
    while length >= SHORTEST_PIECE {
        if let Some(variance) = mean_fast_density(trace, length) {
            return Some(variance.sqrt());
        }
        length /= 2;
    }
    None
}

/// Mean two-sided density at bins `length / 4` to `length / 2` over all pieces without NaN; none where there is no such piece.
fn mean_fast_density(trace: &[f64], length: usize) -> Option<f64> {
    let window: Vec<f64> = (0..length).map(|i| 0.5 - 0.5 * (TAU * i as f64 / length as f64).cos()).collect();
    let power: f64 = window.iter().map(|w| w * w).sum();
    let (mut sum, mut n) = (0.0, 0.0);
    for piece in trace.windows(length).step_by(length / 2).filter(|piece| !piece.iter().any(|y| y.is_nan())) {
        let mean = piece.iter().sum::<f64>() / length as f64;
        let mut spectrum: Vec<[f64; 2]> =
            piece.iter().zip(&window).map(|(y, w)| [(y - mean) * w, 0.0]).collect();
        fourier_transform(&mut spectrum);
        let fast = spectrum.iter().take(length / 2 + 1).skip(length / 4);
        sum += fast.map(|[re, im]| re * re + im * im).sum::<f64>() / power;
        n += (length / 4 + 1) as f64;
    }
    (n > 0.0).then(|| sum / n)
}

/// The discrete Fourier transform of complex numbers `[re, im]`, in place, by Cooley & Tukey's algorithm. The length must
/// be a power of two.
fn fourier_transform(values: &mut [[f64; 2]]) {
    let n = values.len();
    let bits = n.trailing_zeros();
    for i in 0..n {
        let j = i.reverse_bits().checked_shr(usize::BITS - bits).unwrap_or(0);
        if i < j {
            values.swap(i, j);
        }
    }
    let mut half = 1;
    while half < n {
        let turns: Vec<[f64; 2]> = (0..half)
            .map(|k| {
                let angle = -PI * k as f64 / half as f64;
                [angle.cos(), angle.sin()]
            })
            .collect();
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((a, b), turn) in low.iter_mut().zip(high).zip(&turns) {
                let turned = [b[0] * turn[0] - b[1] * turn[1], b[0] * turn[1] + b[1] * turn[0]];
                (*a, *b) = ([a[0] + turned[0], a[1] + turned[1]], [a[0] - turned[0], a[1] - turned[1]]);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Sums of uniform numbers: nearly normal, variance 1.
    pub(crate) fn noise(n: usize) -> Vec<f64> {
        let mut state = 1_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..n).map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0).collect()
    }

    #[test]
    fn the_transform_is_its_definition() {
        for n in [1, 2, 16] {
            let values: Vec<[f64; 2]> =
                (0..n).map(|i| [(i * i) as f64 % 7.0, (3 * i) as f64 % 5.0]).collect();
            let mut fast = values.clone();
            fourier_transform(&mut fast);
            for (k, [re, im]) in fast.iter().enumerate() {
                let mut slow = [0.0; 2];
                for (i, [a, b]) in values.iter().enumerate() {
                    let (sin, cos) = (-TAU * (i * k) as f64 / n as f64).sin_cos();
                    slow = [slow[0] + a * cos - b * sin, slow[1] + a * sin + b * cos];
                }
                assert!((re - slow[0]).abs() < 1e-10 && (im - slow[1]).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn the_noise_of_a_slow_signal_is_found_around_nan() {
        let slow = |i: usize| 20.0 * (i as f64 / 200.0).sin();
        let mut trace: Vec<f64> = noise(6000).iter().enumerate().map(|(i, x)| slow(i) + 0.5 * x).collect();
        for gap in [0..1, 3000..3400] {
            trace[gap].fill(f64::NAN);
        }
        let sigma = spectral_noise(&trace).unwrap();
        assert!((sigma / 0.5 - 1.0).abs() < 0.05, "{sigma}");
    }

    #[test]
    fn short_traces_have_shorter_pieces_and_shortest_none() {
        assert!(spectral_noise(&noise(20)).is_some());
        assert!(spectral_noise(&noise(15)).is_none() && spectral_noise(&[]).is_none());
        let gaps: Vec<f64> = (0..999).map(|i| if i % 10 == 0 { f64::NAN } else { 1.0 }).collect();
        assert!(spectral_noise(&gaps).is_none());
    }
}
