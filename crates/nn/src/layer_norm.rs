//! Normalisation of every row.

use crate::lanes::{inner, sum};
use crate::{Layout, Real, Segment, vectorised};

/// Added to the variance.
const EPSILON: f64 = 1e-5;

/// `y = (x - mean)/sqrt(var + 1e-5) o w + b` on every row of `x` (Ba, Kiros and Hinton 2016); the variance is that of the
/// `n` values of the row, divided by `n`. The tensors are `NAME.weight` and `NAME.bias`.
#[derive(Clone, Copy, Debug)]
pub struct LayerNorm {
    width: usize,
    weight: Segment,
    bias: Segment,
}

/// What the backward pass needs of the forward pass.
#[derive(Clone, Debug, Default)]
pub struct NormState<T> {
    /// Rows with mean 0 and variance 1 `[rows, width]`. Before the forward pass: the input.
    pub normalised: Vec<T>,
    /// `1/sqrt(var + 1e-5)` of every row.
    inverse_sd: Vec<T>,
}

impl<T: Real> NormState<T> {
    /// Room for `rows` of `width` values.
    pub fn new(rows: usize, width: usize) -> Self {
        Self { normalised: vec![T::ZERO; rows * width], inverse_sd: vec![T::ZERO; rows] }
    }
}

impl LayerNorm {
    /// Of rows of `width` values.
    pub fn new(layout: &mut Layout, name: &str, width: usize) -> Self {
        let weight = layout.add(format!("{name}.weight"), &[width]);
        let bias = layout.add(format!("{name}.bias"), &[width]);
        Self { width, weight, bias }
    }

    /// Where the weight lies.
    pub fn weight(&self) -> Segment {
        self.weight
    }

    /// Where the bias lies.
    pub fn bias(&self) -> Segment {
        self.bias
    }

    /// Normalises the rows of `state` in their place and puts the output into `y` `[rows, width]`.
    ///
    /// # Panics
    /// When `state` has not the size of `y`.
    pub fn forward<T: Real>(&self, parameters: &[T], state: &mut NormState<T>, y: &mut [T]) {
        let (weight, bias) = (self.weight.of(parameters), self.bias.of(parameters));
        let NormState { normalised, inverse_sd } = state;
        assert_eq!(normalised.len(), y.len(), "sizes of input and output");
        let rows =
            normalised.chunks_exact_mut(self.width).zip(y.chunks_exact_mut(self.width)).zip(inverse_sd);
        vectorised(
            #[inline(always)]
            || {
                for ((x, y), inverse_sd) in rows {
                    *inverse_sd = normalise(x);
                    for (((y, &x), &w), &b) in y.iter_mut().zip(&*x).zip(weight).zip(bias) {
                        *y = x * w + b;
                    }
                }
            },
        );
    }

    /// Turns the cotangent `dy` `[rows, width]` of the output into that of the input, and adds to `gradient`.
    ///
    /// # Panics
    /// When `state` has not the size of `dy`.
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        state: &NormState<T>,
        dy: &mut [T],
        gradient: &mut [T],
    ) {
        let weight = self.weight.of(parameters);
        assert_eq!(state.normalised.len(), dy.len(), "sizes of input and output");
        let (mut d_weight, mut d_bias) = (vec![T::ZERO; self.width], vec![T::ZERO; self.width]);
        let rows = dy.chunks_exact_mut(self.width).zip(state.normalised.chunks_exact(self.width));
        vectorised(
            #[inline(always)]
            || {
                for ((dy, x), &inverse_sd) in rows.zip(&state.inverse_sd) {
                    for ((((dw, db), dy), &x), &w) in
                        d_weight.iter_mut().zip(&mut d_bias).zip(&mut *dy).zip(x).zip(weight)
                    {
                        *dw += *dy * x;
                        *db += *dy;
                        *dy *= w;
                    }
                    denormalise(dy, x, inverse_sd);
                }
            },
        );
        add(self.weight.of_mut(gradient), &d_weight);
        add(self.bias.of_mut(gradient), &d_bias);
    }
}

fn add<T: Real>(sum: &mut [T], values: &[T]) {
    sum.iter_mut().zip(values).for_each(|(sum, &value)| *sum += value);
}

/// Gives `x` mean 0 and variance 1; `1/sqrt(var + 1e-5)` of what it was.
#[inline(always)]
fn normalise<T: Real>(x: &mut [T]) -> T {
    let n = T::from_f64(x.len() as f64);
    let mean = sum(x) / n;
    x.iter_mut().for_each(|x| *x -= mean);
    let variance = inner(x, x) / n;
    let inverse_sd = T::ONE / (variance + T::from_f64(EPSILON)).root();
    x.iter_mut().for_each(|x| *x *= inverse_sd);
    inverse_sd
}

/// Turns the cotangent `d` of the normalised row `x` into that of the row: `(d - mean(d) - x mean(d o x))/sd`.
#[inline(always)]
fn denormalise<T: Real>(d: &mut [T], x: &[T], inverse_sd: T) {
    let n = T::from_f64(d.len() as f64);
    let mean = sum(d) / n;
    let slope = inner(d, x) / n;
    for (d, &x) in d.iter_mut().zip(x) {
        *d = (*d - mean - x * slope) * inverse_sd;
    }
}
