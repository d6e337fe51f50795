//! Moments and distribution functions of Pólya-Gamma draws (T1). `NEUROLOOM_PG_DRAWS=100000000` takes so
//! many per case instead of a million.

use neuroloom_bicluster::PolyaGamma;

use crate::support::rng;

const SHAPES: [f64; 12] = [0.1, 0.5, 1.0, 1.5, 2.0, 2.7, 3.5, 5.5, 10.0, 12.3, 60.5, 500.0];
const TILTS: [f64; 5] = [0.0, 0.3, -2.0, 10.0, -40.0];
const N_SORTED: usize = 200_000;
const KS_POINTS: usize = 400;
/// The Kolmogorov quantile at p = 1e-3.
const KS_CRITICAL: f64 = 1.95;

#[test]
fn draws_have_the_mean_the_variance_and_the_distribution_function() {
    let n = std::env::var("NEUROLOOM_PG_DRAWS").map_or(1_000_000, |n| n.parse().expect("a number of draws"));
    let exact = PolyaGamma { exact_below: f64::INFINITY };
    let cases: Vec<(f64, f64)> = SHAPES.iter().flat_map(|&h| TILTS.map(|z| (h, z))).collect();
    std::thread::scope(|scope| {
        for (thread, cases) in cases.chunks(cases.len().div_ceil(2)).enumerate() {
            scope.spawn(move || {
                for (index, &(h, z)) in cases.iter().enumerate() {
                    check_case(&exact, h, z, n, (thread * 1000 + index + 17) as u64);
                }
            });
        }
    });
}

#[test]
fn the_shifted_gamma_of_large_shapes_is_as_close_as_documented() {
    let fast = PolyaGamma { exact_below: 20.0 };
    for (seed, (h, z)) in [(20.0, 0.0), (20.0, 10.0), (60.5, 3.0)].into_iter().enumerate() {
        let mut rng = rng(50 + seed as u64);
        let mut draws: Vec<f64> = (0..N_SORTED).map(|_| fast.draw(h, z, &mut rng)).collect();
        let noise = KS_CRITICAL / (N_SORTED as f64).sqrt();
        assert!(distance(&mut draws, h, z) < 4e-4 + noise, "{h} {z}");
    }
}

#[test]
fn mean_and_variance_follow_the_closed_forms() {
    for h in [0.3_f64, 4.0] {
        for z in [-7.0_f64, -1.0, 0.5, 1.5, 3.0, 12.0] {
            let mean = h / (2.0 * z) * (z / 2.0).tanh();
            let variance = h / (4.0 * z.powi(3)) * (z.sinh() - z) / (z / 2.0).cosh().powi(2);
            assert!((PolyaGamma::mean(h, z) / mean - 1.0).abs() < 1e-12, "{h} {z}");
            assert!((PolyaGamma::variance(h, z) / variance - 1.0).abs() < 1e-10, "{h} {z}");
        }
        assert!((PolyaGamma::mean(h, 0.0) - h / 4.0).abs() < 1e-15);
        assert!((PolyaGamma::variance(h, 0.0) - h / 24.0).abs() < 1e-15);
    }
}

fn check_case(sampler: &PolyaGamma, h: f64, z: f64, n: usize, seed: u64) {
    let mut rng = rng(seed);
    let (mean, variance) = (PolyaGamma::mean(h, z), PolyaGamma::variance(h, z));
    let (mut sums, mut kept) = ([0.0; 3], Vec::with_capacity(N_SORTED));
    for i in 0..n {
        let draw = sampler.draw(h, z, &mut rng);
        assert!(draw > 0.0 && draw.is_finite(), "PG({h}, {z}) gave {draw}");
        let square = (draw - mean).powi(2);
        sums[0] += draw - mean;
        sums[1] += square;
        sums[2] += square * square;
        if i < N_SORTED {
            kept.push(draw);
        }
    }
    let size = n as f64;
    let z_mean = sums[0] / (size * variance).sqrt();
    let z_variance = (sums[1] - size * variance) / (sums[2] - size * variance * variance).sqrt();
    println!("PG({h}, {z}): {n} draws, z of mean {z_mean:.2}, z of variance {z_variance:.2}");
    assert!(z_mean.abs() < 4.5, "PG({h}, {z}): mean off by {z_mean} errors");
    assert!(z_variance.abs() < 4.5, "PG({h}, {z}): variance off by {z_variance} errors");
    let ks = distance(&mut kept, h, z) * (N_SORTED as f64).sqrt();
    assert!(ks < KS_CRITICAL, "PG({h}, {z}): Kolmogorov statistic {ks}");
}

