//! The residual: time derivative of the raw signal on its own clock (section "residual" of the method).

use crate::block::{LANES, Row, sized};

/// `dx/dt` by second-order differences on an uneven clock, to `out`: with `a = t_i - t_{i-1}` and
/// `b = t_{i+1} - t_i`
///
/// `r_i = (a² x_{i+1} + (b² - a²) x_i - b² x_{i-1}) / (a b (a + b))`,
///
/// one-sided first differences at both ends. The unit is that of `x` per second. `times_s` must increase.
/// Fewer than two samples have no derivative: it is 0.
#[inline(always)]
pub fn residual(x: &[Row], times_s: &[f64], out: &mut Vec<Row>) {
    let n = x.len().min(times_s.len());
    let out = sized(out, n);
    if n < 2 {
        out.fill([0.0; LANES]);
        return;
    }
    let slope = |i: usize| difference_quotient(&x[i], &x[i + 1], times_s[i + 1] - times_s[i]);
    out[0] = slope(0);
    let inner = x.windows(3).zip(times_s.windows(3));
    for (derivative, (x, t)) in out[1..].iter_mut().zip(inner) {
        *derivative = central(&x[0], &x[1], &x[2], t[1] - t[0], t[2] - t[1]);
    }
    out[n - 1] = slope(n - 2);
}

/// The same formula about the middle sample, `(a/b (x_{i+1} - x_i) + b/a (x_i - x_{i-1})) / (a + b)`: a
/// constant has a derivative of exactly 0.
#[inline(always)]
fn central(before: &Row, here: &Row, after: &Row, a: f64, b: f64) -> Row {
    let (forward, backward) = (a / (b * (a + b)), b / (a * (a + b)));
    std::array::from_fn(|lane| forward * (after[lane] - here[lane]) + backward * (here[lane] - before[lane]))
}

#[inline(always)]
fn difference_quotient(from: &Row, to: &Row, dt: f64) -> Row {
    std::array::from_fn(|lane| (to[lane] - from[lane]) / dt)
}
