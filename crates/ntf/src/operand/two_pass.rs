//! Two passes over the tensor per sweep, for any number of modes: a dimension tree of two branches
//! (Phan, Tichavsky and Cichocki 2013, IEEE Trans Signal Process 61:4834).

use rayon::prelude::*;

use super::contraction::Side;
use super::rows::{Rows, sides};
use super::{Operand, Products, Ratios};
use crate::error::{NtfError, Result};
use crate::factors::Factor;
use crate::kernels::{LeftSum, padded, right_product};
use crate::mask::Hidden;
use crate::real::Real;

/// Rows per task; fixed, so that sums never depend on the number of threads.
const TASK_ROWS: usize = 1024;
/// A model entry below this counts as this much in ratios.
const SMALLEST_MODEL: f64 = 1e-12;

/// A matricised tensor: one product with the factors of its columns serves all modes of its rows, one with the factors
/// of its rows all modes of its columns.
#[derive(Debug)]
pub struct TwoPass<X> {
    rows: X,
    left: Side,
    right: Side,
    squared_norm: f64,
}

impl<X: Rows> TwoPass<X> {
    /// Reads the tensor once, for its norm.
    pub fn new(rows: X) -> Self {
        let (left, right) = sides(&rows);
        let mut operand = Self { rows, left, right, squared_norm: 0.0 };
        operand.squared_norm = operand.sum_of_squares();
        operand
    }

    /// The matricised tensor.
    pub fn rows(&self) -> &X {
        &self.rows
    }

    pub(super) fn n_rows(&self) -> usize {
        self.left.n_rows()
    }

    pub(super) fn n_columns(&self) -> usize {
        self.right.n_rows()
    }

    fn sum_of_squares(&self) -> f64 {
        let parts = self.map_tasks(|first, x| {
            let rows = x.chunks(self.n_columns()).enumerate();
            rows.map(|(row, x)| self.weight(first + row) * x.iter().map(|x| x.to_f64().powi(2)).sum::<f64>())
                .sum::<f64>()
        });
        parts.into_iter().flatten().sum::<f64>()
    }

    /// How often a row stands in the whole tensor.
    fn weight(&self, row: usize) -> f64 {
        match self.left {
            Side::Product { .. } => 1.0,
            Side::Symmetric { length } => {
                if is_diagonal(row, length) {
                    1.0
                } else {
                    2.0
                }
            }
        }
    }

    /// Calls `work` with all blocks of rows (number of the first row, entries); its answers, per task, in order.
    fn map_tasks<O: Send>(&self, work: impl Fn(usize, &[X::Entry]) -> O + Sync) -> Vec<Vec<O>> {
        let n_tasks = self.n_rows().div_ceil(TASK_ROWS);
        let task = |task: usize| {
            let last = self.n_rows().min((task + 1) * TASK_ROWS);
            let (mut buffer, mut answers) = (Vec::new(), Vec::new());
            let mut first = task * TASK_ROWS;
            while first < last {
                let end = last.min(first.saturating_add(self.rows.rows_at_once()));
                answers.push(work(first, self.rows.block(first..end, &mut buffer)));
                first = end;
            }
            answers
        };
        (0..n_tasks).into_par_iter().map(task).collect()
    }

    /// `P = X K` `[n_rows, width]`, `K` of the columns' factors.
    pub(super) fn right_product(&self, k: &[X::Entry], width: usize, p: &mut [f64]) {
        p.par_chunks_mut(TASK_ROWS * width).enumerate().for_each(|(task, p)| {
            let mut buffer = Vec::new();
            let mut first = task * TASK_ROWS;
            for p in p.chunks_mut(self.rows.rows_at_once().saturating_mul(width)) {
                let n_rows = p.len() / width;
                right_product(self.rows.block(first..first + n_rows, &mut buffer), k, width, p);
                first += n_rows;
            }
        });
    }

