//! Fast products equal slow ones, for every form of a tensor.

use ndarray::ArrayD;
use neuroloom_ntf::operand::{
    DenseRows, Operand, PairRows, SparseOperand, SquareAffinity, SymmetricRows, TwoPass,
};
use neuroloom_ntf::{Factor, Layout, SparseTensor, Tensor};
use proptest::prelude::*;

use crate::tensors::{
    affinity, close, dense, dense_f32, factors, filled, slow_mttkrp, slow_residual, uniform,
};

/// Compares all modes, in order and each on its own, and the norm.
fn agrees(operand: &dyn Operand, array: &ArrayD<f64>, rank: usize, tolerance: f64) {
    assert_eq!(operand.shape(), array.shape());
    let norm: f64 = array.iter().map(|x| x * x).sum();
    assert!((operand.squared_norm() - norm).abs() <= tolerance * norm, "{}", operand.name());
    let mut factors: Vec<Factor> = factors(array.shape(), rank, 5);
    let mut products = operand.products(rank);
    for mode in 0..array.ndim() {
        close(&products.mttkrp(&factors, mode), &slow_mttkrp(array, &factors, mode), tolerance);
        // What follows must see the change.
        factors[mode].mapv_inplace(|u| 1.5 * u * u);
    }
    for mode in (0..array.ndim()).rev() {
        let product = operand.products(rank).mttkrp(&factors, mode);
        close(&product, &slow_mttkrp(array, &factors, mode), tolerance);
    }
    if let Some(residual) = operand.residual(&factors, None) {
        let slow = slow_residual(array, &factors, |_| true);
        assert!((residual - slow).abs() <= tolerance.max(1e-6) * slow, "{residual} {slow}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn mttkrp_of_a_dense_tensor_is_the_slow_one(
        shape in prop::collection::vec(1..9usize, 2..=4),
        rank in 1..40usize,
    ) {
        let array = uniform(&shape, rank as u64);
        agrees(&TwoPass::new(DenseRows::new(dense(&array))), &array, rank, 1e-12);
        agrees(&TwoPass::new(DenseRows::new(dense_f32(&array))), &array, rank, 2e-6);
    }

    #[test]
    fn mttkrp_of_a_sparse_tensor_is_the_dense_one(shape in prop::collection::vec(1..7usize, 2..=4), rank in 1..6usize) {
        let array = uniform(&shape, 3).mapv(|x| if x < 0.7 { 0.0 } else { x });
        let entries = array.indexed_iter().filter(|(_, x)| **x != 0.0).map(|(index, x)| {
            (std::array::from_fn(|mode| if mode < shape.len() { index[mode] as u32 } else { 0 }), *x)
        });
        let sparse = SparseTensor::new(shape.clone(), entries.collect()).unwrap();
        agrees(&SparseOperand::new(&sparse, false), &array, rank, 1e-12);
    }
}

#[test]
fn mttkrp_over_several_panels_blocks_and_tasks_is_the_slow_one() {
    // More columns than a panel, more rows than a task.
    let array = uniform(&[3, 5, 2100], 1);
    agrees(&TwoPass::new(DenseRows::new(dense(&array))), &array, 3, 1e-12);
    let array = uniform(&[45, 50, 7], 2);
    agrees(&TwoPass::new(DenseRows::new(dense(&array))), &array, 17, 1e-12);
    agrees(&TwoPass::new(DenseRows::new(dense_f32(&array))), &array, 33, 2e-6);
}

#[test]
fn mttkrp_of_the_half_of_a_symmetric_tensor_is_that_of_the_whole() {
    for shape in [vec![7, 7, 30], vec![6, 6, 5, 4]] {
        let half = uniform(&shape, 4);
        let mut array = half.clone();
        array.swap_axes(0, 1);
        let array = &array + &half;
        let rows = SymmetricRows::new(&dense(&array)).unwrap();
        agrees(&TwoPass::new(rows), &array, 5, 1e-12);
    }
}

#[test]
fn a_tensor_that_is_not_symmetric_is_refused_with_the_first_pair() {
    let mut array = ArrayD::from_elem(vec![3, 3, 2], 1.0);
    array[[0, 2, 1]] = 5.0;
    let tensor: Tensor<f64> = dense(&array);
    let error = SymmetricRows::new(&tensor).unwrap_err().to_string();
    assert!(error.contains("[0, 2, 1]") && error.contains("[2, 0, 1]"), "{error}");
}

#[test]
fn mttkrp_implicit_equals_dense() {
    for n_worms in [1, 3] {
        for gaps in [false, n_worms > 1] {
            let square = affinity(9, 40, n_worms, Layout::Square, gaps);
            agrees(&SquareAffinity::<f64>::new(&square), &filled(&square), 4, 1e-12);
            agrees(&SquareAffinity::<f32>::new(&square), &filled(&square), 4, 1e-5);
            let pairs = affinity(9, 40, n_worms, Layout::Pairs, gaps);
            agrees(&TwoPass::new(PairRows::<f64>::new(&pairs)), &filled(&pairs), 4, 1e-12);
            agrees(&TwoPass::new(PairRows::<f32>::new(&pairs)), &filled(&pairs), 4, 1e-5);
        }
    }
}

#[test]
fn products_are_the_same_bytes_for_any_number_of_threads() {
    let array = uniform(&[60, 70, 90], 8);
    let product = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let operand = TwoPass::new(DenseRows::new(dense_f32(&array)));
            let factors = factors(array.shape(), 6, 2);
            let mut products = operand.products(6);
            (0..3).map(|mode| products.mttkrp(&factors, mode)).collect::<Vec<_>>()
        })
    };
    assert_eq!(product(1), product(2));
    assert_eq!(product(1), product(7));
}
