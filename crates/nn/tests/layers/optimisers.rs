//! Optimisers against their definitions.

use neuroloom_nn::{Adam, Decay, Lbfgs, Plateau, Point, Real, clip_by_norm};

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

/// The extended function of Rosenbrock: a curved valley in every pair of variables, lowest at 1.
fn rosenbrock<T: Real>(x: &[T], gradient: &mut [T]) -> f64 {
    let mut value = 0.0;
    for (x, gradient) in x.chunks_exact(2).zip(gradient.chunks_exact_mut(2)) {
        let [a, b] = [x[0].to_f64(), x[1].to_f64()];
        value += 100.0 * (b - a * a).powi(2) + (1.0 - a).powi(2);
        gradient[0] = T::from_f64(-400.0 * a * (b - a * a) - 2.0 * (1.0 - a));
        gradient[1] = T::from_f64(200.0 * (b - a * a));
    }
    value
}

fn minimised<T: Real>(memory: usize, tolerance: f64) -> (Point<T>, usize) {
    let start: Vec<T> = (0..20).map(|k| T::from_f64(if k % 2 == 0 { -1.2 } else { 1.0 })).collect();
    let mut calls = 0;
    let mut objective = |x: &[T], gradient: &mut [T]| {
        calls += 1;
        rosenbrock(x, gradient)
    };
    let mut point = Point::new(start, &mut objective);
    let mut lbfgs = Lbfgs::new(memory);
    while point.slope() > tolerance {
        let before = point.value;
        let Some(length) = lbfgs.step(&mut point, &mut objective) else { break };
        assert!(length > 0.0 && point.value < before);
    }
    (point, calls)
}

#[test]
fn lbfgs_follows_the_valley_of_rosenbrock() {
    for memory in [1, 5, 10] {
        let (point, calls) = minimised::<f64>(memory, 1e-8);
        assert!(point.parameters.iter().all(|x| (x - 1.0).abs() < 1e-7), "{memory}: {:?}", point.parameters);
        assert!(calls < 300, "{memory}: {calls}");
    }
    // Nocedal and Wright need some 35 steps for two variables.
    assert!(minimised::<f64>(10, 1e-5).1 < 80);
    let (point, _) = minimised::<f32>(10, 1e-4);
    assert!(point.parameters.iter().all(|x| (x - 1.0).abs() < 1e-2), "{:?}", point.parameters);
}

#[test]
fn lbfgs_solves_a_quadratic_in_as_many_steps_as_it_has_scales() {
    let scales = [1.0, 10.0, 100.0, 1000.0];
    let mut objective = |x: &[f64], gradient: &mut [f64]| {
        let own = x.iter().zip(gradient).zip(&scales);
        own.map(|((x, g), scale)| {
            *g = scale * x;
            0.5 * scale * x * x
        })
        .sum()
    };
    let mut point = Point::new(vec![1.0; 4], &mut objective);
    let mut lbfgs = Lbfgs::new(10);
    let n_steps =
        (0..100).take_while(|_| point.slope() > 1e-9 && lbfgs.step(&mut point, &mut objective).is_some());
    let n_steps = n_steps.count();
    assert!(point.slope() <= 1e-9 && n_steps < 30, "{n_steps}: {}", point.slope());
}

#[test]
fn lbfgs_goes_on_from_its_state_and_ends_where_nothing_is_lower() {
    let mut objective = rosenbrock::<f64>;
    let mut point = Point::new(vec![-1.2, 1.0], &mut objective);
    let mut lbfgs = Lbfgs::new(5);
    for _ in 0..7 {
        lbfgs.step(&mut point, &mut objective).unwrap();
    }
    let text = serde_json::to_string(&(&lbfgs, &point)).unwrap();
    let (mut other, mut there): (Lbfgs<f64>, Point<f64>) = serde_json::from_str(&text).unwrap();
    for _ in 0..5 {
        assert_eq!(lbfgs.step(&mut point, &mut objective), other.step(&mut there, &mut objective));
    }
    assert_eq!((&lbfgs, &point), (&other, &there));
    // At the bottom, where the function has no lower value and where it is none at all.
    let mut bottom = Point::new(vec![1.0, 1.0], &mut objective);
    assert_eq!(Lbfgs::new(5).step(&mut bottom, &mut objective), None);
    assert_eq!(bottom.parameters, [1.0, 1.0]);
    let mut broken = |_: &[f64], gradient: &mut [f64]| {
        gradient.fill(f64::NAN);
        f64::NAN
    };
    let mut nowhere = Point::new(vec![1.0], &mut broken);
    assert_eq!(Lbfgs::new(5).step(&mut nowhere, &mut broken), None);
}
