//! Nonlinearities of single values.

use neuroloom_nn::vectorised;

use crate::real::Real;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pointwise {
    Elu,
    Rectify,
    RectifyBoth,
    Softplus,
}

impl Pointwise {
    pub fn channels_out(self, channels: usize) -> usize {
        if self == Self::RectifyBoth { 2 * channels } else { channels }
    }

    pub fn forward<F: Real>(self, channels: usize, x: &[F], y: &mut [F]) {
        vectorised(
            #[inline(always)]
            || match self {
                Self::Elu => y.iter_mut().zip(x).for_each(|(y, &x)| {
                    let below = x.at_most(F::zero()).exponential() - F::one();
                    *y = if x > F::zero() { x } else { below };
                }),
                Self::Rectify => y.iter_mut().zip(x).for_each(|(y, &x)| *y = x.at_least(F::zero())),
                Self::Softplus => y.iter_mut().zip(x).for_each(|(y, &x)| *y = x.softplus().0),
                Self::RectifyBoth => {
                    for (y, x) in y.chunks_exact_mut(2 * channels).zip(x.chunks_exact(channels)) {
                        let (above, below) = y.split_at_mut(channels);
                        above.iter_mut().zip(x).for_each(|(y, &x)| *y = x.at_least(F::zero()));
                        below.iter_mut().zip(x).for_each(|(y, &x)| *y = (-x).at_least(F::zero()));
                    }
                }
            },
        );
    }

    /// `dx` of `dy` by what the layer gave, `y`.
    pub fn backward<F: Real>(self, channels: usize, y: &[F], dy: &[F], dx: &mut [F]) {
        vectorised(
            #[inline(always)]
            || match self {
                Self::Elu => dx.iter_mut().zip(y.iter().zip(dy)).for_each(|(dx, (&y, &dy))| {
                    *dx = if y > F::zero() { dy } else { dy * (y + F::one()) };
                }),
                Self::Rectify => dx.iter_mut().zip(y.iter().zip(dy)).for_each(|(dx, (&y, &dy))| {
                    *dx = if y > F::zero() { dy } else { F::zero() };
                }),
                // The logistic function of the input, by the output.
                Self::Softplus => dx.iter_mut().zip(y.iter().zip(dy)).for_each(|(dx, (&y, &dy))| {
                    *dx = dy * (F::one() - (-y).exponential());
                }),
                Self::RectifyBoth => {
                    let both = y.chunks_exact(2 * channels).zip(dy.chunks_exact(2 * channels));
                    for (dx, (y, dy)) in dx.chunks_exact_mut(channels).zip(both) {
                        for (channel, dx) in dx.iter_mut().enumerate() {
                            let above = if y[channel] > F::zero() { dy[channel] } else { F::zero() };
                            let other = channel + channels;
                            let below = if y[other] > F::zero() { dy[other] } else { F::zero() };
                            *dx = above - below;
                        }
                    }
                }
            },
        );
    }
}
