//! Affine maps.

use neuroloom_math::{Factor, Target, product};

use crate::{Layout, Real, Segment};

/// `y = x W' + b` on every row of `x`, with `W` `[n_out, n_in]` and `b` `[n_out]`: the tensors `NAME.weight` and
/// `NAME.bias`.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    n_in: usize,
    n_out: usize,
    weight: Segment,
    bias: Segment,
}

impl Linear {
    /// A map from `n_in` to `n_out` dimensions.
    pub fn new(layout: &mut Layout, name: &str, n_in: usize, n_out: usize) -> Self {
        Self::named(layout, [&format!("{name}.weight"), &format!("{name}.bias")], n_in, n_out)
    }

    /// The same with the names of both tensors.
    pub fn named(layout: &mut Layout, [weight, bias]: [&str; 2], n_in: usize, n_out: usize) -> Self {
        let weight = layout.add(weight, &[n_out, n_in]);
        let bias = layout.add(bias, &[n_out]);
        Self { n_in, n_out, weight, bias }
    }

    /// Dimensions that it takes.
    pub fn n_in(&self) -> usize {
        self.n_in
    }

    /// Dimensions that it gives.
    pub fn n_out(&self) -> usize {
        self.n_out
    }

    /// Where the weight lies, `[n_out, n_in]`.
    pub fn weight(&self) -> Segment {
        self.weight
    }

    /// Where the bias lies, `[n_out]`.
    pub fn bias(&self) -> Segment {
        self.bias
    }

    /// `y` `[rows, n_out]` of `x` `[rows, n_in]`.
    ///
    /// # Panics
    /// When the lengths do not fit.
    pub fn forward<T: Real>(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        let rows = self.rows(x, y.len());
        let bias = self.bias.of(parameters);
        y.chunks_exact_mut(self.n_out).for_each(|row| row.copy_from_slice(bias));
        let weight = Factor::transposed(self.weight.of(parameters), self.n_in);
        let shape = [rows, self.n_in, self.n_out];
        product(Target::add(y, self.n_out), shape, Factor::rows(x, self.n_in), weight, T::ONE);
    }

    /// What the columns of `x` from `first` on give, with the bias: `y` `[rows, n_out]`. Where other columns change and these do not,
    /// [`add_first`](Self::add_first) adds what those give.
    ///
    /// # Panics
    /// When the lengths do not fit.
    pub fn forward_last<T: Real>(&self, parameters: &[T], first: usize, x: &[T], y: &mut [T]) {
        let rows = self.rows(x, y.len());
        let bias = self.bias.of(parameters);
        y.chunks_exact_mut(self.n_out).for_each(|row| row.copy_from_slice(bias));
        let weight = Factor::transposed(&self.weight.of(parameters)[first..], self.n_in);
        let shape = [rows, self.n_in - first, self.n_out];
        product(Target::add(y, self.n_out), shape, Factor::rows(&x[first..], self.n_in), weight, T::ONE);
    }

    /// Adds what the first `n` columns of `x` give to `y` `[rows, n_out]`.
    ///
    /// # Panics
    /// When the lengths do not fit.
    pub fn add_first<T: Real>(&self, parameters: &[T], n: usize, x: &[T], y: &mut [T]) {
        let rows = self.rows(x, y.len());
        let weight = Factor::transposed(self.weight.of(parameters), self.n_in);
        product(
            Target::add(y, self.n_out),
            [rows, n, self.n_out],
            Factor::rows(x, self.n_in),
            weight,
            T::ONE,
        );
    }

    /// Adds to `gradient` what the cotangent `dy` `[rows, n_out]` of the output means for weight and bias, and puts
    /// into `dx` `[rows, n_in]` what it means for the input `x`.
    ///
    /// # Panics
    /// When the lengths do not fit.
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        x: &[T],
        dy: &[T],
        gradient: &mut [T],
        dx: Option<&mut [T]>,
    ) {
        let rows = self.rows(x, dy.len());
        let (n_in, n_out) = (self.n_in, self.n_out);
        let target = Target::add(self.weight.of_mut(gradient), n_in);
        let dy_columns = Factor::transposed(dy, n_out);
        product(target, [n_out, rows, n_in], dy_columns, Factor::rows(x, n_in), T::ONE);
        add_rows(dy, self.bias.of_mut(gradient));
        if let Some(dx) = dx {
            let weight = Factor::rows(self.weight.of(parameters), n_in);
            let target = Target::replace(dx, n_in);
            product(target, [rows, n_out, n_in], Factor::rows(dy, n_out), weight, T::ONE);
        }
    }

    fn rows<T>(&self, x: &[T], len_out: usize) -> usize {
        let rows = x.len() / self.n_in;
        assert_eq!((x.len(), len_out), (rows * self.n_in, rows * self.n_out), "sizes of input and output");
        rows
    }
}

/// Adds the rows of `x` to `sum`.
pub(crate) fn add_rows<T: Real>(x: &[T], sum: &mut [T]) {
    crate::vectorised(
        #[inline(always)]
        || {
            for row in x.chunks_exact(sum.len()) {
                sum.iter_mut().zip(row).for_each(|(sum, &value)| *sum += value);
            }
        },
    );
}
