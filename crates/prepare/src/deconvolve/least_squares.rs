//! The slow, obvious twin of the solvers: dense non-negative least squares.

use ndarray::{Array1, Array2};

use super::Kinetics;

/// The activity `s >= 0` that minimises `1/2 |K s - y|^2 + lambda sum s`, by the active-set method of Lawson & Hanson 1974.
pub(super) fn non_negative(trace: &[f64], kinetics: Kinetics, lambda: f64) -> Vec<f64> {
    let n = trace.len();
    let response = responses(n, kinetics);
    let gram = response.t().dot(&response);
    let pull = response.t().dot(&Array1::from(trace.to_vec())) - lambda;
    active_set(&gram, &pull)
}

/// The same with a free level beside the activity. Given the activity the level is the mean of what is left, so both
/// sides lose their means.
pub(super) fn non_negative_with_level(trace: &[f64], kinetics: Kinetics, lambda: f64) -> (Vec<f64>, f64) {
    let n = trace.len();
    let y = Array1::from(trace.to_vec());
    let mut response = responses(n, kinetics);
    let means = response.mean_axis(ndarray::Axis(0)).unwrap();
    let mean = y.mean().unwrap();
    response -= &means;
    let activity = active_set(&response.t().dot(&response), &(response.t().dot(&(y - mean)) - lambda));
    let level = mean - means.dot(&Array1::from(activity.clone()));
    (activity, level)
}

/// Column `k` is the calcium after an event of 1 at sample `k`.
fn responses(n: usize, kinetics: Kinetics) -> Array2<f64> {
    let mut response = Array2::zeros((n, n));
    for k in 0..n {
        let mut event = vec![0.0; n];
        event[k] = 1.0;
        response.column_mut(k).assign(&Array1::from(kinetics.calcium(&event)));
    }
    response
}

/// Minimises `1/2 x' gram x - pull' x` over `x >= 0`.
fn active_set(gram: &Array2<f64>, pull: &Array1<f64>) -> Vec<f64> {
    let n = pull.len();
    let mut x = Array1::<f64>::zeros(n);
    let mut free = vec![false; n];
    for _ in 0..20 * n + 20 {
        let slope = pull - &gram.dot(&x);
        let Some(best) = (0..n).filter(|&k| !free[k]).max_by(|&a, &b| slope[a].total_cmp(&slope[b])) else {
            break;
        };
        if slope[best] < 1e-12 {
            break;
        }
        free[best] = true;
        loop {
            let members: Vec<usize> = (0..n).filter(|&k| free[k]).collect();
            let solved = solve(gram, pull, &members);
            if solved.iter().all(|&value| value > 0.0) {
                x.fill(0.0);
                members.iter().zip(&solved).for_each(|(&k, &value)| x[k] = value);
                break;
            }
            let reach = |(&k, &value): (&usize, &f64)| (value <= 0.0).then(|| x[k] / (x[k] - value));
            let step = members.iter().zip(&solved).filter_map(reach).fold(1.0_f64, f64::min);
            for (&k, &value) in members.iter().zip(&solved) {
                x[k] += step * (value - x[k]);
                if x[k] <= 1e-14 {
                    x[k] = 0.0;
                    free[k] = false;
                }
            }
        }
    }
    x.to_vec()
}

/// Gaussian elimination on some rows and columns.
fn solve(gram: &Array2<f64>, pull: &Array1<f64>, members: &[usize]) -> Vec<f64> {
    let m = members.len();
    let mut rows: Vec<Vec<f64>> =
        members.iter().map(|&i| members.iter().map(|&j| gram[[i, j]]).chain([pull[i]]).collect()).collect();
    for pivot in 0..m {
        let best = (pivot..m).max_by(|&a, &b| rows[a][pivot].abs().total_cmp(&rows[b][pivot].abs())).unwrap();
        rows.swap(pivot, best);
        for row in pivot + 1..m {
            let factor = rows[row][pivot] / rows[pivot][pivot];
            let above = rows[pivot].clone();
            for (value, above) in rows[row].iter_mut().zip(&above).skip(pivot) {
                *value -= factor * above;
            }
        }
    }
    let mut x = vec![0.0; m];
    for row in (0..m).rev() {
        let known: f64 = (row + 1..m).map(|column| rows[row][column] * x[column]).sum();
        x[row] = (rows[row][m] - known) / rows[row][row];
    }
    x
}
