//! Groups of similar rows (Lloyd 1982), begun far from one another (Arthur and Vassilvitskii 2007).

use ndarray::{Array2, ArrayView1, ArrayView2};
use rand::{Rng, RngExt};

/// Starts, of which the tightest is kept.
const STARTS: usize = 4;
/// Rounds of a start at most.
const ROUNDS: usize = 50;

/// Groups of the rows, `[n_rows]`, numbered in the order of their first members; at most `n_groups`, none empty.
pub(crate) fn kmeans(rows: ArrayView2<'_, f64>, n_groups: usize, rng: &mut impl Rng) -> Vec<usize> {
    let n_groups = n_groups.clamp(1, rows.nrows().max(1));
    let mut best: Option<(f64, Vec<usize>)> = None;
    for _ in 0..STARTS {
        let (spread, groups) = lloyd(rows, seeds(rows, n_groups, rng));
        if best.as_ref().is_none_or(|(least, _)| spread < *least) {
            best = Some((spread, groups));
        }
    }
    in_order_of_first_members(&best.map_or_else(|| vec![0; rows.nrows()], |(_, groups)| groups))
}

/// The same groups, numbered in the order in which they occur.
pub(crate) fn in_order_of_first_members(groups: &[usize]) -> Vec<usize> {
    let mut numbers = std::collections::HashMap::new();
    groups
        .iter()
        .map(|group| {
            let next = numbers.len();
            *numbers.entry(group).or_insert(next)
        })
        .collect()
}

fn seeds(rows: ArrayView2<'_, f64>, n_groups: usize, rng: &mut impl Rng) -> Array2<f64> {
    let mut centres = Array2::zeros((n_groups, rows.ncols()));
    let mut nearest = vec![f64::INFINITY; rows.nrows()];
    let mut chosen = rng.random_range(0..rows.nrows());
    for group in 0..n_groups {
        centres.row_mut(group).assign(&rows.row(chosen));
        for (near, row) in nearest.iter_mut().zip(rows.rows()) {
            *near = near.min(distance(row, rows.row(chosen)));
        }
        let mut left = rng.random::<f64>() * nearest.iter().sum::<f64>();
        chosen = nearest
            .iter()
            .position(|near| {
                left -= near;
                left < 0.0
            })
            .unwrap_or_else(|| rng.random_range(0..rows.nrows()));
    }
    centres
}

fn lloyd(rows: ArrayView2<'_, f64>, mut centres: Array2<f64>) -> (f64, Vec<usize>) {
    let mut groups = vec![usize::MAX; rows.nrows()];
    for _ in 0..ROUNDS {
        let (spread, found) = nearest_centres(rows, &centres);
        if found == groups {
            return (spread, groups);
        }
        groups = found;
        move_to_means(rows, &groups, &mut centres);
    }
    nearest_centres(rows, &centres)
}

fn nearest_centres(rows: ArrayView2<'_, f64>, centres: &Array2<f64>) -> (f64, Vec<usize>) {
    let mut spread = 0.0;
    let groups = rows.rows().into_iter().map(|row| {
        let distances = centres.rows().into_iter().map(|centre| distance(row, centre)).enumerate();
        let (group, least) =
            distances.fold((0, f64::INFINITY), |best, next| if next.1 < best.1 { next } else { best });
        spread += least;
        group
    });
    let groups = groups.collect();
    (spread, groups)
}

/// A group without members keeps its centre.
fn move_to_means(rows: ArrayView2<'_, f64>, groups: &[usize], centres: &mut Array2<f64>) {
    for group in 0..centres.nrows() {
        let members: Vec<usize> = (0..groups.len()).filter(|&row| groups[row] == group).collect();
        if members.is_empty() {
            continue;
        }
        let mut centre = centres.row_mut(group);
        centre.fill(0.0);
        for &row in &members {
            centre += &rows.row(row);
        }
        centre /= members.len() as f64;
    }
}

fn distance(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use neuroloom_core::Seed;

    use super::*;

    #[test]
    fn well_separated_groups_are_found() {
        let rows = Array2::from_shape_fn((12, 3), |(row, column)| {
            10.0 * ((row % 3 == column) as u8 as f64) + 0.01 * (row * column) as f64
        });
        let groups = kmeans(rows.view(), 3, &mut Seed::root(1).rng());
        assert_eq!(groups, (0..12).map(|row| row % 3).collect::<Vec<_>>());
    }

    #[test]
    fn equal_rows_are_one_group() {
        assert_eq!(kmeans(Array2::zeros((4, 2)).view(), 3, &mut Seed::root(1).rng()), [0; 4]);
    }
}
