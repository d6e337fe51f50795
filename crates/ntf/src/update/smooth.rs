//! HALS with a penalty on the differences of neighbours, which ties the rows together.

use super::{Equations, Sign};
use crate::factors::Factor;

/// `inner` times, for every component p and place i in turn, the exact minimum over `u_ip`:
/// `max(0, (b + smooth (u_(i-1) + u_(i+1))) / (G_pp + ridge + smooth n))`, b what the other components leave minus `l1`, n
/// the number of neighbours. The objective never grows.
pub(crate) fn smooth_hals(factor: &mut Factor, equations: &Equations<'_>, inner: usize, floor: f64) {
    let Equations { product, grams, penalty, sign } = *equations;
    let (n_rows, rank) = factor.dim();
    for _ in 0..inner {
        for p in 0..rank {
            for i in 0..n_rows {
                let gram = grams.of(i);
                let others = gram.row(p).dot(&factor.row(i)) - gram[[p, p]] * factor[[i, p]];
                let before = i.checked_sub(1).map(|i| factor[[i, p]]);
                let after = (i + 1 < n_rows).then(|| factor[[i + 1, p]]);
                let neighbours = f64::from(u8::from(before.is_some()) + u8::from(after.is_some()));
                let pull = penalty.smooth * (before.unwrap_or(0.0) + after.unwrap_or(0.0));
                let curvature = gram[[p, p]] + penalty.ridge + penalty.smooth * neighbours;
                let value = (product[[i, p]] - penalty.l1 - others + pull) / curvature.max(floor);
                factor[[i, p]] = if sign == Sign::NonNegative { value.max(0.0) } else { value };
            }
        }
    }
}
