//! The group of modes along the rows (or the columns) of a matricised tensor.

use std::ops::Range;

use ndarray::Array2;
use pulp::Arch;

use super::padding::{pad, unpad};
use crate::factors::Factor;
use crate::kernels::padded;
use crate::real::Real;

/// Modes that share one side of the matrix.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Side {
    /// All combinations of places of the modes `first..first + lengths.len()`, row-major.
    Product { first: usize, lengths: Vec<usize> },
    /// Modes 0 and 1 of a tensor that is symmetric in them: places (i, j), i <= j, row-major.
    Symmetric { length: usize },
}

impl Side {
    /// Modes of this side.
    pub(crate) fn modes(&self) -> Range<usize> {
        match self {
            Self::Product { first, lengths } => *first..first + lengths.len(),
            Self::Symmetric { .. } => 0..2,
        }
    }

    /// Rows of the matrix that this side makes.
    pub(crate) fn n_rows(&self) -> usize {
        match self {
            Self::Product { lengths, .. } => lengths.iter().product(),
            Self::Symmetric { length } => length * (length + 1) / 2,
        }
    }

    /// The Khatri-Rao product of the factors of this side `[n_rows, padded rank]`; of a symmetric side the sum over both
    /// orders of a pair.
    pub(crate) fn khatri_rao<T: Real>(&self, factors: &[Factor], rank: usize) -> Vec<T> {
        let width = padded(rank);
        match self {
            Self::Product { .. } => all_combinations(factors, self.modes(), width),
            Self::Symmetric { length } => {
                let (a, b) = (pad(&factors[0]), pad(&factors[1]));
                let mut rows = vec![T::default(); self.n_rows() * width];
                Arch::new().dispatch(|| both_orders(&a, &b, *length, width, &mut rows));
                rows
            }
        }
    }

    /// The Khatri-Rao product of the factors of this side, not padded; of a symmetric side that of its modes in the
    /// order 0, 1 for pairs i <= j.
    pub(crate) fn plain_rows(&self, factors: &[Factor], rank: usize) -> Factor {
        match self {
            Self::Product { .. } => {
                let width = padded(rank);
                unpad(&all_combinations::<f64>(factors, self.modes(), width), width, rank)
            }
            Self::Symmetric { length } => symmetric_rows(&factors[0], &factors[1], *length),
        }
    }

    /// `M_mode` from the other side's product `p` `[n_rows, padded rank]`, for a mode of this side.
    pub(crate) fn contract(&self, p: &[f64], factors: &[Factor], mode: usize, rank: usize) -> Factor {
        let width = padded(rank);
        let sums = match self {
            Self::Symmetric { length } => {
                let other = pad(&factors[1 - mode]);
                let mut sums = vec![0.0; length * width];
                Arch::new().dispatch(|| contract_symmetric(p, width, &other, *length, &mut sums));
                sums
            }
            Self::Product { first, lengths } => {
                // The modes before and after `mode`, each as one: P[(before, mode, after)].
                let before = all_combinations(factors, *first..mode, width);
                let after = all_combinations(factors, mode + 1..first + lengths.len(), width);
                let mut sums = vec![0.0; lengths[mode - first] * width];
                Arch::new().dispatch(|| contract_product(p, width, &before, &after, &mut sums));
                sums
            }
        };
        unpad(&sums, width, rank)
    }
}

/// Entrywise products of rows of the factors of `modes`, for all combinations of places, row-major; of no modes a row of
/// ones.
fn all_combinations<T: Real>(factors: &[Factor], modes: Range<usize>, width: usize) -> Vec<T> {
    let mut modes = modes.rev();
    let Some(last) = modes.next() else { return vec![T::ONE; width] };
    let mut rows: Vec<f64> = pad(&factors[last]);
    for mode in modes {
        let (a, b) = (pad(&factors[mode]), rows);
        rows = vec![0.0; a.len() / width * b.len()];
        Arch::new().dispatch(|| combinations(&a, &b, width, &mut rows));
    }
    rows.into_iter().map(T::from_f64).collect()
}

