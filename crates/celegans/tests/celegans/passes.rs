//! The numeric passes against closed forms and against the slow way.

use crate::support::{Uniform, jittered, slow};
use neuroloom_celegans::block::{Row, interleave};
use neuroloom_celegans::normalise::Normalisation;
use neuroloom_celegans::resample::Resampler;
use neuroloom_celegans::residual::residual;
use neuroloom_celegans::smooth::Smoother;
use neuroloom_celegans::{AggregateTimestamp, Profile, ResamplePath};
use proptest::prelude::*;

fn made(make: impl FnOnce(&mut Vec<Row>)) -> Vec<Row> {
    // what stood in the buffer before must not matter
    let mut out = vec![[f64::NAN; 8]; 3];
    make(&mut out);
    out
}

fn rows(trace: &[f64]) -> Vec<Row> {
    made(|out| interleave(&[trace], trace.len(), out))
}

fn differentiated(x: &[Row], t: &[f64]) -> Vec<Row> {
    made(|out| residual(x, t, out))
}

fn smoothed(smoother: &Smoother, x: &[Row]) -> Vec<Row> {
    made(|out| smoother.smooth(x, out))
}

fn resampled(plan: &Resampler, x: &[Row]) -> Vec<Row> {
    made(|out| plan.resample(x, out))
}

fn normalised(method: Normalisation, y: &[Row], profile: Profile) -> Vec<Row> {
    let mut z = y.to_vec();
    method.normalise(&mut z, profile);
    z
}

fn lane(rows: &[Row]) -> Vec<f64> {
    rows.iter().map(|row| row[0]).collect()
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{i}: {found} {expected}");
    }
}

fn from_zero(times_s: &[f64]) -> Vec<f64> {
    times_s.iter().map(|t| t - times_s[0]).collect()
}

fn plan(times_s: &[f64], median_s: f64, dt_s: f64) -> Resampler {
    Resampler::new(times_s, median_s, dt_s, AggregateTimestamp::Start)
}

#[test]
fn a_line_has_its_slope_for_a_residual_and_stays_a_line_on_a_jittered_clock() {
    let t = from_zero(&jittered(700, 0.6, 1));
    let line: Vec<f64> = t.iter().map(|t| 0.25 * t - 3.0).collect();
    assert_close(&lane(&differentiated(&rows(&line), &t)), &vec![0.25; 700], 1e-12);
    let up = plan(&t, 0.6, 0.333);
    let expected: Vec<f64> = up.times_s.iter().map(|t| 0.25 * t - 3.0).collect();
    assert_eq!(up.path, ResamplePath::Up);
    assert_close(&lane(&resampled(&up, &rows(&line))), &expected, 1e-12);
    let down = Resampler::new(&t, 0.6, 1.7, AggregateTimestamp::Centroid);
    let expected: Vec<f64> = down.times_s.iter().map(|t| 0.25 * t - 3.0).collect();
    assert_eq!(down.path, ResamplePath::Down);
    assert_close(&lane(&resampled(&down, &rows(&line))), &expected, 1e-12);
}

#[test]
fn a_parabola_has_an_exact_residual_inside_an_uneven_clock() {
    let t = [0.0, 0.4, 1.1, 1.3, 2.9];
    let x: Vec<f64> = t.iter().map(|t| 2.0 * t * t - t).collect();
    let found = lane(&differentiated(&rows(&x), &t));
    for i in 1..4 {
        assert!((found[i] - (4.0 * t[i] - 1.0)).abs() < 1e-12);
    }
}

#[test]
fn a_constant_stays_exactly_constant_and_normalises_to_zero() {
    let t = from_zero(&jittered(700, 0.6, 2));
    let constant = rows(&vec![0.1; 700]);
    for smoother in [Smoother::moving(15), Smoother::gaussian(5.0), Smoother::Exponential { alpha: 0.3 }] {
        for dt_s in [0.333, 1.9] {
            let common = resampled(&plan(&t, 0.6, dt_s), &smoothed(&smoother, &constant));
            assert!(common.iter().all(|row| row[0] == 0.1), "{smoother:?}");
            for normalisation in [Normalisation::Standard, Normalisation::Causal] {
                let z = normalised(normalisation, &common, Profile::Exact);
                assert!(z.iter().all(|row| row[0].to_bits() == 0), "{smoother:?} {normalisation:?}");
            }
        }
    }
    assert!(differentiated(&constant, &t).iter().all(|row| row[0] == 0.0));
}

#[test]
fn the_exponential_smoother_answers_a_step_in_closed_form() {
    let mut step = vec![1.0; 40];
    step[0] = 0.0;
    let found = lane(&smoothed(&Smoother::Exponential { alpha: 0.3 }, &rows(&step)));
    let expected: Vec<f64> = (0..40).map(|j| 1.0 - 0.7_f64.powi(j)).collect();
    assert_close(&found, &expected, 1e-13);
}

#[test]
fn a_window_of_15_has_8_taps() {
    let mut impulse = vec![0.0; 40];
    impulse[20] = 1.0;
    let answered = lane(&smoothed(&Smoother::moving(15), &rows(&impulse)));
    let support: Vec<usize> = (0..40).filter(|&j| answered[j] != 0.0).collect();
    assert_eq!(support, (20..28).collect::<Vec<_>>());
}

