//! Optimisers against their definitions.

use neuroloom_nn::{Adam, Decay, Plateau, clip_by_norm};

#[test]
fn the_first_step_of_adam_has_the_size_of_the_learning_rate() {
    let mut theta = [1.0_f64, -2.0];
    Adam::new(2).step(&mut theta, &[1e3, -1e-3], 0.1, Decay::Coupled(0.0));
    assert!((theta[0] - 0.9).abs() < 1e-9 && (theta[1] + 1.9).abs() < 2e-6, "{theta:?}");
}

#[test]
fn decay_that_is_coupled_enters_the_moments_and_decay_that_is_not_does_not() {
    let (mut coupled, mut decoupled) = ([1.0_f64], [1.0_f64]);
    Adam::new(1).step(&mut coupled, &[0.0], 0.1, Decay::Coupled(0.5));
    Adam::new(1).step(&mut decoupled, &[0.0], 0.1, Decay::Decoupled(0.5));
    assert!((coupled[0] - 0.9).abs() < 1e-7, "{coupled:?}");
    assert_eq!(decoupled, [1.0 - 0.1 * 0.5]);
}

#[test]
fn a_gradient_is_cut_to_the_largest_norm() {
    let mut gradient = [3.0_f32, 4.0];
    assert_eq!(clip_by_norm(&mut gradient, None), 5.0);
    assert_eq!(clip_by_norm(&mut gradient, Some(6.0)), 5.0);
    assert_eq!(gradient, [3.0, 4.0]);
    assert_eq!(clip_by_norm(&mut gradient, Some(1.0)), 5.0);
    assert!((gradient[0] - 0.6).abs() < 1e-7 && (gradient[1] - 0.8).abs() < 1e-7);
}

#[test]
fn the_learning_rate_falls_after_the_patience_and_not_below_the_smallest() {
    let mut plateau = Plateau::new(1.0, 0.5, 2, 0.2);
    let mut rates = Vec::new();
    for loss in [3.0, 3.0, 3.0, 3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0] {
        plateau.observe(loss);
        rates.push(plateau.lr());
    }
    assert_eq!(rates, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2]);
}
