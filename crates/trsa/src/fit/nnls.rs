//! Non-negative least squares.

use ndarray::Array2;

/// A gradient counts as positive above this share of the largest entry of `b`.
const TOLERANCE: f64 = 1e-12;
/// A pivot below this share of its diagonal entry means that the columns depend on each other.
const PIVOT: f64 = 1e-13;

/// Weights `w >= 0` that minimise `w'Aw - 2 b'w`: the least squares problem with normal equations `a` `[K, K]`,
/// `b` `[K]` (Lawson & Hanson 1974, chapter 23; on normal equations Bro & de Jong 1997, J Chemometrics 11:393).
///
/// Columns enter one by one, the one of the steepest gradient first; those whose weight would fall below 0 leave. It
/// ends when no gradient outside exceeds 1e-12 of the scale of `b`, or after 3 K entries. A column that
/// depends on those already in is passed over.
pub fn nnls(a: &Array2<f64>, b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let tolerance = TOLERANCE * b.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
    let mut state = ActiveSet { a, b, weights: vec![0.0; n], passive: Vec::with_capacity(n) };
    let mut refused = vec![false; n];
    for _ in 0..3 * n {
        let Some(entering) = state.steepest(tolerance, &refused) else { break };
        match state.enter(entering) {
            true => refused.fill(false),
            false => refused[entering] = true,
        }
    }
    state.weights
}

struct ActiveSet<'a> {
    a: &'a Array2<f64>,
    b: &'a [f64],
    weights: Vec<f64>,
    /// Places whose weights are free.
    passive: Vec<usize>,
}

impl ActiveSet<'_> {
    /// The place outside the passive set whose gradient is largest and above the tolerance.
    fn steepest(&self, tolerance: f64, refused: &[bool]) -> Option<usize> {
        let gradient = |place: usize| {
            let row = self.a.row(place);
            self.b[place] - row.iter().zip(&self.weights).map(|(a, w)| a * w).sum::<f64>()
        };
        (0..self.b.len())
            .filter(|place| !self.passive.contains(place) && !refused[*place])
            .map(|place| (place, gradient(place)))
            .filter(|(_, gradient)| *gradient > tolerance)
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map(|(place, _)| place)
    }

    /// Frees the weight at `entering`; false where that brings nothing, by dependence or by rounding.
    fn enter(&mut self, entering: usize) -> bool {
        self.passive.push(entering);
        let solution = solve(self.a, self.b, &self.passive);
        let gains = solution.as_ref().and_then(|s| s.last()).is_some_and(|weight| *weight > 0.0);
        let Some(mut solution) = solution.filter(|_| gains) else {
            self.passive.pop();
            return false;
        };
        while let Some(step) = self.step_to_bound(&solution) {
            self.move_by(step, &solution);
            match solve(self.a, self.b, &self.passive) {
                Some(next) => solution = next,
                None => return true,
            }
        }
        for (&place, value) in self.passive.iter().zip(solution) {
            self.weights[place] = value;
        }
        true
    }

    /// The share of the way to `solution` after which the first weight reaches 0; none where all stay positive.
    fn step_to_bound(&self, solution: &[f64]) -> Option<f64> {
        let blocked = self.passive.iter().zip(solution).filter(|(_, value)| **value <= 0.0);
        blocked
            .map(|(&place, &value)| match self.weights[place] - value {
                way if way > 0.0 => self.weights[place] / way,
                _ => 0.0,
            })
            .reduce(f64::min)
    }

    /// Goes a share of the way; weights that are 0 there and would be below leave the passive set.
    fn move_by(&mut self, step: f64, solution: &[f64]) {
        let mut kept = Vec::with_capacity(self.passive.len());
        for (&place, &value) in self.passive.iter().zip(solution) {
            let weight = self.weights[place] + step * (value - self.weights[place]);
            let bound = 1e-15 * self.weights[place].abs().max(value.abs());
            if value <= 0.0 && weight <= bound {
                self.weights[place] = 0.0;
            } else {
                self.weights[place] = weight;
                kept.push(place);
            }
        }
        self.passive = kept;
    }
}

/// Solves the equations of some places by Cholesky's decomposition; none where they depend on each other.
pub(super) fn solve(a: &Array2<f64>, b: &[f64], places: &[usize]) -> Option<Vec<f64>> {
    let n = places.len();
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let product: f64 = (0..j).map(|k| factor[i * n + k] * factor[j * n + k]).sum();
            let entry = a[[places[i], places[j]]];
            let rest = entry - product;
            if i != j {
                factor[i * n + j] = rest / factor[j * n + j];
            } else if rest > PIVOT * entry {
                factor[i * n + i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    let mut x: Vec<f64> = places.iter().map(|&place| b[place]).collect();
    for i in 0..n {
        let known: f64 = (0..i).map(|k| factor[i * n + k] * x[k]).sum();
        x[i] = (x[i] - known) / factor[i * n + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| factor[k * n + i] * x[k]).sum();
        x[i] = (x[i] - known) / factor[i * n + i];
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn assert_near(found: &[f64], expected: &[f64]) {
        let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14);
        assert!(near && found.len() == expected.len(), "{found:?} {expected:?}");
    }

    #[test]
    fn a_negative_solution_is_cut_at_zero() {
        // Unconstrained: (2, -1); with w2 = 0 the first weight is b1 / a11.
        let a = array![[2.0, 1.0], [1.0, 3.0]];
        assert_near(&nnls(&a, &[3.0, -1.0]), &[1.5, 0.0]);
    }

    #[test]
    fn a_column_that_stands_twice_enters_once() {
        let a = array![[2.0, 2.0], [2.0, 2.0]];
        assert_near(&nnls(&a, &[2.0, 2.0]), &[1.0, 0.0]);
    }

    #[test]
    fn nothing_helps_where_all_gradients_are_negative() {
        assert_eq!(nnls(&array![[1.0]], &[-1.0]), [0.0]);
    }
}
