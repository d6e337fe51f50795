//! Where on the map a neuron reads.

use crate::real::Real;

/// A Gaussian per neuron over the positions of a map, `[neuron][position]`, each with sum 1.
#[derive(Clone, Debug)]
pub(crate) struct Masks<F> {
    map: [usize; 2],
    weights: Vec<F>,
}

impl<F: Real> Masks<F> {
    /// Masks at `places` (row and column from the middle of the map, px) with the given logarithms of widths (px).
    pub fn new(map: [usize; 2], places: &[F], log_sigma: &[F]) -> Self {
        let n_positions = map[0] * map[1];
        let mut weights = vec![F::zero(); log_sigma.len() * n_positions];
        let neurons = weights.chunks_exact_mut(n_positions).zip(places.chunks_exact(2).zip(log_sigma));
        for (row, (place, &log_sigma)) in neurons {
            let scale = F::from_f64(-0.5) * (F::from_f64(-2.0) * log_sigma).exponential();
            let mut largest = F::neg_infinity();
            for (position, weight) in row.iter_mut().enumerate() {
                let [dy, dx] = offsets(map, position, place);
                *weight = scale * (dy * dy + dx * dx);
                largest = largest.at_least(*weight);
            }
            row.iter_mut().for_each(|weight| *weight = (*weight - largest).exponential());
            let total: F = row.iter().copied().fold(F::zero(), |sum, weight| sum + weight);
            row.iter_mut().for_each(|weight| *weight /= total);
        }
        Self { map, weights }
    }

    pub fn n_positions(&self) -> usize {
        self.map[0] * self.map[1]
    }

    /// The mask of a neuron.
    pub fn of(&self, unit: usize) -> &[F] {
        &self.weights[unit * self.n_positions()..(unit + 1) * self.n_positions()]
    }

    /// Adds what the gradient `d` with respect to the mask of `unit` means for its place and the logarithm of its width.
    pub fn backward(
        &self,
        unit: usize,
        place: &[F],
        log_sigma: F,
        d: &[F],
        [d_place, d_log_sigma]: [&mut [F]; 2],
    ) {
        let mask = self.of(unit);
        let inner: F = mask.iter().zip(d).fold(F::zero(), |sum, (&g, &d)| sum + g * d);
        let precision = (F::from_f64(-2.0) * log_sigma).exponential();
        for (position, (&weight, &d)) in mask.iter().zip(d).enumerate() {
            // Of the exponent: the weights are a softmax.
            let slope = weight * (d - inner) * precision;
            let [dy, dx] = offsets(self.map, position, place);
            d_place[0] += slope * dy;
            d_place[1] += slope * dx;
            d_log_sigma[0] += slope * (dy * dy + dx * dx);
        }
    }
}

/// From the place of a neuron to a position.
fn offsets<F: Real>([height, width]: [usize; 2], position: usize, place: &[F]) -> [F; 2] {
    let from_middle = |at: usize, side: usize| F::from_f64(at as f64 - (side as f64 - 1.0) / 2.0);
    [from_middle(position / width, height) - place[0], from_middle(position % width, width) - place[1]]
}
