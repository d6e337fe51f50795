//! Symmetric positive definite matrices with two diagonals to either side.

/// The factors of `A = L D L'`, with a unit lower triangle `L` of two diagonals.
#[derive(Debug, Default)]
pub(super) struct Pentadiagonal {
    /// Per row: the inverse of `D`, and the entries of `L` one and two rows below the diagonal.
    rows: Vec<[f64; 3]>,
}

impl Pentadiagonal {
    /// Factors the matrix with `entries(t) = [A_(t,t), A_(t+1,t), A_(t+2,t)]` `[n, n]`, in place of the one before.
    pub(super) fn factor(&mut self, n: usize, entries: impl Fn(usize) -> [f64; 3]) {
        self.rows.clear();
        // d_(t-1), a_(t-1), b_(t-1) and d_(t-2), b_(t-2).
        let (mut d1, mut a1, mut b1, mut d2, mut b2) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for t in 0..n {
            let [diagonal, one_below, two_below] = entries(t);
            let d = diagonal - a1 * a1 * d1 - b2 * b2 * d2;
            let a = (one_below - b1 * d1 * a1) / d;
            let b = two_below / d;
            self.rows.push([1.0 / d, a, b]);
            (d2, b2) = (d1, b1);
            (d1, a1, b1) = (d, a, b);
        }
    }

    /// Replaces `x` `[n]` by the solution of `A y = x`.
    pub(super) fn solve(&self, x: &mut [f64]) {
        // What the rows so far take away from this one and from the next.
        let (mut from_here, mut from_next) = (0.0, 0.0);
        for (value, [_, a, b]) in x.iter_mut().zip(&self.rows) {
            *value -= from_here;
            (from_here, from_next) = (from_next + a * *value, b * *value);
        }
        let (mut next, mut second) = (0.0, 0.0);
        for (value, [inverse, a, b]) in x.iter_mut().zip(&self.rows).rev() {
            *value = *value * inverse - a * next - b * second;
            (next, second) = (*value, next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_solves() {
        for n in [1, 2, 3, 40] {
            let entries = |t: usize| [4.0 + (t as f64).sin(), 0.7 * (t as f64 * 1.3).cos(), -0.6];
            let x: Vec<f64> = (0..n).map(|t| (t as f64 * 0.9).sin() + 0.2).collect();
            let product = |t: usize| {
                let mut sum = entries(t)[0] * x[t];
                for k in 1..3 {
                    sum += if t + k < n { entries(t)[k] * x[t + k] } else { 0.0 };
                    sum += if t >= k { entries(t - k)[k] * x[t - k] } else { 0.0 };
                }
                sum
            };
            let mut solved: Vec<f64> = (0..n).map(product).collect();
            let mut matrix = Pentadiagonal::default();
            matrix.factor(n, entries);
            matrix.solve(&mut solved);
            assert!(solved.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}
