//! Masked normal equations equal weighted ones written out.

use ndarray::{Array2, ArrayD};
use neuroloom_ntf::operand::{DenseRows, Operand, SparseOperand, TwoPass};
use neuroloom_ntf::{ColumnMask, Entries, Factor, Hidden, ImplicitAffinity, Layout, Mask, SparseTensor};

use crate::tensors::{affinity, close, dense, factors, slow_residual, uniform};

/// `G_i` of row `i` of `mode`: the sum over observed entries of outer products of Khatri-Rao rows.
fn slow_gram(observed: &ArrayD<bool>, factors: &[Factor], mode: usize, place: usize) -> Factor {
    let rank = factors[0].ncols();
    let mut gram = Array2::zeros((rank, rank));
    for (index, _) in observed.indexed_iter().filter(|(index, here)| **here && index[mode] == place) {
        let others: Vec<usize> = (0..factors.len()).filter(|other| *other != mode).collect();
        let row: Vec<f64> = (0..rank)
            .map(|r| others.iter().map(|other| factors[*other][[index[*other], r]]).product())
            .collect();
        for p in 0..rank {
            for q in 0..rank {
                gram[[p, q]] += row[p] * row[q];
            }
        }
    }
    gram
}

fn agrees(mask: &Mask, observed: &ArrayD<bool>) {
    let factors = factors(observed.shape(), 3, 9);
    for mode in 0..observed.ndim() {
        let grams = mask.grams(&factors, mode);
        let mut quadratic = 0.0;
        for place in 0..observed.shape()[mode] {
            let slow = slow_gram(observed, &factors, mode, place);
            if !matches!(grams, neuroloom_ntf::Grams::Shared(_)) {
                close(grams.of(place), &slow, 1e-12);
            }
            let u = factors[mode].row(place);
            quadratic += u.dot(&slow.dot(&u));
        }
        let found = grams.quadratic(&factors[mode]);
        assert!((found - quadratic).abs() < 1e-11 * quadratic, "mode {mode}: {found} {quadratic}");
        if let Some(sums) = mask.row_sums(&factors, mode) {
            let ones = observed.mapv(|here| f64::from(u8::from(here)));
            close(&sums, &crate::tensors::slow_mttkrp(&ones, &factors, mode), 1e-12);
        }
    }
}

fn hide(observed: &ArrayD<bool>, which: bool) -> Vec<[u32; 4]> {
    let n = observed.ndim();
    let here = observed.indexed_iter().filter(|(_, here)| **here == which);
    here.map(|(index, _)| std::array::from_fn(|mode| if mode < n { index[mode] as u32 } else { 0 })).collect()
}

#[test]
fn hidden_entries_are_left_out_of_the_normal_equations() {
    for shape in [vec![5, 6], vec![4, 5, 6], vec![3, 4, 3, 5]] {
        let observed = uniform(&shape, 6).mapv(|x| x > 0.3);
        agrees(&Mask::Hidden(Hidden::new(shape.clone(), hide(&observed, false))), &observed);
        let entries = hide(&observed, true).into_iter().map(|index| (index, 1.0)).collect();
        let sparse = SparseTensor::new(shape, entries).unwrap();
        let named: Entries = SparseOperand::new(&sparse, true).entries().clone();
        agrees(&Mask::Observed(named), &observed);
    }
}

fn observed_pairs(affinity: &ImplicitAffinity) -> ArrayD<bool> {
    affinity.to_dense().mapv(|value| !value.is_nan())
}

#[test]
fn neurons_that_were_not_observed_are_left_out_of_the_normal_equations() {
    let pairs = affinity(8, 6, 4, Layout::Pairs, true);
    let observed = observed_pairs(&pairs);
    let columns = Array2::from_shape_fn((4, 28), |(w, q)| observed[[0, w, q]]);
    agrees(&Mask::Columns(ColumnMask::new(columns)), &observed);

    let square = affinity(8, 6, 4, Layout::Square, true);
    let neurons = Array2::from_shape_fn((4, 8), |(w, i)| square.worms[w].observed[i]);
    agrees(&Mask::Neurons(neurons), &observed_pairs(&square));
}

#[test]
fn the_residual_leaves_hidden_entries_out() {
    let array = uniform(&[5, 6, 7], 1);
    let observed = uniform(&[5, 6, 7], 2).mapv(|x| x > 0.2);
    let mut zeroed = array.clone();
    zeroed.zip_mut_with(&observed, |x, here| *x *= f64::from(u8::from(*here)));
    let operand = TwoPass::new(DenseRows::new(dense(&zeroed)));
    let (factors, hidden) = (factors(&[5, 6, 7], 2, 3), Hidden::new(vec![5, 6, 7], hide(&observed, false)));
    let fast = operand.residual(&factors, Some(&hidden)).unwrap();
    let slow = slow_residual(&array, &factors, |index| observed[index]);
    assert!((fast - slow).abs() < 1e-11 * slow);
}

#[test]
fn a_slice_without_observed_entries_is_named() {
    let mut observed = ArrayD::from_elem(vec![3, 4, 2], true);
    observed.slice_mut(ndarray::s![.., 2, ..]).fill(false);
    let mask = Mask::Hidden(Hidden::new(vec![3, 4, 2], hide(&observed, false)));
    let error = mask.check(&[3, 4, 2]).unwrap_err().to_string();
    assert!(error.contains("place 2 of mode 1"), "{error}");
}
