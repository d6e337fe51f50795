//! Objective, projection and roughness against their definitions.

use neuroloom_mds::{
    Gain, Gains, Groups, Objective, Projection, StimulusShape, add_roughness_gradient, norm, roughness,
};
use proptest::prelude::*;

const SHAPE: StimulusShape = StimulusShape { channels: 2, frames: 3, height: 5, width: 4 };

fn noise(n: usize, scale: f64) -> Vec<f64> {
    (0..n).map(|k| scale * ((k * 7919 + 13) % 1009) as f64 / 1009.0 - scale / 2.0).collect()
}

#[test]
fn the_objective_is_its_definition() {
    let labels = [0, 1, 2, 0, 1, 2, 2];
    let responses = [1.0, 0.3, -0.2, 2.0, 0.5, 0.7, 1.1];
    let gains = Gains::new(vec![0.1; 7], vec![2.0, 0.05, 1.0, 0.5, 1.5, 3.0, 1.0]).unwrap();
    let objective = Objective::new(&Groups::new(&labels), &gains, 1.6);
    let mean = |cluster: usize| {
        let members: Vec<usize> = (0..7).filter(|k| labels[*k] == cluster).collect();
        let divisor = [2.0, 0.1, 1.0, 0.5, 1.5, 3.0, 1.0];
        members.iter().map(|&k| (responses[k] - 0.1) / (divisor[k] + 1e-6)).sum::<f64>()
            / members.len() as f64
    };
    let total: f64 = (0..3).map(|k| (mean(k) / 1.6).exp()).sum();
    for target in 0..3 {
        let expected = mean(target) / 1.6 - total.ln() + 3.0_f64.ln();
        assert!((objective.value(target, &responses) - expected).abs() < 1e-12);
    }
    assert_eq!(gains.n_floored(), 1);
}

#[test]
fn its_gradient_is_its_derivative() {
    let labels = [0, 1, 2, 0, 1, 2, 2];
    let responses = vec![1.0, 0.3, -0.2, 2.0, 0.5, 0.7, 1.1];
    let objective = Objective::new(&Groups::new(&labels), &Gains::none(7), 0.7);
    let mut gradient = vec![0.0; 7];
    objective.gradient(1, &responses, &mut gradient);
    for unit in 0..7 {
        let at = |step: f64| {
            let mut moved = responses.clone();
            moved[unit] += step;
            objective.value(1, &moved)
        };
        assert!(((at(1e-5) - at(-1e-5)) / 2e-5 - gradient[unit]).abs() < 1e-9);
    }
}

proptest! {
    #[test]
    fn the_objective_is_at_most_ln_k_and_knows_no_offset(
        responses in proptest::collection::vec(-50.0_f64..50.0, 12),
        offset in -10.0_f64..10.0,
        target in 0_usize..3,
    ) {
        let labels: Vec<usize> = (0..12).map(|k| k % 3).collect();
        let objective = Objective::new(&Groups::new(&labels), &Gains::none(12), 1.6);
        let value = objective.value(target, &responses);
        let moved: Vec<f64> = responses.iter().map(|r| r + offset).collect();
        prop_assert!(value <= 3.0_f64.ln() + 1e-12);
        prop_assert!((value - objective.value(target, &moved)).abs() < 1e-9);
        // Other names of the clusters, and the neurons in another order.
        let renamed: Vec<usize> = labels.iter().map(|label| (label + 1) % 3).collect();
        let other = Objective::new(&Groups::new(&renamed), &Gains::none(12), 1.6);
        prop_assert!((value - other.value((target + 1) % 3, &responses)).abs() < 1e-12);
    }

    #[test]
    fn projections_keep_norm_and_range(values in proptest::collection::vec(-9.0_f64..9.0, 120), wanted in 0.1_f64..40.0) {
        let free = Projection { norm: Some(wanted), clip: Vec::new() };
        let mut stimulus = values.clone();
        prop_assume!(norm(&values) > 1e-6);
        prop_assert!(free.apply(SHAPE, &mut stimulus));
        prop_assert!((norm(&stimulus) - wanted).abs() < 1e-9 * wanted);
        let once = stimulus.clone();
        free.apply(SHAPE, &mut stimulus);
        prop_assert!(stimulus.iter().zip(&once).all(|(a, b)| (a - b).abs() < 1e-12 * wanted));
        let clipped = Projection { norm: Some(wanted), clip: vec![(-0.5, 1.0), (-0.9, 2.0)] };
        let mut stimulus = values;
        clipped.apply(SHAPE, &mut stimulus);
        prop_assert!(stimulus[..60].iter().all(|v| (-0.5..=1.0).contains(v)));
        prop_assert!(stimulus[60..].iter().all(|v| (-0.9..=2.0).contains(v)));
    }
}

