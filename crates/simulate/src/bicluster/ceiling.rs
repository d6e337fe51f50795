//! How well states can be told at best.

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// The state with the largest smoothed probability at every step, `[n_steps]`, given the log density of every step in
/// every state `[n_steps, n_states]`, under a Markov chain that starts anywhere, stays with probability 1 - 1/dwell and
/// otherwise goes to any of the others (forward-backward, scaled).
pub(super) fn most_probable_states(log_densities: ArrayView2<'_, f64>, dwell_bins: f64) -> Vec<usize> {
    let chain = chain(log_densities.ncols(), dwell_bins);
    let densities = relative(log_densities);
    let mut smoothed = forward(densities.view(), chain.view());
    let mut later = Array1::ones(log_densities.ncols());
    for t in (0..densities.nrows()).rev() {
        let mut row = smoothed.row_mut(t);
        row *= &later;
        later = chain.dot(&(&later * &densities.row(t)));
        let total = later.sum();
        later /= total;
    }
    smoothed.outer_iter().map(|row| largest(row.as_slice().unwrap_or_default())).collect()
}

/// Transition probabilities, `[n_states, n_states]`.
fn chain(n_states: usize, dwell_bins: f64) -> Array2<f64> {
    if n_states == 1 {
        return Array2::ones((1, 1));
    }
    let leave = 1.0 / dwell_bins;
    let others = (n_states - 1) as f64;
    Array2::from_shape_fn((n_states, n_states), |(i, j)| if i == j { 1.0 - leave } else { leave / others })
}

/// Densities over the largest one of each step.
fn relative(log_densities: ArrayView2<'_, f64>) -> Array2<f64> {
    let largest = log_densities.fold_axis(Axis(1), f64::NEG_INFINITY, |most, &log| most.max(log));
    (&log_densities - &largest.insert_axis(Axis(1))).mapv(f64::exp)
}

/// Filtered probabilities.
fn forward(densities: ArrayView2<'_, f64>, chain: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut filtered = densities.to_owned();
    let mut predicted = Array1::ones(densities.ncols());
    for mut row in filtered.outer_iter_mut() {
        row *= &predicted;
        let total = row.sum();
        row /= total;
        predicted = row.dot(&chain);
    }
    filtered
}

fn largest(values: &[f64]) -> usize {
    let best = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    best.map_or(0, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_is_the_sum_over_all_paths() {
        let logs = ndarray::array![[0.0, -0.4], [-0.7, 0.1], [-0.2, 0.0], [0.3, -0.9]];
        let chain = chain(2, 3.0);
        let mut marginals = Array2::<f64>::zeros((4, 2));
        for code in 0..16_usize {
            let path: Vec<usize> = (0..4).map(|t| code >> t & 1).collect();
            let density: f64 = (0..4).map(|t| logs[[t, path[t]]]).sum();
            let moves: f64 = path.windows(2).map(|pair| chain[[pair[0], pair[1]]].ln()).sum();
            path.iter().enumerate().for_each(|(t, &state)| marginals[[t, state]] += (density + moves).exp());
        }
        let expected: Vec<usize> = marginals.outer_iter().map(|row| usize::from(row[1] > row[0])).collect();
        assert_eq!(most_probable_states(logs.view(), 3.0), expected);
        assert_eq!(expected, [0, 1, 1, 0]);
        let clear = ndarray::array![[0.0, -9.0], [0.0, -9.0], [-9.0, 0.0]];
        assert_eq!(most_probable_states(clear.view(), 3.0), [0, 0, 1]);
    }

    #[test]
    fn one_state_is_always_the_one() {
        assert_eq!(most_probable_states(ndarray::array![[-5.0], [-800.0]].view(), 50.0), [0, 0]);
    }
}
