//! The tensor as a tall matrix whose rows come in blocks: from memory, or made when they are needed.

use std::ops::Range;

use super::contraction::Side;
use crate::error::{NtfError, Result};
use crate::implicit::ImplicitAffinity;
use crate::real::Real;
use crate::tensor::{Tensor, index_of};

/// A matricised tensor `[n_rows, n_columns]`.
pub trait Rows: Sync {
    /// Precision of the entries.
    type Entry: Real;

    /// What it is, for messages.
    const NAME: &'static str;

    /// Length of every mode of the tensor.
    fn shape(&self) -> &[usize];

    /// Number of the first modes that share the rows.
    fn row_modes(&self) -> usize;

    /// Whether the rows are those of the pairs i <= j of a tensor that is symmetric in its first two modes.
    fn is_symmetric(&self) -> bool {
        false
    }

    /// Rows to ask for at a time.
    fn rows_at_once(&self) -> usize;

    /// The entries of `rows`, row-major; `buffer` is there to be filled where they are not in memory.
    fn block<'a>(&'a self, rows: Range<usize>, buffer: &'a mut Vec<Self::Entry>) -> &'a [Self::Entry];
}

/// The side of the rows and that of the columns.
pub(super) fn sides(rows: &impl Rows) -> (Side, Side) {
    let (shape, split) = (rows.shape(), rows.row_modes());
    let left = if rows.is_symmetric() {
        Side::Symmetric { length: shape[0] }
    } else {
        Side::Product { first: 0, lengths: shape[..split].to_vec() }
    };
    (left, Side::Product { first: split, lengths: shape[split..].to_vec() })
}

/// A dense tensor in memory.
#[derive(Debug)]
pub struct DenseRows<T> {
    tensor: Tensor<T>,
    row_modes: usize,
}

impl<T: Real> DenseRows<T> {
    /// Splits the modes so that rows and columns are both few.
    pub fn new(tensor: Tensor<T>) -> Self {
        let shape = tensor.shape();
        let cost = |split: usize| -> usize {
            shape[..split].iter().product::<usize>() + shape[split..].iter().product::<usize>()
        };
        let row_modes = (1..shape.len()).min_by_key(|split| cost(*split)).unwrap_or(1);
        Self { tensor, row_modes }
    }

    /// The last mode as columns, all others as rows.
    pub(super) fn with_last_as_columns(tensor: Tensor<T>) -> Self {
        let row_modes = tensor.shape().len() - 1;
        Self { tensor, row_modes }
    }

    /// The tensor.
    pub fn tensor(&self) -> &Tensor<T> {
        &self.tensor
    }
}

impl<T: Real> Rows for DenseRows<T> {
    type Entry = T;
    const NAME: &'static str = "a dense tensor";

    fn shape(&self) -> &[usize] {
        self.tensor.shape()
    }

    fn row_modes(&self) -> usize {
        self.row_modes
    }

    fn rows_at_once(&self) -> usize {
        usize::MAX
    }

    fn block<'a>(&'a self, rows: Range<usize>, _: &'a mut Vec<T>) -> &'a [T] {
        let n_columns: usize = self.shape()[self.row_modes..].iter().product();
        self.tensor.values().get(rows.start * n_columns..rows.end * n_columns).unwrap_or_default()
    }
}

/// A dense tensor that is symmetric in its first two modes; only the half with i <= j is kept.
#[derive(Debug)]
pub struct SymmetricRows<T> {
    shape: Vec<usize>,
    values: Vec<T>,
}

impl<T: Real> SymmetricRows<T> {
    /// The half of `tensor` with i <= j.
    ///
    /// # Errors
    /// When the tensor has fewer than 3 modes, or is not symmetric in the first two; names the first offending pair.
    pub fn new(tensor: &Tensor<T>) -> Result<Self> {
        let shape = tensor.shape().to_vec();
        if shape.len() < 3 {
            return Err(NtfError::NotAvailable {
                what: "`symmetric: true`",
                tensor: "a matrix",
                instead: "leave it out",
            });
        }
        let n_columns: usize = shape[2..].iter().product();
        let fibre = |i: usize, j: usize| {
            let first = (i * shape[1] + j) * n_columns;
            tensor.values().get(first..first + n_columns).unwrap_or_default()
        };
        let mut values = Vec::with_capacity(shape[0] * (shape[0] + 1) / 2 * n_columns);
        for i in 0..shape[0] {
            for j in i..shape[0].max(shape[1]) {
                let (upper, lower) = (fibre(i, j), if j < shape[0] { fibre(j, i) } else { &[] });
                if shape[0] != shape[1] || upper != lower {
                    let differing = upper.iter().zip(lower).position(|(a, b)| a != b).unwrap_or(0);
                    let rest = index_of(&shape[2..], differing);
                    let at = |i, j| [i, j].into_iter().chain(rest.iter().copied()).collect();
                    return Err(NtfError::NotSymmetric { index: at(i, j), mirrored: at(j, i) });
                }
                values.extend_from_slice(upper);
            }
        }
        Ok(Self { shape, values })
    }
}

