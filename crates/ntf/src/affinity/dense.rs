//! The tensor with all its entries: what the implicit form stands for, and the only form of some affinities.

use ndarray::{Array2, ArrayD, IxDyn};

use super::Combine;
use crate::Layout;

/// The pairs (i, j), i < j, of `n` neurons in the order of their rank `q = i n - i (i + 1) / 2 + (j - i - 1)`.
pub fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |i| (i + 1..n).map(move |j| (i, j)))
}

/// Number of pairs of `n` neurons.
pub fn n_pairs(n: usize) -> usize {
    if n.is_multiple_of(2) {
        (n / 2).saturating_mul(n.saturating_sub(1))
    } else {
        n.saturating_mul((n - 1) / 2)
    }
}

/// The affinity tensor of several animals, fibre by fibre. Entries of a neuron that was not observed are NaN.
#[derive(Clone, Copy, Debug)]
pub struct DenseAffinity<'a> {
    roots: &'a [Array2<f64>],
    combine: Combine,
    layout: Layout,
}

impl<'a> DenseAffinity<'a> {
    /// Of the signed roots of animals, all `[n_neurons, n_frames]`.
    pub fn new(roots: &'a [Array2<f64>], combine: Combine, layout: Layout) -> Self {
        Self { roots, combine, layout }
    }

    /// Sizes of the modes: time, animal, pair; or neuron, neuron, time, and animal where there are several.
    pub fn shape(&self) -> Vec<usize> {
        let (n_neurons, n_frames) = self.roots.first().map_or((0, 0), Array2::dim);
        match (self.layout, self.roots.len()) {
            (Layout::Pairs, n_worms) => vec![n_frames, n_worms, n_pairs(n_neurons)],
            (Layout::Square, 1) => vec![n_neurons, n_neurons, n_frames],
            (Layout::Square, n_worms) => vec![n_neurons, n_neurons, n_frames, n_worms],
        }
    }

    /// Whether pairs are a mode of their own.
    pub fn is_of_pairs(&self) -> bool {
        self.layout == Layout::Pairs
    }

    /// Number of entries; saturates where no machine could hold them.
    pub fn n_entries(&self) -> usize {
        self.shape().into_iter().fold(1, usize::saturating_mul)
    }

    /// The places of all fibres along the last mode, the last index fastest.
    pub fn places(&self) -> impl Iterator<Item = Vec<usize>> {
        let mut shape = self.shape();
        shape.pop();
        let n_fibres = shape.iter().copied().fold(1, usize::saturating_mul);
        (0..n_fibres).map(move |fibre| {
            let mut rest = fibre;
            let mut place: Vec<usize> = shape
                .iter()
                .rev()
                .map(|&size| {
                    let index = rest % size;
                    rest /= size;
                    index
                })
                .collect();
            place.reverse();
            place
        })
    }

    /// The entries along the last mode at a place of [`places`](Self::places); none at any other.
    pub fn fibre(&self, place: &[usize]) -> Vec<f64> {
        match (self.layout, place) {
            (Layout::Pairs, &[frame, worm]) => self.pairs_at(frame, worm),
            (Layout::Square, &[i, j]) => {
                let frames = 0..self.shape().last().copied().unwrap_or(0);
                frames.map(|frame| self.entry(i, j, frame, 0)).collect()
            }
            (Layout::Square, &[i, j, frame]) => {
                (0..self.roots.len()).map(|worm| self.entry(i, j, frame, worm)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// All entries.
    pub fn to_array(&self) -> ArrayD<f64> {
        let entries: Vec<f64> = self.places().flat_map(|place| self.fibre(&place)).collect();
        ArrayD::from_shape_vec(IxDyn(&self.shape()), entries).unwrap_or_default()
    }

    fn pairs_at(&self, frame: usize, worm: usize) -> Vec<f64> {
        let Some(roots) = self.roots.get(worm).filter(|roots| frame < roots.ncols()) else {
            return Vec::new();
        };
        let h = roots.column(frame).to_vec();
        pairs(h.len()).map(|(i, j)| self.combine.affinity(h[i], h[j])).collect()
    }

    fn entry(&self, i: usize, j: usize, frame: usize, worm: usize) -> f64 {
        let h =
            |neuron| self.roots.get(worm).and_then(|h| h.get([neuron, frame])).copied().unwrap_or(f64::NAN);
        let affinity = self.combine.affinity(h(i), h(j));
        // A neuron has no affinity with itself, but is masked where it was not observed.
        if i == j && !affinity.is_nan() { 0.0 } else { affinity }
    }
}
