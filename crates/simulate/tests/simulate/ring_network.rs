//! The ring against its equations: a slow twin, a bump that stands, a bump that turns.

use std::f64::consts::{PI, TAU};

use neuroloom_core::Seed;
use neuroloom_simulate::difference_rad;
use neuroloom_simulate::ring::{Ring, RingParams};
use rand::RngExt;

/// One step of the equation as it is written, with all `N²` connections.
fn dense(
    params: &RingParams,
    ring: &Ring,
    u: &mut [f64],
    turn_rad_per_s: f64,
    heading_rad: f64,
    noise: &[f64],
) {
    let n = u.len();
    let rates: Vec<f64> = u.iter().map(|u| u.max(0.0)).collect();
    let before = u.to_vec();
    for i in 0..n {
        let theta = ring.preferred_rad(i);
        let weight = |j: usize| ring.weight(theta - ring.preferred_rad(j), turn_rad_per_s);
        let recurrent: f64 = (0..n).map(|j| weight(j) * rates[j]).sum::<f64>() / n as f64;
        let slope = (-before[i] + ring.input_hz(theta, heading_rad) + recurrent) / params.tau_s;
        u[i] = before[i]
            + params.dt_s * slope
            + params.noise_hz * (2.0 * params.dt_s / params.tau_s).sqrt() * noise[i];
    }
}

#[test]
fn three_sums_equal_all_connections() {
    let params = RingParams { ring_units: 48, ..RingParams::default() };
    let ring = Ring::new(&params);
    let mut stream = Seed::root(1).rng();
    let (mut fast, mut slow) = (ring.bump(1.0), ring.bump(1.0));
    let (mut heading, mut largest) = (1.0, 0.0_f64);
    for step in 0..400 {
        let turn = 3.0 * (f64::from(step) / 50.0).sin();
        let noise: Vec<f64> = (0..48).map(|_| stream.random::<f64>() - 0.5).collect();
        ring.advance(&mut fast, turn, heading, &noise);
        dense(&params, &ring, &mut slow, turn, heading, &noise);
        heading += turn * params.dt_s;
        let difference = fast.iter().zip(&slow).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        largest = largest.max(difference);
    }
    assert!(largest < 1e-9, "{largest} Hz apart");
}

/// The activity after `duration_s` without noise, the head turning at a constant speed from where the bump is.
fn settled(params: &RingParams, start_rad: f64, turn_rad_per_s: f64, duration_s: f64) -> Vec<f64> {
    let ring = Ring::new(params);
    let calm = vec![0.0; params.ring_units];
    let mut u = ring.bump(start_rad);
    for step in 0..(duration_s / params.dt_s).round() as u32 {
        let heading = start_rad + turn_rad_per_s * f64::from(step) * params.dt_s;
        ring.advance(&mut u, turn_rad_per_s, heading, &calm);
    }
    u
}

#[test]
fn a_bump_of_any_width_stands_where_it_is_put_with_the_peak_that_was_asked_for() {
    for half_width_rad in [0.5, 0.8, 1.0, PI / 2.0, 2.0, 3.0] {
        for landmark in [0.0, 0.1, 0.5, 1.0] {
            let params = RingParams { half_width_rad, landmark, ring_units: 256, ..RingParams::default() };
            let u = settled(&params, 2.0, 0.0, 2.0);
            let peak = u.iter().copied().fold(0.0, f64::max);
            let phase = Ring::new(&params).phase_rad(&u);
            let name =
                format!("half-width {half_width_rad}, landmark {landmark}: peak {peak}, phase {phase}");
            assert!((peak / 40.0 - 1.0).abs() < 0.02, "{name}");
            assert!((phase - 2.0).abs() < 0.01, "{name}");
            let active = u.iter().filter(|u| **u > 0.0).count() as f64 * TAU / 256.0;
            assert!((active - 2.0 * half_width_rad).abs() < 0.1, "{name}: {active} rad active");
        }
    }
}

#[test]
fn a_bump_turns_as_fast_as_the_head_whatever_the_landmarks() {
    for landmark in [0.0, 0.3, 1.0] {
        for turn in [-4.0, -1.0, 0.5, 6.0] {
            let params = RingParams { landmark, ..RingParams::default() };
            let phase = Ring::new(&params).phase_rad(&settled(&params, 0.0, turn, 1.0));
            let error = difference_rad(phase, turn);
            assert!(
                error.abs() < 0.02 * f64::abs(turn) + 0.01,
                "landmark {landmark}, {turn} rad/s: {error} rad"
            );
        }
    }
}

#[test]
fn landmarks_bring_a_lost_bump_home_and_nothing_else_does() {
    let home = |landmark: f64| {
        let params = RingParams { landmark, ..RingParams::default() };
        let ring = Ring::new(&params);
        let mut u = ring.bump(2.0);
        (0..5000).for_each(|_| ring.advance(&mut u, 0.0, 1.0, &[0.0; 128]));
        ring.phase_rad(&u)
    };
    assert!((home(0.1) - 1.0).abs() < 0.01, "{}", home(0.1));
    // A ring of finitely many cells holds the bump at a cell or midway between two: nowhere is further than that.
    assert!((home(0.0) - 2.0).abs() < PI / 128.0, "{}", home(0.0));
}

#[test]
fn a_bump_grows_out_of_nothing() {
    let params = RingParams { landmark: 0.0, ..RingParams::default() };
    let ring = Ring::new(&params);
    let mut stream = Seed::root(5).rng();
    let mut u: Vec<f64> = (0..128).map(|_| stream.random::<f64>()).collect();
    (0..5000).for_each(|_| ring.advance(&mut u, 0.0, 0.0, &[0.0; 128]));
    let peak = u.iter().copied().fold(0.0, f64::max);
    assert!((peak / 40.0 - 1.0).abs() < 0.02, "{peak}");
}
