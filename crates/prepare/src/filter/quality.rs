//! Measures of quality.

use neuroloom_math::quantile;

use crate::{Span, Support, UniformBins};

/// Standard deviation of a normal distribution over its median absolute deviation, `1 / Phi^-1(3/4)`.
const NORMAL_OVER_MAD: f64 = 1.482_602_218_505_602;

/// The share of stretches of `bin_s` seconds, cut from each piece of `observed` on from its start, in which there is
/// at least one spike. A remainder counts as a stretch if it is at least half as long. NaN where nothing was observed
/// for half a stretch.
///
/// ```
/// use neuroloom_prepare::filter::presence_ratio;
/// use neuroloom_prepare::{Span, Support};
///
/// let observed = Support::new([Span::new(0.0, 40.0)]);
/// assert_eq!(presence_ratio(&[1.0, 2.0, 35.0], &observed, 10.0), 0.5);
/// ```
pub fn presence_ratio(spikes_s: &[f64], observed: &Support, bin_s: f64) -> f64 {
    let (mut present, mut all) = (0.0, 0.0);
    for &span in observed.spans() {
        for bin in stretches(span, bin_s) {
            let first = spikes_s.partition_point(|&spike| spike < bin.start_s);
            all += 1.0;
            present += f64::from(u8::from(spikes_s.get(first).is_some_and(|&spike| spike < bin.stop_s)));
        }
    }
    present / all
}

fn stretches(span: Span, bin_s: f64) -> Vec<Span> {
    let whole = UniformBins::within(span.start_s, span.stop_s, bin_s).ok().flatten();
    let edge = |k: usize| whole.map_or(span.start_s, |bins| bins.edge(k));
    let n_whole = whole.map_or(0, |bins| bins.n_bins());
    let mut stretches: Vec<Span> = (0..n_whole).map(|k| Span::new(edge(k), edge(k + 1))).collect();
    let rest = Span::new(edge(n_whole), span.stop_s);
    if rest.duration_s() >= bin_s / 2.0 {
        stretches.push(rest);
    }
    stretches
}

/// The standard deviation of white noise on a slower signal: `1.4826 median |x_(i+1) - x_i| / sqrt 2`. NaN samples
/// take their differences out; NaN where there is none.
pub fn noise_level(trace: &[f64]) -> f64 {
    let differences = trace.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    let mut valid: Vec<f64> = differences.filter(|difference| !difference.is_nan()).collect();
    quantile(&mut valid, 0.5).map_or(f64::NAN, |median| NORMAL_OVER_MAD * median / 2.0_f64.sqrt())
}

/// How far transients rise over the noise: (99th percentile - median) / [`noise_level`], over all segments together.
/// NaN where there are no samples, infinite without noise.
pub fn signal_to_noise(segments: &[&[f64]]) -> f64 {
    let mut valid: Vec<f64> =
        segments.iter().flat_map(|segment| segment.iter().copied()).filter(|x| !x.is_nan()).collect();
    let median = quantile(&mut valid, 0.5).unwrap_or(f64::NAN);
    let high = quantile(&mut valid, 0.99).unwrap_or(f64::NAN);
    // NaN between segments: the step from one to the next is no noise.
    let joined: Vec<f64> =
        segments.iter().flat_map(|segment| segment.iter().copied().chain([f64::NAN])).collect();
    (high - median) / noise_level(&joined)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn presence_equals_a_search_through_all_spikes(
            mut spikes in prop::collection::vec(0.0..100.0f64, 0..40), stop in 5u32..100, bin in 1u32..30,
        ) {
            spikes.sort_by(f64::total_cmp);
            let (stop, bin) = (f64::from(stop), f64::from(bin));
            let observed = Support::new([Span::new(0.0, stop)]);
            let starts: Vec<f64> =
                (0..200).map(|k| f64::from(k) * bin).filter(|start| start + bin / 2.0 <= stop).collect();
            let fires = |start: &&f64| spikes.iter().any(|t| *t >= **start && *t < (**start + bin).min(stop));
            let slow = starts.iter().filter(fires).count() as f64 / starts.len() as f64;
            let fast = presence_ratio(&spikes, &observed, bin);
            prop_assert!(fast == slow || (fast.is_nan() && slow.is_nan()), "{fast} {slow}");
        }

        #[test]
        fn snr_ignores_offset_and_scale(
            trace in prop::collection::vec(-5.0..5.0f64, 20..80), scale in 0.1..9.0f64, offset in -9.0..9.0f64,
        ) {
            let moved: Vec<f64> = trace.iter().map(|x| scale * x + offset).collect();
            let (a, b) = (signal_to_noise(&[&trace]), signal_to_noise(&[&moved]));
            prop_assert!((a - b).abs() < 1e-8 * a.abs());
        }
    }

    #[test]
    fn the_noise_of_a_slow_signal_is_found() {
        // Alternating +-1 has differences of 2 throughout; the drift of 0.001 per sample does not matter.
        let trace: Vec<f64> =
            (0..999).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 } + 0.001 * f64::from(i)).collect();
        assert!((noise_level(&trace) - NORMAL_OVER_MAD * 2.0_f64.sqrt()).abs() < 1e-2);
        let apart = signal_to_noise(&[&[0.0], &[5.0]]);
        assert!(apart.is_nan(), "the step between segments is no noise");
        assert!(noise_level(&[1.0]).is_nan() && signal_to_noise(&[]).is_nan());
    }
}
