//! k-means, with starts that are spread out (Arthur and Vassilvitskii 2007).

use neuroloom_core::Seed;
use rand::RngExt;
use rayon::prelude::*;

/// Most iterations of a start.
const MAX_ITERATIONS: usize = 300;

/// Clusters of rows and how far they lie from their centres.
#[derive(Clone, Debug, PartialEq)]
pub struct KMeans {
    /// The cluster of every row.
    pub labels: Vec<usize>,
    /// The centres.
    pub centres: Vec<Vec<f64>>,
    /// Sum of squared distances.
    pub inertia: f64,
}

/// The best of `starts` runs of Lloyd's algorithm with `k` clusters on `rows`, all of one length. None without rows or
/// clusters.
pub fn kmeans(rows: &[Vec<f64>], k: usize, starts: usize, seed: Seed) -> Option<KMeans> {
    if rows.is_empty() || k == 0 {
        return None;
    }
    let runs: Vec<KMeans> = (0..starts.max(1) as u64)
        .into_par_iter()
        .map(|start| run(rows, k, seed.child_index(start)))
        .collect();
    runs.into_iter().reduce(|best, next| if next.inertia < best.inertia { next } else { best })
}

impl KMeans {
    /// The nearest centre of every row.
    pub fn assign(&self, rows: &[Vec<f64>]) -> Vec<usize> {
        rows.iter().map(|row| nearest(row, &self.centres).0).collect()
    }
}

fn run(rows: &[Vec<f64>], k: usize, seed: Seed) -> KMeans {
    let mut centres = spread(rows, k.min(rows.len()), seed);
    let mut labels = Vec::new();
    for _ in 0..MAX_ITERATIONS {
        let next: Vec<usize> = rows.iter().map(|row| nearest(row, &centres).0).collect();
        if next == labels {
            break;
        }
        labels = next;
        centres = means(rows, &labels, &centres);
    }
    let inertia = rows.iter().map(|row| nearest(row, &centres).1).sum();
    KMeans { labels, centres, inertia }
}

/// Rows as centres, each drawn with a probability that grows with the square of its distance from those before.
fn spread(rows: &[Vec<f64>], k: usize, seed: Seed) -> Vec<Vec<f64>> {
    let mut stream = seed.rng();
    let mut centres = vec![rows[stream.random_range(0..rows.len())].clone()];
    let mut distances = vec![f64::INFINITY; rows.len()];
    while centres.len() < k {
        let last = &centres[centres.len() - 1];
        for (distance, row) in distances.iter_mut().zip(rows) {
            *distance = distance.min(squared_distance(row, last));
        }
        let mut left = stream.random::<f64>() * distances.iter().sum::<f64>();
        let drawn = distances.iter().position(|distance| {
            left -= distance;
            left <= 0.0
        });
        centres.push(rows[drawn.unwrap_or(rows.len() - 1)].clone());
    }
    centres
}

/// Means of the clusters; an empty one stays where it was.
fn means(rows: &[Vec<f64>], labels: &[usize], before: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut sums: Vec<Vec<f64>> = before.iter().map(|centre| vec![0.0; centre.len()]).collect();
    let mut counts = vec![0_usize; before.len()];
    for (row, &label) in rows.iter().zip(labels) {
        counts[label] += 1;
        sums[label].iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    for ((sum, &count), before) in sums.iter_mut().zip(&counts).zip(before) {
        if count == 0 {
            sum.clone_from(before);
        } else {
            sum.iter_mut().for_each(|value| *value /= count as f64);
        }
    }
    sums
}

fn nearest(row: &[f64], centres: &[Vec<f64>]) -> (usize, f64) {
    let distances = centres.iter().map(|centre| squared_distance(row, centre)).enumerate();
    distances.reduce(|best, next| if next.1 < best.1 { next } else { best }).unwrap_or((0, 0.0))
}

pub(crate) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}
