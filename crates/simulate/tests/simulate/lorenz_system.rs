//! The Lorenz system: what is known of it holds.

use neuroloom_simulate::lorenz::{lorenz, runge_kutta};
use proptest::prelude::*;

fn after(mut state: [f64; 3], h: f64, n: usize) -> [f64; 3] {
    for _ in 0..n {
        state = runge_kutta(lorenz, state, h);
    }
    state
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn the_three_fixed_points_stand_still() {
    let side = (8.0_f64 / 3.0 * 27.0).sqrt();
    for point in [[0.0; 3], [side, side, 27.0], [-side, -side, 27.0]] {
        assert!(distance(lorenz(point), [0.0; 3]) < 1e-12, "{point:?}");
        assert!(distance(after(point, 0.0024, 100), point) < 1e-12, "{point:?}");
    }
}

#[test]
fn the_error_of_a_step_falls_with_the_fifth_power() {
    let start = [1.0, 2.0, 20.0];
    let error = |h: f64| distance(runge_kutta(lorenz, start, h), after(start, h / 256.0, 256));
    let ratio = error(0.01) / error(0.005);
    assert!((ratio.log2() - 5.0).abs() < 0.2, "order {}", ratio.log2());
}

#[test]
fn a_slow_twin_agrees() {
    // Euler with steps so small that its own error is below the tolerance.
    let mut state = [1.0, 2.0, 20.0];
    let h = 0.0024 / 20_000.0;
    for _ in 0..20_000 * 20 {
        let slope = lorenz(state);
        state = std::array::from_fn(|i| state[i] + h * slope[i]);
    }
    assert!(distance(state, after([1.0, 2.0, 20.0], 0.0024, 20)) < 1e-4);
}

#[test]
fn nearby_paths_part_at_the_known_exponent() {
    // Benettin et al. 1980: the separation is brought back to its size after every step.
    let (mut path, size, h) = (after([1.0, 1.0, 1.0], 0.0024, 10_000), 1e-8, 0.0024);
    let mut near = [path[0] + size, path[1], path[2]];
    let (mut growth, n) = (0.0, 400_000);
    for _ in 0..n {
        path = runge_kutta(lorenz, path, h);
        near = runge_kutta(lorenz, near, h);
        let apart = distance(near, path);
        growth += (apart / size).ln();
        near = std::array::from_fn(|i| path[i] + (near[i] - path[i]) * size / apart);
    }
    let exponent = growth / (f64::from(n) * h);
    assert!((exponent - 0.906).abs() < 0.03, "largest Lyapunov exponent {exponent}, known: 0.906");
}

proptest! {
    #[test]
    fn turning_by_half_a_turn_about_z_changes_no_bit(x in -20.0..20.0f64, y in -20.0..20.0f64, z in 0.0..50.0f64) {
        let [a, b, c] = after([x, y, z], 0.0024, 500);
        prop_assert_eq!(after([-x, -y, z], 0.0024, 500), [-a, -b, c]);
    }

    #[test]
    fn no_path_leaves_the_trapping_sphere(x in -3.0..3.0f64, y in -3.0..3.0f64, z in -3.0..3.0f64) {
        // x² + y² + (z - σ - ρ)² never exceeds its start and (σ + ρ)² β²/(4 (β - 1)), about 39.3².
        let mut state = [x, y, z];
        for _ in 0..2000 {
            state = runge_kutta(lorenz, state, 0.0024);
            prop_assert!(distance(state, [0.0, 0.0, 38.0]) < 45.0, "{state:?}");
        }
    }
}