impl<T: Real> SymmetricRows<T> {
    /// Fibres of the places i <= j, row-major, of a tensor of `shape`.
    pub(super) fn from_half(shape: Vec<usize>, values: Vec<T>) -> Self {
        Self { shape, values }
    }
}

impl<T: Real> Rows for SymmetricRows<T> {
    type Entry = T;
    const NAME: &'static str = "a symmetric tensor";

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn row_modes(&self) -> usize {
        2
    }

    fn is_symmetric(&self) -> bool {
        true
    }

    fn rows_at_once(&self) -> usize {
        usize::MAX
    }

    fn block<'a>(&'a self, rows: Range<usize>, _: &'a mut Vec<T>) -> &'a [T] {
        let n_columns: usize = self.shape[2..].iter().product();
        self.values.get(rows.start * n_columns..rows.end * n_columns).unwrap_or_default()
    }
}

/// The pairs layout of an affinity tensor, `X[t, w, q]`, whose entries are made from the signed roots whenever they are
/// needed: `max(h_i h_j, 0)`.
#[derive(Debug)]
pub struct PairRows<T> {
    shape: Vec<usize>,
    n_neurons: usize,
    /// Signed roots `[n_frames, n_worms, n_neurons]`.
    h: Vec<T>,
}

impl<T: Real> PairRows<T> {
    /// Rows of `affinity` in the pairs layout.
    pub fn new(affinity: &ImplicitAffinity) -> Self {
        let (n_frames, n_neurons) = (affinity.n_frames(), affinity.n_neurons());
        let mut h = Vec::with_capacity(n_frames * affinity.worms.len() * n_neurons);
        for frame in 0..n_frames {
            for worm in &affinity.worms {
                h.extend(worm.h.column(frame).iter().map(|value| T::from_f64(*value)));
            }
        }
        let n_pairs = n_neurons * n_neurons.saturating_sub(1) / 2;
        Self { shape: vec![n_frames, affinity.worms.len(), n_pairs], n_neurons, h }
    }
}

impl<T: Real> Rows for PairRows<T> {
    type Entry = T;
    const NAME: &'static str = "an affinity of pairs";

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn row_modes(&self) -> usize {
        2
    }

    fn rows_at_once(&self) -> usize {
        // A tile of the kernels and as much as the second-level cache holds.
        (1_000_000 / (self.shape[2].max(1) * size_of::<T>())).clamp(12, 96).next_multiple_of(12)
    }

    fn block<'a>(&'a self, rows: Range<usize>, buffer: &'a mut Vec<T>) -> &'a [T] {
        let n_pairs = self.shape[2];
        buffer.resize(rows.len() * n_pairs, T::default());
        let fill = || {
            for (row, pairs) in rows.zip(buffer.chunks_exact_mut(n_pairs.max(1))) {
                let h = self.h.get(row * self.n_neurons..(row + 1) * self.n_neurons).unwrap_or_default();
                fill_pairs(h, pairs);
            }
        };
        pulp::Arch::new().dispatch(fill);
        buffer
    }
}

/// `max(h_i h_j, 0)` for all i < j, row-major.
#[inline(always)]
fn fill_pairs<T: Real>(h: &[T], pairs: &mut [T]) {
    let mut rest = pairs;
    for (i, h_i) in h.iter().enumerate() {
        let others = &h[i + 1..];
        let (here, next) = rest.split_at_mut(others.len());
        for (pair, h_j) in here.iter_mut().zip(others) {
            *pair = h_i.positive_product(*h_j);
        }
        rest = next;
    }
}
