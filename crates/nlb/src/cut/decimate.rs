//! Decimation of sampled signals.

/// Taps of the filter to either side of its middle: those of the benchmark's filter of order 500.
const HALF: i64 = 250;

/// Every `factor`-th sample of `signal`, after a low-pass filter of 501 taps without delay: a sinc that cuts at the new
/// Nyquist frequency, times a Hamming window, of gain 1 at rest; beyond its ends the signal counts as 0. What is NaN is
/// interpolated linearly for the filter, and samples that fall on it are NaN again. A factor of 1 changes nothing.
///
/// The same as scipy's `decimate(x, factor, n=500, ftype="fir")`.
pub fn decimate(signal: &[f64], factor: usize) -> Vec<f64> {
    let factor = factor.max(1);
    let kept = || signal.iter().step_by(factor);
    if factor == 1 || signal.iter().all(|value| value.is_nan()) {
        return kept().copied().collect();
    }
    let filled = interpolated(signal);
    let taps = low_pass(factor);
    let filtered = |place: usize| {
        let middle = (place * factor) as i64;
        let tap = |(k, weight): (i64, &f64)| {
            let value = usize::try_from(middle + HALF - k).ok().and_then(|from| filled.get(from));
            value.map_or(0.0, |value| weight * value)
        };
        (0..).zip(&taps).map(tap).sum::<f64>()
    };
    kept().enumerate().map(|(place, value)| if value.is_nan() { f64::NAN } else { filtered(place) }).collect()
}

/// Windowed sinc that cuts at `1 / factor` of the Nyquist frequency.
fn low_pass(factor: usize) -> Vec<f64> {
    let cut = 1.0 / factor as f64;
    let tap = |k: i64| {
        let x = std::f64::consts::PI * cut * (k - HALF) as f64;
        let sinc = if k == HALF { 1.0 } else { x.sin() / x };
        let window = 0.54 - 0.46 * (std::f64::consts::PI * k as f64 / HALF as f64).cos();
        cut * sinc * window
    };
    let taps: Vec<f64> = (0..=2 * HALF).map(tap).collect();
    let gain: f64 = taps.iter().sum();
    taps.into_iter().map(|tap| tap / gain).collect()
}

/// NaN replaced by a straight line between its neighbours, at the ends by the nearest value.
fn interpolated(signal: &[f64]) -> Vec<f64> {
    let mut out = signal.to_vec();
    let known: Vec<usize> = (0..signal.len()).filter(|&i| !signal[i].is_nan()).collect();
    if let (Some(&first), Some(&last)) = (known.first(), known.last()) {
        out[..first].fill(signal[first]);
        out[last..].fill(signal[last]);
    }
    for pair in known.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        for (step, value) in out[a..b].iter_mut().enumerate() {
            let share = step as f64 / (b - a) as f64;
            *value = signal[a] + share * (signal[b] - signal[a]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_waves_pass_and_fast_ones_do_not() {
        let wave = |period: f64| -> Vec<f64> {
            (0..4000).map(|i| (2.0 * std::f64::consts::PI * i as f64 / period).sin()).collect()
        };
        let slow = decimate(&wave(400.0), 20);
        for (k, value) in slow.iter().enumerate().take(180).skip(20) {
            assert!((value - (2.0 * std::f64::consts::PI * k as f64 / 20.0).sin()).abs() < 0.01, "{k}");
        }
        assert!(decimate(&wave(15.0), 20).iter().take(180).skip(20).all(|value| value.abs() < 0.01));
    }

    #[test]
    fn gaps_stay_gaps_and_harm_no_neighbour() {
        let mut signal = vec![1.0; 2000];
        signal[1000..1010].fill(f64::NAN);
        let out = decimate(&signal, 5);
        assert!(out[200].is_nan() && out[201].is_nan());
        assert!((out[199] - 1.0).abs() < 1e-12 && (out[202] - 1.0).abs() < 1e-12);
        assert_eq!(decimate(&signal[..3], 1), [1.0; 3]);
    }
}