/// Rows `a_i o b_j` for all (i, j), row-major.
#[inline(always)]
fn combinations(a: &[f64], b: &[f64], width: usize, rows: &mut [f64]) {
    for (a, rows) in a.chunks_exact(width).zip(rows.chunks_exact_mut(b.len())) {
        for (b, row) in b.chunks_exact(width).zip(rows.chunks_exact_mut(width)) {
            for ((row, a), b) in row.iter_mut().zip(a).zip(b) {
                *row = a * b;
            }
        }
    }
}

/// Rows `a_i o b_j + a_j o b_i`, of i = j half of that, for all i <= j.
#[inline(always)]
fn both_orders<T: Real>(a: &[f64], b: &[f64], length: usize, width: usize, rows: &mut [T]) {
    let place = |factor: &'_ [f64], i: usize| -> Range<usize> {
        let first = (i * width).min(factor.len());
        first..(first + width).min(factor.len())
    };
    let mut rows = rows.chunks_exact_mut(width);
    for i in 0..length {
        let (a_i, b_i) = (&a[place(a, i)], &b[place(b, i)]);
        for j in i..length {
            let (a_j, b_j) = (&a[place(a, j)], &b[place(b, j)]);
            let Some(row) = rows.next() else { return };
            let weight = if i == j { 0.5 } else { 1.0 };
            for ((((row, a_i), b_j), a_j), b_i) in row.iter_mut().zip(a_i).zip(b_j).zip(a_j).zip(b_i) {
                *row = T::from_f64(weight * (a_i * b_j + a_j * b_i));
            }
        }
    }
}

fn symmetric_rows(a: &Factor, b: &Factor, length: usize) -> Factor {
    let rank = a.ncols();
    let pairs = (0..length).flat_map(|i| (i..length).map(move |j| (i, j)));
    let values: Vec<f64> = pairs.flat_map(|(i, j)| (0..rank).map(move |r| a[[i, r]] * b[[j, r]])).collect();
    Array2::from_shape_vec((length * (length + 1) / 2, rank), values).unwrap_or_default()
}

/// `M[i] = sum_j P[(i, j)] o other[j]` over the packed pairs.
#[inline(always)]
fn contract_symmetric(p: &[f64], width: usize, other: &[f64], length: usize, sums: &mut [f64]) {
    let mut rows = p.chunks_exact(width);
    for i in 0..length {
        let Some(p) = rows.next() else { return };
        let (_, from_i) = sums.split_at_mut(i * width);
        let (sum_i, later) = from_i.split_at_mut(width);
        let (other_i, others) = other[i * width..].split_at(width);
        add_product(sum_i, p, other_i);
        for (sum_j, other_j) in later.chunks_exact_mut(width).zip(others.chunks_exact(width)) {
            let Some(p) = rows.next() else { return };
            add_product(sum_i, p, other_j);
            add_product(sum_j, p, other_i);
        }
    }
}

/// `M[i] = sum over (before, after) of P[(before, i, after)] o before o after`.
#[inline(always)]
fn contract_product(p: &[f64], width: usize, before: &[f64], after: &[f64], sums: &mut [f64]) {
    let mut partial = vec![0.0; width];
    for (before, p) in before.chunks_exact(width).zip(p.chunks_exact(sums.len() / width * after.len())) {
        for (sum, p) in sums.chunks_exact_mut(width).zip(p.chunks_exact(after.len())) {
            partial.fill(0.0);
            for (p, after) in p.chunks_exact(width).zip(after.chunks_exact(width)) {
                add_product(&mut partial, p, after);
            }
            add_product(sum, &partial, before);
        }
    }
}

#[inline(always)]
fn add_product(sums: &mut [f64], a: &[f64], b: &[f64]) {
    for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
        *sum += a * b;
    }
}
