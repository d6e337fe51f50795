//! Two linear maps with a rectifier between them.

use crate::linear::Linear;
use crate::{Dropout, Layout, Real, Sites, vectorised};

/// `W2 drop(max(W1 x + b1, 0)) + b2` on every row: the tensors `NAME.linear1.*` and `NAME.linear2.*`.
#[derive(Clone, Copy, Debug)]
pub struct FeedForward {
    first: Linear,
    second: Linear,
}

impl FeedForward {
    /// From `width` over `hidden` back to `width` dimensions.
    pub fn new(layout: &mut Layout, name: &str, width: usize, hidden: usize) -> Self {
        let first = Linear::new(layout, &format!("{name}.linear1"), width, hidden);
        let second = Linear::new(layout, &format!("{name}.linear2"), hidden, width);
        Self { first, second }
    }

    /// The first map.
    pub fn first(&self) -> Linear {
        self.first
    }

    /// The second map.
    pub fn second(&self) -> Linear {
        self.second
    }

    /// `y` `[rows, width]` of `x` `[rows, width]`; `hidden` `[rows, hidden]` is kept for the backward pass.
    ///
    /// # Panics
    /// When the sizes do not fit.
    pub fn forward<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: Dropout,
        x: &[T],
        hidden: &mut [T],
        y: &mut [T],
    ) {
        self.first.forward(parameters, x, hidden);
        // max(x, 0) = (x + |x|)/2: a comparison would become a store under a mask, which is slow.
        let half = T::from_f64(0.5);
        vectorised(
            #[inline(always)]
            || hidden.iter_mut().for_each(|value| *value = half * (*value + value.magnitude())),
        );
        dropout.apply_by_trial(sites, self.first.n_out(), hidden);
        self.second.forward(parameters, hidden, y);
    }

    /// Puts the cotangent of the input `x` into `dx`, given that of the output `dy`, and adds to `gradient`; `d_hidden`
    /// is room for that of `hidden`.
    ///
    /// # Panics
    /// When the sizes do not fit.
    #[expect(clippy::too_many_arguments, reason = "what went into the forward pass, and three cotangents")]
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        dropout: Dropout,
        x: &[T],
        hidden: &[T],
        dy: &[T],
        gradient: &mut [T],
        d_hidden: &mut [T],
        dx: &mut [T],
    ) {
        self.second.backward(parameters, hidden, dy, gradient, Some(&mut *d_hidden));
        // A hidden value is 0 where it was dropped or rectified: its mask need not be made again.
        let scale = T::from_f64(dropout.scale());
        vectorised(
            #[inline(always)]
            || {
                for (d, &value) in d_hidden.iter_mut().zip(hidden) {
                    let factor = if value > T::ZERO { scale } else { T::ZERO };
                    *d *= factor;
                }
            },
        );
        self.first.backward(parameters, x, d_hidden, gradient, Some(dx));
    }
}