#[test]
fn identical_means_have_the_objective_0() {
    let objective = Objective::new(&Groups::new(&[0, 1, 2, 3]), &Gains::none(4), 1.6);
    assert!(objective.value(2, &[3.0, 3.0, 3.0, 3.0]).abs() < 1e-12);
}

#[test]
fn blanks_and_ranges_that_cannot_be_are_refused() {
    let projection = |norm, clip| Projection { norm, clip };
    assert!(!projection(Some(3.0), Vec::new()).apply(SHAPE, &mut [0.0_f64; 120]));
    assert!(projection(Some(0.0), Vec::new()).check(SHAPE).is_err());
    assert!(projection(None, vec![(1.0, 1.0), (0.0, 1.0)]).check(SHAPE).is_err());
    assert!(projection(None, vec![(0.0, 1.0)]).check(SHAPE).is_err());
    assert!(projection(Some(3.0), vec![(-1.0, 1.0); 2]).holds_norm(SHAPE));
    assert!(!projection(Some(12.0), vec![(-1.0, 1.0); 2]).holds_norm(SHAPE));
}

#[test]
fn roughness_is_that_of_the_padded_convolution() {
    assert!(roughness(SHAPE, &[2.5_f64; 120]) < 1e-24);
    let stimulus = noise(120, 2.0);
    let kernel = [[0.25, 0.5, 0.25], [0.5, -3.0, 0.5], [0.25, 0.5, 0.25]];
    let mirror = |place: i64, n: i64| {
        let inside = place.abs();
        if inside >= n { 2 * (n - 1) - inside } else { inside }
    };
    let mut total = 0.0;
    for frame in stimulus.chunks(20) {
        // Rows and columns -2 to n + 1 of the padded frame.
        let padded = |y: i64, x: i64| frame[(mirror(y, 5) * 4 + mirror(x, 4)) as usize];
        for y in -1..=5 {
            for x in -1..=4 {
                let sum: f64 = (0..9)
                    .map(|k| kernel[k / 3][k % 3] * padded(y + k as i64 / 3 - 1, x + k as i64 % 3 - 1))
                    .sum();
                total += sum * sum;
            }
        }
    }
    let expected = total / (6.0 * 7.0 * 6.0);
    assert!((roughness(SHAPE, &stimulus) - expected).abs() < 1e-12);
    let mut gradient = vec![0.0; 120];
    add_roughness_gradient(SHAPE, &stimulus, 1.0, &mut gradient);
    for place in (0..120).step_by(7) {
        let at = |step: f64| {
            let mut moved = stimulus.clone();
            moved[place] += step;
            roughness(SHAPE, &moved)
        };
        assert!(((at(1e-4) - at(-1e-4)) / 2e-4 - gradient[place]).abs() < 1e-8);
    }
}

#[test]
fn gains_are_those_of_the_windows() {
    let windows = vec![vec![1.0_f64, 0.0], vec![3.0, 0.02], vec![5.0, 0.04]];
    let sd = (8.0_f64 / 3.0).sqrt();
    let z = Gains::of_windows(Gain::Zscore, &windows);
    assert!((z.apply(0, 5.0) - 2.0 / (sd + 1e-6)).abs() < 1e-12);
    assert_eq!(z.n_floored(), 1);
    assert!((Gains::of_windows(Gain::Max, &windows).apply(0, 5.0) - 5.0 / (5.0 + 1e-6)).abs() < 1e-12);
    assert!((Gains::of_windows(Gain::UnitSd, &windows).apply(0, 5.0) - 5.0 / (sd + 1e-6)).abs() < 1e-12);
    assert!(Gains::new(vec![f64::NAN], vec![1.0]).is_err());
}
