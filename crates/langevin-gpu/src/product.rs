//! Products of matrices.

use neuroloom_core::Result;

use crate::device::Values;
use crate::kernel::{PRODUCT, SUM_PARTS};
use crate::recorder::{Recorder, words};
use crate::tape::lanes;

/// A matrix in an array: value `(i, j)` stands at `offset + i row + j column`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    pub(crate) values: &'a Values,
    pub(crate) offset: usize,
    pub(crate) row: usize,
    column: usize,
    /// What is added to the offset for a matrix of a batch: for the outer and for the inner number.
    batch: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// Rows of `width` values, one behind the other.
    pub fn rows(values: &'a Values, width: usize) -> Self {
        Self { values, offset: 0, row: width, column: 1, batch: [0; 2] }
    }

    /// From value `offset` on.
    pub fn at(self, offset: usize) -> Self {
        Self { offset: self.offset + offset, ..self }
    }

    /// Rows for columns.
    pub fn turned(self) -> Self {
        Self { row: self.column, column: self.row, ..self }
    }

    /// One of a batch, with what lies between neighbours.
    pub fn every(self, batch: [usize; 2]) -> Self {
        Self { batch, ..self }
    }
}

/// How a product is formed besides its factors.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Factor of the product.
    pub alpha: f64,
    /// Place of what is added to each row in the parameters.
    pub bias: Option<usize>,
    /// Whether the product is added to what is there.
    pub accumulates: bool,
    /// Outer and inner number of products.
    pub batch: [usize; 2],
}

impl Default for Form {
    fn default() -> Self {
        Self { alpha: 1.0, bias: None, accumulates: false, batch: [1, 1] }
    }
}

impl Recorder<'_> {
    /// `c = alpha a b (+ bias) (+ c)` with `a` `[m, k]` and `b` `[k, n]`; columns of `c` are neighbours.
    ///
    /// # Errors
    /// When the device fails.
    pub fn product(
        &mut self,
        c: Matrix<'_>,
        [m, k, n]: [usize; 3],
        a: Matrix<'_>,
        b: Matrix<'_>,
        form: Form,
    ) -> Result<()> {
        self.product_in_parts(c, [m, k, n], k, a, b, form)
    }

    /// Puts `dy' x` into the gradient at `target`, with `dy` `[rows, n_out]` and `x` `[rows, n_in]`: in parts of the rows, which are
    /// added up in their order.
    ///
    /// # Errors
    /// When the device fails.
    pub fn weight_gradient(
        &mut self,
        target: usize,
        [rows, n_out, n_in]: [usize; 3],
        dy: Matrix<'_>,
        x: Matrix<'_>,
    ) -> Result<()> {
        let len = n_out * n_in;
        let (n_parts, of_part) = Self::parts(rows, len, 256);
        let shared = self.shared;
        if n_parts == 1 {
            let target = Matrix::rows(&shared.gradient, n_in).at(target);
            return self.product(target, [n_out, rows, n_in], dy.turned(), x, Form::default());
        }
        let parts = Matrix::rows(&shared.parts, n_in).every([len, 0]);
        let (dy, x) = (dy.every([of_part * dy.row, 0]), x.every([of_part * x.row, 0]));
        let form = Form { batch: [n_parts, 1], ..Form::default() };
        self.product_in_parts(parts, [n_out, rows, n_in], of_part, dy.turned(), x, form)?;
        self.sum_parts(len, n_parts, target)
    }

    /// Puts the sum of `n_parts` arrays of `len` into the gradient at `target`.
    pub(crate) fn sum_parts(&mut self, len: usize, n_parts: usize, target: usize) -> Result<()> {
        let shared = self.shared;
        let bound = [&shared.parts, &shared.gradient];
        self.push(&SUM_PARTS, &words![len, n_parts, target], &bound, lanes(len))
    }

    fn product_in_parts(
        &mut self,
        c: Matrix<'_>,
        [m, k, n]: [usize; 3],
        of_part: usize,
        a: Matrix<'_>,
        b: Matrix<'_>,
        form: Form,
    ) -> Result<()> {
        const TILE: usize = 64;
        let [outer, inner] = form.batch;
        let [a_outer, a_inner] = a.batch;
        let [b_outer, b_inner] = b.batch;
        let [c_outer, c_inner] = c.batch;
        let shape = words![
            m,
            n,
            k,
            of_part,
            a.offset,
            a.row,
            a.column,
            b.offset,
            b.row,
            b.column,
            c.offset,
            c.row,
            inner,
            a_outer,
            a_inner,
            b_outer,
            b_inner,
            c_outer,
            c_inner,
            form.alpha,
            form.bias.is_some(),
            form.bias.unwrap_or(0),
            form.accumulates,
        ];
        let groups = [n.div_ceil(TILE) as u32, m.div_ceil(TILE) as u32, (outer * inner) as u32];
        let shared = self.shared;
        self.push(&PRODUCT, &shape, &[a.values, b.values, &shared.parameters, c.values], groups)
    }
}
