//! Where on the map a neuron reads.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::real::Real;

/// The shape of the Gaussian masks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaskShape {
    /// One width.
    #[default]
    Round,
    /// A width in y and one in x.
    Oval,
}

impl MaskShape {
    /// Widths of a neuron.
    pub(super) fn n_widths(self) -> usize {
        match self {
            Self::Round => 1,
            Self::Oval => 2,
        }
    }

    /// For cards: what is not said of a mask is that it is round.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    pub(super) fn is_round(&self) -> bool {
        *self == Self::Round
    }
}

/// A Gaussian per neuron over the positions of a map, `[neuron][position]`, each with sum 1.
#[derive(Clone, Debug)]
pub(crate) struct Masks<F> {
    map: [usize; 2],
    weights: Vec<F>,
}

impl<F: Real> Masks<F> {
    /// Masks at `places` (row and column from the middle of the map, px) with the given logarithms of widths (px), of every
    /// neuron one, or one in y and one in x.
    pub fn new(map: [usize; 2], places: &[F], log_sigma: &[F]) -> Self {
        let (n_positions, n_units) = (map[0] * map[1], places.len() / 2);
        let mut weights = vec![F::zero(); n_units * n_positions];
        let widths = log_sigma.chunks_exact((log_sigma.len() / n_units.max(1)).max(1));
        let neurons = weights.chunks_exact_mut(n_positions).zip(places.chunks_exact(2).zip(widths));
        for (row, (place, log_sigma)) in neurons {
            let precision = Precision::of(log_sigma);
            let mut largest = F::neg_infinity();
            for (position, weight) in row.iter_mut().enumerate() {
                *weight = F::from_f64(-0.5) * precision.distance(offsets(map, position, place));
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

    /// Adds what the gradient `d` with respect to the mask of `unit` means for its place and the logarithms of its widths.
    pub fn backward(
        &self,
        unit: usize,
        place: &[F],
        log_sigma: &[F],
        d: &[F],
        [d_place, d_log_sigma]: [&mut [F]; 2],
    ) {
        let mask = self.of(unit);
        let inner: F = mask.iter().zip(d).fold(F::zero(), |sum, (&g, &d)| sum + g * d);
        let precision = Precision::of(log_sigma);
        for (position, (&weight, &d)) in mask.iter().zip(d).enumerate() {
            // Of the exponent: the weights are a softmax.
            let slope = weight * (d - inner);
            precision.backward(slope, offsets(self.map, position, place), d_place, d_log_sigma);
        }
    }
}

/// `1/s^2` of the widths of a neuron.
#[derive(Clone, Copy)]
enum Precision<F> {
    Round(F),
    Oval([F; 2]),
}

impl<F: Real> Precision<F> {
    fn of(log_sigma: &[F]) -> Self {
        let of = |log_sigma: F| (F::from_f64(-2.0) * log_sigma).exponential();
        match *log_sigma {
            [y, x] => Self::Oval([of(y), of(x)]),
            _ => Self::Round(of(log_sigma.first().copied().unwrap_or_else(F::zero))),
        }
    }

    /// `(dy/s_y)^2 + (dx/s_x)^2`.
    fn distance(self, [dy, dx]: [F; 2]) -> F {
        match self {
            Self::Round(both) => both * (dy * dy + dx * dx),
            Self::Oval([y, x]) => y * dy * dy + x * dx * dx,
        }
    }

    /// Adds what `slope`, the derivative with respect to minus half the distance, means for place and logarithms of widths.
    fn backward(self, slope: F, [dy, dx]: [F; 2], d_place: &mut [F], d_log_sigma: &mut [F]) {
        let [y, x] = match self {
            Self::Round(both) => [slope * both; 2],
            Self::Oval([y, x]) => [slope * y, slope * x],
        };
        d_place[0] += y * dy;
        d_place[1] += x * dx;
        match self {
            Self::Round(_) => d_log_sigma[0] += y * (dy * dy + dx * dx),
            Self::Oval(_) => {
                d_log_sigma[0] += y * dy * dy;
                d_log_sigma[1] += x * dx * dx;
            }
        }
    }
}

/// From the place of a neuron to a position.
fn offsets<F: Real>([height, width]: [usize; 2], position: usize, place: &[F]) -> [F; 2] {
    let from_middle = |at: usize, side: usize| F::from_f64(at as f64 - (side as f64 - 1.0) / 2.0);
    [from_middle(position / width, height) - place[0], from_middle(position % width, width) - place[1]]
}