    /// `Q = X' L` `[n_columns, width]`, `L` of the rows' factors.
    pub(super) fn left_product(&self, l: &[X::Entry], width: usize) -> Vec<f64> {
        let partials: Vec<LeftSum<X::Entry>> = l
            .par_chunks(TASK_ROWS * width)
            .enumerate()
            .map(|(task, l)| {
                let (mut buffer, mut q) = (Vec::new(), LeftSum::new(self.n_columns(), width));
                let mut first = task * TASK_ROWS;
                for l in l.chunks(self.rows.rows_at_once().saturating_mul(width)) {
                    let n_rows = l.len() / width;
                    q.add(self.rows.block(first..first + n_rows, &mut buffer), l);
                    first += n_rows;
                }
                q
            })
            .collect();
        // In the order of the tasks, whoever finished first.
        let mut sums = vec![0.0; self.n_columns() * width];
        partials.iter().for_each(|partial| partial.add_to(&mut sums));
        sums
    }
}

/// Whether packed row `row` of `length` places is one of the pairs (i, i).
fn is_diagonal(row: usize, length: usize) -> bool {
    // Row of (i, i): i rows before it, of which the k-th has length - k pairs.
    let start = |i: usize| i * length - i * i.saturating_sub(1) / 2;
    let (mut low, mut high) = (0, length);
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        if start(middle) <= row { low = middle } else { high = middle }
    }
    start(low) == row
}

impl<X: Rows> Operand for TwoPass<X> {
    fn shape(&self) -> &[usize] {
        self.rows.shape()
    }

    fn name(&self) -> &'static str {
        X::NAME
    }

    fn squared_norm(&self) -> f64 {
        self.squared_norm
    }

    fn safe_error(&self) -> f64 {
        X::Entry::SAFE_ERROR
    }

    fn products(&self, rank: usize) -> Box<dyn Products + '_> {
        let p = vec![0.0; self.n_rows() * padded(rank)];
        Box::new(Branches { operand: self, rank, p, q: Vec::new(), asked: None })
    }

    fn residual(&self, factors: &[Factor], hidden: Option<&Hidden>) -> Option<f64> {
        let rank = factors.first()?.ncols();
        let columns = Columns::new(&self.right.plain_rows(factors, rank));
        let sides: Vec<Factor> = match self.left {
            Side::Product { .. } => vec![self.left.plain_rows(factors, rank)],
            // The model is not symmetric: both orders of a pair have a residual of their own.
            Side::Symmetric { .. } => {
                let swapped = [factors[1].clone(), factors[0].clone()];
                vec![self.left.plain_rows(factors, rank), self.left.plain_rows(&swapped, rank)]
            }
        };
        let hidden = hidden.map(|hidden| hidden.by_row(self.n_columns()));
        let parts = self.map_tasks(|first, x| {
            let mut model = vec![0.0; self.n_columns()];
            let mut sum = 0.0;
            for (row, x) in x.chunks(self.n_columns()).enumerate() {
                let row = first + row;
                let both = if self.weight(row) > 1.0 { 2 } else { 1 };
                for side in sides.iter().take(both) {
                    columns.model_row(side.row(row).iter().copied(), &mut model);
                    if let Some(hidden) = &hidden {
                        hidden.copy_hidden(row, x, &mut model);
                    }
                    sum += model.iter().zip(x).map(|(model, x)| (x.to_f64() - model).powi(2)).sum::<f64>();
                }
            }
            sum
        });
        Some(parts.into_iter().flatten().sum())
    }

    fn total(&self) -> f64 {
        let sum = |_, x: &[X::Entry]| x.iter().map(|x| x.to_f64()).sum::<f64>();
        self.map_tasks(sum).into_iter().flatten().sum()
    }

    fn ratios(&self, factors: &[Factor], mode: usize) -> Result<Ratios> {
        if let Side::Symmetric { .. } = self.left {
            return Err(NtfError::NotAvailable {
                what: "`loss: kl`",
                tensor: X::NAME,
                instead: "leave `symmetric` out",
            });
        }
        let rank = factors[mode].ncols();
        let width = padded(rank);
        let left = self.left.plain_rows(factors, rank);
        let columns = Columns::new(&self.right.plain_rows(factors, rank));
        let (k, l): (Vec<X::Entry>, Vec<X::Entry>) =
            (self.right.khatri_rao(factors, rank), self.left.khatri_rao(factors, rank));
        let in_rows = self.left.modes().contains(&mode);
        let parts = self.map_tasks(|first, x| {
            let (ratios, divergence) = ratio_block(x, first, &left, &columns);
            let n_rows = x.len() / self.n_columns();
            let product = if in_rows {
                let mut p = vec![0.0; n_rows * width];
                right_product(&ratios, &k, width, &mut p);
                p
            } else {
                let (mut q, mut sums) =
                    (LeftSum::new(self.n_columns(), width), vec![0.0; self.n_columns() * width]);
                q.add(&ratios, &l[first * width..(first + n_rows) * width]);
                q.add_to(&mut sums);
                sums
            };
            (product, divergence)
        });
        let mut divergence = 0.0;
        let mut product = if in_rows { Vec::new() } else { vec![0.0; self.n_columns() * width] };
        for (part, part_divergence) in parts.into_iter().flatten() {
            divergence += part_divergence;
            if in_rows {
                product.extend(part);
            } else {
                product.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
            }
        }
        let side = if in_rows { &self.left } else { &self.right };
        Ok(Ratios { numerators: side.contract(&product, factors, mode, rank), divergence })
    }
}

