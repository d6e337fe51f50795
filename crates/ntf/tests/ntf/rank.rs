//! Criteria of the number of components.

use ndarray::{Array2, ArrayD};
use neuroloom_core::Seed;
use neuroloom_ntf::operand::{DenseRows, Operand, TwoPass};
use neuroloom_ntf::rank::{HoldOut, core_consistency, held_out_error, nuclear_norm};
use neuroloom_ntf::{Fit, FitOptions, Fitting, Hidden, Mask, Model, Problem, Start};

use crate::tensors::{dense, factors, model, uniform};

fn fit(operand: &dyn Operand, mask: &Mask, rank: usize) -> Fit {
    let options = FitOptions { tolerance: 1e-9, max_iterations: 2000, ..FitOptions::of_rank(rank) };
    let start = |number| Start::random(operand.shape(), rank, operand.squared_norm(), &Seed::root(2), number);
    let mut fitting = Fitting::new((0..4).map(start).collect(), false);
    while !fitting.is_done() {
        fitting.round(&Problem { operand, mask, options: &options }, None).unwrap();
    }
    fitting.finish()
}

fn noisy(rank: usize) -> ArrayD<f64> {
    let shape = [12, 11, 13];
    let truth: Vec<_> =
        factors(&shape, rank, 1).iter().map(|u| u.mapv(|u| if u < 0.4 { 0.0 } else { u })).collect();
    let mut array = model(&truth);
    array.zip_mut_with(&uniform(&shape, 77), |x, noise| *x = (*x + 0.1 * (noise - 0.5)).max(0.0));
    array
}

#[test]
fn core_consistency_falls_once_there_are_components_too_many() {
    let operand = TwoPass::new(DenseRows::new(dense(&noisy(3))));
    let at = |rank| core_consistency(&operand, &fit(&operand, &Mask::Full, rank).model).unwrap();
    assert!(at(3) > 90.0, "{}", at(3));
    assert!(at(5) < 60.0, "{}", at(5));
}

#[test]
fn core_consistency_of_an_exact_model_is_a_hundred_whatever_its_modes() {
    for shape in [vec![6, 7, 8], vec![5, 4, 6, 3]] {
        let truth = factors(&shape, 2, 4);
        let operand = TwoPass::new(DenseRows::new(dense(&model(&truth))));
        let found = core_consistency(&operand, &Model::from_factors(&truth)).unwrap();
        assert!((found - 100.0).abs() < 1e-6, "{found}");
    }
}

#[test]
fn the_error_on_held_out_entries_is_lowest_at_the_true_rank() {
    let held = HoldOut::new(&dense(&noisy(3)), &[], 0.1, &Seed::root(3));
    let share = held.entries.len() as f64 / held.tensor.values().len() as f64;
    assert!((share - 0.1).abs() < 0.03, "{share}");
    let operand = TwoPass::new(DenseRows::new(held.tensor.clone()));
    let error = |rank| {
        let fit = fit(&operand, &held.mask, rank);
        held_out_error(&held.entries, &fit.starts[fit.best].factors)
    };
    let errors: Vec<f64> = [1, 2, 3, 5, 8].into_iter().map(error).collect();
    assert!(errors[2] < errors[0] && errors[2] < errors[1] && errors[2] < errors[4], "{errors:?}");
}

#[test]
fn what_is_hidden_is_never_held_out() {
    let tensor = dense(&uniform(&[6, 6, 6], 1));
    let hidden: Vec<[u32; 4]> = (0..6).map(|i| [i, i, i, 0]).collect();
    let held = HoldOut::new(&tensor, &hidden, 0.5, &Seed::root(1));
    assert!(held.entries.iter().all(|(index, _)| !hidden.contains(index)));
    let Mask::Hidden(mask) = &held.mask else { panic!("a list of hidden entries") };
    assert_eq!(mask.len(), held.entries.len() + 6);
    assert!(!Hidden::new(vec![6, 6, 6], hidden).is_empty());
}

#[test]
fn the_nuclear_norm_counts_directions() {
    // Orthogonal columns: R - 1 equal directions beside the mean.
    let identity = Array2::from_shape_fn((20, 5), |(i, r)| f64::from(u8::from(i == r)));
    assert!((nuclear_norm(&identity).unwrap() - 4.0).abs() < 1e-9);
    // Two directions, however many components.
    let two = Array2::from_shape_fn((20, 6), |(i, r)| f64::from(u8::from(i == r % 2)));
    assert!((nuclear_norm(&two).unwrap() - 1.0).abs() < 1e-9);
}