/// Largest distance of the empirical and the exact distribution function at quantiles of the draws.
fn distance(draws: &mut [f64], h: f64, z: f64) -> f64 {
    draws.sort_unstable_by(f64::total_cmp);
    let n = draws.len();
    let indices = (1..KS_POINTS).map(|i| i * n / KS_POINTS);
    indices.map(|i| ((i as f64 + 0.5) / n as f64 - cumulative(h, z, draws[i])).abs()).fold(0.0, f64::max)
}

/// P(PG(h, z) ≤ x): the Laplace transform (cosh c / cosh √(c² + 2 t))^h of four times the variable, divided by t and
/// inverted along a parabola that opens around the cut on the negative axis.
fn cumulative(h: f64, z: f64, x: f64) -> f64 {
    let (c, x) = (0.5 * z.abs(), 4.0 * x);
    let sd = (16.0 * PolyaGamma::variance(h, z)).sqrt();
    let (start, step, bend) = (1.0 / sd, 0.1 / sd, 1.0 / (c * c + 1.0));
    let at_zero = h * ln_cosh_sqrt([c * c, 0.0])[0];
    let mut sum = 0.0;
    for node in 0..200_000 {
        let y = step * f64::from(node);
        let t = [start - bend * y * y, y];
        let [re, im] = ln_cosh_sqrt([c * c + 2.0 * t[0], 2.0 * t[1]]);
        let size = (at_zero - h * re + x * t[0]).exp();
        let (sin, cos) = (x * t[1] - h * im).sin_cos();
        // e^{t x} M(t) / t · dt/dy / i, with dt/dy / i = 1 + 2 i bend y
        let value = divide([cos, sin], t);
        let real = value[0] - 2.0 * bend * y * value[1];
        sum += if node == 0 { 0.5 } else { 1.0 } * size * real;
        if size < 1e-18 * t[1].hypot(t[0]) {
            break;
        }
    }
    sum * step / std::f64::consts::PI
}

fn divide(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    let square = b[0] * b[0] + b[1] * b[1];
    [(a[0] * b[0] + a[1] * b[1]) / square, (a[1] * b[0] - a[0] * b[1]) / square]
}

/// ln cosh √w, the continuous branch: cosh q = e^q (1 + e^{-2q}) / 2 with Re q ≥ 0.
fn ln_cosh_sqrt(w: [f64; 2]) -> [f64; 2] {
    let modulus = w[0].hypot(w[1]);
    let re = (0.5 * (modulus + w[0])).max(0.0).sqrt();
    let im = (0.5 * (modulus - w[0])).max(0.0).sqrt().copysign(w[1]);
    let (sin, cos) = (-2.0 * im).sin_cos();
    let small = (-2.0 * re).exp();
    let inner = [1.0 + small * cos, small * sin];
    [re + inner[0].hypot(inner[1]).ln() - 2_f64.ln(), im + inner[1].atan2(inner[0])]
}

#[test]
fn draws_at_extreme_shapes_and_tilts_have_the_right_mean() {
    let (exact, n) = (PolyaGamma::default(), 20_000);
    for (seed, h) in [1e-3, 0.03, 1.29, 1.31, 1e4, 1e6].into_iter().enumerate() {
        for z in [0.0, 1e-9, 0.7, 60.0, 1500.0] {
            let mut rng = rng(70 + seed as u64);
            let sum: f64 = (0..n).map(|_| exact.draw(h, z, &mut rng)).sum();
            let error = (PolyaGamma::variance(h, z) / f64::from(n)).sqrt();
            let off = (sum / f64::from(n) - PolyaGamma::mean(h, z)) / error;
            assert!(off.abs() < 4.5, "PG({h}, {z}): mean off by {off} errors");
        }
    }
}

#[test]
fn what_is_no_shape_or_tilt_gives_no_number() {
    let mut rng = rng(1);
    for (h, z) in [
        (0.0, 1.0),
        (-1.0, 1.0),
        (f64::NAN, 1.0),
        (f64::INFINITY, 1.0),
        (2.0, f64::NAN),
        (2.0, f64::INFINITY),
    ] {
        assert!(PolyaGamma::default().draw(h, z, &mut rng).is_nan(), "{h} {z}");
    }
}