/// `X / model` of a block of rows, and `sum X ln(X / model) - X`.
fn ratio_block<T: Real>(x: &[T], first: usize, left: &Factor, columns: &Columns) -> (Vec<T>, f64) {
    let mut model = vec![0.0; columns.n_columns];
    let mut ratios = Vec::with_capacity(x.len());
    let mut divergence = 0.0;
    for (row, x) in x.chunks(columns.n_columns).enumerate() {
        columns.model_row(left.row(first + row).iter().copied(), &mut model);
        for (x, model) in x.iter().zip(&model) {
            let (x, ratio) = (x.to_f64(), x.to_f64() / model.max(SMALLEST_MODEL));
            divergence += if x > 0.0 { x * ratio.ln() - x } else { 0.0 };
            ratios.push(T::from_f64(ratio));
        }
    }
    (ratios, divergence)
}

/// The Khatri-Rao product of the columns' factors, component after component.
struct Columns {
    n_columns: usize,
    values: Vec<f64>,
}

impl Columns {
    fn new(rows: &Factor) -> Self {
        Self { n_columns: rows.nrows(), values: rows.t().iter().copied().collect() }
    }

    /// The model's row whose Khatri-Rao row is `left`.
    fn model_row(&self, left: impl Iterator<Item = f64>, model: &mut [f64]) {
        model.fill(0.0);
        let add = || {
            for (weight, column) in left.zip(self.values.chunks_exact(self.n_columns)) {
                for (model, value) in model.iter_mut().zip(column) {
                    *model += weight * value;
                }
            }
        };
        pulp::Arch::new().dispatch(add);
    }
}

/// The two branches of the tree.
struct Branches<'a, X: Rows> {
    operand: &'a TwoPass<X>,
    rank: usize,
    /// `X K`, of the rows' modes.
    p: Vec<f64>,
    /// `X' L`, of the columns' modes.
    q: Vec<f64>,
    asked: Option<usize>,
}

impl<X: Rows> Products for Branches<'_, X> {
    fn mttkrp(&mut self, factors: &[Factor], mode: usize) -> Factor {
        let width = padded(self.rank);
        let (left, right) = (&self.operand.left, &self.operand.right);
        let in_rows = left.modes().contains(&mode);
        let side = if in_rows { left } else { right };
        let is_current = self.asked.is_some_and(|asked| asked < mode && side.modes().contains(&asked));
        self.asked = Some(mode);
        if !is_current && in_rows {
            let k: Vec<X::Entry> = right.khatri_rao(factors, self.rank);
            self.operand.right_product(&k, width, &mut self.p);
        } else if !is_current {
            let l: Vec<X::Entry> = left.khatri_rao(factors, self.rank);
            self.q = self.operand.left_product(&l, width);
        }
        side.contract(if in_rows { &self.p } else { &self.q }, factors, mode, self.rank)
    }
}
