//! Affine maps.

use neuroloom_core::Result;
use neuroloom_nn::Linear;

use crate::device::Values;
use crate::kernel::COLUMN_SUMS;
use crate::product::{Form, Matrix};
use crate::recorder::{Recorder, words};

impl Recorder<'_> {
    /// `y = x W' + b` on `rows` rows.
    ///
    /// # Errors
    /// When the device fails.
    pub fn linear(&mut self, linear: &Linear, rows: usize, x: Matrix<'_>, y: Matrix<'_>) -> Result<()> {
        let weight = Matrix::rows(&self.shared.parameters, linear.n_in()).at(linear.weight().range().start);
        let form = Form { bias: Some(linear.bias().range().start), ..Form::default() };
        self.product(y, [rows, linear.n_in(), linear.n_out()], x, weight.turned(), form)
    }

    /// Puts what the cotangent `dy` of the output means for weight and bias into the gradient; what it means for the input into `dx`,
    /// or, where that `accumulates`, adds it.
    ///
    /// # Errors
    /// When the device fails.
    pub fn linear_backward(
        &mut self,
        linear: &Linear,
        rows: usize,
        x: Matrix<'_>,
        dy: Matrix<'_>,
        dx: Matrix<'_>,
        accumulates: bool,
    ) -> Result<()> {
        let (n_in, n_out) = (linear.n_in(), linear.n_out());
        self.weight_gradient(linear.weight().range().start, [rows, n_out, n_in], dy, x)?;
        self.column_sums(linear.bias().range().start, [rows, n_out], dy, None)?;
        let weight = Matrix::rows(&self.shared.parameters, n_in).at(linear.weight().range().start);
        self.product(dx, [rows, n_out, n_in], dy, weight, Form { accumulates, ..Form::default() })
    }

    /// Puts the sums of the columns of `x` `[rows, columns]`, or of `x o factor`, into the gradient at `target`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn column_sums(
        &mut self,
        target: usize,
        [rows, columns]: [usize; 2],
        x: Matrix<'_>,
        factor: Option<&Values>,
    ) -> Result<()> {
        let (n_parts, of_part) = Self::parts(rows, columns, 64);
        let shape = words![rows, columns, of_part, x.offset, x.row, factor.is_some()];
        let groups = [columns.div_ceil(64) as u32, n_parts as u32, 1];
        let shared = self.shared;
        self.push(&COLUMN_SUMS, &shape, &[x.values, factor.unwrap_or(x.values), &shared.parts], groups)?;
        self.sum_parts(columns, n_parts, target)
    }
}