#[test]
fn the_path_changes_at_the_median_interval() {
    let t: Vec<f64> = (0..700).map(|i| 0.5 * f64::from(i)).collect();
    assert_eq!(plan(&t, 0.5, 0.5 - 1e-9).path, ResamplePath::Up);
    assert_eq!(plan(&t, 0.5, 0.5).path, ResamplePath::Down);
    assert_eq!(plan(&t, 0.5, 0.5).times_s.len(), 699);
}

#[test]
fn means_are_stamped_five_twelfths_of_an_interval_before_their_centroid() {
    let t: Vec<f64> = (0..700).map(|i| 0.1 * f64::from(i)).collect();
    let start = plan(&t, 0.1, 0.333);
    let centroid = Resampler::new(&t, 0.1, 0.333, AggregateTimestamp::Centroid);
    for (start, centroid) in start.times_s.iter().zip(&centroid.times_s) {
        assert!((centroid - start - 0.333 * 5.0 / 12.0).abs() < 1e-12);
    }
    // the value is that of the centroid, 0.139 s after the stamp
    let value = lane(&resampled(&start, &rows(&t)))[3];
    assert!((value - (3.0 * 0.333 + 0.13875)).abs() < 1e-12);
}

#[test]
fn a_missing_sample_reaches_only_what_is_made_of_it() {
    let t: Vec<f64> = (0..100).map(f64::from).collect();
    let mut x = vec![1.0; 100];
    x[50] = f64::NAN;
    let found = lane(&resampled(&plan(&t, 1.0, 0.5), &rows(&x)));
    let missing: Vec<usize> = (0..found.len()).filter(|&k| found[k].is_nan()).collect();
    assert_eq!(missing, [99, 100, 101]);
    let z = lane(&normalised(Normalisation::Standard, &rows(&[1.0, f64::NAN, 3.0]), Profile::Exact));
    assert!(z[0] == -1.0 && z[1].is_nan() && z[2] == 1.0);
}

#[test]
fn defect_g_the_published_causal_form_loses_its_digits_where_the_variance_is_small() {
    let mut uniform = Uniform(5);
    let y: Vec<f64> = (0..1444).map(|_| 1.0 + 2e-4 * uniform.next()).collect();
    let nudged: Vec<f64> = y.iter().map(|v| v + 6e-8).collect();
    let largest_change = |profile| {
        let z = |y: &[f64]| lane(&normalised(Normalisation::Causal, &rows(y), profile));
        z(&y).iter().zip(z(&nudged)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    assert!(largest_change(Profile::Compat) > 0.1, "{}", largest_change(Profile::Compat));
    assert!(largest_change(Profile::Exact) < 1e-5, "{}", largest_change(Profile::Exact));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn passes_equal_the_slow_ones(seed in 0_u64..1000, n in 20_usize..120, window in 1_usize..30, sigma in 0.2_f64..6.0,
                                  dt_s in 0.1_f64..1.5) {
        let t = from_zero(&jittered(n, 0.6, seed));
        let mut uniform = Uniform(seed + 1);
        let x: Vec<f64> = (0..n).map(|_| 10.0 * uniform.next()).collect();
        assert_close(&lane(&differentiated(&rows(&x), &t)), &slow::residual(&x, &t), 1e-10);
        assert_close(&lane(&smoothed(&Smoother::moving(window), &rows(&x))), &slow::moving(&x, window), 1e-12);
        assert_close(&lane(&smoothed(&Smoother::gaussian(sigma), &rows(&x))), &slow::gaussian(&x, sigma), 1e-12);
        let up = dt_s < 0.6;
        assert_close(&lane(&resampled(&plan(&t, 0.6, dt_s), &rows(&x))), &slow::resample(&x, &t, dt_s, up), 1e-11);
    }

    #[test]
    fn standardised_neurons_have_mean_0_and_sd_1(seed in 0_u64..1000, n in 3_usize..300, offset in -1e3_f64..1e3) {
        let mut uniform = Uniform(seed);
        let y: Vec<f64> = (0..n).map(|_| offset + uniform.next()).collect();
        let z = lane(&normalised(Normalisation::Standard, &rows(&y), Profile::Exact));
        let mean = z.iter().sum::<f64>() / n as f64;
        let variance = z.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / n as f64;
        prop_assert!(mean.abs() < 1e-9 && (variance - 1.0).abs() < 1e-9, "{} {}", mean, variance);
    }

    #[test]
    fn the_causal_form_equals_moments_taken_afresh(seed in 0_u64..1000) {
        let mut uniform = Uniform(seed);
        let y: Vec<f64> = (0..80).map(|_| 100.0 + uniform.next()).collect();
        let z = lane(&normalised(Normalisation::Causal, &rows(&y), Profile::Exact));
        for n in 1..=80 {
            let mean = y[..n].iter().sum::<f64>() / n as f64;
            let variance = y[..n].iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64;
            let expected = (y[n - 1] - mean) / variance.max(1e-8).sqrt();
            prop_assert!((z[n - 1] - expected).abs() < 1e-8);
        }
    }
}
