//! Mixtures of Gaussians with diagonal covariances, by expectation maximisation.

use std::f64::consts::TAU;

use neuroloom_core::Seed;

use super::kmeans::kmeans;

/// Most iterations, and the gain per row at which they end, nat.
const MAX_ITERATIONS: usize = 200;
const TOLERANCE: f64 = 1e-4;
/// Smallest variance, over that of the whole column.
const SMALLEST_VARIANCE: f64 = 1e-3;

/// A fitted mixture.
#[derive(Clone, Debug, PartialEq)]
pub struct Gmm {
    /// The most probable component of every row.
    pub labels: Vec<usize>,
    /// Bayesian information criterion; the smaller the better.
    pub bic: f64,
}

struct Component {
    log_weight: f64,
    mean: Vec<f64>,
    variance: Vec<f64>,
}

/// A mixture of `k` Gaussians of diagonal covariance on `rows`, from the best of `starts` of k-means. None without rows
/// or components.
pub fn gmm(rows: &[Vec<f64>], k: usize, starts: usize, seed: Seed) -> Option<Gmm> {
    let start = kmeans(rows, k, starts, seed)?;
    let k = start.centres.len();
    let floor: Vec<f64> = variances(rows).into_iter().map(|v| (SMALLEST_VARIANCE * v).max(1e-12)).collect();
    let hard = start.labels.iter().map(|&label| (0..k).map(|c| f64::from(u8::from(c == label))).collect());
    let mut shares: Vec<Vec<f64>> = hard.collect();
    let mut last = f64::NEG_INFINITY;
    for _ in 0..MAX_ITERATIONS {
        let components = maximise(rows, &shares, k, &floor);
        let (next, log_likelihood) = expect(rows, &components);
        shares = next;
        let gained = log_likelihood - last;
        last = log_likelihood;
        if gained < TOLERANCE * rows.len() as f64 {
            break;
        }
    }
    let n_parameters = (k - 1) + 2 * k * floor.len();
    let bic = n_parameters as f64 * (rows.len() as f64).ln() - 2.0 * last;
    let most = |row: &Vec<f64>| (0..k).fold(0, |best, c| if row[c] > row[best] { c } else { best });
    Some(Gmm { labels: shares.iter().map(most).collect(), bic })
}

fn maximise(rows: &[Vec<f64>], shares: &[Vec<f64>], k: usize, floor: &[f64]) -> Vec<Component> {
    let component = |c: usize| {
        let total = shares.iter().map(|share| share[c]).sum::<f64>().max(1e-9);
        let weighted = |f: &dyn Fn(&[f64], usize) -> f64, d: usize| {
            rows.iter().zip(shares).map(|(row, share)| share[c] * f(row, d)).sum::<f64>() / total
        };
        let mean: Vec<f64> = (0..floor.len()).map(|d| weighted(&|row, d| row[d], d)).collect();
        let square = |row: &[f64], d: usize| (row[d] - mean[d]).powi(2);
        let variance = (0..floor.len()).map(|d| weighted(&square, d).max(floor[d])).collect();
        Component { log_weight: (total / rows.len() as f64).ln(), variance, mean }
    };
    (0..k).map(component).collect()
}

/// Shares of the components in every row, and the log likelihood of all rows, nat.
fn expect(rows: &[Vec<f64>], components: &[Component]) -> (Vec<Vec<f64>>, f64) {
    let mut total = 0.0;
    let shares = rows
        .iter()
        .map(|row| {
            let logs: Vec<f64> = components.iter().map(|component| component.log_density(row)).collect();
            let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = logs.iter().map(|log| (log - largest).exp()).sum();
            total += largest + sum.ln();
            logs.iter().map(|log| (log - largest).exp() / sum).collect()
        })
        .collect();
    (shares, total)
}

impl Component {
    fn log_density(&self, row: &[f64]) -> f64 {
        let terms = row.iter().zip(&self.mean).zip(&self.variance);
        self.log_weight - 0.5 * terms.map(|((x, m), v)| (x - m).powi(2) / v + (TAU * v).ln()).sum::<f64>()
    }
}

fn variances(rows: &[Vec<f64>]) -> Vec<f64> {
    let width = rows.first().map_or(0, Vec::len);
    let n = rows.len().max(1) as f64;
    let of_column = |d: usize| {
        let mean = rows.iter().map(|row| row[d]).sum::<f64>() / n;
        rows.iter().map(|row| (row[d] - mean).powi(2)).sum::<f64>() / n
    };
    (0..width).map(of_column).collect()
}
