//! Neurons that were not identified, or not measured all the time.

use ndarray::Array2;

/// Whether each neuron of the signed roots `[n_neurons, n_frames]` has a value at every frame.
pub fn observed(roots: &Array2<f64>) -> Vec<bool> {
    roots.rows().into_iter().map(|row| !row.iter().any(|h| h.is_nan())).collect()
}

/// Makes every neuron with a gap (NaN) one that was not observed at all, and gives those that had values beside the
/// gap. The implicit tensor knows only whole neurons.
pub fn mask_gappy(roots: &mut Array2<f64>) -> Vec<usize> {
    let mut masked = Vec::new();
    for (neuron, mut row) in roots.rows_mut().into_iter().enumerate() {
        let n_gaps = row.iter().filter(|h| h.is_nan()).count();
        if n_gaps > 0 && n_gaps < row.len() {
            masked.push(neuron);
            row.fill(f64::NAN);
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn one_gap_masks_the_neuron_and_no_other() {
        let nan = f64::NAN;
        let mut roots = array![[1.0, 2.0], [nan, 2.0], [nan, nan]];
        assert_eq!(mask_gappy(&mut roots), [1]);
        assert_eq!(observed(&roots), [true, false, false]);
        assert_eq!(roots.row(0).to_vec(), [1.0, 2.0]);
    }
}
